"""Numbers of gates, tensors of moments, and the way back."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hybrid.circuit_search import Alphabet, decode, encode
from problems.errors import ProblemError
from problems.ground_state import Gate, GateSequence, GroundState
from problems.ground_state.gate_sequence import reference_state
from tests.hybrid.circuit_search.cases import alphabets, legal_circuits


@pytest.mark.parametrize("alphabet", alphabets(), ids=str)
def test_actions_and_gates_are_one_to_one(alphabet):
    n = alphabet.num_qubits
    assert alphabet.size == n * (n + 2)
    gates = [alphabet.gate(action) for action in range(alphabet.size)]
    assert len(set(gates)) == alphabet.size
    for action, gate in enumerate(gates):
        if gate.kind != "cz" or gate.qubits[0] < gate.qubits[1]:
            assert alphabet.action(gate) == action


def test_actions_are_numbered_by_control_and_offset_then_by_qubit_and_axis():
    alphabet = Alphabet(4)
    assert alphabet.gate(0) == Gate("cx", (0, 1))
    assert alphabet.gate(2) == Gate("cx", (0, 3))
    assert alphabet.gate(5) == Gate("cx", (1, 0))  # offset 3 from qubit 1 wraps round
    assert alphabet.gate(12, 0.5) == Gate("rx", (0,), None, 0.5)
    assert alphabet.gate(23) == Gate("rz", (3,))


@given(legal_circuits())
def test_tensor_and_gates_round_trip(case):
    setting, actions, angles = case
    alphabet = setting.energies.alphabet
    circuit = alphabet.circuit(actions, angles)
    tensor = encode(circuit, alphabet, setting.max_gates)
    again = decode(tensor, alphabet)
    assert sorted((g.kind, g.qubits) for g in again.gates) == sorted(
        (g.kind, g.qubits) for g in circuit.gates
    )
    assert np.array_equal(encode(again, alphabet, setting.max_gates), tensor)
    assert tensor.sum() == len(actions)
    assert int(tensor.any(axis=(1, 2)).sum()) == circuit.depth


@settings(max_examples=40)
@given(legal_circuits(), st.integers(0, 2**32))
def test_the_circuit_of_a_tensor_is_the_same_unitary(case, seed):
    setting, actions, _ = case
    alphabet = setting.energies.alphabet
    turned = decode(
        encode(alphabet.circuit(actions, np.zeros(setting.width(actions))), alphabet, 14), alphabet
    )
    x = np.random.default_rng(seed).uniform(-3, 3, turned.num_parameters)
    in_order = turned.bind(x)
    # the same gates placed one by one, each in the order of the original list
    left = list(in_order.gates)
    original = []
    for action in actions:
        kind = alphabet.gate(int(action)).kind
        qubits = alphabet.gate(int(action)).qubits
        k = next(k for k, gate in enumerate(left) if set(gate.qubits) & set(qubits))
        assert (left[k].kind, left[k].qubits) == (kind, qubits)
        original.append(left.pop(k))
    expected = reference_state(GateSequence(turned.num_qubits, tuple(original)))
    assert np.allclose(reference_state(in_order), expected, atol=1e-12)


@given(legal_circuits())
def test_actions_of_a_circuit_come_back(case):
    setting, actions, angles = case
    alphabet = setting.energies.alphabet
    numbers, turned = alphabet.actions(alphabet.circuit(actions, angles))
    assert np.array_equal(numbers, actions)
    assert np.array_equal(turned, angles)


def test_a_moment_is_one_plane_and_rows_are_targets_then_axes():
    alphabet = Alphabet(3)
    circuit = GateSequence(3, (Gate("ry", (0,), None, 0.1), Gate("cx", (1, 2)), Gate("cx", (2, 0))))
    tensor = encode(circuit, alphabet, 4)
    assert np.argwhere(tensor).tolist() == [[0, 2, 1], [0, 4, 0], [1, 0, 2]]


def test_what_does_not_fit_is_refused():
    alphabet = Alphabet(2)
    deep = GateSequence(2, (Gate("rx", (0,)), Gate("ry", (0,))))
    with pytest.raises(ProblemError, match="at most 1 moments"):
        encode(deep, alphabet, 1)
    with pytest.raises(ProblemError, match="cx or a rotation"):
        encode(GateSequence(2, (Gate("h", (0,)),)), alphabet, 1)
    clash = np.zeros((1, 5, 2), dtype=np.uint8)
    clash[0, 2, 0] = clash[0, 3, 0] = 1
    with pytest.raises(ProblemError, match="different qubits"):
        decode(clash, alphabet)
    with pytest.raises(ProblemError, match="num_qubits"):
        Alphabet(1)


def test_the_entangler_follows_the_gate_set():
    free = GroundState.random(2, seed=1)
    only_cz = GroundState(free.hamiltonian, gate_set=("cz", "rx", "rz"))
    assert Alphabet.of(free).entangler == "cx"
    assert Alphabet.of(only_cz).entangler == "cz"
    with pytest.raises(ProblemError, match='"cx" or "cz"'):
        Alphabet.of(GroundState(free.hamiltonian, gate_set=("rx",)))
