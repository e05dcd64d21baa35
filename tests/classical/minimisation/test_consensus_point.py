"""Weights, consensus, effective size: identities in exact arithmetic and at the edges of it."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from classical.minimisation.consensus_point import (
    alpha_for,
    alpha_of_share,
    consensus_of,
    effective_size,
    gibbs_weights,
    grown_alpha,
    soft_minimum,
)

ENERGIES = st.lists(st.floats(-50, 50), min_size=2, max_size=30).map(np.array)


@settings(deadline=None, max_examples=40)
@given(ENERGIES, st.floats(1e-3, 1e3), st.floats(-1e6, 1e6))
def test_weights_do_not_depend_on_the_zero_of_energy(energies, alpha, offset):
    weights = gibbs_weights(energies, alpha)
    assert weights.sum() == pytest.approx(1.0)
    assert weights[np.argmin(energies)] == weights.max()
    # moving by 1e6 rounds energies to 1e-10, which α = 1e3 makes 1e-7 of a weight
    assert gibbs_weights(energies + offset, alpha) == pytest.approx(weights, abs=1e-6)


@settings(deadline=None, max_examples=40)
@given(ENERGIES, st.floats(1e-3, 1.0))
def test_weights_are_the_exponentials_where_those_can_be_computed(energies, alpha):
    plain = np.exp(-alpha * energies)
    assert gibbs_weights(energies, alpha) == pytest.approx(plain / plain.sum(), rel=1e-9)


def test_energies_far_beyond_the_exponentials_range_still_weigh():
    weights = gibbs_weights(np.array([1e5, 1e5 + 0.01, 2e5]), 100.0)
    assert weights == pytest.approx(np.array([1, np.exp(-1), 0]) / (1 + np.exp(-1)))


@pytest.mark.parametrize("hole", [np.nan, np.inf, -np.inf])
def test_what_is_not_finite_weighs_nothing(hole):
    weights = gibbs_weights(np.array([1.0, hole, 1.0]), 5.0)
    assert weights == pytest.approx([0.5, 0.0, 0.5])
    assert soft_minimum(np.array([1.0, hole]), 5.0) == pytest.approx(1.0)


@settings(deadline=None, max_examples=40)
@given(ENERGIES, st.floats(1e-2, 1e2))
def test_the_soft_minimum_lies_between_minimum_and_mean(energies, alpha):
    soft = soft_minimum(energies, alpha)
    assert energies.min() - 1e-9 <= soft <= energies.mean() + 1e-9
    assert soft <= energies.min() + np.log(len(energies)) / alpha + 1e-9


@settings(deadline=None, max_examples=40)
@given(ENERGIES, st.integers(0, 2**31))
def test_the_consensus_is_in_the_box_of_the_points(energies, seed):
    points = np.random.default_rng(seed).normal(size=(len(energies), 3))
    consensus = consensus_of(points, gibbs_weights(energies, 1.0))
    assert np.all(consensus >= points.min(axis=0) - 1e-12)
    assert np.all(consensus <= points.max(axis=0) + 1e-12)


def test_equal_weights_are_all_effective_and_one_alone_is_one():
    assert effective_size(np.full(7, 1 / 7)) == pytest.approx(7.0)
    assert effective_size(np.array([0.0, 1.0, 0.0])) == 1.0


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 2**31), st.floats(0.1, 0.9), st.floats(1e-4, 1e4))
def test_alpha_reaches_the_share_that_is_asked_for(seed, share, scale):
    energies = scale * np.random.default_rng(seed).normal(size=40)
    alpha = alpha_of_share(np.append(energies, np.nan), share)
    assert effective_size(gibbs_weights(energies, alpha)) == pytest.approx(40 * share, rel=1e-9)


def test_ties_leave_alpha_as_large_as_searched_for():
    assert alpha_of_share(np.full(5, 3.0), 0.5) >= 1e12
    energies = np.array([0.0, 0.0, 0.0, 1.0])
    assert effective_size(gibbs_weights(energies, alpha_of_share(energies, 0.5))) == pytest.approx(3.0)


def test_alpha_grows_by_a_factor_and_never_overflows():
    assert grown_alpha(30.0, 1.0, 10**9) == 30.0
    assert grown_alpha(2.0, 1.5, 3) == pytest.approx(6.75)
    assert grown_alpha(2.0, 1.5, 10**6) == pytest.approx(1e12)
    assert grown_alpha(2.0, 0.5, 10**6) == pytest.approx(1e-12)


def test_alpha_times_the_typical_error_stays_below_the_cap():
    energies, errors = np.array([1.0, 2.0, np.nan]), np.array([0.1, 0.3, 50.0])
    assert alpha_for(energies, errors, 100.0, None, 1.0) == pytest.approx(5.0)
    assert alpha_for(energies, errors, 2.0, None, 1.0) == 2.0
    assert alpha_for(energies, errors, 100.0, None, None) == 100.0
    assert alpha_for(energies, None, 100.0, None, 1.0) == 100.0
    assert alpha_for(energies, np.zeros(3), 100.0, None, 1.0) == 100.0
