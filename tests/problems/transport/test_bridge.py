"""The judge of bridges: zero for the truth, large for the null, and refusals in a sentence."""

from dataclasses import replace

import numpy as np
import pytest

from problems.conformance import check_problem
from problems.errors import ProblemError
from problems.numerics.gaussians import bures_wasserstein
from problems.transport import Bridge, GaussianMixturePotential, Snapshot


class DrawnOnly:
    """A plan of which nothing but draws can be had."""

    def __init__(self, plan):
        self.plan = plan

    def sample(self, x, seed):
        return self.plan.sample(x, seed)


class ConditionalOnly:
    """A plan of which nothing but conditionals can be had."""

    def __init__(self, plan):
        self.plan = plan

    def conditional(self, x):
        return self.plan.conditional(x)


def pair(**changes):
    return replace(Bridge.gaussian_pair(n=500), **{"test_points": 200, **changes})


def shifted(plan, by):
    return replace(plan, centres=plan.centres + by)


@pytest.mark.parametrize(
    "problem", [pair(), Bridge.mixture_benchmark(3, 1.0, 500, rotated=True, test_points=60)]
)
def test_the_truth_scores_zero(problem):
    verdict = problem.judge(problem.truth)
    assert problem.reference == 0
    assert verdict.objective == pytest.approx(0, abs=1e-10)
    assert verdict.metrics["path_kl_forward"] == verdict.metrics["path_kl_reverse"] == 0


def test_a_shifted_plan_scores_the_shift():
    problem = pair()
    by = np.array([0.3, -0.2])
    wanted = 100 * (by @ by) / np.var(problem.target, axis=0, ddof=1).sum()
    verdict = problem.judge(shifted(problem.truth, by))
    assert verdict.objective == pytest.approx(wanted)
    kl = by @ (1 / (2 * problem.epsilon * problem.truth.scales[0]) * by)
    # For conditionals N(r + Sx, εS) shifted by b the divergence is bᵀ (εS)⁻¹ b / 2, both ways.
    assert verdict.metrics["path_kl_forward"] == pytest.approx(kl, rel=1e-6)
    assert verdict.metrics["path_kl_reverse"] == pytest.approx(kl, rel=1e-6)


def test_draws_alone_score_like_conditionals_up_to_their_number():
    problem = pair(test_points=60)
    exact = problem.judge(ConditionalOnly(problem.truth)).metrics
    drawn = problem.judge(DrawnOnly(problem.truth)).metrics
    assert exact["cbw2_uvp"] == pytest.approx(0, abs=1e-10)
    # Of 1000 draws the mean has a squared error Tr Σ/1000 and the deviations about as much: 0.2 % at most.
    assert 0 < drawn["cbw2_uvp"] < 0.3
    assert "path_kl_forward" not in drawn
    assert drawn["bw2_uvp_target"] == pytest.approx(exact["bw2_uvp_target"], abs=0.3)


def test_the_target_marginal_alone_does_not_see_an_independent_plan():
    problem = pair()

    class Independent:
        def sample(self, x, seed):
            return problem.target[np.random.default_rng(seed).integers(len(problem.target), size=len(x))]

    verdict = problem.judge(Independent())
    assert verdict.metrics["bw2_uvp_target"] < 1
    assert verdict.objective > 10


def test_a_rotated_truth_is_told_to_diagonal_candidates():
    problem = Bridge.mixture_benchmark(3, 1.0, 200, rotated=True, test_points=20)
    plain = GaussianMixturePotential(np.zeros(1), np.zeros((1, 3)), np.ones((1, 3)))
    assert problem.judge(plain).metrics["truth_outside_family"] == 1
    assert problem.judge(problem.truth).metrics["truth_outside_family"] == 0


def test_snapshots_decide_where_there_is_no_truth():
    problem = pair(test_points=400)
    middle = problem.truth.marginal(problem.test_source, 0.5, 9)
    held = replace(problem, truth=None, snapshots=(Snapshot(0.5, middle),))
    good, bad = held.judge(problem.truth), held.judge(shifted(problem.truth, 2.0))
    assert good.objective == good.metrics["snapshot_energy"] < 0.05
    assert bad.objective > 10 * good.objective
    assert good.metrics["snapshot_mmd"] == pytest.approx(np.sqrt(good.objective / 2))
    assert good.metrics["snapshot_emd"] < bad.metrics["snapshot_emd"]
    assert held.reference is None


def test_without_truth_and_snapshots_the_entropic_cost_decides():
    problem = pair(truth=None, test_points=1000)
    truth = Bridge.gaussian_pair(n=500).truth
    verdict = problem.judge(truth)
    assert verdict.feasible
    spread = np.log(2 * np.pi * np.e * problem.epsilon * truth.scales[0]).sum() / 2
    wanted = verdict.metrics["transport_cost"] - problem.epsilon * spread
    assert verdict.objective == pytest.approx(wanted, abs=0.15)  # 1000 draws of a density with deviation 1
    assert problem.judge(ConditionalOnly(truth)).objective == pytest.approx(verdict.objective, abs=0.3)
    assert not problem.judge(shifted(truth, 2.0)).feasible
    few = replace(problem, test_points=40)
    assert few.judge(DrawnOnly(truth)).objective == pytest.approx(few.judge(truth).objective, abs=0.5)


def test_a_plan_on_atoms_has_infinite_entropic_cost():
    class Atoms:
        def conditional(self, x):
            return np.full((len(x), 2), 0.5), np.array([[[0.0, 0.0], [1.0, 1.0]]]), np.zeros((2, 2))

    assert pair(truth=None, test_points=50).judge(Atoms()).objective == np.inf


def test_the_target_marginal_uses_exact_moments():
    problem = pair()
    truth = problem.truth
    mean = truth.centres[0] + truth.scales[0] * problem.asked
    covariance = np.diag(problem.epsilon * truth.scales[0]) + np.cov(mean.T)
    target = problem.target
    distance = bures_wasserstein(mean.mean(axis=0), covariance, target.mean(axis=0), np.cov(target.T))
    wanted = 100 * distance / (0.5 * np.trace(np.cov(target.T)))
    assert problem.judge(truth).metrics["bw2_uvp_target"] == pytest.approx(wanted)


@pytest.mark.parametrize(
    "problem",
    [pair(test_points=30), replace(Bridge.synthetic_cells(n=100), test_points=30), Bridge.swiss_roll(n=100)],
)
def test_problems_keep_the_contract(problem):
    size = problem.dimension
    check_problem(
        problem, GaussianMixturePotential(np.zeros(1), np.zeros((1, size)), np.ones((1, size)), 0.1)
    )


def test_identical_columns_have_a_singular_covariance_and_are_judged():
    column = np.random.default_rng(0).normal(size=(100, 1))
    problem = Bridge(np.hstack([column, column]), np.hstack([column, column]) + 1.0, 0.5)
    plan = GaussianMixturePotential(np.zeros(1), np.ones((1, 2)), np.ones((1, 2)), 0.5)
    assert np.isfinite(problem.judge(plan).metrics["bw2_uvp_target"])


POINTS = np.random.default_rng(0).normal(size=(20, 2))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"epsilon": 0.0}, "epsilon"),
        ({"epsilon": -1.0}, "epsilon"),
        ({"target": POINTS[:, :1]}, "the shape of target"),
        ({"source": np.where(POINTS > 2, np.nan, POINTS).clip(-1) * np.nan}, "source"),
        ({"target": np.column_stack([POINTS[:, 0], np.ones(20)])}, "constant"),
        ({"source": POINTS[:1]}, "the shape of source"),
        ({"truth": Bridge.gaussian_pair(3).truth}, "truth"),
        ({"truth": "no plan"}, "truth"),
        ({"snapshots": (Snapshot(0.5, POINTS[:, :1]),)}, "snapshots"),
        ({"snapshots": (POINTS,)}, "snapshots"),
        ({"test_points": 1}, "test_points"),
        ({"seed": -1}, "seed"),
    ],
)
def test_bad_input_is_refused(change, message):
    with pytest.raises(ProblemError, match=message):
        Bridge(**({"source": POINTS, "target": POINTS + 1} | change))


def test_a_tiny_epsilon_is_warned_about():
    with pytest.warns(UserWarning, match="close to a map"):
        Bridge(POINTS, POINTS, 1e-6)


@pytest.mark.parametrize("time", [0.0, 1.0, np.nan])
def test_snapshots_lie_between_the_ends(time):
    with pytest.raises(ProblemError, match="time"):
        Snapshot(time, POINTS)


def test_bad_candidates_are_refused():
    problem = pair()

    class Wide:
        def sample(self, x, seed):
            return np.zeros((len(x), 5))

    class Unbounded:
        def sample(self, x, seed):
            return np.full(x.shape, np.inf)

    for candidate in (3.0, Wide(), Unbounded(), Bridge.gaussian_pair(3, n=10).truth):
        with pytest.raises(ProblemError):
            problem.judge(candidate)


@pytest.mark.parametrize("dimension", [1, 2])
def test_a_plan_is_drawn_with_labelled_axes(dimension):
    pytest.importorskip("matplotlib")
    problem = Bridge.gaussian_pair(dimension, n=50)
    for plan in (problem.truth, DrawnOnly(problem.truth)):
        axes = problem.plot(plan)
        assert axes.get_xlabel()
        assert axes.get_ylabel()
        assert len(axes.lines) == 20
