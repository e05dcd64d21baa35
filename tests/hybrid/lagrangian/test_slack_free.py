"""The outer loop: bounds on the right side, incumbents kept apart, refusals, stops, resumption."""

import numpy as np
import pytest

from classical.binary import Exhaustive
from hybrid import Qaoa
from hybrid.lagrangian import (
    ActiveAugmented,
    AugmentedLagrangian,
    Centred,
    DualAveraging,
    Kelley,
    Linear,
    PricedProducts,
    ProximalBundle,
    SlackFree,
    StochasticSubgradient,
    Subgradient,
    ViolationSteps,
    Volume,
)
from problems.binary.assignment import QuadraticAssignment
from problems.binary.independent_set import IndependentSet
from problems.binary.knapsack import MultidimensionalKnapsack
from problems.binary.program import BinaryProgram
from problems.binary.tour import TravellingSalesman
from problems.contract import UnsuitableProblem
from problems.errors import Infeasible, ProblemError
from problems.storage import load, save


def right_side(problem, value, optimum):
    return value >= optimum - 1e-9 if problem.sense == "max" else value <= optimum + 1e-9


COMBINATIONS = [
    SlackFree(),
    SlackFree(surrogate=ActiveAugmented()),
    SlackFree(dual=AugmentedLagrangian(growth=1.5), multipliers="zero"),
    SlackFree(dual=Subgradient(), surrogate=Linear()),
    SlackFree(dual=DualAveraging(), surrogate=Linear()),
    SlackFree(dual=StochasticSubgradient(), surrogate=Linear()),
    SlackFree(dual=Volume(), surrogate=Linear()),
    SlackFree(dual=Kelley(), surrogate=Linear()),
    SlackFree(dual=ProximalBundle(), surrogate=Linear()),
    SlackFree(dual=ProximalBundle(), two_phase=True),
    SlackFree(fix=True),
]


@pytest.mark.parametrize("solver", COMBINATIONS, ids=lambda s: f"{type(s.dual).__name__}-{s.two_phase}")
def test_every_method_bounds_from_its_own_side(solver):
    problem = MultidimensionalKnapsack.random(14, 3, seed=5)
    optimum = Exhaustive().solve(problem, progress=False).objective
    result = solver.solve(problem, seed=3, progress=False)
    assert result.feasible
    assert right_side(problem, result.bound, optimum)
    assert all(right_side(problem, row["bound"], optimum) for row in result.history)
    assert {row["bound_tier"] for row in result.history} == {"exact"}
    assert result.objective >= 0.97 * optimum
    last = result.history[-1]
    assert last["repaired"] == pytest.approx(result.objective) or last["raw"] == result.objective
    assert result.resources["qubits"] == 14
    assert result.resources["qubits_with_slack"] > 14 + 3 * 8


@pytest.mark.parametrize("seed", range(6))
def test_any_program_goes_through(seed):
    program = BinaryProgram.random(10, 5, seed=seed)
    optimum = Exhaustive().solve(program, progress=False).objective
    result = SlackFree().solve(program, seed=1, progress=False)
    assert all(right_side(program, row["bound"], optimum) for row in result.history)
    assert right_side(program, result.bound, optimum)
    if result.feasible:
        assert right_side(program, optimum, result.objective)  # no answer passes the optimum


def test_products_beyond_exhaustion_are_bounded_by_roof_duality():
    program = BinaryProgram.random(28, 3, density=0.1, seed=4)
    result = SlackFree(iterations=3).solve(program, seed=1, progress=False)
    assert {row["bound_tier"] for row in result.history} == {"relaxed"}
    assert result.feasible
    assert right_side(program, result.bound, result.objective)


def test_domains_repair_in_their_own_way():
    tour = TravellingSalesman.random(5, seed=2)
    assignment = QuadraticAssignment.random(4, seed=2)
    for problem in (tour, assignment):
        best = Exhaustive().solve(problem, progress=False).objective
        result = SlackFree(iterations=8).solve(problem, seed=1, progress=False)
        assert result.feasible
        assert result.objective == best


def test_a_sampler_at_work_is_not_called_idle():
    problem = MultidimensionalKnapsack.random(20, 3, seed=1)
    assert "did nothing" not in SlackFree().solve(problem, seed=1, progress=False).message


def test_without_repair_only_samples_count():
    problem = MultidimensionalKnapsack.random(20, 3, seed=1)
    result = SlackFree(repair="none").solve(problem, seed=1, progress=False)
    assert result.objective == result.history[-1]["raw"]
    assert np.isnan(result.history[-1]["repaired"])
    assert any(np.array_equal(result.solution, sample) for sample in result.candidates)


def test_the_end_of_one_run_is_the_start_of_the_next(tmp_path):
    problem = MultidimensionalKnapsack.random(20, 3, seed=1)
    first = SlackFree(iterations=3).solve(problem, seed=1, progress=False)
    save(first, tmp_path / "first.npz")
    again = SlackFree(iterations=2, start=load(tmp_path / "first.npz")).solve(problem, seed=2, progress=False)
    assert again.history[0]["multipliers"] == pytest.approx(first.history[-1]["multipliers"])
    assert again.history[0]["penalties"] == pytest.approx(first.history[-1]["penalties"])
    assert again.objective >= first.objective


def test_reduced_costs_fix_only_what_no_better_solution_has():
    problem = MultidimensionalKnapsack.random(20, 2, seed=3)
    optimum = Exhaustive().solve(problem, progress=False).objective
    result = SlackFree(fix=True, patience=15).solve(problem, seed=1, progress=False)
    assert result.history[-1]["free"] < 20
    assert result.objective == optimum
    assert result.bound >= optimum


def test_priced_products_find_the_largest_set_at_small_prices():
    problem = IndependentSet.random(14, 0.3, seed=1)
    best = Exhaustive().solve(problem, progress=False).objective
    solver = SlackFree(surrogate=PricedProducts(), dual=ViolationSteps(), iterations=25)
    result = solver.solve(problem, seed=1, progress=False)
    assert result.objective == best
    assert max(result.history[-1]["multipliers"]) <= 1.5
    assert result.resources["qubits"] == result.resources["qubits_with_slack"] == 14


def test_qaoa_inside_goes_on_from_its_angles():
    problem = MultidimensionalKnapsack.random(7, 2, seed=3)
    optimum = Exhaustive().solve(problem, progress=False).objective
    result = SlackFree(Qaoa(layers=2), iterations=3).solve(problem, seed=1, progress=False)
    assert result.objective == optimum
    assert result.resources["shots"] == 3 * 64


def test_the_same_call_gives_the_same_result():
    problem = MultidimensionalKnapsack.random(12, 2, seed=3)
    first, second = (SlackFree(iterations=3).solve(problem, seed=4, progress=False) for _ in range(2))
    assert first.digest == second.digest


def test_a_time_limit_ends_with_an_answer():
    problem = MultidimensionalKnapsack.random(60, 5, seed=3)
    result = SlackFree(iterations=100_000, patience=100_000).solve(problem, time_limit=0.5, progress=False)
    assert result.status == "time_limit"
    assert result.feasible


@pytest.mark.parametrize(
    ("build", "field"),
    [
        (lambda: SlackFree(dual=Kelley()), "dual"),
        (lambda: SlackFree(dual=ProximalBundle(), surrogate=Centred()), "dual"),
        (lambda: SlackFree(surrogate=PricedProducts()), "dual"),
        (lambda: SlackFree(two_phase=True), "dual"),
        (lambda: SlackFree(iterations=0), "iterations"),
        (lambda: SlackFree(shots=0), "shots"),
        (lambda: SlackFree(multipliers="guess"), "multipliers"),
        (lambda: SlackFree(start="before"), "start"),
        (lambda: SlackFree(surrogate="centred"), "surrogate"),
        (lambda: Centred(curvature=0), "curvature"),
    ],
)
def test_settings_without_meaning(build, field):
    with pytest.raises(ProblemError, match=field):
        build()


def test_multipliers_of_another_sign_or_number():
    problem = MultidimensionalKnapsack.random(10, 2, seed=1)
    with pytest.raises(UnsuitableProblem, match="negative"):
        SlackFree(multipliers=(1.0, -1.0)).solve(problem, progress=False)
    with pytest.raises(UnsuitableProblem, match="2 rows"):
        SlackFree(multipliers=(1.0,)).solve(problem, progress=False)


def test_a_row_that_no_bits_keep_is_named():
    program = BinaryProgram.from_arrays([1, 1], [[1, 1]], [-1], "<=", row_names=["budget"])
    with pytest.raises(Infeasible, match="budget"):
        SlackFree().solve(program, progress=False)
