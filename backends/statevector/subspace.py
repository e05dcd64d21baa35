"""QAOA in the space that its mixer keeps: one axis of k states for a one-hot block, of 2 for a free qubit.

A product of partial swaps within a block moves its single one about: on the block's axis it is a k × k
matrix. Blocks of k₁, k₂, … and m free qubits make k₁ k₂ … 2^m amplitudes in place of 2^n.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from backends.mixers import GroverMixer, OneHotStart, XYMixer
from backends.qaoa_ansatz import QaoaAnsatz
from backends.statevector import subspace_kernels as kernels
from backends.statevector.simulation import Measured, Simulator
from backends.statevector.subspace_paulis import SubspacePaulis, diagonal_over
from backends.workload import Observable
from problems.binary.qubo import Ising
from problems.contract import Array
from problems.errors import BackendError

EXPANDED = 28  # qubits up to which a state of the subspace is written out in full


class SubspaceSimulator(Simulator):
    """A state over the product of the axes, the first axis fastest."""

    _compiled: Any = kernels  # its functions have no signature that a type checker could read

    def __init__(self, ansatz: QaoaAnsatz):
        self._ansatz, self.num_qubits = ansatz, ansatz.num_qubits
        self.axes = axes_of(ansatz)
        self._dims = np.array([max(2, len(axis)) for axis in self.axes], dtype=np.int64)
        self.size = int(np.prod(self._dims))
        self._energies = self.energies(ansatz.cost) - ansatz.cost.form.offset
        first, second, bounds = [], [], [0]
        for axis in self.axes:
            bonds = (
                ansatz.mixer.bonds(len(axis))
                if isinstance(ansatz.mixer, XYMixer) and len(axis) > 1
                else ((0, 1),)
            )
            first += [a for a, _ in bonds]
            second += [b for _, b in bonds]
            bounds.append(len(first))
        self._bonds = tuple(np.array(part, dtype=np.int64) for part in (first, second, bounds))
        self._grover = isinstance(ansatz.mixer, GroverMixer)
        self._known: tuple[Ising, Measured] | None = None

    def expectations(
        self, rows: Array, observables: tuple[Observable, ...], gradient: bool = False, share: float = 1.0
    ) -> tuple[Array, Array | None]:
        """Return means ``[B, K]`` and gradients ``[B, K, P]``; the cost's own means in one compiled call."""
        if gradient or share < 1 or len(observables) != 1 or observables[0] is not self._ansatz.cost:
            return super().expectations(rows, observables, gradient, share)
        offset = self._ansatz.cost.form.offset
        values = self._compiled.means(
            rows, self._energies, self._energies, self._dims, *self._bonds, self._grover
        )
        return values[:, None] + offset, None

    def vector(self, row: Array) -> Array:
        """Return the final state over the axes, complex ``[D]``."""
        state = np.full(self.size, self.size**-0.5, dtype=complex)
        self._compiled.evolve(
            state, self._energies, *np.split(row, 2), self._dims, *self._bonds, self._grover
        )
        return state

    def measured(self, observable: Observable) -> Measured:
        """Make an observable ready: its part that stays in the subspace."""
        if isinstance(observable, Ising):
            if (
                self._known is None or self._known[0] is not observable
            ):  # training asks for one again and again
                self._known = observable, Measured(self.energies(observable))
            return self._known[1]
        if observable.is_diagonal:
            return Measured(diagonal_over(observable, self.axes, self._dims))
        return SubspacePaulis(observable, self.axes, self._dims)

    def pull_back(self, row: Array, state: Array, left: Array) -> Array:
        """Return the gradient ``[P]`` from the final ψ and ``left`` = Hψ over the axes, both used up."""
        betas, gammas = np.split(row, 2)
        slopes = np.zeros((2, len(betas)))
        self._compiled.mix_back(
            state, left, self._energies, betas, gammas, self._dims, *self._bonds, self._grover, slopes
        )
        return slopes.reshape(-1)

    def state(self, row: Array) -> Array:
        """Return the final state of the full space, complex ``[2^n]``."""
        full = np.zeros(1 << self.num_qubits, dtype=complex)
        full[self._indices()] = self.vector(row)
        return full

    def probabilities(self, row: Array, bits: Array) -> Array:
        """Return the probabilities ``[K]`` of bits ``[K, n]``; 0 outside the subspace."""
        weights, place, stride = np.abs(self.vector(row)) ** 2, np.zeros(len(bits), dtype=np.int64), 1
        inside = np.ones(len(bits), dtype=bool)
        for axis, size in zip(self.axes, self._dims.tolist(), strict=True):
            own = bits[:, list(axis)].astype(np.int64)
            if len(axis) > 1:
                inside &= own.sum(axis=1) == 1
                own = own.argmax(axis=1)[:, None]
            place += stride * own[:, 0]
            stride *= size
        return np.where(inside, weights[place], 0.0)

    def sample(self, rows: Array, shots: int, seed: int) -> Array:
        """Draw bits uint8 ``[B, S, n]``; row k draws its uniform numbers from (seed, k)."""
        drawn = np.empty((len(rows), shots, self.num_qubits), dtype=np.uint8)
        for k, row in enumerate(rows):
            cumulative = np.cumsum(np.abs(self.vector(row)) ** 2)
            heights = np.random.default_rng([seed, k]).random(shots) * cumulative[-1]
            last = np.searchsorted(cumulative, cumulative[-1])
            drawn[k] = self.bits(np.minimum(np.searchsorted(cumulative, heights, side="right"), last))
        return drawn

    def bits(self, places: Array) -> Array:
        """Return bits uint8 ``[..., n]`` of places in the subspace."""
        bits = np.zeros((*np.shape(places), self.num_qubits), dtype=np.uint8)
        rest = np.array(places)
        for axis, size in zip(self.axes, self._dims.tolist(), strict=True):
            digit, rest = rest % size, rest // size
            bits[..., list(axis)] = digit[..., None] == (np.arange(size) if len(axis) > 1 else 1)
        return bits

    def energies(self, observable: Ising) -> Array:
        """Return the energies ``[D]`` of a model, axis by axis and pair by pair of axes."""
        form = observable.form.on_bits()
        upper = form.dense()
        coupling = upper + upper.T
        total: Any = np.full(self._dims[::-1], form.offset)  # the first axis is the last of the array
        count = len(self.axes)
        for k, axis in enumerate(self.axes):
            own = form.linear[list(axis)]
            if len(axis) == 1:
                own = np.append(0.0, own)
            total += own.reshape(_shape(count, {k: len(own)}))
            for m in range(k):
                table = _table(coupling, self.axes[m], axis)
                total += table.T.reshape(_shape(count, {k: table.shape[1], m: table.shape[0]}))
        return total.reshape(-1)

    def _indices(self) -> Array:
        if self.num_qubits > EXPANDED:
            raise BackendError(
                f"{self.num_qubits} qubits are not written out in full; the subspace holds them"
            )
        return self.bits(np.arange(self.size)).astype(np.int64) @ (1 << np.arange(self.num_qubits))


def suits(ansatz: QaoaAnsatz) -> str | None:
    """Say why an ansatz does not stay in a one-hot subspace, or return None."""
    mixer, start = ansatz.mixer, ansatz.first
    if not isinstance(mixer, XYMixer | GroverMixer):
        return (
            f"the {type(mixer).__name__} leaves the one-hot subspace; an XYMixer or a GroverMixer stays in it"
        )
    if not isinstance(start, OneHotStart):
        return f"a {type(start).__name__} is no state of a one-hot subspace; a OneHotStart is"
    if isinstance(mixer, XYMixer) and mixer.blocks != start.blocks:
        return "the blocks of the mixer are not those of the start"
    return None


def axes_of(ansatz: QaoaAnsatz) -> tuple[tuple[int, ...], ...]:
    """Return the blocks of the start, then every free qubit as an axis of its own."""
    start = ansatz.first
    assert isinstance(start, OneHotStart)
    inside = {q for block in start.blocks for q in block}
    return *start.blocks, *((q,) for q in range(ansatz.num_qubits) if q not in inside)


def size_of(ansatz: QaoaAnsatz) -> int:
    """Return the number of states D, without making any."""
    size = 1
    for axis in axes_of(ansatz):
        size *= max(2, len(axis))
    return size


def bytes_needed(ansatz: QaoaAnsatz) -> Callable[[bool, int], int]:
    """Return how many bytes a value or a gradient takes at the peak: states and vectors of energies."""
    size = size_of(ansatz)
    return lambda gradient, observables: size * ((48 if gradient else 16) + 8 * (observables + 2))


def _shape(count: int, sizes: dict[int, int]) -> Any:
    """The shape of an array that runs along some of the axes, the first axis last."""
    return tuple(sizes.get(count - 1 - place, 1) for place in range(count))


def _table(coupling: Array, one: tuple[int, ...], other: tuple[int, ...]) -> Array:
    """The couplings ``[k, m]`` between the states of two axes."""
    table = coupling[np.ix_(one, other)]
    rows = table if len(one) > 1 else np.vstack([np.zeros_like(table), table])
    return rows if len(other) > 1 else np.hstack([np.zeros_like(rows), rows])


__all__ = ["SubspaceSimulator", "axes_of", "bytes_needed", "size_of", "suits"]
