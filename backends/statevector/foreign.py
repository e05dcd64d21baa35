"""Circuits that are no gate sequence of ours: through Qiskit's own exact simulation, without gradients."""

from __future__ import annotations

import numpy as np

from backends.circuits import CircuitAnsatz
from backends.statevector.simulation import Simulator
from problems.contract import Array


class ForeignSimulator(Simulator):
    """Any Qiskit circuit."""

    def __init__(self, ansatz: CircuitAnsatz):
        self._circuit, self.num_qubits = ansatz.circuit, ansatz.num_qubits

    def state(self, row: Array) -> Array:
        """Return the final state, complex ``[2^n]``."""
        from qiskit.quantum_info import Statevector as QiskitStatevector

        return np.array(QiskitStatevector(self._circuit.assign_parameters(row)).data)

    def pull_back(self, row: Array, state: Array, left: Array) -> Array:
        """Refused before it is asked for.

        Raises:
            NotImplementedError: Always.
        """
        raise NotImplementedError("circuits simulated by Qiskit have no gradients here")
