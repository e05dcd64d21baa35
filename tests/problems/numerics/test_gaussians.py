"""Gaussians and mixtures: distances and moments against closed forms, other formulas and draws."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.linalg import sqrtm
from scipy.stats import multivariate_normal, wasserstein_distance

from problems.errors import ProblemError
from problems.numerics.gaussians import (
    bures_wasserstein,
    gaussian_bridge_covariance,
    mixture_draws,
    mixture_log_density,
    mixture_moments,
    symmetric_root,
)


def spread(rng, dimension):
    factor = rng.normal(size=(dimension, dimension))
    return factor @ factor.T + 0.1 * np.eye(dimension)


def mixtures(rng, points=7, components=4, dimension=3, shared=False, full=True):
    weights = rng.dirichlet(np.ones(components), size=points)
    means = rng.normal(size=(1 if shared else points, components, dimension))
    if full:
        return weights, means, np.array([spread(rng, dimension) for _ in range(components)])
    return weights, means, rng.uniform(0.5, 2, size=(components, dimension))


@given(st.integers(0, 10_000), st.integers(1, 6))
def test_the_root_squares_to_its_matrix(seed, dimension):
    matrix = spread(np.random.default_rng(seed), dimension)
    root = symmetric_root(matrix)
    assert np.allclose(root @ root, matrix, atol=1e-10 * np.abs(matrix).max())
    assert np.allclose(root, root.T)


@given(st.integers(0, 10_000))
def test_bures_wasserstein_agrees_with_matrix_square_roots(seed):
    rng = np.random.default_rng(seed)
    first, second, apart = spread(rng, 4), spread(rng, 4), rng.normal(size=4)
    root = np.real(sqrtm(first))
    cross = np.trace(np.real(sqrtm(root @ second @ root)))
    wanted = 0.5 * (apart @ apart + np.trace(first) + np.trace(second)) - cross
    found = bures_wasserstein(np.zeros(4), first, apart, second)
    assert found == pytest.approx(wanted, rel=1e-8, abs=1e-8)
    assert bures_wasserstein(apart, second, np.zeros(4), first) == pytest.approx(found, rel=1e-8, abs=1e-8)


def test_between_equal_gaussians_the_distance_is_zero_and_commuting_ones_have_a_closed_form():
    rng = np.random.default_rng(0)
    matrix, mean = spread(rng, 3), rng.normal(size=3)
    assert bures_wasserstein(mean, matrix, mean, matrix) == pytest.approx(0, abs=1e-12)
    first, second = rng.uniform(0.1, 3, size=(2, 3))
    found = bures_wasserstein(mean, np.diag(first), mean, np.diag(second))
    assert found == pytest.approx(0.5 * np.sum((np.sqrt(first) - np.sqrt(second)) ** 2))


def test_singular_covariances_are_allowed():
    column = np.ones((2, 1))
    singular = column @ column.T
    assert bures_wasserstein(np.zeros(2), singular, np.zeros(2), np.zeros((2, 2))) == pytest.approx(1.0)
    assert bures_wasserstein(np.zeros(2), singular, np.zeros(2), 4 * singular) == pytest.approx(1.0)


def test_in_one_dimension_it_is_half_the_squared_wasserstein_distance_of_quantiles():
    levels = (np.arange(200_000) + 0.5) / 200_000
    from scipy.stats import norm

    apart = norm.ppf(levels, 0.3, 1.5) - norm.ppf(levels, -0.2, 0.7)
    found = bures_wasserstein(np.array([0.3]), np.array([[2.25]]), np.array([-0.2]), np.array([[0.49]]))
    assert found == pytest.approx(0.5 * np.mean(apart**2), rel=1e-3)
    assert wasserstein_distance(norm.ppf(levels, 0.3), norm.ppf(levels, -0.2)) == pytest.approx(0.5)


@pytest.mark.parametrize("shared", [False, True])
@pytest.mark.parametrize("full", [False, True])
def test_moments_of_mixtures_follow_the_law_of_total_covariance(shared, full):
    weights, means, covariances = mixtures(np.random.default_rng(1), shared=shared, full=full)
    mean, covariance = mixture_moments(weights, means, covariances)
    for m in range(len(weights)):
        rows = means[0 if shared else m]
        dense = covariances if full else np.array([np.diag(row) for row in covariances])
        centre = weights[m] @ rows
        second = np.einsum("k,kij->ij", weights[m], dense + np.einsum("ki,kj->kij", rows, rows))
        assert np.allclose(mean[m], centre)
        assert np.allclose(covariance[m], second - np.outer(centre, centre))


@pytest.mark.parametrize("full", [False, True])
def test_draws_have_the_mixtures_moments(full):
    rng = np.random.default_rng(2)
    weights, means, covariances = mixtures(rng, points=1, full=full)
    mean, covariance = mixture_moments(weights, means, covariances)
    count = 40_000
    drawn = mixture_draws(np.repeat(weights, count, axis=0), means, covariances, rng)
    tolerance = 5 * np.sqrt(np.diagonal(covariance[0]) / count)  # five standard errors
    assert np.all(np.abs(drawn.mean(axis=0) - mean[0]) < tolerance)
    assert np.allclose(np.cov(drawn.T), covariance[0], atol=0.06 * np.trace(covariance[0]))


@pytest.mark.parametrize("full", [False, True])
def test_densities_agree_with_scipy(full):
    rng = np.random.default_rng(3)
    weights, means, covariances = mixtures(rng, full=full)
    points = rng.normal(size=(len(weights), 3))
    found = mixture_log_density(points, weights, means, covariances)
    for m, point in enumerate(points):
        dense = covariances if full else [np.diag(row) for row in covariances]
        parts = [multivariate_normal(means[m, k], dense[k]).pdf(point) for k in range(4)]
        assert found[m] == pytest.approx(np.log(weights[m] @ parts))


@given(st.floats(0.05, 20), st.floats(0.05, 20), st.floats(1e-3, 1e3))
def test_the_entropic_plan_between_gaussians_solves_its_own_equation(source, target, epsilon):
    covariance = gaussian_bridge_covariance(np.array(source), np.array(target), epsilon)
    assert covariance**2 + epsilon * covariance == pytest.approx(source * target, rel=1e-12)


def test_what_is_no_covariance_is_refused():
    with pytest.raises(ProblemError, match="covariances"):
        symmetric_root(np.zeros((2, 3)))
    with pytest.raises(ProblemError, match="finite"):
        symmetric_root(np.array([[np.nan]]))
