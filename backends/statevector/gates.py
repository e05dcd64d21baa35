"""Gate sequences on the full space."""

from __future__ import annotations

import numpy as np

from backends.statevector import gate_kernels as gates
from backends.statevector.simulation import Simulator
from problems.contract import Array
from problems.ground_state import GateSequence
from problems.ground_state.gate_sequence import ROTATIONS


class GateSimulator(Simulator):
    """Gates one after the other, in place."""

    def __init__(self, ansatz: GateSequence):
        self._ansatz, self.num_qubits = ansatz, ansatz.num_qubits
        self._gates = (
            np.array([gates.KINDS[gate.kind] for gate in ansatz.gates], dtype=np.int64),
            np.array([gate.qubits[0] for gate in ansatz.gates], dtype=np.int64),
            np.array([gate.qubits[-1] for gate in ansatz.gates], dtype=np.int64),
        )
        self._turning = np.array([gate.kind in ROTATIONS for gate in ansatz.gates], dtype=bool)

    def state(self, row: Array) -> Array:
        """Return the final state, complex ``[2^n]``."""
        state = np.zeros(1 << self.num_qubits, dtype=complex)
        state[0] = 1.0
        gates.run_gates(*self._gates, self._spread(row), state)
        return state

    def pull_back(self, row: Array, state: Array, left: Array) -> Array:
        """Return the gradient ``[P]`` from the final state ψ and ``left`` = Hψ, both used up."""
        slopes = np.zeros(len(self._turning))
        gates.pull_back(*self._gates, self._spread(row), state, left, slopes)
        sources = self._ansatz.sources
        free = sources >= 0
        turned = slopes[self._turning][free] * self._ansatz.factors[free]
        return np.bincount(sources[free], turned, minlength=len(row))

    def _spread(self, row: Array) -> Array:
        spread = np.zeros(len(self._turning))
        spread[self._turning] = self._ansatz.angles(row[None])[0]
        return spread


def bytes_needed(num_qubits: int, gradient: bool, observables: int) -> int:
    """Return the bytes at the peak: states, and vectors of energies."""
    return ((48 if gradient else 16) + 8 * (observables + 1)) << num_qubits
