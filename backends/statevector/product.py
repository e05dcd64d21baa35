"""QAOA on the full space with any mixer: small matrices in order, or a reflection about the start."""

from __future__ import annotations

import numpy as np

from backends.compiling import kernel, subkernel
from backends.mixers import GroverMixer, Mixer, TermMixer, WarmStartMixer, XMixer, XYMixer
from backends.qaoa_ansatz import QaoaAnsatz
from backends.statevector import kernels
from backends.statevector.simulation import Simulator
from backends.statevector.starts import start_state
from problems.contract import Array

PAIR = np.zeros((4, 4))
PAIR[1, 2] = PAIR[2, 1] = 1.0  # (XX + YY)/2 exchanges 01 and 10
FLIP = np.array([[0.0, 1.0], [1.0, 0.0]])


class ProductSimulator(Simulator):
    """The cost as a vector of energies, the mixer as Hermitian matrices with their eigenvectors."""

    def __init__(self, ansatz: QaoaAnsatz):
        self._ansatz, self.num_qubits = ansatz, ansatz.num_qubits
        self._energies = kernels.energies_of(ansatz.cost.form) - ansatz.cost.form.offset
        self._start = start_state(ansatz.first, ansatz.num_qubits)
        self._terms = []
        if not isinstance(ansatz.mixer, GroverMixer):
            for qubits, matrix in terms_of(ansatz.mixer, ansatz.num_qubits):
                values, vectors = np.linalg.eigh(matrix)
                offsets = _offsets(qubits)
                self._terms.append(
                    (_rest(qubits, ansatz.num_qubits), offsets, matrix + 0j, values, vectors + 0j)
                )

    def state(self, row: Array) -> Array:
        """Return the final state, complex ``[2^n]``."""
        betas, gammas = np.split(row, 2)
        state = self._start.copy()
        for beta, gamma in zip(betas, gammas, strict=True):
            turn(state, self._energies, gamma)
            self._mix(state, beta)
        return state

    def pull_back(self, row: Array, state: Array, left: Array) -> Array:
        """Return the gradient ``[P]`` from the final state ψ and ``left`` = Hψ, both used up."""
        betas, gammas = np.split(row, 2)
        slopes = np.zeros((2, len(betas)))
        for layer in range(len(betas) - 1, -1, -1):
            slopes[0, layer] = self._unmix(state, left, betas[layer])
            slopes[1, layer] = 2 * kernels.diagonal_overlap(left, state, self._energies)
            for vector in (state, left):
                turn(vector, self._energies, -gammas[layer])
        return slopes.reshape(-1)

    def _mix(self, state: Array, beta: float) -> None:
        if isinstance(self._ansatz.mixer, GroverMixer):
            state += (np.exp(-1j * beta) - 1) * np.vdot(self._start, state) * self._start
        for rest, offsets, _, values, vectors in self._terms:
            apply_matrix(state, rest, offsets, (vectors * np.exp(-1j * beta * values)) @ vectors.conj().T)

    def _unmix(self, state: Array, left: Array, beta: float) -> float:
        """Undo the mixer on both; return the slope 2 Σ Im⟨left|H|state⟩ of its terms."""
        slope = 0.0
        if isinstance(self._ansatz.mixer, GroverMixer):
            slope += 2 * (np.vdot(left, self._start) * np.vdot(self._start, state)).imag
            for vector in (state, left):
                vector += (np.exp(1j * beta) - 1) * np.vdot(self._start, vector) * self._start
        for rest, offsets, matrix, values, vectors in reversed(self._terms):
            slope += 2 * matrix_overlap(left, state, rest, offsets, matrix)
            undone = (vectors * np.exp(1j * beta * values)) @ vectors.conj().T
            for vector in (state, left):
                apply_matrix(vector, rest, offsets, undone)
        return float(slope)


def terms_of(mixer: Mixer, n: int) -> list[tuple[tuple[int, ...], Array]]:
    """Return a mixer as Hermitian matrices on a few qubits, in order of time."""
    if isinstance(mixer, TermMixer):
        return list(mixer.terms)
    if isinstance(mixer, WarmStartMixer):
        found = []
        for q, c in enumerate(mixer.probabilities.tolist()):
            cross = 2 * np.sqrt(c * (1 - c))
            found.append(((q,), np.array([[1 - 2 * c, cross], [cross, 2 * c - 1]])))
        return found
    inside = {q for block in mixer.blocks for q in block} if isinstance(mixer, XYMixer) else set()
    pairs = [(pair, PAIR) for pair in mixer.pairs()] if isinstance(mixer, XYMixer) else []
    assert isinstance(mixer, XYMixer | XMixer)
    return [*pairs, *(((q,), FLIP) for q in range(n) if q not in inside)]


def bytes_needed(ansatz: QaoaAnsatz, gradient: bool, observables: int) -> int:
    """Return the bytes at the peak: the start, states, and vectors of energies."""
    return ((64 if gradient else 32) + 8 * (observables + 2)) << ansatz.num_qubits


def _offsets(qubits: tuple[int, ...]) -> Array:
    """Return ``[2^k]``: where a basis state of the qubits lies, the first of them the lowest bit."""
    places = np.zeros(1, dtype=np.int64)
    for qubit in qubits:
        places = np.concatenate([places, places + (1 << qubit)])
    return places


def _rest(qubits: tuple[int, ...], n: int) -> Array:
    return np.array([q for q in range(n) if q not in qubits], dtype=np.int64)


@kernel
def turn(state, energies, gamma):  # pragma: no cover - compiled
    """Multiply a state by e^(−iγE)."""
    for x in range(len(state)):
        angle = gamma * energies[x]
        state[x] *= complex(np.cos(angle), -np.sin(angle))


@kernel
def apply_matrix(state, rest, offsets, matrix):  # pragma: no cover - compiled
    """Apply a matrix to the qubits whose places are ``offsets``; ``rest`` are the others."""
    size = len(offsets)
    values = np.empty(size, np.complex128)
    for outer in range(1 << len(rest)):
        base = _spread(outer, rest)
        for a in range(size):
            values[a] = state[base + offsets[a]]
        for a in range(size):
            total = 0.0j
            for b in range(size):
                total += matrix[a, b] * values[b]
            state[base + offsets[a]] = total


@kernel
def matrix_overlap(left, state, rest, offsets, matrix):  # pragma: no cover - compiled
    """Return Im⟨left|M|state⟩."""
    size, result = len(offsets), 0.0
    for outer in range(1 << len(rest)):
        base = _spread(outer, rest)
        for a in range(size):
            total = 0.0j
            for b in range(size):
                total += matrix[a, b] * state[base + offsets[b]]
            result += (np.conj(left[base + offsets[a]]) * total).imag
    return result


@subkernel
def _spread(outer, rest):  # pragma: no cover - compiled
    base = 0
    for k in range(len(rest)):
        base |= (outer >> k & 1) << rest[k]
    return base
