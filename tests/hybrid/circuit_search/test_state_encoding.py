"""What the network sees of a circuit: each form against the circuit itself, and a search with each."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings

from hybrid.circuit_search import Crlqas, DoubleDqn, QuantileThreshold, encode
from hybrid.circuit_search.replay import Replay
from hybrid.circuit_search.state_encoding import ENCODINGS, LISTED, StateEncoding, wrapped
from problems.errors import ProblemError
from problems.ground_state.gate_sequence import ROTATIONS
from tests.hybrid.circuit_search.cases import HYDROGEN, legal_circuits


def rows_of(kind, setting, actions, angles):
    """The encoding and the row of one circuit."""
    encoding = StateEncoding(kind, setting.energies.alphabet, setting.max_gates)
    padded, turned = np.zeros((1, setting.max_gates), dtype=np.int16), np.full((1, setting.max_gates), 9.0)
    padded[0, : len(actions)], turned[0, : len(angles)] = actions, angles
    rows = encoding.rows(padded, np.array([len(actions)]), turned)
    assert rows.shape == (1, encoding.size)
    return encoding, rows[0]


@settings(max_examples=30)
@given(legal_circuits())
def test_the_tensor_is_that_of_the_circuit_and_angles_stand_where_rotations_do(case):
    setting, actions, angles = case
    n, moments = setting.energies.alphabet.num_qubits, setting.max_gates
    tensor = encode(setting.energies.alphabet.circuit(actions, angles), setting.energies.alphabet, moments)
    _, plain = rows_of("tensor", setting, actions, angles)
    assert plain.dtype == np.uint8
    assert np.array_equal(plain, tensor.reshape(-1))
    _, both = rows_of("tensor_with_angles", setting, actions, angles)
    assert np.array_equal(both[: tensor.size], plain)
    turned, places = both[tensor.size :].reshape(moments, 3, n), tensor[:, n:, :] == 1
    assert not turned[~places].any()
    expected = np.sort([(a / np.pi + 1) % 2 - 1 for a in angles])
    assert np.sort(turned[places]) == pytest.approx(expected, abs=1e-6)
    depths = np.zeros(n, dtype=int)  # each angle stands at the moment and axis of its own rotation
    rotation = iter(angles)
    for gate in setting.energies.alphabet.circuit(actions, angles).gates:
        moment = max(depths[list(gate.qubits)])
        depths[list(gate.qubits)] = moment + 1
        if gate.kind in ROTATIONS:
            shown = turned[moment, ROTATIONS.index(gate.kind), gate.qubits[0]]
            assert shown == pytest.approx((next(rotation) / np.pi + 1) % 2 - 1, abs=1e-6)


@settings(max_examples=30)
@given(legal_circuits())
def test_the_list_tells_gate_by_gate(case):
    setting, actions, angles = case
    alphabet, rotation = setting.energies.alphabet, iter(angles)
    _, row = rows_of("list_with_angles", setting, actions, angles)
    listed, n = row.reshape(-1, LISTED), alphabet.num_qubits
    for line, gate in zip(listed, alphabet.circuit(actions, angles).gates, strict=False):
        if gate.kind in ROTATIONS:
            axis = ROTATIONS.index(gate.kind) / 3
            expected = [1, 1, gate.qubits[0] / n, axis, (next(rotation) / np.pi + 1) % 2 - 1]
        else:
            expected = [gate.qubits[0] / n, gate.qubits[1] / n, 1, 1, 0]
        assert line == pytest.approx(expected, abs=1e-6)
    assert np.array_equal(
        listed[len(actions) :], np.tile([1, 1, 1, 1, 0], (setting.max_gates - len(actions), 1))
    )


@settings(max_examples=15)
@given(legal_circuits())
def test_transitions_remember_the_angles_of_both_their_states(case):
    setting, actions, _ = case
    alphabet, length, rng = setting.energies.alphabet, len(actions), np.random.default_rng(0)
    whole = np.zeros(setting.max_gates, dtype=np.int16)
    whole[:length] = actions
    angles = [rng.uniform(-9, 9, setting.max_gates) for _ in range(length + 1)]
    features = [float(k) for k in range(length + 1)]
    replay = Replay(64, setting.max_gates, "list_with_angles")
    replay.add_episode(whole, features, [1.0] * length, 2, 0.9, angles)
    batch = replay.draw(16, alphabet, setting.allowed, True, rng)
    for b in range(16):
        start, end = int(batch.features[b]), int(batch.next_features[b])
        for at, states in ((start, batch.states), (end, batch.next_states)):
            width = setting.width(actions[:at])
            _, row = rows_of("list_with_angles", setting, actions[:at], angles[at][:width])
            assert states[b] == pytest.approx(row, abs=1e-5)


def test_angles_come_into_one_turn():
    turned = [wrapped(angle) for angle in (0.0, np.pi / 2, np.pi, -np.pi, 3 * np.pi, 2.5 * np.pi, -0.5)]
    assert turned == pytest.approx([0.0, 0.5, -1.0, -1.0, -1.0, 0.5, -0.5 / np.pi])


@pytest.mark.parametrize("encoding", ENCODINGS[1:])
def test_a_search_sees_circuits_in_each_form_and_goes_on_from_its_file(encoding, tmp_path):
    pytest.importorskip("jax", reason='the extra "learning" is not installed')
    search = Crlqas(
        max_gates=6,
        episodes=30,
        curriculum=QuantileThreshold(every=5, window=20),
        learner=DoubleDqn(hidden=(16,), batch=16, capacity=60, refresh=10, decay=100),
        encoding=encoding,
    )
    whole = search.solve(HYDROGEN, seed=2, progress=False)
    path = tmp_path / "search.npz"
    for episodes in (11, 30):
        part = replace(search, episodes=episodes, checkpoint=path).solve(HYDROGEN, seed=2, progress=False)
    assert part.history == whole.history
    assert part.solution == whole.solution
    assert whole.resources["updates"] > 5
    plain = replace(search, encoding="tensor").solve(HYDROGEN, seed=2, progress=False)
    assert plain.history != whole.history


def test_other_forms_are_refused():
    with pytest.raises(ProblemError, match="encoding"):
        Crlqas(encoding="angles")
