"""One aggregation as a problem: the judge's cosine and length, and random instances of a known noise."""

import numpy as np
import pytest

from problems.conformance import check_problem
from problems.distributed.aggregation import AggregationProblem
from problems.distributed.attacks import Reversal
from problems.errors import ProblemError


def test_the_judge_measures_angle_and_length():
    problem = AggregationProblem(np.eye(3), np.array([0.0, 3.0, 4.0]))
    verdict = problem.judge(np.array([0.0, 10.0, 0.0]))
    assert verdict.objective == pytest.approx(0.6)
    assert verdict.metrics["relative_norm"] == pytest.approx(2.0)
    assert problem.judge(np.zeros(3)).objective == 0.0


def test_random_instances_have_the_noise_they_promise():
    problem = AggregationProblem.random(signal_to_noise=0.5, seed=3)
    noise = problem.gradients - problem.honest_mean
    assert np.linalg.norm(problem.honest_mean) == pytest.approx(1.0)
    lengths = np.linalg.norm(noise, axis=1) ** 2
    assert lengths.mean() == pytest.approx(4.0, rel=5 * np.sqrt(2 / noise.size))  # χ² of 15000 numbers
    attacked = AggregationProblem.random(faulty=5, attack=Reversal(), seed=3)
    assert attacked.faulty == (0, 1, 2, 3, 4)
    assert np.all(attacked.gradients[:5] @ attacked.honest_mean < -5)
    assert np.all(attacked.gradients[5:] @ attacked.honest_mean > 0.5)


def test_it_keeps_the_contract():
    problem = AggregationProblem.random(workers=5, dimension=8, seed=1)
    check_problem(problem, problem.gradients[0])


@pytest.mark.parametrize(
    ("gradients", "mean", "faulty", "field"),
    [
        (np.eye(2), np.ones(2), (), "number of gradients"),
        (np.eye(3), np.zeros(3), (), "honest_mean"),
        (np.eye(3), np.ones(2), (), "honest_mean"),
        (np.eye(3), np.ones(3), (3,), "faulty"),
    ],
)
def test_bad_instances_are_refused(gradients, mean, faulty, field):
    with pytest.raises(ProblemError, match=field):
        AggregationProblem(gradients, mean, faulty)


def test_an_attack_is_named_when_there_are_attackers():
    with pytest.raises(ProblemError, match="attack"):
        AggregationProblem.random(faulty=2)
