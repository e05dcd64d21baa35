"""Translated circuits against Qiskit's own matrices, phases included."""

import numpy as np
import pennylane as qml
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from qiskit import QuantumCircuit
from qiskit.circuit import Gate, Measure, Parameter
from qiskit.circuit.library import get_standard_gate_name_mapping
from qiskit.circuit.random import random_circuit
from qiskit.quantum_info import Operator, random_unitary

from backends.bridges.pennylane_operations import pennylane_circuit
from problems import ProblemError

GATES = {
    name: gate for name, gate in get_standard_gate_name_mapping().items() if isinstance(gate, Gate)
}  # unitary ones, without measure, reset and delay


def pennylane_matrix(translated, row=()):
    """The unitary with qubit 0 as the lowest bit, as Qiskit orders it."""
    n = translated.num_qubits
    tape = qml.tape.make_qscript(translated.queue)(list(row), range(n))
    total = np.eye(2**n, dtype=complex)
    for operation in tape.operations:
        total = qml.matrix(operation, wire_order=range(n)[::-1]) @ total
    return total


@pytest.mark.parametrize("name", GATES)
def test_every_standard_gate_keeps_its_matrix_and_its_order_of_qubits(name):
    gate = GATES[name]
    circuit = QuantumCircuit(gate.num_qubits + 1)
    circuit.append(gate.copy(), list(range(gate.num_qubits, 0, -1)))
    row = np.random.default_rng(3).uniform(-3, 3, circuit.num_parameters)
    found = pennylane_matrix(pennylane_circuit(circuit), row)
    np.testing.assert_allclose(found, Operator(circuit.assign_parameters(row)).data, atol=1e-12)


@settings(deadline=None, max_examples=15)
@given(n=st.integers(1, 4), depth=st.integers(1, 5), seed=st.integers(0, 999))
def test_random_circuits_keep_their_matrix(n, depth, seed):
    circuit = random_circuit(n, depth, seed=seed)
    circuit.global_phase = seed
    np.testing.assert_allclose(
        pennylane_matrix(pennylane_circuit(circuit)), Operator(circuit).data, atol=1e-10
    )


def test_matrices_definitions_controls_and_free_phases_keep_their_matrix():
    a, b = Parameter("a"), Parameter("b")
    inner = QuantumCircuit(2, name="h", global_phase=0.3)  # a gate of one's own under a name of the library
    inner.rzx(2 * a, 0, 1)
    circuit = QuantumCircuit(3, global_phase=a * b)
    circuit.append(inner.to_gate(), [2, 0])
    circuit.append(random_unitary(4, seed=1).to_instruction(), [2, 1])
    circuit.barrier()
    circuit.append(QuantumCircuit(1, global_phase=0.7).to_gate().control(1), [0, 1])
    circuit.cx(0, 2, ctrl_state=0)
    circuit.mcp(b.sin(), [0, 1], 2)
    row = np.array([0.4, -1.3])
    found = pennylane_matrix(pennylane_circuit(circuit), row)
    np.testing.assert_allclose(found, Operator(circuit.assign_parameters(row)).data, atol=1e-12)


def test_what_is_no_gate_is_named():
    circuit = QuantumCircuit(1, 1)
    circuit.append(Measure(), [0], [0])
    with pytest.raises(ProblemError, match="measure"):
        pennylane_circuit(circuit)
