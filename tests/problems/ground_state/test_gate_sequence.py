"""Circuits as data against Qiskit, and what binding, depth and structure mean."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from qiskit import QuantumCircuit
from qiskit.quantum_info import Statevector

from problems.errors import ProblemError
from problems.ground_state import Gate, GateSequence


@settings(deadline=None, max_examples=30)
@given(seed=st.integers(0, 1000), n=st.integers(2, 4))
def test_the_state_of_a_sequence_is_that_of_qiskit(seed, n):
    rng, gates, circuit = np.random.default_rng(seed), [], QuantumCircuit(n)
    for kind in rng.choice(["h", "rx", "ry", "rz", "cx", "cz"], 10).tolist():
        qubits = tuple(rng.choice(n, 1 + (kind[0] == "c"), replace=False).tolist())
        angles = [float(rng.normal())] if kind[0] == "r" else []
        gates.append(Gate(kind, qubits, None, *angles))
        getattr(circuit, kind)(*angles, *qubits)
    np.testing.assert_allclose(GateSequence(n, tuple(gates)).state(), Statevector(circuit).data, atol=1e-12)


def test_qubit_q_is_bit_q():
    flipped = GateSequence(3, (Gate("rx", (1,), angle=np.pi),)).state()
    assert np.argmax(np.abs(flipped)) == 0b010


def test_a_bell_pair():
    pair = GateSequence(2, (Gate("h", (0,)), Gate("cx", (0, 1))))
    np.testing.assert_allclose(pair.state(), np.sqrt([0.5, 0, 0, 0.5]), atol=1e-15)


def test_a_shared_parameter_turns_both_gates():
    both = GateSequence(2, (Gate("ry", (0,), 0), Gate("ry", (1,), 0, angle=0.5)))
    assert both.num_parameters == 1
    np.testing.assert_allclose(both.angles(np.array([[0.25]])), [[0.25, 0.75]])


def test_the_structure_ignores_angles():
    plain, turned = (GateSequence(1, (Gate("rz", (0,), angle=a),)) for a in (0.0, 1.0))
    assert plain.structure == turned.structure
    assert plain.structure != GateSequence(1, (Gate("rx", (0,)),)).structure


def test_depth_packs_gates_as_early_as_they_can_be():
    gates = (Gate("h", (0,)), Gate("h", (1,)), Gate("cx", (0, 1)), Gate("h", (2,)), Gate("cz", (1, 2)))
    assert GateSequence(3, gates).depth == 3
    assert GateSequence(2).depth == 0


@pytest.mark.parametrize(
    ("build", "named"),
    [
        (lambda: Gate("rx", (0.5,)), r"qubits\[0\]"),
        (lambda: Gate("rx", (0,), parameter=-1), "parameter"),
        (lambda: Gate("rx", (0,), angle=np.inf), "angle"),
        (lambda: GateSequence(1, (Gate("rx", (0,), 0),)).state([0.1, 0.2]), "shape of parameters"),
        (lambda: Gate("swap", (0, 1)), "kind"),
        (lambda: Gate("cx", (0, 0)), "two|2 different"),
        (lambda: Gate("h", (0,), parameter=1), "angle of h"),
        (lambda: GateSequence(1, (Gate("h", (1,)),)), r"gates\[0\]"),
        (lambda: GateSequence(1, (Gate("rx", (0,), 1),)), "without a hole"),
    ],
)
def test_bad_input_is_named(build, named):
    with pytest.raises(ProblemError, match=named):
        build()
