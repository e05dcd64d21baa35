"""Distorted data on some workers: the flow keeps its invariant, noise its variance, the judge its data."""

import numpy as np
import pytest

from problems.distributed.augmentation import GaussianPixels, PredatorPreyPixels, augmented, predator_prey
from problems.distributed.fleet import Fleet
from problems.errors import ProblemError
from problems.minimisation import Landscape, NetworkLoss

RNG = np.random.default_rng(0)
TASK = NetworkLoss(RNG.uniform(0.0, 1.0, (60, 16)), RNG.integers(0, 2, 60), classes=2)


def test_the_flow_keeps_its_constant_of_motion():
    prey, predators = RNG.uniform(0.2, 2.0, (2, 40))
    u, v = predator_prey(prey, predators, np.full(40, 3.0), 200)
    before, after = (a - np.log(a) + b - np.log(b) for a, b in ((prey, predators), (u, v)))
    assert after == pytest.approx(before, abs=1e-7)
    assert not np.allclose(u, prey, atol=0.1)
    assert predator_prey(np.ones(1), np.ones(1), np.ones(1), 5)[0] == pytest.approx([1.0])


def test_small_populations_swing_with_period_two_pi():
    angle = np.array([2 * np.pi])
    u, v = predator_prey(np.array([1.001]), np.array([1.0]), angle, 500)
    assert u - 1 == pytest.approx([1e-3], rel=1e-3)
    assert v - 1 == pytest.approx([0.0], abs=1e-5)


def test_pixels_without_prey_stay_black_and_the_seed_decides():
    inputs = TASK.inputs.copy()
    inputs[:, 3] = 0.0
    moved = PredatorPreyPixels()(inputs, 4)
    assert np.all(moved[:, 3] == 0)
    assert np.all(moved >= 0)
    assert np.array_equal(moved, PredatorPreyPixels()(inputs, 4))
    assert not np.allclose(moved, PredatorPreyPixels()(inputs, 5))
    assert np.array_equal(PredatorPreyPixels(duration=0.0)(inputs, 4), inputs)


def test_noise_has_its_standard_deviation():
    noise = GaussianPixels(0.4)(TASK.inputs, 1) - TASK.inputs
    assert noise.std() == pytest.approx(0.4, rel=5 / np.sqrt(2 * noise.size))


def test_a_share_of_the_workers_is_distorted_and_the_judge_is_not():
    fleet = augmented(Fleet(TASK.shards(6), TASK), GaussianPixels(), 1 / 3, seed=2)
    plain = TASK.shards(6)
    same = [np.array_equal(a.inputs, b.inputs) for a, b in zip(fleet.workers, plain, strict=True)]  # pyright: ignore[reportAttributeAccessIssue]
    assert same == [True] * 4 + [False] * 2
    assert fleet.judge(TASK.start).objective == TASK.judge(TASK.start).objective
    first, last = fleet.workers[4:]
    assert not np.allclose(first.inputs - plain[4].inputs, last.inputs - plain[5].inputs)  # pyright: ignore[reportAttributeAccessIssue]


def test_what_has_no_data_is_refused():
    with pytest.raises(ProblemError, match="judged"):
        augmented(Fleet(TASK.shards(3)), GaussianPixels())
    with pytest.raises(ProblemError, match="NetworkLoss"):
        augmented(Fleet((Landscape(),) * 3, Landscape()), GaussianPixels())
    with pytest.raises(ProblemError, match="populations"):
        PredatorPreyPixels()(-TASK.inputs, 0)
    with pytest.raises(ProblemError, match="share"):
        augmented(Fleet(TASK.shards(3), TASK), GaussianPixels(), share=2.0)
