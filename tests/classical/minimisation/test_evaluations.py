"""What all optimizers keep: budgets, bounds, starts, seeds, the clock and interruptions."""

from dataclasses import replace

import numpy as np
import pytest

from classical.minimisation import Cobyla, Lbfgs, NelderMead, Spsa
from problems.minimisation import Landscape
from tests.classical.minimisation.boxes import Watched

ALL = [Cobyla(), Lbfgs(), NelderMead(), Spsa()]
NAME = {"ids": lambda solver: type(solver).__name__}
OPTIMIZERS = pytest.mark.parametrize("optimizer", ALL, **NAME)
# Lbfgs refuses noise
CASES = pytest.mark.parametrize(
    ("optimizer", "sigma"),
    [(solver, sigma) for solver in ALL for sigma in (0.0, 0.3) if not (sigma and isinstance(solver, Lbfgs))],
    ids=lambda value: str(value) if isinstance(value, float) else type(value).__name__,
)


@CASES
@pytest.mark.parametrize("evaluations", [1, 2, 7, 8, 40])
def test_no_more_rows_are_evaluated_than_allowed(optimizer, sigma, evaluations):
    if evaluations < (7 if isinstance(optimizer, Lbfgs) else 2 if isinstance(optimizer, Spsa) else 1):
        pytest.skip("refused: below one gradient")
    problem = Watched(sigma=sigma)
    result = replace(optimizer, evaluations=evaluations).solve(problem, progress=False)
    assert problem.count <= evaluations
    assert result.resources["evaluations"] == problem.count


@CASES
@pytest.mark.parametrize("evaluations", [8, 300])
def test_the_estimate_is_the_most_that_is_spent(optimizer, sigma, evaluations):
    optimizer = replace(optimizer, evaluations=evaluations)
    for problem in (Watched(sigma=sigma), Landscape("rosenbrock", noise=sigma), Landscape(noise=sigma)):
        if optimizer.unsuitable(problem) is not None:
            continue
        spent = optimizer.solve(problem, progress=False).resources["evaluations"]
        assert spent <= optimizer.estimate(problem)["evaluations"] <= evaluations


@OPTIMIZERS
def test_a_rehearsal_uses_the_whole_budget(optimizer):
    estimate = replace(optimizer, evaluations=350).estimate(Landscape("sphere"))
    assert 349 <= estimate["evaluations"] <= 350  # pairs may leave one over


@CASES
def test_every_point_stays_inside_the_bounds_and_the_nearest_corner_is_found(optimizer, sigma):
    problem = Watched(limits=(-1.0, 1.0), sigma=sigma)
    result = replace(optimizer, evaluations=400).solve(problem, progress=False)
    assert all(np.abs(rows).max() <= 1.0 for rows in problem.rows)
    assert result.feasible
    if sigma == 0:
        assert result.objective == pytest.approx(3.0, abs=1e-2)


@OPTIMIZERS
def test_without_a_start_it_begins_inside_the_bounds(optimizer):
    problem = Watched(limits=(5.0, 6.0), begins=False)
    optimizer.solve(problem, progress=False)
    assert np.all((problem.rows[0] >= 5) & (problem.rows[0] <= 6))


@CASES
def test_one_seed_gives_one_result(optimizer, sigma):
    problem = Landscape("cosines", noise=sigma)
    first, second = (optimizer.solve(problem, seed=5, progress=False) for _ in range(2))
    assert first.digest == second.digest


@OPTIMIZERS
def test_an_exact_problem_keeps_its_lowest_value(optimizer):
    result = optimizer.solve(Landscape("cosines"), progress=False)
    assert result.objective == min(row["objective"] for row in result.history)


@pytest.mark.parametrize("optimizer", [Cobyla(), NelderMead(), Spsa()], **NAME)
def test_a_noisy_problem_ends_with_a_fresh_average_at_its_solution(optimizer):
    problem = Watched(sigma=0.5)
    result = replace(optimizer, evaluations=200).solve(problem, progress=False)
    last = problem.rows[-1]
    assert len(last) > 1
    assert np.array_equal(last, np.repeat(result.solution[None], len(last), axis=0))


@CASES
def test_an_interruption_keeps_what_was_found(optimizer, sigma):
    rows = []

    def interrupt(row):
        rows.append(row["objective"])
        if len(rows) == 2:
            raise KeyboardInterrupt

    result = optimizer.solve(Watched(target=0.0, sigma=sigma), progress=interrupt)
    assert result.ended == "interrupted"
    assert len(rows) == 2
    if sigma == 0:  # the row that was interrupted may have been offered or not
        assert result.objective in (pytest.approx(min(rows)), pytest.approx(min(rows[:-1])))


@CASES
def test_without_time_it_closes_near_the_start(optimizer, sigma):
    problem = Watched(sigma=sigma)
    result = optimizer.solve(problem, time_limit=0.0, progress=False)
    assert result.ended == "time_limit"
    assert result.solution == pytest.approx(problem.start, abs=0.1 + 1e-12)  # SPSA's first pair is 0.1 away
