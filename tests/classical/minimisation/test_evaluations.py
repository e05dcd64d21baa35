"""What all optimizers keep: budgets, bounds, starts, seeds, the clock and interruptions."""

from dataclasses import replace

import numpy as np
import pytest

from classical.minimisation import Cobyla, Lbfgs, NelderMead, Spsa
from problems.errors import ProblemError, UnsuitableProblem
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
    problem = Watched(sigma=sigma)
    if evaluations < (7 if isinstance(optimizer, Lbfgs) else 2 if isinstance(optimizer, Spsa) else 1):
        with pytest.raises(
            (ProblemError, UnsuitableProblem), match="evaluations"
        ):  # not enough for one slope
            replace(optimizer, evaluations=evaluations).solve(problem, progress=False)
        return
    result = replace(optimizer, evaluations=evaluations).solve(problem, progress=False)
    assert problem.count <= evaluations
    assert result.resources["evaluations"] == problem.count


@CASES
def test_the_step_of_a_row_is_the_number_of_evaluations_so_far(optimizer, sigma):
    problem = Watched(sigma=sigma)
    result = replace(optimizer, evaluations=40).solve(problem, progress=False)
    assert [row["step"] for row in result.history] == np.cumsum([len(rows) for rows in problem.rows]).tolist()


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


@OPTIMIZERS
def test_a_start_outside_the_bounds_is_moved_inside(optimizer):
    problem = Watched(limits=(1.5, 3.0))  # it starts at 0.9
    result = optimizer.solve(problem, progress=False)
    assert all(rows.min() >= 1.5 for rows in problem.rows)
    assert result.objective < 0.75  # what the nearest corner is worth


@OPTIMIZERS
@pytest.mark.parametrize("limits", [(1.0, np.inf), (-np.inf, 3.0), (-np.inf, np.inf)], ids=str)
def test_without_a_start_open_bounds_are_kept_too(optimizer, limits):
    problem = Watched(limits=limits, begins=False)
    optimizer = replace(optimizer, evaluations=400)
    first, second = (optimizer.solve(problem, seed=seed, progress=False) for seed in (0, 1))
    population = np.concatenate(problem.rows)
    assert np.all(np.isfinite(population) & (population >= limits[0]) & (population <= limits[1]))
    assert not np.array_equal(first.solution, second.solution)
    assert max(first.objective, second.objective) < 0.3


@OPTIMIZERS
@pytest.mark.parametrize("evaluations", [7, 8, 40])
def test_the_answer_to_an_exact_problem_is_never_worse_than_its_start(optimizer, evaluations):
    problem = Watched(target=0.9)  # it starts at the optimum
    assert replace(optimizer, evaluations=evaluations).solve(problem, progress=False).objective == 0.0


@pytest.mark.parametrize("optimizer", [Cobyla(), NelderMead()], **NAME)
def test_a_start_without_a_value_does_not_hide_what_comes_after(optimizer):
    # 0.9 is worth 3.63, and each of the first steps of 0.2 in one coordinate is better
    result = optimizer.solve(Watched(sigma=0.01, hole=True), progress=False)
    assert result.objective < 3.0


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
