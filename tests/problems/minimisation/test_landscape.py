"""The test landscapes: their optima, gradients, noise and judge."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from problems.errors import ProblemError
from problems.minimisation import Landscape

FUNCTIONS = ["sphere", "rosenbrock", "rastrigin", "cosines"]


@pytest.mark.parametrize("function", FUNCTIONS)
def test_the_optimum_is_where_it_is_known_to_be(function):
    point = np.ones(3) if function == "rosenbrock" else np.zeros(3)
    assert Landscape(function, dimension=3).judge(point).objective == 0.0


@settings(deadline=None, max_examples=25)
@given(st.sampled_from(FUNCTIONS), st.lists(st.floats(-1.5, 1.5), min_size=2, max_size=4))
def test_gradients_are_the_slopes_of_central_differences(function, coordinates):
    point, landscape = np.array(coordinates), Landscape(function, dimension=len(coordinates))
    gradient = landscape.evaluate(point[None], 0, gradient=True).gradient
    steps = 1e-5 * np.eye(len(point))
    slopes = (landscape.exact(point + steps) - landscape.exact(point - steps)) / 2e-5
    # the error is h²/6 times the third derivative, at most 20 (2π)² · 2π ≈ 5000, plus rounding near 1e-8
    assert gradient == pytest.approx(slopes[None], abs=1e-6)


def test_a_population_is_its_rows():
    population = np.random.default_rng(0).normal(size=(5, 4))
    landscape = Landscape("rosenbrock")
    rows = [landscape.exact(row[None])[0] for row in population]
    assert landscape.evaluate(population, 0).mean == pytest.approx(rows, rel=1e-14)


def test_noise_comes_from_the_seed_and_has_the_size_it_says():
    landscape, points = Landscape("sphere", noise=0.5), np.zeros((4000, 4))
    first = landscape.evaluate(points, 3)
    assert np.array_equal(first.mean, landscape.evaluate(points, 3).mean)
    assert not np.array_equal(first.mean, landscape.evaluate(points, 4).mean)
    assert first.error == pytest.approx(np.full(4000, 0.5))
    # the relative standard error of a standard deviation from 4000 draws is 1/√8000 = 1.1 %; five of them
    assert first.mean.std() == pytest.approx(0.5, rel=0.056)


def test_the_judge_sees_no_noise():
    assert Landscape("sphere", noise=9.0).judge(np.full(4, 2.0)).objective == 16.0


@pytest.mark.parametrize(
    "fields",
    [{"function": "ackley"}, {"dimension": 0}, {"noise": -1.0}, {"function": "rosenbrock", "dimension": 1}],
)
def test_fields_out_of_range_are_refused(fields):
    with pytest.raises(ProblemError):
        Landscape(**fields)


def test_a_point_of_another_dimension_is_refused():
    with pytest.raises(ProblemError, match="shape"):
        Landscape("sphere", dimension=3).judge(np.zeros(2))
