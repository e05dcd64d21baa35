"""A network's loss: gradients, mini-batches, shards, and what it refuses."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from problems.errors import ProblemError
from problems.minimisation import NetworkLoss


def blobs(hidden=(), **fields) -> NetworkLoss:
    rng = np.random.default_rng(3)
    labels = rng.integers(0, 3, 60)
    inputs = rng.normal(size=(60, 4)) + 2 * labels[:, None]
    return NetworkLoss(inputs, labels, hidden, classes=3, **fields)


@settings(deadline=None, max_examples=20)
@given(
    st.sampled_from([(), (5,), (6, 3)]), st.sampled_from(["tanh", "relu"]),
    st.sampled_from([None, 16]), st.integers(0, 1000),
)  # fmt: skip
def test_gradients_are_the_slopes_of_central_differences(hidden, activation, batch, seed):
    loss = blobs(hidden, activation=activation, batch=batch, decay=0.1)
    x = np.random.default_rng(seed).normal(size=(2, loss.dimension))
    found = loss.evaluate(x, 5, gradient=True).gradient
    for k in np.random.default_rng(seed).choice(loss.dimension, 4):
        step = np.zeros(loss.dimension)
        step[k] = 1e-6
        rise = loss.evaluate(x + step, 5).mean - loss.evaluate(x - step, 5).mean
        # a kink of a ReLU within 1e-6 of a row is the one place where this may fail; 60 rows make it rare
        np.testing.assert_allclose(found[:, k], rise / 2e-6, atol=2e-6)


def test_zero_weights_know_nothing():
    loss = blobs((4,))
    assert loss.judge(np.zeros(loss.dimension)).objective == pytest.approx(np.log(3), abs=1e-15)


def test_a_population_is_evaluated_as_its_members_are():
    loss = blobs((5,), batch=10)
    x = np.random.default_rng(0).normal(size=(7, loss.dimension))
    together = loss.evaluate(x, 9, gradient=True)
    alone = [loss.evaluate(row[None], 9, gradient=True) for row in x]
    np.testing.assert_allclose(together.mean, [values.mean[0] for values in alone], atol=1e-14)
    np.testing.assert_allclose(together.gradient, [values.gradient[0] for values in alone], atol=1e-14)


def test_mini_batches_are_drawn_by_the_seed_and_their_mean_is_the_loss():
    loss = blobs(batch=12)
    x = np.random.default_rng(1).normal(size=(1, loss.dimension))
    draws = np.array([loss.evaluate(x, seed).mean[0] for seed in range(400)])
    assert draws[0] == loss.evaluate(x, 0).mean[0] != draws[1]
    assert abs(draws.mean() - loss.exact(x)[0]) < 5 * draws.std() / np.sqrt(400)


def test_shards_are_disjoint_and_their_mean_is_the_whole():
    loss = blobs((3,))
    parts = loss.shards(6)
    x = np.random.default_rng(2).normal(size=(2, loss.dimension))
    np.testing.assert_allclose(np.mean([part.exact(x) for part in parts], axis=0), loss.exact(x), atol=1e-12)
    assert sum(len(part.inputs) for part in parts) == 60


def test_digits_are_learnt_by_plain_descent():
    pytest.importorskip("sklearn")
    loss = NetworkLoss.digits(batch=None)
    assert loss.dimension == 650
    x = np.array(loss.start)
    before = loss.judge(x)
    for _ in range(60):
        x -= 1.0 * loss.evaluate(x[None], 0, gradient=True).gradient[0]
    after = loss.judge(x)
    assert before.metrics["accuracy"] < 0.3
    assert after.metrics["accuracy"] > 0.85
    assert after.objective < 0.5 * before.objective


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"batch": 61}, "batch"),
        ({"hidden": (0,)}, "hidden"),
        ({"activation": "sine"}, "activation"),
        ({"decay": -1.0}, "decay"),
        ({"held_out": (np.zeros((2, 3)), np.zeros(2, dtype=int))}, "held_out"),
        ({"held_out": (np.zeros((2, 4)), np.array([0, 7]))}, "held_out"),
    ],
)
def test_bad_fields_are_named(fields, field):
    with pytest.raises(ProblemError, match=field):
        blobs(**fields)


def test_labels_must_be_classes():
    with pytest.raises(ProblemError, match="labels"):
        NetworkLoss(np.zeros((2, 1)), np.array([0, 3]), classes=3)
    with pytest.raises(ProblemError, match="labels"):
        NetworkLoss(np.zeros((2, 1)), np.array([0.5, 1.0]))
