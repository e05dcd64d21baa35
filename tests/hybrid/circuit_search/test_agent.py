"""What is remembered, what is aimed at, and what is learnt."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hybrid.circuit_search import DoubleDqn
from hybrid.circuit_search.encoding import encode
from hybrid.circuit_search.legality import last_actions, legal
from hybrid.circuit_search.replay import Replay
from problems.errors import ProblemError
from tests.hybrid.circuit_search.cases import legal_circuits


@settings(max_examples=30)
@given(legal_circuits(), st.integers(1, 6), st.integers(0, 2**32))
def test_transitions_hold_n_step_returns_states_and_legal_gates(case, n_step, seed):
    setting, actions, _ = case
    alphabet, rng = setting.energies.alphabet, np.random.default_rng(seed)
    length, gamma = len(actions), 0.9
    rewards, features = rng.normal(size=length).tolist(), rng.normal(size=length + 1).tolist()
    whole = np.zeros(setting.max_gates, dtype=np.int16)
    whole[:length] = actions
    replay = Replay(64, setting.max_gates)
    replay.add_episode(whole, features, rewards, n_step, gamma)
    assert replay.size == length
    batch = replay.draw(32, alphabet, setting.allowed, True, rng)
    for b in range(32):
        start = int(np.flatnonzero(np.isclose(features[:-1], batch.features[b]))[0])
        end = min(start + n_step, length)
        before = alphabet.circuit(actions[:start], np.zeros(setting.width(actions[:start])))
        after = alphabet.circuit(actions[:end], np.zeros(setting.width(actions[:end])))
        assert np.array_equal(batch.states[b], encode(before, alphabet, setting.max_gates).reshape(-1))
        assert np.array_equal(batch.next_states[b], encode(after, alphabet, setting.max_gates).reshape(-1))
        assert batch.actions[b] == actions[start]
        gained = sum(gamma**k * r for k, r in enumerate(rewards[start:end]))
        assert batch.returns[b] == pytest.approx(gained, abs=1e-5)
        assert batch.discounts[b] == pytest.approx(0.0 if end == length else gamma**n_step)
        assert batch.next_features[b] == pytest.approx(features[end], abs=1e-6)
        expected = legal(last_actions(actions[:end], alphabet), setting.allowed, alphabet)
        assert np.array_equal(batch.next_legal[b], expected)
    assert replay.draw(8, alphabet, setting.allowed, False, rng).next_legal.all()


def test_the_oldest_transitions_make_room():
    replay = Replay(3, 4)
    for k in range(5):
        replay.add(np.full(4, k), (0, 1), (0.0, 0.0), (float(k), 0.0))
    assert replay.size == 3
    assert sorted(replay.arrays["targets"][:, 0].tolist()) == [2.0, 3.0, 4.0]


def test_discount_and_exploration_are_the_references():
    assert [DoubleDqn().gamma(gates) for gates in (40, 70, 250)] == [0.88, 0.93, 0.98]
    learner = DoubleDqn(decay=100)
    assert learner.exploring(0) == 1.0
    assert learner.exploring(50) == pytest.approx(0.05**0.5)
    assert learner.exploring(100) == learner.exploring(10**6) == pytest.approx(0.05)
    with pytest.raises(ProblemError, match="capacity"):
        DoubleDqn(batch=64, capacity=10)
    with pytest.raises(ProblemError, match="epsilon"):
        DoubleDqn(epsilon=(1.0, 0.0))


@pytest.fixture(scope="module")
def learning():
    pytest.importorskip("jax", reason='the extra "learning" is not installed')
    import jax

    from hybrid.circuit_search import agent, value_network

    return jax, agent, value_network


def batch_of(rng, size=16, width=10, actions=4):
    from hybrid.circuit_search.replay import Batch

    bits = rng.integers(0, 2, (2, size, width)).astype(np.uint8)
    numbers = rng.normal(size=(4, size)).astype(np.float32)
    allowed = rng.random((size, actions)) < 0.6
    allowed[:, 0] = True
    chosen = rng.integers(0, actions, size).astype(np.int32)
    return Batch(bits[0], numbers[0], chosen, numbers[1], abs(numbers[2]), bits[1], numbers[3], allowed)


def test_the_loss_is_that_of_double_q_learning(learning):
    jax, _, networks = learning
    rng = np.random.default_rng(0)
    (online, moments), (target, _) = (networks.fresh(11, (7, 5), 4, jax.random.key(k)) for k in (1, 2))
    batch = batch_of(rng)

    def values(network, states, features):
        weights = networks.weights_of(network)
        return np.array([networks.values_of(weights, s, f) for s, f in zip(states, features, strict=True)])

    assert values(online, batch.states, batch.features) == pytest.approx(
        np.asarray(online(batch.states, batch.features)), abs=1e-5
    )
    ahead = np.where(batch.next_legal, values(online, batch.next_states, batch.next_features), -np.inf)
    rows = np.arange(16)
    worth = values(target, batch.next_states, batch.next_features)[rows, ahead.argmax(1)]
    off = values(online, batch.states, batch.features)[rows, batch.actions]
    off = np.abs(off - (batch.returns + batch.discounts * worth))
    huber = np.where(off <= 1, off**2 / 2, off - 0.5).mean()
    _, _, loss = networks.improve(online, target, moments, batch, np.float32(1e-3))
    assert float(loss) == pytest.approx(huber, rel=1e-5)


def test_an_agent_learns_fixed_targets_and_goes_on_bit_for_bit(learning):
    jax, module, _ = learning
    rng = np.random.default_rng(1)
    batch = batch_of(rng)._replace(discounts=np.zeros(16, dtype=np.float32))
    learner = DoubleDqn(hidden=(32, 32), rate=3e-3, refresh=7)
    first = module.Agent(learner, 10, 4, jax.random.key(0))
    losses = [first.improve(batch) for _ in range(150)]
    assert losses[-1] < 0.02 * losses[0]
    kept = first.state()
    second = module.Agent(learner, 10, 4, jax.random.key(9))
    second.restore(kept)
    assert [first.improve(batch) for _ in range(10)] == [second.improve(batch) for _ in range(10)]


def test_an_agent_takes_legal_actions_alone(learning):
    jax, module, _ = learning
    player = module.Agent(DoubleDqn(hidden=(8,)), 10, 4, jax.random.key(3))
    rng, state = np.random.default_rng(2), np.ones(10, dtype=np.uint8)
    free = player.act(state, 0.5, np.ones(4, dtype=bool), 1e-12, rng)
    legal_now = np.ones(4, dtype=bool)
    legal_now[free] = False
    for epsilon in (1e-12, 1.0):
        taken = {player.act(state, 0.5, legal_now, epsilon, rng) for _ in range(60)}
        assert free not in taken
        assert len(taken) == (3 if epsilon == 1.0 else 1)
