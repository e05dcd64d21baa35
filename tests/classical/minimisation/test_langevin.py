"""Gradient descent and annealed Langevin dynamics against closed forms."""

import numpy as np
import pytest

from classical.minimisation.gradient_descent import GradientDescent
from classical.minimisation.langevin import AnnealedLangevin
from classical.minimisation.scatter import Scatter
from problems.conformance import check_solver
from problems.errors import ProblemError, UnsuitableProblem
from problems.minimisation import Landscape
from tests.classical.minimisation.boxes import Watched

BOTH = [GradientDescent, AnnealedLangevin]


def test_descent_on_a_sphere_shrinks_by_one_factor_a_step():
    problem = Landscape("sphere", 3)
    solution = GradientDescent(steps=40, rate=0.01).solve(problem, progress=False).solution
    assert solution == pytest.approx(problem.start * 0.98**40, rel=1e-12)


def test_differences_stand_in_for_gradients():
    problem = Watched()
    solution = GradientDescent(steps=20, rate=0.05).solve(problem, progress=False).solution
    assert solution == pytest.approx(2 - 1.1 * np.full(3, 0.9) ** 20, abs=1e-8)
    assert {len(rows) for rows in problem.rows[:-1]} == {7}


def test_without_noise_langevin_is_gradient_descent():
    problem = Landscape("canyon", 2)
    still = AnnealedLangevin(steps=200, noise_strength=0.0).solve(problem, progress=False)
    descent = GradientDescent(steps=200, rate=0.001).solve(problem, progress=False)
    assert still.solution == pytest.approx(descent.solution, rel=1e-14)


def test_langevins_noise_has_the_variance_of_its_schedule():
    # On a plane that is all but flat, coordinates are sums of s/log(k + 1) √Δt ξ. A variance from 4000
    # coordinates has a relative standard error of √(2/4000) = 2.2 %; four of them.
    problem = Landscape("sphere", 4000, shift=np.full(4000, -1.3))
    solver = AnnealedLangevin(steps=30, rate=1e-9, noise_strength=2.0, time_step=0.01)
    moved = solver.solve(problem, progress=False).solution - problem.start
    expected = 0.01 * np.sum((2.0 / np.log(np.arange(2, 32))) ** 2)
    assert moved.var() == pytest.approx(expected, rel=0.09)


def test_descents_in_the_canyon_end_in_one_point_that_is_not_the_lowest():
    problem = Landscape("canyon", 2)
    for start in (Scatter(centre=(3.2, 2.2), width=0.1), Scatter(centre=(1.8, 2.6), width=0.1)):
        result = GradientDescent(steps=1500, start=start).solve(problem, progress=False)
        assert result.solution == pytest.approx([2.336, 2.466], abs=2e-3)
        assert result.objective == pytest.approx(3.862, abs=1e-3)


def test_descent_stops_where_slopes_vanish():
    result = GradientDescent(rate=0.2, tolerance=1e-6).solve(Landscape("sphere", 2), progress=False)
    assert result.status == "converged"
    assert np.abs(2 * result.solution).max() <= 1e-6


def test_the_best_point_and_the_last_are_told_apart():
    problem = Landscape("rastrigin", 2)
    last = AnnealedLangevin(steps=300).solve(problem, progress=False)
    best = AnnealedLangevin(steps=300, answer="best").solve(problem, progress=False)
    lowest = min(row["objective"] for row in last.history)
    assert best.objective == pytest.approx(lowest)
    assert last.objective > best.objective


def test_a_rate_too_large_ends_as_a_failure_that_keeps_the_best():
    with np.errstate(over="ignore", invalid="ignore"):
        result = GradientDescent(rate=1e3, steps=400).solve(Landscape("rosenbrock", 2), progress=False)
    assert result.status == "failed"
    assert np.isfinite(result.objective)


@pytest.mark.parametrize("kind", BOTH)
def test_budgets_are_kept_and_the_contract_too(kind):
    for problem in (Landscape("cosines", 2), Landscape("cosines", 2, noise=0.1)):
        check_solver(kind(evaluations=30), problem)
        assert kind(evaluations=30).solve(problem, progress=False).resources["evaluations"] <= 30


@pytest.mark.parametrize("kind", BOTH)
def test_unsuitable_problems_are_refused_in_a_sentence(kind):
    with pytest.raises(UnsuitableProblem, match="one gradient takes"):
        kind(evaluations=5).solve(Watched(), progress=False)
    with pytest.raises(UnsuitableProblem, match="outside the bounds"):
        kind(start=Scatter(centre=9.0)).solve(Watched(limits=(0.0, 5.0)), progress=False)


@pytest.mark.parametrize("kind", BOTH)
@pytest.mark.parametrize(
    "fields",
    [{"evaluations": 0}, {"steps": 0}, {"rate": 0.0}, {"difference": 0.0}, {"answer": "first"}, {"start": 3}],
)
def test_fields_out_of_range_are_refused(kind, fields):
    with pytest.raises(ProblemError):
        kind(**fields)
