"""The errors of a device's gates and of its readout, by its figures, each computed when first needed."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any

import numpy as np
from qiskit import QuantumCircuit
from qiskit.circuit.library import IGate, XGate, YGate, ZGate
from qiskit.transpiler import Target
from qiskit_aer.noise import NoiseModel, ReadoutError
from qiskit_aer.noise.device import basic_device_gate_errors, basic_device_readout_errors


class DeviceErrors:
    """The errors that Aer derives from a device's figures: depolarising and thermal relaxation, and readout.

    Args:
        target: The figures of all qubits.
    """

    def __init__(self, target: Target):
        self.target = target
        self._gates: dict[tuple[str, tuple[int, ...]], Any] = {}
        self._superoperators: dict[tuple[str, int], Any] = {}

    @cached_property
    def readout(self) -> dict[int, ReadoutError]:
        """The readout error of each qubit."""
        return {place: error for (place,), error in basic_device_readout_errors(target=self.target)}

    def gate(self, name: str, qubits: tuple[int, ...]) -> Any:
        """Return the error after a gate, or None."""
        key = (name, qubits)
        if key not in self._gates:
            # Aer goes through a whole target, so it is shown one that has this gate only
            properties = self.target.qubit_properties
            kept = None if properties is None else [properties[qubit] for qubit in qubits]
            alone = Target(num_qubits=len(qubits), dt=self.target.dt, qubit_properties=kept)
            places, figures = tuple(range(len(qubits))), (self.target[name] or {}).get(qubits)
            alone.add_instruction(self.target.operation_from_name(name), {places: figures}, name=name)
            found = [error for _, _, error in basic_device_gate_errors(target=alone)]
            self._gates[key] = found[0] if found else None
        return self._gates[key]

    def superoperator(self, name: str, qubit: int) -> np.ndarray | None:
        """Return the error after a gate of one qubit as a superoperator (columns stacked), or None."""
        key = (name, qubit)
        if key not in self._superoperators:
            error = self.gate(name, (qubit,))
            self._superoperators[key] = None if error is None else _superoperator(error)
        return self._superoperators[key]

    def readout_matrix(self, qubit: int) -> np.ndarray:
        """Return the probability ``[prepared, read]`` of reading each bit of a qubit."""
        return np.asarray(self.readout[qubit].probabilities) if qubit in self.readout else np.eye(2)

    def model(self, circuit: QuantumCircuit, qubits: Sequence[int]) -> NoiseModel:
        """Return the errors of a circuit whose qubit k is the device's ``qubits[k]``."""
        model = NoiseModel(basis_gates=list(self.target.operation_names))
        places = {
            (entry.operation.name, tuple(circuit.find_bit(bit).index for bit in entry.qubits))
            for entry in circuit.data
        }
        for name, where in sorted(places):
            error = None if name == "measure" else self.gate(name, tuple(qubits[k] for k in where))
            if error is not None:
                model.add_quantum_error(error, name, where)
        for k, qubit in enumerate(qubits):
            if qubit in self.readout:
                model.add_readout_error(self.readout[qubit], [k])
        return model


def _superoperator(error: Any) -> np.ndarray:
    """The mean of an error's circuits on one qubit; Qiskit's own conversion takes a hundred times longer."""
    total = np.zeros((4, 4), complex)
    for circuit, probability in zip(error.circuits, error.probabilities, strict=True):
        product = np.eye(4, dtype=complex)
        for entry in circuit.data:
            product = sum(np.kron(k.conj(), k) for k in _kraus(entry.operation)) @ product
        total += probability * product
    return total


def _kraus(operation: Any) -> list[np.ndarray]:
    if operation.name == "kraus":
        return [np.asarray(matrix) for matrix in operation.params]
    if operation.name == "reset":
        return [np.array([[1, 0], [0, 0]]), np.array([[0, 1], [0, 0]])]
    if operation.name == "pauli":
        return [{"I": IGate, "X": XGate, "Y": YGate, "Z": ZGate}[operation.params[0]]().to_matrix()]
    return [operation.to_matrix()]
