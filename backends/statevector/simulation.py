"""What every simulator of the package offers, and how it follows from a state and its way back.

A simulator is one ansatz made ready. Those with kernels of their own override what they do faster.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Literal

import numpy as np

from backends.statevector import kernels
from backends.workload import Observable
from problems.binary.qubo import Ising
from problems.contract import Array
from problems.ground_state import PauliSum

Precision = Literal["double", "single"]
ROUNDING = 1e-12  # of a cumulative probability


class Simulator(ABC):
    """One ansatz made ready; rows are parameters ``[B, P]``.

    Attributes:
        num_qubits: n.
    """

    num_qubits: int

    @abstractmethod
    def state(self, row: Array) -> Array:
        """Return the final state, complex ``[2^n]``."""

    def vector(self, row: Array) -> Array:
        """Return the final state in the simulator's own space, which ``measured`` and ``pull_back`` share."""
        return self.state(row)

    def measured(self, observable: Observable) -> Measured:
        """Make an observable ready for states of that space."""
        return Measured(observable)

    @abstractmethod
    def pull_back(self, row: Array, state: Array, left: Array) -> Array:
        """Return the gradient ``[P]`` of ⟨ψ|H|ψ⟩ from the final state ψ and ``left`` = Hψ, both used up."""

    def expectations(
        self, rows: Array, observables: tuple[Observable, ...], gradient: bool = False, share: float = 1.0
    ) -> tuple[Array, Array | None]:
        """Return means ``[B, K]`` and gradients ``[B, K, P]`` or None.

        With a ``share`` below 1, of the mean over the lowest share of outcomes: with q the quantile it is
        q + ⟨min(E − q, 0)⟩ / share, and its derivative is that at fixed q (Rockafellar, Uryasev 2002).
        """
        measured = [self.measured(observable) for observable in observables]
        means = np.zeros((len(rows), len(measured)))
        slopes = np.zeros((*means.shape, rows.shape[1])) if gradient else None
        for k, row in enumerate(rows):
            state = self.vector(row)
            for j, observable in enumerate(measured):
                seen = observable if share == 1 else observable.lowest(state, share)
                means[k, j] = seen.mean(state)
                if slopes is not None:
                    slopes[k, j] = self.pull_back(row, state.copy(), seen.apply(state))
        return means, slopes

    def probabilities(self, row: Array, bits: Array) -> Array:
        """Return the probabilities ``[K]`` of bits ``[K, n]``."""
        return np.abs(self.state(row)[bits.astype(np.int64) @ (1 << np.arange(self.num_qubits))]) ** 2

    def sample(self, rows: Array, shots: int, seed: int) -> Array:
        """Draw bits uint8 ``[B, S, n]``; row k draws its uniform numbers from (seed, k)."""
        n = self.num_qubits
        bits = np.empty((len(rows), shots, n), dtype=np.uint8)
        cumulative = np.empty(1 << n)
        for k, row in enumerate(rows):
            kernels.cumulative_probabilities(self.state(row), cumulative)
            uniform = np.random.default_rng([seed, k]).random(shots) * cumulative[-1]
            last = np.searchsorted(cumulative, cumulative[-1])  # beyond it rounding alone could lead
            bits[k] = bits_of(np.minimum(np.searchsorted(cumulative, uniform, side="right"), last), n)
        return bits


class Measured:
    """An observable made ready: a diagonal as its vector of energies, the rest as Pauli masks."""

    def __init__(self, observable: Observable | Array, offset: float = 0.0):
        self._energies, self._offset = None, offset
        if isinstance(observable, np.ndarray):
            self._energies = observable
        elif isinstance(observable, Ising):
            self._energies = kernels.energies_of(observable.form)
        else:
            self._observable = observable
            self._masks = (*observable.masks, observable.coefficients)

    def lowest(self, state: Array, share: float) -> Measured:
        """Return min(E − q, 0) / share, with q added to its mean, for the quantile q of this state."""
        energies = self._energies
        if energies is None:
            energies = np.real(diagonal_of(self._observable))
        order = np.argsort(energies, kind="stable")
        reached = np.cumsum(np.abs(state[order]) ** 2)
        quantile = energies[order[np.searchsorted(reached, (share - ROUNDING) * reached[-1])]]
        return Measured(np.minimum(energies - quantile, 0.0) / share, float(quantile))

    def mean(self, state: Array) -> float:
        """Return ⟨ψ|H|ψ⟩."""
        if self._energies is not None:
            return self._offset + kernels.diagonal_mean(state, self._energies)
        return kernels.pauli_mean(*self._masks, state)

    def apply(self, state: Array) -> Array:
        """Return Hψ."""
        if self._energies is not None:
            return self._energies * state
        out = np.empty_like(state)
        kernels.apply_pauli_sum(*self._masks, state, out)
        return out


def diagonal_of(paulis: PauliSum) -> Array:
    """Return the diagonal ``[2^n]`` of a Pauli sum."""
    out = np.empty(1 << paulis.num_qubits, dtype=complex)
    kernels.apply_pauli_sum(*paulis.masks, paulis.coefficients, np.ones_like(out), out)
    return out


def bits_of(index: Array, n: int) -> Array:
    """Return uint8 bits ``[S, n]`` of basis indices ``[S]``; column q is bit q."""
    words = np.asarray(index).astype("<u8").view(np.uint8).reshape(-1, 8)
    return np.unpackbits(words, axis=1, bitorder="little")[:, :n]
