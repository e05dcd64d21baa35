"""What all optimizers keep: budgets, bounds, starts, seeds, the clock and interruptions."""

from dataclasses import replace

import numpy as np
import pytest

from classical.minimisation import Cobyla, Lbfgs, NelderMead, Spsa
from problems.minimisation import Landscape
from tests.classical.minimisation.boxes import Watched

OPTIMIZERS = pytest.mark.parametrize(
    "optimizer", [Cobyla(), Lbfgs(), NelderMead(), Spsa()], ids=lambda solver: type(solver).__name__
)


@OPTIMIZERS
@pytest.mark.parametrize("evaluations", [1, 2, 7, 8, 40])
@pytest.mark.parametrize("sigma", [0.0, 0.3])
def test_no_more_rows_are_evaluated_than_allowed(optimizer, evaluations, sigma):
    problem = Watched(sigma=sigma)
    result = replace(optimizer, evaluations=evaluations).solve(problem, progress=False)
    assert problem.count <= evaluations
    assert result.resources["evaluations"] == problem.count


@OPTIMIZERS
@pytest.mark.parametrize("evaluations", [1, 8, 300])
def test_the_estimate_is_the_most_that_is_spent(optimizer, evaluations):
    optimizer = replace(optimizer, evaluations=evaluations)
    for problem in (Watched(), Watched(sigma=0.1), Landscape("rosenbrock"), Landscape("sphere")):
        spent = optimizer.solve(problem, progress=False).resources["evaluations"]
        assert spent <= optimizer.estimate(problem)["evaluations"] <= evaluations


@OPTIMIZERS
def test_a_rehearsal_uses_the_whole_budget(optimizer):
    estimate = replace(optimizer, evaluations=350).estimate(Landscape("sphere"))
    assert 349 <= estimate["evaluations"] <= 350  # pairs may leave one over


@OPTIMIZERS
@pytest.mark.parametrize("sigma", [0.0, 0.3])
def test_every_point_stays_inside_the_bounds_and_the_nearest_corner_is_found(optimizer, sigma):
    problem = Watched(limits=(-1.0, 1.0), sigma=sigma)
    result = optimizer.solve(problem, progress=False)
    assert all(np.abs(rows).max() <= 1.0 for rows in problem.rows)
    assert result.feasible
    if sigma == 0:
        assert result.solution == pytest.approx(np.ones(3), abs=1e-3)


@OPTIMIZERS
def test_without_a_start_it_begins_at_random_inside_the_bounds(optimizer):
    first = []
    for seed in (0, 0, 1):
        problem = Watched(limits=(5.0, 6.0), begins=False)
        optimizer.solve(problem, seed=seed, progress=False)
        first.append(problem.rows[0][0])
    assert np.array_equal(first[0], first[1])
    assert not np.array_equal(first[0], first[2])
    assert np.all((first[2] >= 5) & (first[2] <= 6))


@OPTIMIZERS
@pytest.mark.parametrize("noise", [0.0, 0.2])
def test_one_seed_gives_one_result(optimizer, noise):
    problem = Landscape("cosines", noise=noise)
    first, second = (optimizer.solve(problem, seed=5, progress=False) for _ in range(2))
    assert first.digest == second.digest


@OPTIMIZERS
def test_an_exact_problem_keeps_its_lowest_value(optimizer):
    result = optimizer.solve(Landscape("cosines"), progress=False)
    assert result.objective == min(row["objective"] for row in result.history)


@OPTIMIZERS
def test_a_noisy_problem_ends_with_a_fresh_average_at_its_solution(optimizer):
    problem = Watched(sigma=0.5)
    result = replace(optimizer, evaluations=200).solve(problem, progress=False)
    last = problem.rows[-1]
    assert len(last) == 10
    assert np.array_equal(last, np.repeat(result.solution[None], 10, axis=0))


@OPTIMIZERS
@pytest.mark.parametrize("noise", [0.0, 0.2])
def test_an_interruption_keeps_what_was_found(optimizer, noise):
    rows = []

    def interrupt(row):
        rows.append(row["objective"])
        if len(rows) == 4:
            raise KeyboardInterrupt

    result = optimizer.solve(Watched(target=0.0, sigma=noise), progress=interrupt)
    assert result.ended == "interrupted"
    assert len(rows) == 4
    if noise == 0:
        assert result.objective == pytest.approx(min(rows), rel=1e-12)


@OPTIMIZERS
@pytest.mark.parametrize("noise", [0.0, 0.2])
def test_without_time_the_start_is_the_answer(optimizer, noise):
    problem = Watched(sigma=noise)
    result = optimizer.solve(problem, time_limit=0.0, progress=False)
    assert result.ended == "time_limit"
    assert result.solution == pytest.approx(problem.start)
