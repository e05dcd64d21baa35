"""QAOA with the X mixer on the full space."""

from __future__ import annotations

import numpy as np

from backends.qaoa_ansatz import QaoaAnsatz
from backends.statevector import kernels
from backends.statevector.simulation import Simulator
from problems.contract import Array


class TransverseSimulator(Simulator):
    """Between layers the state is kept as i^(number of ones) ψ, where the mixer is real: see ``mix``."""

    def __init__(self, ansatz: QaoaAnsatz):
        form = ansatz.cost.form.on_bits()
        self._linear, self._coupling = np.ascontiguousarray(form.linear), form.dense()
        self._frame = np.full(ansatz.num_qubits, -np.pi / 2), np.zeros_like(self._coupling)
        self.num_qubits, self._layers = ansatz.num_qubits, ansatz.layers
        self._energies = kernels.energies_of(ansatz.cost.form)

    def state(self, row: Array) -> Array:
        """Return the final state, complex ``[2^n]``."""
        betas, gammas = np.split(row, 2)
        state = np.full(1 << self.num_qubits, 2 ** (-self.num_qubits / 2), dtype=complex)
        self._turn(state, enter=True)
        for beta, gamma in zip(betas, gammas, strict=True):
            kernels.multiply_phases(gamma * self._linear, gamma * self._coupling, state)
            kernels.mix(state.view(float), self.num_qubits, beta)
        self._turn(state, enter=False)
        return state

    def pull_back(self, row: Array, state: Array, left: Array) -> Array:
        """Return the gradient ``[P]`` from the final state ψ and ``left`` = Hψ, both used up."""
        betas, gammas = np.split(row, 2)
        slopes = np.zeros((2, self._layers))
        self._turn(state, enter=True)
        self._turn(left, enter=True)
        for layer in range(self._layers - 1, -1, -1):
            slopes[0, layer] = 2 * kernels.mixer_overlap(left.view(float), state.view(float), self.num_qubits)
            for vector in (state, left):
                kernels.mix(vector.view(float), self.num_qubits, -betas[layer])
            slopes[1, layer] = 2 * kernels.diagonal_overlap(left, state, self._energies)
            undone = -gammas[layer] * self._linear, -gammas[layer] * self._coupling
            for vector in (state, left):
                kernels.multiply_phases(*undone, vector)
        return slopes.reshape(-1)

    def _turn(self, state: Array, enter: bool) -> None:
        linear, coupling = self._frame
        kernels.multiply_phases(linear if enter else -linear, coupling, state)


def refusal_of(ansatz: QaoaAnsatz) -> str | None:
    """Say why this simulator cannot take an ansatz."""
    return "it takes no multi_angle" if ansatz.multi_angle else None


def bytes_needed(ansatz: QaoaAnsatz, gradient: bool, observables: int) -> int:
    """Return the bytes at the peak: states, and vectors of energies."""
    return ((48 if gradient else 16) + 8 * (observables + 1)) << ansatz.num_qubits
