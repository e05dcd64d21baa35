"""No gate twice in a row on its qubits, and none that the device lacks."""

import numpy as np
from hypothesis import given

from hybrid.circuit_search.legality import allowed_by, last_actions, legal
from hybrid.circuit_search.setting import Setting, why_unsuitable
from problems.ground_state import GroundState
from tests.hybrid.circuit_search.cases import legal_circuits


@given(legal_circuits())
def test_illegal_are_exactly_the_gates_that_repeat_the_last_on_all_their_qubits(case):
    setting, actions, angles = case
    alphabet = setting.energies.alphabet
    circuit = alphabet.circuit(actions, angles)
    found = legal(last_actions(actions, alphabet), setting.allowed, alphabet)
    for action in range(alphabet.size):
        gate = alphabet.gate(action)
        touching = [other for other in circuit.gates if set(other.qubits) & set(gate.qubits)]
        repeats = bool(touching) and (touching[-1].kind, touching[-1].qubits) == (gate.kind, gate.qubits)
        # a gate on two qubits repeats only if nothing came on either of them after its like
        assert found[action] == (not repeats)
    assert (~found).sum() <= alphabet.num_qubits


def test_couplings_and_gate_set_are_kept_by_random_circuits():
    free = GroundState.random(4, seed=2)
    line = ((0, 1), (1, 2), (2, 3))
    problem = GroundState(free.hamiltonian, couplings=line, gate_set=("cz", "rx", "rz"))
    setting = Setting.of(problem, 60)
    alphabet = setting.energies.alphabet
    actions = setting.random_actions(60, np.random.default_rng(0))
    circuit = alphabet.circuit(actions, np.ones(setting.width(actions)))
    assert problem.violations(circuit) == {"couplings": 0.0, "gate_set": 0.0}
    assert {gate.kind for gate in circuit.gates} == {"cz", "rx", "rz"}
    assert allowed_by(problem, alphabet).sum() == 3 + 2 * 4


def test_what_cannot_be_searched_is_said():
    one = GroundState.random(1, terms=2, seed=0)
    assert "2 to 14" in str(why_unsuitable(one))
    rotations = GroundState(GroundState.random(2, seed=0).hamiltonian, gate_set=("rx", "ry"))
    assert "cx" in str(why_unsuitable(rotations))
    assert why_unsuitable(GroundState.random(2, seed=0)) is None
