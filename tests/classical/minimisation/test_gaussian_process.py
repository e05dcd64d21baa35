"""Gaussian-process regression: against the textbook formulas, its own derivatives, and closed circles."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import gamma, kv

from classical.minimisation.gaussian_process import (
    GaussianProcess,
    fit_process,
    likelihood,
    matern,
    squared_distances,
)


def process(rng, period=(0.0, 2.0), rows=9, noise=0.05):
    points = rng.normal(size=(rows, len(period)))
    return GaussianProcess(points, rng.normal(size=rows), np.array([0.7, 0.4]), noise, np.array(period))


def test_the_correlation_is_the_bessel_function_of_order_five_halves():
    distance = np.linspace(0.05, 6, 40)
    argument = np.sqrt(5) * distance
    bessel = 2 ** (1 - 2.5) / gamma(2.5) * argument**2.5 * kv(2.5, argument)
    assert matern(distance**2)[0] == pytest.approx(bessel, rel=1e-12)
    step = 1e-6
    slope = (matern(distance**2 + step)[0] - matern(distance**2 - step)[0]) / (2 * step)
    assert matern(distance**2)[1] == pytest.approx(-2 * slope, abs=1e-7)


@settings(deadline=None, max_examples=20)
@given(seed=st.integers(0, 10**6))
def test_the_posterior_is_the_textbook_one(seed):
    rng = np.random.default_rng(seed)
    model, x = process(rng), rng.normal(size=(5, 2))
    correlation = matern(squared_distances(model.points, model.points, model.period) @ model.lengths**-2)[0]
    inverse = np.linalg.inv(correlation + 0.05 * np.eye(9))
    ones = np.ones(9)
    level = ones @ inverse @ model.values / (ones @ inverse @ ones)
    amplitude = (model.values - level) @ inverse @ (model.values - level) / 9
    cross = matern(squared_distances(x, model.points, model.period) @ model.lengths**-2)[0]
    mean, deviation = model.predict(x)
    assert mean == pytest.approx(level + cross @ inverse @ (model.values - level), abs=1e-9)
    variance = amplitude * (1 - np.sum(cross @ inverse * cross, axis=1))
    assert deviation**2 == pytest.approx(variance, abs=1e-9)


@settings(deadline=None, max_examples=20)
@given(seed=st.integers(0, 10**6))
def test_slopes_are_central_differences(seed):
    rng = np.random.default_rng(seed)
    model, x = process(rng), rng.normal(size=2)
    mean, deviation, rise, stretch = model.slopes(x)
    there = model.predict(x[None])
    assert (mean, deviation) == pytest.approx((there[0][0], there[1][0]))
    shifts = 1e-5 * np.eye(2)
    for slope, above, below in zip(
        (rise, stretch), model.predict(x + shifts), model.predict(x - shifts), strict=True
    ):
        assert slope == pytest.approx((above - below) / 2e-5, abs=1e-5)


@settings(deadline=None, max_examples=20)
@given(seed=st.integers(0, 10**6))
def test_the_slope_of_the_likelihood_is_a_central_difference(seed):
    rng = np.random.default_rng(seed)
    points, values = rng.normal(size=(8, 2)), rng.normal(size=8)
    squares = squared_distances(points, points, np.array([0.0, 3.0]))
    logs = rng.normal(size=3) / 2
    slope = likelihood(logs, squares, values)[1]
    for k, shift in enumerate(1e-5 * np.eye(3)):
        rise = likelihood(logs + shift, squares, values)[0] - likelihood(logs - shift, squares, values)[0]
        assert slope[k] == pytest.approx(rise / 2e-5, abs=1e-5)


def test_periods_close_circles():
    model = process(np.random.default_rng(0), period=(0.0, 2.0))
    x = np.random.default_rng(1).normal(size=(6, 2))
    for one, other in zip(model.predict(x), model.predict(x + [0.0, 6.0]), strict=True):
        assert one == pytest.approx(other, abs=1e-12)
    assert not np.allclose(model.predict(x)[0], model.predict(x + [6.0, 0.0])[0])


def test_a_believed_point_keeps_the_mean_and_takes_the_doubt_away():
    model = process(np.random.default_rng(2))
    point = np.array([0.3, -0.2])
    after = model.believing(point)
    assert after.predict(point[None])[0] == pytest.approx(model.predict(point[None])[0], rel=1e-6)
    assert after.predict(point[None])[1] < 0.5 * model.predict(point[None])[1]


def test_a_flat_coordinate_and_the_noise_are_recognised():
    rng = np.random.default_rng(3)
    points = rng.uniform(-1, 1, (80, 2))
    values = np.sin(4 * points[:, 0]) + 0.1 * rng.normal(size=80)
    model = fit_process(points, values, np.zeros(2), np.full(2, 0.5), True, None)
    assert model.lengths[1] > 4 * model.lengths[0]
    noise = np.sqrt(model.noise * model.level[2])
    # about 70 degrees of freedom: a relative standard error of 1/√140 = 8.5 %; four of them
    assert noise == pytest.approx(0.1, rel=0.34)
