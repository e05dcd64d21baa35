"""Parameters of X-mixer QAOA as what its kernels take: phases, tangents and owed cosines in a real frame.

The state is kept as i^(number of ones) ψ, where e^(−iβX) is a real rotation by β. Tangents stay within ±1: a
multiple of π/2 is taken out of β, and a rotation by π/2 is a flip of the bit with a sign, so it is kept as a
mask of flipped bits and a linear phase.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from backends.qaoa_ansatz import QaoaAnsatz
from backends.statevector.reflection import NONE, kind_of
from problems.binary.quadratic import QuadraticForm
from problems.binary.qubo import Ising
from problems.contract import Array

LEAST = 8  # bits that kernels work on at least: two vectors of singles in half of them; further ones stay |+⟩


@dataclass(frozen=True, eq=False)
class Rows:
    """B circuits of p layers on N bits.

    Attributes:
        slopes: ``[B, p, N]`` of the phases, over the bits as they are stored.
        bends: ``[B, p, N, N]``, symmetric.
        tangents: ``[B, p, N]``, each within ±1.
        factors: ``[B, p]``, the products of the cosines.
        flips: uint8 ``[B, N]``: stored bit y is bit y ⊕ flip of the basis state.
        turned: ``[B, p, N]``: −1 where a mixer's rotation is reversed by a flip, else 1.
        phase: ``[B]``, the angle φ of a global factor e^(−iφ).
        masks: uint8 ``[B, p, N]``, the flips before each layer's phase.
        kind: How a last spin is folded in (see ``reflection.py``), 0 if none is.
        last: ``[B, p]``, its tangents with their sign.
    """

    slopes: Array
    bends: Array
    tangents: Array
    factors: Array
    flips: Array
    turned: Array
    phase: Array
    masks: Array
    kind: int
    last: Array

    @property
    def arrays(self) -> Any:
        """What kernels of a batch take first."""
        return self.slopes, self.bends, self.tangents, self.factors, self.kind, self.last

    def circuit(self, row: int) -> Any:
        """What kernels of one row take first."""
        arrays = self.slopes[row], self.bends[row], self.tangents[row], self.factors[row]
        return *arrays, self.kind, self.last[row]


class Translation:
    """Translates parameters of one ansatz, with its costs over bits kept.

    Args:
        ansatz: The ansatz.
        width: N, the bits that kernels work on.
        folded: Whether the last spin is left out: the cost has no fields, and no angle is of its own.
    """

    def __init__(self, ansatz: QaoaAnsatz, width: int, folded: bool = False):
        self._ansatz, self._width, self._folded = ansatz, width, folded
        self._qubits = ansatz.num_qubits - folded
        self._kind, self.sign = kind_of(self._qubits) if folded else (NONE, 0.0)
        self._costs: dict[int, tuple[Ising, Array, Array, float]] = {}
        self._slopes, self._bends, constant = self._over_bits(ansatz.cost)
        self._constant = constant - ansatz.cost.form.offset

    def rows(self, parameters: Array) -> Rows:
        """Translate parameters ``[B, P]``."""
        ansatz, n, count = self._ansatz, self._qubits, len(parameters)
        betas, gammas = ansatz.split(parameters)
        slopes, bends, phase = self._phases(gammas)
        given, quarters = betas, np.rint(betas * (2 / np.pi))
        flips, masks = np.zeros((count, self._width), np.uint8), np.zeros(slopes.shape, np.uint8)
        turned, turning = np.ones(slopes.shape), bool(quarters.any())
        if turning:
            betas = betas - quarters * (np.pi / 2)
            turns = np.zeros(slopes.shape, np.int64)
            turns[:, :, :n] = (quarters if ansatz.multi_angle else quarters[:, :, None]) % 4
            for layer in range(ansatz.layers):
                masks[:, layer] = flips
                phase += _flip(slopes[:, layer], bends[:, layer], flips)
                here = turns[:, layer]
                flips = flips ^ (here & 1).astype(np.uint8)
                slopes[:, layer] += np.pi * (here & 1)
                signs = 1.0 - 2.0 * flips
                negative = np.where(here == 1, signs > 0, np.where(here == 3, signs < 0, here == 2))
                phase += np.pi * negative.sum(axis=1)
                turned[:, layer] = signs
        slopes[:, 0, :n] -= np.pi / 2  # the uniform start in the frame of rotations
        tangents, last = np.zeros(slopes.shape), np.zeros(gammas.shape[:2])
        if ansatz.multi_angle:
            tangents[:, :, :n], factors = np.tan(betas), np.cos(betas).prod(axis=2)
        else:
            tangents[:, :, :n], factors = np.tan(betas)[:, :, None], np.cos(betas) ** n
        if self._folded:
            factors = factors * np.cos(given)
            last = self.sign * np.tan(given)
        if turning:
            tangents *= turned
        return Rows(slopes, bends, tangents, factors, flips, turned, phase, masks, self._kind, last)

    def cost(self, observable: Ising, flips: Array) -> tuple[Array, Array, Array]:
        """Return slopes ``[R, N]``, bends ``[R, N, N]``, constants ``[R]`` of an observable at stored bits.

        R is 1 where no bit is flipped in any row, else B.
        """
        slopes, bends, constant = self._over_bits(observable)
        if not np.any(flips):
            return slopes[None], bends[None], np.array([constant])
        slopes, bends = (
            np.repeat(slopes[None], len(flips), axis=0),
            np.repeat(bends[None], len(flips), axis=0),
        )
        return slopes, bends, constant + _flip(slopes, bends, flips)

    def layer_costs(self, observable: Ising, masks: Array) -> tuple[Array, Array]:
        """Return slopes ``[R, L, N]`` and bends ``[R, L, N, N]`` of a cost before each layer's phase."""
        if not np.any(masks):
            slopes, bends, _ = self._over_bits(observable)
            return slopes[None, None], bends[None, None]
        parts = [self.cost(observable, masks[:, layer]) for layer in range(masks.shape[1])]
        rows = len(masks)
        slopes = [np.broadcast_to(part[0], (rows, *part[0].shape[1:])) for part in parts]
        bends = [np.broadcast_to(part[1], (rows, *part[1].shape[1:])) for part in parts]
        return np.stack(slopes, axis=1), np.stack(bends, axis=1)

    def term_signs(self, masks: Array) -> Array:
        """Return ±1 ``[B, p, terms]``: how the flips before each layer turn the spins of each term."""
        form = self._ansatz.cost.form
        signs = 1.0 - 2.0 * masks
        pairs = signs[:, :, form.first] * signs[:, :, form.second]
        return np.concatenate([signs[:, :, self._ansatz.fields], pairs], axis=2)

    def _over_bits(self, observable: Ising) -> tuple[Array, Array, float]:
        """Slopes ``[N]``, symmetric bends ``[N, N]`` and the constant; kept for the last observable."""
        known = self._costs.get(id(observable))
        if known is None or known[0] is not observable:
            bits = (without_last(observable.form) if self._folded else observable.form).on_bits()
            slopes, bends = np.zeros(self._width), np.zeros((self._width, self._width))
            upper = bits.dense()
            slopes[: bits.n], bends[: bits.n, : bits.n] = bits.linear, upper + upper.T
            if len(self._costs) > 1:  # the ansatz's own cost, which came first, and one other
                del self._costs[list(self._costs)[1]]
            known = self._costs[id(observable)] = observable, slopes, bends, bits.offset
        return known[1], known[2], known[3]

    def _phases(self, gammas: Array) -> tuple[Array, Array, Array]:
        """Return slopes, bends and the constant ``[B]`` of all layers' angles over bits."""
        ansatz, form = self._ansatz, self._ansatz.cost.form
        if not ansatz.multi_angle:
            constants = gammas.sum(axis=1) * self._constant
            return gammas[:, :, None] * self._slopes, gammas[:, :, None, None] * self._bends, constants
        shape = (len(gammas), ansatz.layers, self._width)
        bends = np.zeros((*shape, self._width))
        angles, fields = gammas * ansatz.weights, len(ansatz.fields)
        touched = np.zeros((ansatz.num_terms, self._width))  # the bits of each term
        touched[np.arange(fields), ansatz.fields] = 1
        pairs, rows = angles[:, :, fields:], np.arange(fields, ansatz.num_terms)
        touched[rows, form.first] = touched[rows, form.second] = 1
        slopes = -2 * angles @ touched
        bends[:, :, form.first, form.second] = 4 * pairs
        bends[:, :, form.second, form.first] = 4 * pairs
        return slopes, bends, angles.sum(axis=(1, 2))


def without_last(form: QuadraticForm) -> QuadraticForm:
    """Return a form over spins with the last one +1, and without what is odd in all spins."""
    n = form.n - 1
    inside = form.second < n
    linear = np.zeros(n)
    np.add.at(linear, form.first[~inside], form.coupling[~inside])
    return QuadraticForm(linear, form.first[inside], form.second[inside], form.coupling[inside], form.offset)


def _flip(slopes: Array, bends: Array, flips: Array) -> Array:
    """Turn functions A(x) into A(y ⊕ flip) in place; return A(flip) ``[B]``."""
    signs, set_ = 1.0 - 2.0 * flips, flips.astype(float)
    towards = np.einsum("bij,bj->bi", bends, set_)
    constants = np.einsum("bi,bi->b", slopes + towards / 2, set_)
    slopes += towards
    slopes *= signs
    bends *= signs[:, :, None] * signs[:, None, :]
    return constants
