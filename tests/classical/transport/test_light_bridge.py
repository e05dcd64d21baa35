"""The light bridge against closed forms, its own gradients' meaning, and the contract."""

from dataclasses import replace

import numpy as np
import pytest

pytest.importorskip("optax")

import jax.numpy as jnp

from classical.transport import IndependentCoupling, LightBridge
from classical.transport.light_bridge import (
    CHUNK,
    PUBLISHED_EPSILONS,
    PUBLISHED_RATES,
    cayley,
    initial_parameters,
    published_rate,
)
from classical.transport.light_bridge_training import loss
from problems.conformance import check_solver
from problems.errors import ProblemError, UnsuitableProblem
from problems.numerics.precision import double_precision
from problems.transport import Bridge, GaussianMixturePotential

QUICK = LightBridge(components=4, steps=30, batch=32, averaging=0.0)


def test_one_component_finds_the_gaussian_bridge():
    problem = Bridge.gaussian_pair(2, 1.0, n=20_000)
    solver = LightBridge(components=1, steps=2000, rate=0.01, averaging=0.5)
    found = solver.solve(problem, seed=1, progress=False)
    # The clouds have 20 000 points: their means are off by 1/141 of a deviation.
    assert np.allclose(found.solution.scales, problem.truth.scales, rtol=0.03)
    assert np.allclose(found.solution.centres, problem.truth.centres, atol=0.03)
    assert found.objective < 0.05


@pytest.mark.slow
def test_a_mixture_is_found_from_samples_and_the_independent_plan_is_far():
    problem = Bridge.mixture_benchmark(2, 1.0, n=20_000, test_points=300)
    found = LightBridge(components=20, steps=2000, rate=0.01, averaging=0.3).solve(problem, progress=False)
    null = IndependentCoupling().solve(problem, progress=False)
    assert found.objective < 0.5
    assert null.objective > 20 * found.objective
    assert null.evaluation.metrics["bw2_uvp_target"] < 1


@pytest.mark.slow
def test_full_covariances_find_a_rotated_truth_and_diagonal_ones_do_not():
    turn = np.array([[0.8, -0.6], [0.6, 0.8]])[None]
    truth = GaussianMixturePotential(np.zeros(1), np.zeros((1, 2)), np.array([[2.0, 0.1]]), 1.0, turn)
    x = np.random.default_rng(0).normal(size=(2, 2000, 2))
    problem = Bridge(x[0], truth.sample(x[1], 1), 1.0, truth=truth, test_points=50)
    solver = LightBridge(components=1, steps=1500, rate=0.02, averaging=0.3)
    plain, full = (
        replace(solver, covariances=kind).solve(problem, progress=False) for kind in ("diagonal", "full")
    )
    assert np.allclose(full.solution.matrices, truth.matrices, atol=0.1)
    assert full.objective < 0.1 * plain.objective
    assert plain.evaluation.metrics["truth_outside_family"] == 1


@pytest.mark.parametrize("full", [False, True])
def test_the_trained_loss_is_the_solutions_dual_value(full):
    rng = np.random.default_rng(0)
    size, dimension, epsilon = 3, 2, 0.3
    parameters = {
        "scaled_log_weights": rng.normal(size=size),
        "centres": rng.normal(size=(size, dimension)),
        "log_scales": rng.normal(size=(size, dimension)),
    }
    rotations = None
    if full:
        parameters["skews"] = rng.normal(size=(size, dimension, dimension))
        rotations = cayley(parameters["skews"])
    plan = GaussianMixturePotential(
        parameters["scaled_log_weights"] / epsilon,
        parameters["centres"],
        np.exp(parameters["log_scales"]),
        epsilon,
        rotations,
    )
    x, y = rng.normal(size=(2, 50, dimension))
    with double_precision():
        found = float(loss({k: jnp.asarray(v) for k, v in parameters.items()}, x, y, epsilon))
    assert found == pytest.approx(-plan.dual_value(x, y), rel=1e-10)


def test_the_loss_gap_is_the_divergence_between_the_plans():
    problem = Bridge.mixture_benchmark(2, 1.0, n=200_000, test_points=10)
    truth = problem.truth
    other = replace(truth, centres=truth.centres + 0.3, scales=truth.scales * 1.2)
    x, y = problem.source, problem.target  # independent of each other
    gap = truth.dual_value(x, y) - other.dual_value(x, y)
    paired = truth.sample(x, 5)
    ratios = truth.log_conditional_density(x, paired) - other.log_conditional_density(x, paired)
    assert gap == pytest.approx(ratios.mean(), rel=0.03)


def test_the_answer_is_the_mean_over_the_last_share_of_the_steps():
    problem = Bridge.gaussian_pair(2, n=60)
    ends = [replace(QUICK, steps=k).solve(problem, progress=False).solution.centres for k in (28, 29, 30)]
    mean = replace(QUICK, averaging=0.1).solve(problem, progress=False).solution.centres
    assert np.allclose(mean, np.mean(ends, axis=0), atol=1e-5)
    assert not np.allclose(ends[0], ends[2], atol=1e-3)


def test_steps_beyond_one_chunk_go_on_where_it_ended():
    problem = Bridge.gaussian_pair(2, n=60)
    long = replace(QUICK, steps=CHUNK + 30).solve(problem, progress=False)
    assert [row["step"] for row in long.history] == [CHUNK, CHUNK + 30]
    assert long.resources["evaluations"] == (CHUNK + 30) * QUICK.batch
    short = replace(QUICK, steps=CHUNK).solve(problem, progress=False)
    assert long.history[0] == short.history[0]


def test_training_stays_in_single_precision_where_the_caller_asks_for_double():
    with double_precision():
        found = QUICK.solve(Bridge.gaussian_pair(2, n=60), progress=False).solution
    assert found.centres.dtype == np.float64
    assert np.array_equal(found.centres, found.centres.astype(np.float32))


@pytest.mark.parametrize("dimension", [1, 2, 5])
def test_cayleys_map_gives_rotations(dimension):
    rotations = cayley(np.random.default_rng(0).normal(size=(4, dimension, dimension)))
    assert np.allclose(np.swapaxes(rotations, 1, 2) @ rotations, np.eye(dimension))
    assert np.allclose(np.linalg.det(rotations), 1)


def test_the_published_rates_are_met_and_monotone_in_between():
    assert [published_rate(e) for e in PUBLISHED_EPSILONS] == pytest.approx(list(PUBLISHED_RATES))
    grid = [published_rate(e) for e in np.geomspace(1e-4, 100, 50)]
    assert np.all(np.diff(grid) >= -1e-12)
    assert (min(grid), max(grid)) == pytest.approx((3e-4, 0.06))


@pytest.mark.parametrize(
    "solver",
    [QUICK, replace(QUICK, covariances="full", initial="target_samples", initial_scale=0.5, averaging=0.5)],
)
def test_the_contract_is_kept(solver):
    check_solver(solver, Bridge.gaussian_pair(2, n=60))


def test_a_time_limit_ends_it_between_chunks():
    problem = Bridge.gaussian_pair(2, n=60)
    found = replace(QUICK, steps=50_000_000).solve(problem, time_limit=1.0, progress=False)
    assert found.ended == "time_limit"
    assert np.isfinite(found.objective)


def test_no_component_starts_without_points_of_its_own():
    """At the start the weights of π(·|x) prefer the component whose target sample is nearest to x."""
    problem = Bridge.mixture_benchmark(3, 0.1, n=500, test_points=10)
    solver = LightBridge(components=6, initial_scale=0.9)
    start = initial_parameters(solver, problem, np.random.default_rng(0))
    plan = GaussianMixturePotential(
        start["scaled_log_weights"] / 0.1, start["centres"], np.exp(start["log_scales"]), 0.1
    )
    samples = start["centres"] / 0.1  # r = (1 − S) y
    squares = np.sum((problem.source[:, None] - samples) ** 2, axis=2)
    assert np.array_equal(plan.conditional_weights(problem.source).argmax(axis=1), squares.argmin(axis=1))


def test_a_diverging_training_fails_with_the_last_sound_potential():
    found = replace(QUICK, rate=1e30).solve(Bridge.gaussian_pair(2, n=60), progress=False)
    assert found.ended == "failed"
    assert "smaller rate" in found.message
    assert np.isfinite(found.objective)


def test_too_few_targets_are_refused_in_a_sentence():
    with pytest.raises(UnsuitableProblem, match="51 components start at target samples"):
        LightBridge(components=51).solve(Bridge.gaussian_pair(n=50), progress=False)
    assert LightBridge(components=50).unsuitable(Bridge.gaussian_pair(n=50)) is None


@pytest.mark.parametrize(
    "fields",
    [
        {"components": 0}, {"steps": 0}, {"batch": 0}, {"rate": 0.0}, {"rate": "fast"},
        {"covariances": "round"},
        {"initial_scale": 0.0}, {"initial_scale": "one"}, {"initial_scale": 1.0},
        {"initial": "zero"}, {"averaging": 1.5},
    ],
)  # fmt: skip
def test_bad_fields_are_refused(fields):
    with pytest.raises(ProblemError):
        LightBridge(**fields)
