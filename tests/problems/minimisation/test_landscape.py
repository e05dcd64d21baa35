"""The test landscapes: their optima, gradients, noise and judge."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from problems.conformance import check_problem
from problems.errors import ProblemError
from problems.minimisation import Landscape

FUNCTIONS = ["sphere", "rosenbrock", "rastrigin", "cosines", "ackley", "canyon"]


def landscape(function, dimension, **fields):
    return Landscape(function, 2 if function == "canyon" else dimension, **fields)


@pytest.mark.parametrize("function", FUNCTIONS)
def test_the_optimum_is_where_it_is_known_to_be(function):
    problem = landscape(function, 3)
    expected = 1.0 if function == "rosenbrock" else 0.0
    assert problem.minimiser == pytest.approx(np.full(problem.dimension, expected))
    assert problem.judge(problem.minimiser).objective == 0.0


@pytest.mark.parametrize("function", FUNCTIONS)
def test_nothing_near_or_far_is_lower_than_the_optimum(function):
    problem = landscape(function, 2)
    grid = np.stack(np.meshgrid(np.linspace(-9, 9, 181), np.linspace(-9, 9, 181)), -1).reshape(-1, 2)
    assert problem.exact(grid).min() >= 0.0


@settings(deadline=None, max_examples=40)
@given(
    st.sampled_from(FUNCTIONS),
    st.lists(st.floats(-1.5, 1.5), min_size=2, max_size=4),
    st.sampled_from([0.25, 1.1625, 10.0]),
)
def test_gradients_are_the_slopes_of_central_differences(function, coordinates, depth):
    point = np.array(coordinates if function != "canyon" else coordinates[:2])
    if function == "ackley" and np.linalg.norm(point) < 0.1:
        return  # at the tip there is no slope, and beside it third derivatives grow like 1/r²
    if function == "canyon" and abs(point[0] + 1.6 * point[1]) < 1e-4:
        return  # along the barrier's edge the second derivative jumps
    problem = landscape(function, len(point), amplitude=depth, roughness=depth)
    gradient = problem.evaluate(point[None], 0, gradient=True).gradient
    steps = 1e-5 * np.eye(len(point))
    slopes = (problem.exact(point + steps) - problem.exact(point - steps)) / 2e-5
    # The error is h²/6 times the third derivative, at most 20 (2π)² · 2π ≈ 5000, plus rounding near 1e-8.
    # In the canyon the barrier's height 4e meets slopes of the floor up to 7: 11 · 10² · 7³ ≈ 4e5.
    tolerance = 1e-5 if function == "canyon" else 1e-6
    assert gradient == pytest.approx(slopes[None], abs=tolerance)


def test_ackley_has_no_slope_at_its_tip_but_a_value():
    values = Landscape("ackley", 3).evaluate(np.zeros((1, 3)), 0, gradient=True)
    assert values.mean == [0.0]
    assert values.gradient == pytest.approx(np.zeros((1, 3)))


def test_the_canyon_has_its_published_heights():
    problem = Landscape("canyon", 2)
    assert problem.exact(np.array([[8.0, 8.0]]))[0] == pytest.approx(39.0125, abs=5e-5)
    assert problem.exact(np.array([[2.336, 2.466]]))[0] == pytest.approx(3.862, abs=5e-4)
    assert problem.start == pytest.approx([8.0, 8.0])


def test_roughness_is_the_depth_of_the_canyons_wells():
    points = np.random.default_rng(0).normal(size=(20, 2))
    rough, smooth = (Landscape("canyon", 2, roughness=c).exact(points) for c in (1.1625, 0.25))
    wells = np.sum(1 - np.cos(0.75 * np.pi * points), axis=1)
    assert rough - smooth == pytest.approx(0.9125 * wells)


def test_amplitude_is_the_depth_of_rastrigins_wells():
    half = np.full((1, 2), 0.5)  # on the crest between two wells
    assert Landscape("rastrigin", 2, amplitude=3.0).exact(half) == pytest.approx([0.5 + 12.0])
    assert Landscape("rastrigin", 2, amplitude=0.0).exact(half) == pytest.approx([0.5])


@settings(deadline=None, max_examples=25)
@given(st.sampled_from(FUNCTIONS), st.integers(0, 2**31), st.integers(2, 5))
def test_a_shift_moves_values_slopes_start_and_minimiser(function, seed, dimension):
    plain = landscape(function, dimension)
    moved = Landscape.shifted(function, plain.dimension, seed=seed)
    assert moved.shift is not None
    assert np.all(np.abs(moved.shift) <= 1)
    points = np.random.default_rng(seed).normal(size=(6, plain.dimension))
    here, there = (
        problem.evaluate(x, 0, gradient=True)
        for problem, x in ((plain, points), (moved, points + moved.shift))
    )
    assert there.mean == pytest.approx(here.mean, rel=1e-9, abs=1e-9)
    assert there.gradient == pytest.approx(here.gradient, rel=1e-6, abs=1e-6)
    assert moved.start == pytest.approx(plain.start + moved.shift)
    assert moved.minimiser == pytest.approx(plain.minimiser + moved.shift)


@pytest.mark.parametrize("function", FUNCTIONS)
def test_moved_landscapes_are_problems_like_others(function):
    problem = Landscape.shifted(function, 2, seed=5, noise=0.1)
    check_problem(problem, np.array([0.3, -0.4]))


def test_a_shift_cannot_be_changed_from_outside():
    shift = np.ones(2)
    problem = Landscape("sphere", 2, shift=shift)
    shift[0] = 7.0
    assert problem.exact(np.ones((1, 2))) == pytest.approx([0.0])
    assert problem.shift is not None
    with pytest.raises(ValueError, match="read-only"):
        problem.shift[0] = 1.0


def test_a_population_is_its_rows():
    population = np.random.default_rng(0).normal(size=(5, 4))
    problem = Landscape("rosenbrock")
    rows = [problem.exact(row[None])[0] for row in population]
    assert problem.evaluate(population, 0).mean == pytest.approx(rows, rel=1e-14)


def test_noise_comes_from_the_seed_and_has_the_size_it_says():
    problem, points = Landscape("sphere", noise=0.5), np.zeros((4000, 4))
    first = problem.evaluate(points, 3)
    assert np.array_equal(first.mean, problem.evaluate(points, 3).mean)
    assert not np.array_equal(first.mean, problem.evaluate(points, 4).mean)
    assert first.error == pytest.approx(np.full(4000, 0.5))
    # the relative standard error of a standard deviation from 4000 draws is 1/√8000 = 1.1 %; five of them
    assert first.mean.std() == pytest.approx(0.5, rel=0.056)


def test_the_judge_sees_no_noise():
    assert Landscape("sphere", noise=9.0).judge(np.full(4, 2.0)).objective == 16.0


@pytest.mark.parametrize(
    "fields",
    [
        {"function": "himmelblau"},
        {"dimension": 0},
        {"noise": -1.0},
        {"function": "rosenbrock", "dimension": 1},
        {"function": "canyon", "dimension": 3},
        {"amplitude": -1.0},
        {"roughness": float("nan")},
        {"shift": np.zeros(3)},
        {"shift": np.array([0.0, 1.0, np.inf, 0.0])},
    ],
)
def test_fields_out_of_range_are_refused(fields):
    with pytest.raises(ProblemError):
        Landscape(**fields)


def test_a_point_of_another_dimension_is_refused():
    with pytest.raises(ProblemError, match="shape"):
        Landscape("sphere", dimension=3).judge(np.zeros(2))
