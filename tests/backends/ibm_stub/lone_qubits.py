"""Exact simulation of single qubits, for all rows of arguments at once."""

from __future__ import annotations

from typing import Any

import numpy as np
from qiskit.circuit import Gate, Measure, Parameter
from qiskit.circuit.library import RZGate

from tests.backends.ibm_stub.components import Component
from tests.backends.ibm_stub.noise import DeviceErrors

Array = np.ndarray


def is_lone(part: Component) -> bool:
    """Say whether a part is one qubit that has gates without expressions and is measured once, at its end."""
    *gates, last = part.circuit.data
    return (
        part.circuit.num_qubits == 1
        and isinstance(last.operation, Measure)
        and all(_is_simple(entry.operation) for entry in gates)
    )


def sample_lone(
    part: Component, values: Array, shots: int, errors: DeviceErrors, rng: np.random.Generator
) -> Array:
    """Return bits ``[rows, shots]`` for arguments ``[rows, parameters]``.

    The density matrix goes through each gate and its error; the readout error is applied to its diagonal.
    """
    (qubit,) = part.qubits
    state = np.zeros((len(values), 2, 2), complex)
    state[:, 0, 0] = 1.0
    order = list(part.circuit.parameters)
    for entry in part.circuit.data[:-1]:
        gate = entry.operation
        unitary = _unitaries(gate, order, values)
        state = unitary @ state @ unitary.conj().swapaxes(1, 2)
        error = errors.superoperator(gate.name, qubit)
        if error is not None:
            # a superoperator acts on the columns of the density matrix, one below the other
            columns = state.swapaxes(1, 2).reshape(-1, 4) @ error.T
            state = columns.reshape(-1, 2, 2).swapaxes(1, 2)
    excited = np.real(state[:, 1, 1]).clip(0.0, 1.0)
    readout = errors.readout_matrix(qubit)
    reads_one = (1 - excited) * readout[0, 1] + excited * readout[1, 1]
    return rng.random((len(values), shots)) < reads_one[:, None]


def _is_simple(gate: Any) -> bool:
    if isinstance(gate, RZGate) and type(gate.params[0]) is Parameter:
        return True
    return isinstance(gate, Gate) and not gate.is_parameterized()


def _unitaries(gate: Any, order: list[Any], values: Array) -> Array:
    if not gate.is_parameterized():
        return gate.to_matrix()[None]
    angle = values[:, order.index(gate.params[0])]
    diagonal = np.exp(np.multiply.outer(angle, [-0.5j, 0.5j]))
    return diagonal[:, :, None] * np.eye(2)
