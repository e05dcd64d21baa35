"""What all optimizers keep: budgets, bounds, starts, seeds, the clock and interruptions."""

from dataclasses import dataclass, field, replace

import numpy as np
import pytest

from classical.minimisation import (
    Adam,
    AdamSpsa,
    BayesianOptimization,
    Cobyla,
    Lbfgs,
    NelderMead,
    QuadraticModel,
    Rotosolve,
    Spsa,
)
from problems.errors import BudgetExceeded, ProblemError, UnsuitableProblem
from problems.minimisation import Landscape, Values
from tests.classical.minimisation.boxes import Watched

ALL = [
    Adam(),
    AdamSpsa(alpha=0.602),
    BayesianOptimization(evaluations=30, batch=6),
    Cobyla(),
    Lbfgs(),
    NelderMead(),
    QuadraticModel(),
    Spsa(),
]
LEAST = {
    Adam: 7,
    AdamSpsa: 3,
    Lbfgs: 7,
    Spsa: 2,
}  # evaluations that a solver needs for its first step at P = 3
NAME = {"ids": lambda solver: type(solver).__name__}
OPTIMIZERS = pytest.mark.parametrize("optimizer", ALL, **NAME)
# Lbfgs refuses noise
CASES = pytest.mark.parametrize(
    ("optimizer", "sigma"),
    [(solver, sigma) for solver in ALL for sigma in (0.0, 0.3) if not (sigma and isinstance(solver, Lbfgs))],
    ids=lambda value: str(value) if isinstance(value, float) else type(value).__name__,
)


MOST = {BayesianOptimization: 36, QuadraticModel: 120}  # those whose models take time


def budgeted(optimizer, evaluations):
    """Give an optimizer so many evaluations, or the most that suit a quick test."""
    return replace(optimizer, evaluations=min(evaluations, MOST.get(type(optimizer), evaluations)))


@CASES
@pytest.mark.parametrize("evaluations", [1, 2, 7, 8, 40])
def test_no_more_rows_are_evaluated_than_allowed(optimizer, sigma, evaluations):
    problem = Watched(sigma=sigma)
    if evaluations < LEAST.get(type(optimizer), 1):
        with pytest.raises(
            (ProblemError, UnsuitableProblem), match="evaluations"
        ):  # not enough for one slope
            budgeted(optimizer, evaluations).solve(problem, progress=False)
        return
    result = budgeted(optimizer, evaluations).solve(problem, progress=False)
    assert problem.count <= evaluations
    assert result.resources["evaluations"] == problem.count


@CASES
def test_the_step_of_a_row_is_the_number_of_evaluations_so_far(optimizer, sigma):
    problem = Watched(sigma=sigma)
    result = budgeted(optimizer, 40).solve(problem, progress=False)
    assert [row["step"] for row in result.history] == np.cumsum([len(rows) for rows in problem.rows]).tolist()


@CASES
@pytest.mark.parametrize("evaluations", [8, 300])
def test_the_estimate_is_the_most_that_is_spent(optimizer, sigma, evaluations):
    optimizer = budgeted(optimizer, evaluations)
    for problem in (Watched(sigma=sigma), Landscape("rosenbrock", noise=sigma), Landscape(noise=sigma)):
        if optimizer.unsuitable(problem) is not None:
            continue
        spent = optimizer.solve(problem, progress=False).resources["evaluations"]
        assert spent <= optimizer.estimate(problem)["evaluations"] <= optimizer.evaluations


@OPTIMIZERS
def test_a_rehearsal_uses_the_whole_budget(optimizer):
    optimizer = budgeted(optimizer, 350)
    estimate = optimizer.estimate(Landscape("sphere"))["evaluations"]
    assert optimizer.evaluations - 1 <= estimate <= optimizer.evaluations  # pairs may leave one over


@CASES
def test_every_point_stays_inside_the_bounds_and_the_nearest_corner_is_found(optimizer, sigma):
    problem = Watched(limits=(-1.0, 1.0), sigma=sigma)
    result = budgeted(optimizer, 400).solve(problem, progress=False)
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
    optimizer, begun = budgeted(optimizer, 400), []
    for seed in (0, 1):
        problem = Watched(limits=limits, begins=False)
        assert optimizer.solve(problem, seed=seed, progress=False).objective < 0.3
        population = np.concatenate(problem.rows)
        assert np.all(np.isfinite(population) & (population >= limits[0]) & (population <= limits[1]))
        begun.append(problem.rows[0][0])
    assert not np.array_equal(*begun)


@OPTIMIZERS
@pytest.mark.parametrize("evaluations", [7, 8, 40])
def test_the_answer_to_an_exact_problem_is_never_worse_than_its_start(optimizer, evaluations):
    problem = Watched(target=0.9)  # it starts at the optimum
    assert budgeted(optimizer, evaluations).solve(problem, progress=False).objective == 0.0


@pytest.mark.parametrize("optimizer", [Cobyla(), NelderMead()], **NAME)
def test_a_start_without_a_value_does_not_hide_what_comes_after(optimizer):
    # 0.9 is worth 3.63, and each of the first steps of 0.2 in one coordinate is better
    result = optimizer.solve(Watched(sigma=0.01, hole=True), progress=False)
    assert result.objective < 3.0


class Patchy(Landscape):
    """A landscape without gradients that loses every fifth value."""

    differentiable = False

    def evaluate(self, x, seed, gradient=False):
        lost = np.random.default_rng(seed).random(len(x)) < 0.2
        return Values(np.where(lost, np.nan, super().evaluate(x, seed).mean))


@pytest.mark.parametrize(
    "optimizer", [AdamSpsa(), BayesianOptimization(), QuadraticModel(), Spsa(first_step=0.3)], **NAME
)
@pytest.mark.parametrize("noise", [0.0, 0.05])
def test_lost_values_are_borne(optimizer, noise):
    problem = Patchy("cosines", 2, noise)
    result = optimizer.solve(problem, progress=False)
    assert result.objective < 0.3 * problem.exact(problem.start[None])[0]


@pytest.mark.parametrize("noise", [0.0, 0.05])
def test_a_lost_slope_ends_adam_with_a_sentence(noise):
    result = Adam(evaluations=500).solve(Patchy("cosines", 5, noise), progress=False)
    assert result.ended == "failed"
    assert "no value" in result.message
    assert np.all(np.isfinite(result.solution))


@CASES
def test_one_seed_gives_one_result(optimizer, sigma):
    problem = Landscape("cosines", noise=sigma)
    first, second = (optimizer.solve(problem, seed=5, progress=False) for _ in range(2))
    assert first.digest == second.digest


@OPTIMIZERS
def test_an_exact_problem_keeps_its_lowest_value(optimizer):
    result = optimizer.solve(Landscape("cosines"), progress=False)
    assert result.objective == min(row["objective"] for row in result.history)


@pytest.mark.parametrize("optimizer", [Cobyla(), NelderMead(), QuadraticModel(), Spsa()], **NAME)
def test_a_noisy_problem_ends_with_a_fresh_average_at_its_solution(optimizer):
    problem = Watched(sigma=0.5)
    result = budgeted(optimizer, 200).solve(problem, progress=False)
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


@dataclass(frozen=True, eq=False)
class Ending(Landscape):
    """Cosines whose evaluations cannot be paid after a while."""

    affordable: int = 10
    differentiable = False
    calls: list[int] = field(default_factory=list, metadata={"content": False})

    def evaluate(self, x, seed, gradient=False):
        self.calls.append(len(x))
        if len(self.calls) > self.affordable:
            raise BudgetExceeded("no more shots")
        return super().evaluate(x, seed, gradient)


def populations(optimizer):
    """How many populations bring an optimizer well down on three noisy cosines."""
    return 15 if isinstance(optimizer, BayesianOptimization) else 60


NOISY = pytest.mark.parametrize(
    "optimizer",
    [
        Adam(evaluations=4000, rate=0.3),
        AdamSpsa(evaluations=4000),
        BayesianOptimization(evaluations=1000, batch=1, initial=12),
        Cobyla(evaluations=4000, tolerance=1e-12),
        NelderMead(evaluations=4000),
        QuadraticModel(evaluations=4000, population=4),
        Rotosolve(evaluations=4000),
        Spsa(evaluations=4000, first_step=0.5),
    ],
    **NAME,
)


@NOISY
def test_an_interrupted_noisy_optimizer_stands_for_where_it_is(optimizer):
    rows = []

    def interrupt(row):
        rows.append(row)
        if len(rows) == populations(optimizer):
            raise KeyboardInterrupt

    problem = Ending("cosines", 3, 0.02, affordable=10**6)
    result = optimizer.solve(problem, progress=interrupt)
    assert result.ended == "interrupted"
    assert len(problem.calls) == populations(optimizer)
    assert result.objective < 0.2 * problem.exact(problem.start[None])[0]


@NOISY
def test_a_spent_budget_leaves_a_noisy_optimizer_where_it_is(optimizer):
    problem = Ending("cosines", 3, 0.02, affordable=populations(optimizer))
    result = optimizer.solve(problem, progress=False)
    assert result.ended == "budget"
    assert result.objective < 0.2 * problem.exact(problem.start[None])[0]


@NOISY
def test_without_any_evaluation_the_failure_rises(optimizer):
    with pytest.raises(BudgetExceeded):
        optimizer.solve(Ending("cosines", 3, 0.02, affordable=0), progress=False)


@CASES
def test_without_time_it_closes_near_the_start(optimizer, sigma):
    problem = Watched(sigma=sigma)
    result = optimizer.solve(problem, time_limit=0.0, progress=False)
    assert result.ended == "time_limit"
    assert result.solution == pytest.approx(problem.start, abs=0.1 + 1e-12)  # SPSA's first pair is 0.1 away
