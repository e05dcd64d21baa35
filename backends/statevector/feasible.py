"""QAOA among listed states: a mixing Hamiltonian over F of them, and F amplitudes in place of 2^n."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.sparse import csr_array
from scipy.special import jv

from backends.mixers import FeasibleMixer, FeasibleStart
from backends.qaoa_ansatz import QaoaAnsatz
from backends.sparse_rows import SparseRows
from backends.statevector.simulation import Measured, Simulator
from backends.workload import Observable
from problems.binary.qubo import Ising
from problems.contract import Array
from problems.errors import BackendError
from problems.ground_state import PauliSum

EXPANDED = 28  # qubits up to which a state over listed states is written out in full
SMALLEST = 1e-16  # Bessel coefficients that are left out
VECTORS = 8  # states of F amplitudes alive during a gradient


class FeasibleSimulator(Simulator):
    """A state over the listed states, the first one first."""

    def __init__(self, ansatz: QaoaAnsatz):
        assert isinstance(ansatz.mixer, FeasibleMixer)
        self.num_qubits, self._states = ansatz.num_qubits, ansatz.mixer.states
        self._spins = 1 - 2 * self._states.astype(np.int8)
        self._energies = ansatz.cost.energies(self._spins) - ansatz.cost.form.offset
        matrix = ansatz.mixer.matrix
        self._mixing = _Chebyshev(matrix) if isinstance(matrix, SparseRows) else _Eigenvectors(matrix)

    def vector(self, row: Array) -> Array:
        """Return the final state over the listed states, complex ``[F]``."""
        state = np.full(len(self._states), len(self._states) ** -0.5, dtype=complex)
        for beta, gamma in zip(*np.split(row, 2), strict=True):
            state = self._mixing.evolve(state * np.exp(-1j * gamma * self._energies), beta)
        return state

    def measured(self, observable: Observable) -> Measured:
        """Make an observable ready: its part that leads from listed states to listed states."""
        if isinstance(observable, Ising):
            return Measured(observable.energies(self._spins))
        return ListedPaulis(observable, self._states)

    def pull_back(self, row: Array, state: Array, left: Array) -> Array:
        """Return the gradient ``[P]`` from the final state ψ and ``left`` = Hψ over the states."""
        betas, gammas = np.split(row, 2)
        slopes = np.zeros((2, len(betas)))
        for layer in range(len(betas) - 1, -1, -1):
            slopes[0, layer] = 2 * np.vdot(left, self._mixing.apply(state)).imag
            state, left = (self._mixing.evolve(vector, -betas[layer]) for vector in (state, left))
            slopes[1, layer] = 2 * np.vdot(left, self._energies * state).imag
            phase = np.exp(1j * gammas[layer] * self._energies)
            state, left = state * phase, left * phase
        return slopes.reshape(-1)

    def state(self, row: Array) -> Array:
        """Return the final state of the full space, complex ``[2^n]``."""
        if self.num_qubits > EXPANDED:
            raise BackendError(
                f"{self.num_qubits} qubits are not written out in full; the listed states hold them"
            )
        full = np.zeros(1 << self.num_qubits, dtype=complex)
        full[self._states.astype(np.int64) @ (1 << np.arange(self.num_qubits))] = self.vector(row)
        return full

    def probabilities(self, row: Array, bits: Array) -> Array:
        """Return the probabilities ``[K]`` of bits ``[K, n]``; 0 where a state is not listed."""
        weights = np.abs(self.vector(row)) ** 2
        places = {state.tobytes(): place for place, state in enumerate(self._states)}
        found = [places.get(state.tobytes(), -1) for state in np.ascontiguousarray(bits, dtype=np.uint8)]
        return np.append(weights, 0.0)[found]

    def sample(self, rows: Array, shots: int, seed: int) -> Array:
        """Draw bits uint8 ``[B, S, n]``; row k draws its uniform numbers from (seed, k)."""
        drawn = np.empty((len(rows), shots, self.num_qubits), dtype=np.uint8)
        for k, row in enumerate(rows):
            weights = np.abs(self.vector(row)) ** 2
            rng = np.random.default_rng([seed, k])
            drawn[k] = self._states[rng.choice(len(weights), shots, p=weights / weights.sum())]
        return drawn


class ListedPaulis(Measured):
    """A Pauli sum among listed states, as a sparse Hermitian matrix ``[F, F]``."""

    def __init__(self, paulis: PauliSum, states: Array):
        self._offset, places = 0.0, {state.tobytes(): place for place, state in enumerate(states)}
        rows, columns, values = [], [], []
        for string, coefficient in zip(paulis.strings, paulis.coefficients.tolist(), strict=True):
            letters = np.frombuffer(string.encode(), dtype=np.uint8)
            flips = ((letters == ord("X")) | (letters == ord("Y"))).astype(np.uint8)
            signed = (letters == ord("Z")) | (letters == ord("Y"))
            goals = [places.get(state.tobytes(), -1) for state in np.ascontiguousarray(states ^ flips)]
            inside = np.flatnonzero(np.array(goals) >= 0)
            signs = 1.0 - 2.0 * (states[inside][:, signed].sum(axis=1) % 2)
            rows.append(np.array(goals)[inside])
            columns.append(inside)
            values.append(coefficient * 1j ** (string.count("Y") % 4) * signs)
        entries = [np.concatenate(part) if part else np.zeros(0, dtype=int) for part in (rows, columns)]
        data = np.concatenate(values) if values else np.zeros(0, dtype=complex)
        self._matrix: Any = csr_array((data, tuple(entries)), shape=(len(states), len(states)))
        self._energies = np.real(self._matrix.diagonal()) if paulis.is_diagonal else None

    def mean(self, state: Array) -> float:
        """Return ⟨ψ|H|ψ⟩."""
        return float(np.vdot(state, self._matrix @ state).real)

    def apply(self, state: Array) -> Array:
        """Return the part of Hψ among the listed states."""
        return self._matrix @ state


class _Eigenvectors:
    """e^(−iβH) of a dense matrix."""

    def __init__(self, matrix: Array):
        self._matrix = matrix
        self._values, self._vectors = np.linalg.eigh(matrix)

    def apply(self, state: Array) -> Array:
        return self._matrix @ state

    def evolve(self, state: Array, beta: float) -> Array:
        return self._vectors @ (np.exp(-1j * beta * self._values) * (self._vectors.T @ state))


class _Chebyshev:
    """e^(−iβH) of a sparse matrix, as a series of Chebyshev polynomials (Tal-Ezer, Kosloff 1984).

    With the spectrum in c ± r it is e^(−iβc) Σ_k (2 − δ_k0)(−i)^k J_k(βr) T_k((H − c)/r); the coefficients
    fall faster than exponentially beyond k = |βr|, so that the series is exact to rounding.
    """

    def __init__(self, rows: SparseRows):
        low, high = rows.interval()
        self._centre, self._radius = (low + high) / 2, max((high - low) / 2, np.finfo(float).tiny)
        self._matrix: Any = csr_array((rows.values, rows.columns, rows.starts), shape=(rows.size, rows.size))

    def apply(self, state: Array) -> Array:
        return self._matrix @ state

    def evolve(self, state: Array, beta: float) -> Array:
        reach = abs(beta) * self._radius
        orders = np.arange(int(reach + 30 + 6 * np.cbrt(reach)))
        weights = jv(orders, beta * self._radius) * np.where(orders == 0, 1.0, 2.0)
        weights = weights[: np.flatnonzero(np.abs(weights) > SMALLEST)[-1] + 1]
        before, now, total = None, state, weights[0] * state
        for k, weight in enumerate(weights[1:], start=1):
            stepped = self._shifted(now)
            before, now = now, stepped if before is None else 2 * stepped - before
            total = total + (-1j) ** (k % 4) * weight * now
        return np.exp(-1j * beta * self._centre) * total

    def _shifted(self, state: Array) -> Array:
        return (self._matrix @ state - self._centre * state) / self._radius


def suits(ansatz: QaoaAnsatz) -> str | None:
    """Say why an ansatz does not stay among the listed states, or return None."""
    assert isinstance(ansatz.mixer, FeasibleMixer)
    start = ansatz.first
    if isinstance(start, FeasibleStart) and np.array_equal(start.states, ansatz.mixer.states):
        return None
    return "a FeasibleMixer starts from all its states alike; leave the start to it"


def bytes_needed(ansatz: QaoaAnsatz, gradient: bool, observables: int) -> int:
    """Return the bytes at the peak: states, energies, and the matrix with its eigenvectors."""
    assert isinstance(ansatz.mixer, FeasibleMixer)
    matrix, size = ansatz.mixer.matrix, len(ansatz.mixer.states)
    entries = 16 * len(matrix.values) if isinstance(matrix, SparseRows) else 8 * 4 * size * size
    return entries + size * (16 * (VECTORS if gradient else VECTORS - 2) + 8 * (observables + 2))


__all__ = ["FeasibleSimulator", "ListedPaulis", "bytes_needed", "suits"]
