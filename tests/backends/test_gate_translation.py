"""Qiskit circuits as gate sequences: the same state up to a phase, parameters in Qiskit's order."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from qiskit import QuantumCircuit
from qiskit.circuit import Parameter, ParameterVector
from qiskit.circuit.library import (
    efficient_su2,
    evolved_operator_ansatz,
    n_local,
    qaoa_ansatz,
    real_amplitudes,
)
from qiskit.circuit.random import random_circuit
from qiskit.quantum_info import Operator, SparsePauliOp, random_unitary
from qiskit.quantum_info import Statevector as QiskitStatevector

from backends import CircuitAnsatz, Expectation, Statevector
from backends.circuits import circuit_of
from backends.gate_translation import gate_sequence_of, translation_refusal
from problems.errors import ProblemError
from problems.ground_state import GateSequence, PauliSum
from tests.backends.statevector.test_gates import random_circuit as random_sequence

A, B = Parameter("a"), Parameter("b")


def same_up_to_a_phase(circuit: QuantumCircuit, sequence: GateSequence, row) -> None:
    theirs = QiskitStatevector(circuit.assign_parameters(row)).data
    ours = sequence.state(row)
    overlap = np.vdot(ours, theirs)
    assert abs(overlap) == pytest.approx(1.0, abs=1e-12)
    np.testing.assert_allclose(ours * overlap, theirs, rtol=0, atol=1e-12)


def uccsd_like() -> QuantumCircuit:
    excitations = [
        SparsePauliOp(["XYII", "YXII"], [0.5, -0.5]),
        SparsePauliOp(["XXXY", "YXXX"], [0.125, -0.5]),
    ]
    start = QuantumCircuit(4)
    start.x([0, 1])
    return start.compose(evolved_operator_ansatz(excitations, reps=2))


ANSATZE = {
    "efficient_su2": lambda: efficient_su2(4, reps=2),
    "real_amplitudes": lambda: real_amplitudes(3, entanglement="circular"),
    "n_local": lambda: n_local(3, ["rx", "p"], ["crz", "rzz"], reps=2, entanglement="linear"),
    "two axes": lambda: n_local(3, ["h", "ry"], "cp", reps=2),
    "evolved": uccsd_like,
    "qaoa": lambda: qaoa_ansatz(SparsePauliOp(["IZZ", "ZIZ", "ZII"], [1.0, -0.5, 0.25]), reps=2),
}


@pytest.mark.parametrize("name", ANSATZE)
def test_library_circuits_keep_their_state_and_the_order_of_parameters(name):
    circuit = ANSATZE[name]()
    sequence = gate_sequence_of(circuit)
    assert sequence.num_parameters == circuit.num_parameters > 1
    for seed in range(3):
        row = np.random.default_rng(seed).uniform(-np.pi, np.pi, circuit.num_parameters)
        same_up_to_a_phase(circuit, sequence, row)


@pytest.mark.parametrize("name", ANSATZE)
def test_library_circuits_have_gradients_on_the_statevector(name):
    circuit = ANSATZE[name]()
    n, observable = circuit.num_qubits, PauliSum(circuit.num_qubits, ("Z" * circuit.num_qubits,), [1.0])
    row = np.random.default_rng(1).uniform(-1, 1, circuit.num_parameters)
    ask = Expectation(CircuitAnsatz(circuit), (observable,), row[None], gradient=True)
    outcome = Statevector().submit(ask).result()
    parity = np.array([(-1) ** x.bit_count() for x in range(1 << n)])

    def energy(values) -> float:
        state = QiskitStatevector(circuit.assign_parameters(values)).data
        return float(parity @ np.abs(state) ** 2)

    assert outcome.mean[0, 0] == pytest.approx(energy(row), abs=1e-10)
    for p, step in enumerate(1e-5 * np.eye(len(row))):
        difference = (energy(row + step) - energy(row - step)) / 2e-5
        assert outcome.gradient[0, 0, p] == pytest.approx(difference, abs=1e-7)


@settings(deadline=None, max_examples=15)
@given(n=st.integers(1, 5), depth=st.integers(1, 6), seed=st.integers(0, 1000))
def test_random_circuits_of_all_standard_gates_keep_their_state(n, depth, seed):
    circuit = random_circuit(n, depth, seed=seed)
    same_up_to_a_phase(circuit, gate_sequence_of(circuit), [])


@settings(deadline=None, max_examples=20)
@given(n=st.integers(1, 5), count=st.integers(0, 25), seed=st.integers(0, 1000))
def test_a_sequence_survives_the_way_there_and_back(n, count, seed):
    sequence = random_sequence(n, count, seed)
    circuit = circuit_of(sequence)  # its parameters are the angles of the rotations
    back = gate_sequence_of(circuit)
    angles = np.random.default_rng(seed).normal(size=circuit.num_parameters)
    same_up_to_a_phase(circuit, back, angles)
    assert back.num_parameters == len(sequence.rotations)


def test_the_order_is_that_of_the_circuit_not_of_the_gates():
    z, a = Parameter("z"), Parameter("a")
    vector = ParameterVector("v", 11)  # v[2] comes before v[10]
    circuit = QuantumCircuit(2)
    circuit.rx(z, 0)
    circuit.ry(vector[10], 1)
    circuit.cx(0, 1)
    circuit.ry(vector[2], 0)
    circuit.rx(a, 1)
    circuit.h(0)
    for k in (0, 1, 3, 4, 5, 6, 7, 8, 9):
        circuit.rx(vector[k], k % 2)
    row = np.random.default_rng(0).normal(size=circuit.num_parameters)
    same_up_to_a_phase(circuit, gate_sequence_of(circuit), row)


@pytest.mark.parametrize("angle", [2 * A, A / 2 + 1, -A, 3 - A, (A + 1) * 2, A - 2 * A, 0 * A + 0.4])
def test_linear_angles_are_kept(angle):
    circuit = QuantumCircuit(2)
    circuit.h([0, 1])
    circuit.rx(A, 1)
    circuit.rz(angle, 0)
    circuit.crx(angle, 0, 1)
    circuit.h(0)
    sequence = gate_sequence_of(circuit)
    for value in (0.3, -1.7):
        same_up_to_a_phase(circuit, sequence, [value])


@pytest.mark.parametrize("angle", [A.sin(), A * B, A + B, A * A, abs(A), A.exp(), 1 / A, A.sign(), A**0.5])
def test_other_angles_are_refused_with_the_expression(angle):
    circuit = QuantumCircuit(1)
    circuit.rx(A, 0)
    circuit.rx(B, 0)
    circuit.ry(angle, 0)
    ansatz = CircuitAnsatz(circuit)
    why = translation_refusal(ansatz)
    assert why is not None
    assert str(angle) in why
    with pytest.raises(ProblemError, match="linear in one parameter"):
        gate_sequence_of(circuit)
    row = np.array([[0.4, 0.7]])
    mean = Statevector().submit(Expectation(ansatz, (PauliSum(1, ("Z",), [1.0]),), row)).result().mean[0, 0]
    state = QiskitStatevector(circuit.assign_parameters(row[0])).data
    assert mean == pytest.approx(abs(state[0]) ** 2 - abs(state[1]) ** 2, abs=1e-12)


def test_a_parameter_without_effect_keeps_its_column():
    circuit = QuantumCircuit(1, global_phase=A)
    circuit.rx(B, 0)
    sequence = gate_sequence_of(circuit)
    assert sequence.num_parameters == 2
    for row in ([0.3, 0.9], [-2.0, 0.9]):
        same_up_to_a_phase(circuit, sequence, row)


def test_gates_by_matrix_and_by_definition_are_taken_apart():
    inner = QuantumCircuit(2, name="mine")
    inner.ryy(A, 0, 1)
    inner.swap(0, 1)
    circuit = QuantumCircuit(3)
    circuit.append(random_unitary(4, seed=1).to_instruction(), [2, 0])
    circuit.barrier()
    circuit.append(inner.to_gate(), [1, 2])
    circuit.append(Operator(random_unitary(8, seed=2)).to_instruction(), [0, 2, 1])
    same_up_to_a_phase(circuit, gate_sequence_of(CircuitAnsatz(circuit)), [0.77])


def test_equal_circuits_give_equal_sequences():
    first, second = gate_sequence_of(uccsd_like()), gate_sequence_of(uccsd_like())
    assert first.gates == second.gates


def test_what_is_no_circuit_is_refused():
    with pytest.raises(ProblemError, match="circuit"):
        gate_sequence_of("h 0")  # pyright: ignore
