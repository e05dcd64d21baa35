"""Every aggregation rule: its closed form on small cases, its symmetries, and its bad input."""

import warnings
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from classical.distributed.aggregate import Aggregate
from classical.distributed.flag_aggregator import FlagAggregator, PublishedFlagAggregator
from classical.distributed.krum import Bulyan, Krum, MultiKrum
from classical.distributed.means import Mean, NormalisedMean
from classical.distributed.medians import (
    CoordinateMedian,
    GeometricMedian,
    MeanAroundMedian,
    Phocas,
    TrimmedMean,
)
from problems.conformance import check_solver
from problems.distributed.aggregation import AggregationProblem
from problems.errors import ProblemError, UnsuitableProblem

TELLS = [TrimmedMean(), MeanAroundMedian(), Phocas(), Krum(), MultiKrum(), Bulyan()]
UNTOLD = [Mean(), NormalisedMean(), CoordinateMedian(), GeometricMedian(), FlagAggregator()]
RULES = [*TELLS, *UNTOLD, PublishedFlagAggregator()]


def name(rule):
    return type(rule).__name__


@pytest.mark.parametrize("rule", RULES, ids=name)
def test_agreement_is_kept(rule):
    """Of equal gradients every rule makes that gradient, the published formula up to its length."""
    gradient = np.random.default_rng(0).normal(size=40)
    direction, _ = rule(np.repeat(gradient[None], 7, axis=0), 1)
    if isinstance(rule, PublishedFlagAggregator):
        direction = direction / np.linalg.norm(direction) * np.linalg.norm(gradient)
    assert direction == pytest.approx(gradient, abs=1e-9)


@pytest.mark.parametrize("rule", RULES, ids=name)
def test_order_of_workers_does_not_matter(rule):
    rng = np.random.default_rng(1)
    gradients, order = rng.normal(size=(11, 30)) + 1.0, rng.permutation(11)
    direction, scores = rule(gradients, 2)
    again, rescored = rule(gradients[order], 2)
    assert again == pytest.approx(direction, abs=1e-8)
    if scores is not None:
        assert rescored == pytest.approx(scores[order], abs=1e-7)


@pytest.mark.parametrize("rule", [r for r in RULES if not isinstance(r, PublishedFlagAggregator)], ids=name)
def test_scale_of_the_fleet_passes_through(rule):
    gradients = np.random.default_rng(2).normal(size=(11, 30)) + 1.0
    assert rule(7 * gradients, 2)[0] == pytest.approx(7 * rule(gradients, 2)[0], abs=1e-7)


@pytest.mark.parametrize("rule", [r for r in RULES if not isinstance(r, Mean)], ids=name)
def test_two_huge_outliers_of_eleven_do_no_harm(rule):
    rng = np.random.default_rng(3)
    truth = np.ones(400) / 20
    gradients = truth + rng.normal(size=(11, 400)) / 60
    gradients[4:6] = 1e6 * rng.normal(size=(2, 400))
    direction, _ = rule(gradients, 2)
    assert direction @ truth / np.linalg.norm(direction) > 0.9
    mean, _ = Mean()(gradients)
    assert abs(mean @ truth) / np.linalg.norm(mean) < 0.5


def test_coordinate_rules_by_hand():
    column = np.array([[1.0], [2.0], [4.0], [7.0], [100.0]])
    assert CoordinateMedian()(column)[0] == pytest.approx([4.0])
    assert TrimmedMean()(column, 1)[0] == pytest.approx([13 / 3])
    assert MeanAroundMedian()(column, 1)[0] == pytest.approx([3.5])  # 1, 2, 4, 7 are nearest to 4
    assert MeanAroundMedian()(column, 2)[0] == pytest.approx(
        [7 / 3]
    )  # 4, 2 and the tie of 1 and 7: the first
    assert Phocas()(column, 2)[0] == pytest.approx([7 / 3])
    assert Phocas()(column, 1)[0] == pytest.approx([3.5])


@given(seed=st.integers(0, 10**6), f=st.integers(0, 2))
def test_krum_is_the_argument_of_the_least_sum(seed, f):
    gradients = np.random.default_rng(seed).normal(size=(7, 5))
    costs = []
    for i in range(7):
        others = [float(np.sum((gradients[i] - gradients[j]) ** 2)) for j in range(7) if j != i]
        costs.append(min(sum(part) for part in combinations(others, 7 - f - 2)))
    direction, scores = Krum()(gradients, f)
    assert direction == pytest.approx(gradients[int(np.argmin(costs))])
    assert scores == pytest.approx(-np.array(costs))
    kept = np.argsort(costs)[: 7 - f - 2]
    assert MultiKrum()(gradients, f)[0] == pytest.approx(gradients[kept].mean(axis=0))


def test_bulyan_leaves_out_the_outlier_and_averages_around_the_median():
    column = np.array([[0.0], [1.0], [2.0], [3.0], [4.0], [5.0], [1000.0]])
    direction, scores = Bulyan()(column, 1)
    assert scores is not None
    assert scores[6] == 0.0
    assert scores.sum() == 5.0
    kept = column[scores > 0, 0]
    nearest = sorted(kept, key=lambda value: abs(value - np.median(kept)))[:3]
    assert direction == pytest.approx([np.mean(nearest)])


@given(seed=st.integers(0, 10**6))
def test_geometric_median_has_the_least_sum_of_distances(seed):
    rng = np.random.default_rng(seed)
    gradients = rng.normal(size=(6, 3))
    median, weights = GeometricMedian()(gradients)
    assert weights is not None
    assert weights.sum() == pytest.approx(1.0)

    def total(point):
        return np.linalg.norm(gradients - point, axis=1).sum()

    nearby = median + 0.05 * rng.normal(size=(20, 3))
    assert all(
        total(median) <= total(point) + 1e-6 for point in [*nearby, *gradients, gradients.mean(axis=0)]
    )


def test_rows_without_numbers_are_left_out_with_a_warning():
    gradients = np.random.default_rng(4).normal(size=(7, 9))
    broken = gradients.copy()
    broken[2, 3], broken[5] = np.nan, np.inf
    for rule in (FlagAggregator(2), Krum(), CoordinateMedian()):
        with pytest.warns(UserWarning, match="workers 2, 5"):
            direction, scores = rule(broken, 2)
        expected, rest = rule(np.delete(gradients, [2, 5], axis=0), 0)
        assert direction == pytest.approx(expected)
        if scores is not None:
            assert rest is not None
            assert np.delete(scores, [2, 5]) == pytest.approx(rest)
            assert scores[2] <= scores.min()


@pytest.mark.parametrize("rule", RULES, ids=name)
@pytest.mark.parametrize(
    ("gradients", "words"),
    [
        (np.eye(2), "fewer than 3"),
        (np.zeros((7, 4)), "all zero"),
        (np.vstack([np.full((4, 4), np.nan), np.eye(3, 4)]), "4 of 7 rows"),
        (np.vstack([np.full((2, 4), np.nan), np.eye(2, 4)]), "2 rows with finite numbers"),
        ([[1.0, 2.0], [1.0], [3.0, 4.0]], "equally many"),
        (np.ones(7), "shape of gradients"),
    ],
)
def test_bad_gradients_are_refused(rule, gradients, words):
    with pytest.raises(ProblemError, match=words):
        _quietly(rule, gradients)


def _quietly(rule, gradients):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        rule(gradients, 0)


@pytest.mark.parametrize("rule", TELLS, ids=name)
def test_rules_that_must_be_told_say_so(rule):
    gradients = np.random.default_rng(0).normal(size=(6, 4))
    with pytest.raises(ProblemError, match="must be told"):
        rule(gradients)
    with pytest.raises(ProblemError, match="needs"):
        rule(gradients, 3)
    with pytest.raises(UnsuitableProblem, match="must be told"):
        Aggregate(rule).solve(AggregationProblem.random(6, 4), progress=False)


def test_the_solver_of_one_aggregation_keeps_the_contract():
    check_solver(Aggregate(), AggregationProblem.random(5, 8, seed=2))


def test_the_solver_records_scores():
    problem = AggregationProblem.random(seed=2)
    result = Aggregate(FlagAggregator(1)).solve(problem, progress=False)
    assert result.objective > 0.99
    assert len(result.history[0]["scores"]) == 15
