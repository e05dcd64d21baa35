"""Quadratic regression: exact where the values suffice, modest where they don't, honest about noise."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from classical.minimisation.quadratic_regression import fit_quadratic


def drawn(dimension, rng):
    square = rng.normal(size=(dimension, dimension))
    return rng.normal(), rng.normal(size=dimension), square + square.T


def values_of(constant, slope, hessian, u):
    return constant + u @ slope + 0.5 * np.einsum("mi,ij,mj->m", u, hessian, u)


@settings(deadline=None, max_examples=30)
@given(dimension=st.integers(1, 5), seed=st.integers(0, 10**6))
def test_enough_values_fix_a_quadratic(dimension, seed):
    rng = np.random.default_rng(seed)
    truth = drawn(dimension, rng)
    u = rng.normal(size=(2 * (dimension + 1) * (dimension + 2) + 4, dimension)) / np.sqrt(dimension)
    model = fit_quadratic(u, values_of(*truth, u), rng.uniform(0.1, 1, len(u)))
    assert model.constant == pytest.approx(truth[0], abs=1e-5)
    assert model.slope == pytest.approx(truth[1], abs=1e-5)
    assert model.hessian == pytest.approx(truth[2], abs=1e-4)
    assert model.noise < 1e-4


@settings(deadline=None, max_examples=20)
@given(seed=st.integers(0, 10**6), scale=st.floats(1e-3, 1e3), shift=st.floats(-1e3, 1e3))
def test_units_of_the_values_and_rotations_do_not_matter(seed, scale, shift):
    rng = np.random.default_rng(seed)
    u, values, weights = rng.normal(size=(12, 4)) / 2, rng.normal(size=12), rng.uniform(0.2, 1, 12)
    turn = np.linalg.qr(rng.normal(size=(4, 4)))[0]
    one, other = fit_quadratic(u, values, weights), fit_quadratic(u @ turn, scale * values + shift, weights)
    size = scale * np.abs(one.slope).max() + scale * 1e-3
    assert other.slope == pytest.approx(scale * one.slope @ turn, abs=1e-5 * size)
    assert other.hessian == pytest.approx(scale * turn.T @ one.hessian @ turn, abs=1e-4 * (size + scale))


def test_an_even_bowl_is_found_from_one_value_more_than_a_plane_takes():
    rng = np.random.default_rng(1)
    u = rng.normal(size=(8, 6)) / 3
    centre = rng.normal(size=6) / 3
    model = fit_quadratic(u, 3 * np.sum((u - centre) ** 2, axis=1), np.ones(8))
    # eight coefficients; slopes are drawn to zero a little, by less than a third of the centre's entries
    assert np.linalg.solve(model.hessian, -model.slope) == pytest.approx(centre, abs=0.05)


def test_the_noise_is_found():
    rng = np.random.default_rng(2)
    truth, u = drawn(3, rng), rng.normal(size=(300, 3)) / 2
    weights = rng.choice([0.25, 1.0], 300)
    values = values_of(*truth, u) + 0.1 * rng.normal(size=300) / np.sqrt(weights)
    # 290 degrees of freedom: a relative standard error of 1/√580 = 4 %; four of them
    assert fit_quadratic(u, values, weights).noise == pytest.approx(0.1, rel=0.17)


def test_values_of_small_weight_count_less():
    rng = np.random.default_rng(3)
    u = rng.normal(size=(60, 2))
    values, wrong = u @ [1.0, -2.0], np.arange(60) < 20
    weights = np.where(wrong, 1e-12, 1.0)
    assert fit_quadratic(u, values + 50 * wrong, weights).slope == pytest.approx([1.0, -2.0], abs=1e-3)
