"""The closed form against quadrature, Monte Carlo and finite differences."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import logsumexp
from scipy.stats import multivariate_normal

from problems.errors import ProblemError
from problems.storage import digest, load, save
from problems.transport import GaussianMixturePotential


def potential(seed=0, components=3, dimension=2, epsilon=0.7, rotated=False):
    rng = np.random.default_rng(seed)
    rotations = np.linalg.qr(rng.normal(size=(components, dimension, dimension)))[0] if rotated else None
    return GaussianMixturePotential(
        rng.normal(size=components),
        rng.normal(size=(components, dimension)),
        rng.uniform(0.2, 2.0, size=(components, dimension)),
        epsilon,
        rotations,
    )


def dense(plan):
    matrices = plan.matrices
    return matrices if matrices.ndim == 3 else np.array([np.diag(row) for row in matrices])


@pytest.mark.parametrize("rotated", [False, True])
def test_the_potential_is_a_sum_of_gaussians(rotated):
    plan = potential(rotated=rotated)
    points = np.random.default_rng(1).normal(size=(5, 2))
    parts = [
        plan.log_weights[k]
        + multivariate_normal(plan.centres[k], plan.epsilon * dense(plan)[k]).logpdf(points)
        for k in range(plan.components)
    ]
    assert np.allclose(plan.log_potential(points), logsumexp(parts, axis=0))


@pytest.mark.parametrize("rotated", [False, True])
def test_the_normaliser_and_the_conditional_agree_with_quadrature(rotated):
    plan = potential(rotated=rotated)
    x = np.array([[0.4, -0.9], [1.5, 0.3]])
    line = np.linspace(-14, 14, 561)
    grid = np.stack(np.meshgrid(line, line, indexing="ij"), axis=-1).reshape(-1, 2)
    area = (line[1] - line[0]) ** 2
    weights, means, covariances = plan.conditional(x)
    for m in range(2):
        logs = grid @ x[m] / plan.epsilon + plan.log_potential(grid)
        assert plan.log_normaliser(x)[m] == pytest.approx(logsumexp(logs) + np.log(area), abs=1e-6)
        densities = sum(
            weights[m, k]
            * multivariate_normal(
                means[m, k], covariances[k] if rotated else np.diag(covariances[k])
            ).pdf(grid)
            for k in range(3)
        )  # fmt: skip
        assert np.allclose(densities, np.exp(logs - plan.log_normaliser(x)[m]), atol=1e-9)
        chosen = grid[::40_000]
        again = plan.log_conditional_density(np.repeat(x[m : m + 1], len(chosen), axis=0), chosen)
        assert np.allclose(np.exp(again), densities[::40_000], atol=1e-9)


@settings(max_examples=30)
@given(st.integers(0, 1000), st.booleans(), st.floats(0.05, 20))
def test_the_drift_at_the_start_is_the_conditional_mean_less_x(seed, rotated, epsilon):
    plan = potential(seed, epsilon=epsilon, rotated=rotated)
    x = np.random.default_rng(seed + 1).normal(size=(4, 2))
    weights, means, _ = plan.conditional(x)
    mean = np.einsum("mk,mkd->md", weights, means)
    assert np.allclose(plan.drift(x, 0.0), mean - x, rtol=1e-9, atol=1e-9)
    assert np.allclose(plan.conditional_mean(x), mean, rtol=1e-9, atol=1e-9)
    assert np.allclose(plan.conditional_weights(x), weights)


@settings(max_examples=20)
@given(st.integers(0, 1000), st.booleans(), st.floats(0.0, 0.98))
def test_the_drift_is_the_slope_of_the_heat_flow_of_the_potential(seed, rotated, t):
    """The usual form, with its factors 1/(1 − t), and the Hopf–Cole identity by central differences."""
    plan = potential(seed, rotated=rotated)
    x = np.random.default_rng(seed + 1).normal(size=(1, 2))

    def log_flow(point):
        total = []
        for k in range(plan.components):
            inverse = np.linalg.inv(dense(plan)[k]) / plan.epsilon
            matrix = t / (plan.epsilon * (1 - t)) * np.eye(2) + inverse
            vector = point / (plan.epsilon * (1 - t)) + inverse @ plan.centres[k]
            total.append(
                plan.log_weights[k]
                - 0.5 * np.linalg.slogdet(dense(plan)[k])[1]
                - 0.5 * np.linalg.slogdet(matrix)[1]
                - 0.5 * plan.centres[k] @ inverse @ plan.centres[k]
                + 0.5 * vector @ np.linalg.solve(matrix, vector)
            )
        return logsumexp(total) - point @ point / (2 * plan.epsilon * (1 - t))

    h = 1e-4
    slope = [(log_flow(x[0] + h * e) - log_flow(x[0] - h * e)) / (2 * h) for e in np.eye(2)]
    assert np.allclose(plan.drift(x, t)[0], plan.epsilon * np.array(slope), rtol=1e-4, atol=1e-4)


def test_the_drift_is_regular_up_to_the_end():
    plan = potential(rotated=True)
    x = np.random.default_rng(0).normal(size=(3, 2))
    assert np.allclose(plan.drift(x, 1.0), plan.drift(x, 1 - 1e-9), rtol=1e-6)
    h = 1e-5  # at the end it is ε ∇ (|y|²/2ε + log v)
    slope = [(plan.log_potential(x + h * e) - plan.log_potential(x - h * e)) / (2 * h) for e in np.eye(2)]
    assert np.allclose(plan.drift(x, 1.0), x + plan.epsilon * np.array(slope).T, rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize("rotated", [False, True])
def test_draws_and_simulated_ends_have_the_conditional_moments(rotated):
    plan = potential(rotated=rotated)
    x = np.repeat([[0.4, -0.9]], 20_000, axis=0)
    weights, means, covariances = plan.conditional(x[:1])
    mean = weights[0] @ means[0]
    inner = covariances if rotated else np.array([np.diag(row) for row in covariances])
    second = np.einsum("k,kij->ij", weights[0], inner + np.einsum("ki,kj->kij", means[0], means[0]))
    covariance = second - np.outer(mean, mean)
    error = 5 * np.sqrt(np.diagonal(covariance) / len(x))  # five standard errors
    ends = plan.paths(x[:4000], 50, 2)[-1]
    assert np.all(np.abs(plan.sample(x, 1).mean(axis=0) - mean) < error)
    assert np.allclose(np.cov(plan.sample(x, 1).T), covariance, atol=0.05 * np.trace(covariance))
    assert np.all(np.abs(ends.mean(axis=0) - mean) < 0.02 + np.sqrt(5) * error)
    assert np.allclose(np.cov(ends.T), covariance, atol=0.08 * np.trace(covariance))


def test_marginals_in_between_have_the_bridges_moments_and_the_seeds_decide():
    plan = potential()
    x = np.repeat([[1.0, 0.0]], 20_000, axis=0)
    weights, means, covariances = plan.conditional(x[:1])
    mean = weights[0] @ means[0]
    spread = weights[0] @ (covariances + means[0] ** 2) - mean**2
    points = plan.marginal(x, 0.3, 4)
    variance = 0.09 * spread + 0.21 * plan.epsilon
    assert np.all(np.abs(points.mean(axis=0) - 0.3 * mean - 0.7 * x[0]) < 5 * np.sqrt(variance / len(x)))
    assert np.allclose(points.var(axis=0), variance, rtol=0.05)
    assert np.array_equal(points, plan.marginal(x, 0.3, 4))
    assert not np.array_equal(points, plan.marginal(x, 0.3, 5))
    assert np.array_equal(plan.marginal(x, 0.0, 4), x)
    assert np.array_equal(plan.marginal(x, 1.0, 4), plan.sample(x, 4))
    assert plan.paths(x[:3], 4, 0).shape == (5, 3, 2)


def test_the_plan_does_not_feel_the_scale_of_the_weights():
    plan = potential()
    other = GaussianMixturePotential(plan.log_weights + 700, plan.centres, plan.scales, plan.epsilon)
    x, y = np.random.default_rng(0).normal(size=(2, 6, 2))
    assert np.allclose(plan.drift(x, 0.5), other.drift(x, 0.5))
    assert plan.dual_value(x, y) == pytest.approx(other.dual_value(x, y))


def test_blocks_of_rows_change_nothing(monkeypatch):
    plan = potential(rotated=True)
    x = np.random.default_rng(0).normal(size=(11, 2))
    whole = plan.drift(x, 0.4), plan.sample(x, 3), plan.log_potential(x), plan.log_normaliser(x)
    monkeypatch.setattr("problems.transport.mixture_potential.ELEMENTS", 30)
    again = plan.drift(x, 0.4), plan.sample(x, 3), plan.log_potential(x), plan.log_normaliser(x)
    assert all(np.allclose(a, b) for a, b in zip(whole, again, strict=True))


@pytest.mark.parametrize("rotated", [False, True])
def test_it_comes_back_from_disk(tmp_path, rotated):
    plan = potential(rotated=rotated)
    assert digest(load(save(plan, tmp_path / "plan.npz"))) == digest(plan)
    with pytest.raises(ValueError, match="read-only"):
        plan.centres[0, 0] = 1.0


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"centres": np.zeros((0, 2))}, "centres"),
        ({"log_weights": np.zeros(2)}, "log_weights"),
        ({"log_weights": np.array([0, np.nan, 0])}, "log_weights"),
        ({"scales": np.zeros((3, 2))}, "scales"),
        ({"epsilon": 0.0}, "epsilon"),
        ({"rotations": 2 * np.repeat(np.eye(2)[None], 3, axis=0)}, "rotations"),
    ],
)
def test_bad_parameters_are_refused(change, field):
    whole = {
        "log_weights": np.zeros(3),
        "centres": np.zeros((3, 2)),
        "scales": np.ones((3, 2)),
        "epsilon": 1.0,
    }
    with pytest.raises(ProblemError, match=field):
        GaussianMixturePotential(**(whole | change))


def test_bad_points_and_times_are_refused():
    plan = potential()
    for call in (
        lambda: plan.conditional(np.zeros((1, 3))),
        lambda: plan.sample(np.full((1, 2), np.inf), 0),
        lambda: plan.sample(np.zeros((1, 2)), -1),
        lambda: plan.drift(np.zeros((1, 2)), 1.5),
        lambda: plan.paths(np.zeros((1, 2)), 0, 0),
    ):
        with pytest.raises(ProblemError):
            call()
