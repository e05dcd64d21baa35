"""Presolve, split and solve against exhaustion; what it says, and how it ends."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from classical.binary.exhaustive import Exhaustive
from classical.binary.mixed_integer import MixedInteger
from classical.binary.penalty import Penalty
from classical.binary.presolved import Presolve
from classical.binary.tabu import Tabu
from problems import Infeasible, ProblemError, Solver, UnsuitableProblem
from problems.binary.independent_set import IndependentSet
from problems.binary.program import BinaryProgram
from problems.binary.qubo import Qubo
from problems.conformance import SOLVER_CHECKS
from tests.problems.binary.presolve.shapes import INTEGER_PROGRAMS, optimum


@settings(deadline=None, max_examples=60)
@given(program=INTEGER_PROGRAMS, components=st.booleans())
def test_it_proves_the_optimum_of_exhaustion(program, components):
    wanted = optimum(program)
    solver = Presolve(inner=Exhaustive(), components=components)
    if wanted is None:
        with pytest.raises(Infeasible):
            solver.solve(program, progress=False)
        return
    result = solver.solve(program, progress=False)
    assert result.feasible
    assert result.status == "optimal"
    assert result.bound == result.objective == program.signed(wanted)


def separate(count, seed):
    """Rings of an odd number of bits, each pair of neighbours excluded: no step solves them."""
    edges = [(5 * k + i, 5 * k + (i + 1) % 5) for k in range(count) for i in range(5)]
    weights = np.random.default_rng(seed).integers(20, 25, 5 * count)
    return IndependentSet(5 * count, np.array(edges), weights)


@pytest.mark.parametrize("executor", [False, True])
def test_components_are_solved_on_their_own_and_their_bounds_add_up(executor):
    problem = separate(4, seed=3)
    with ThreadPoolExecutor(2) if executor else nullcontext() as pool:
        result = Presolve(inner=MixedInteger()).solve(problem, executor=pool, progress=False)
    whole = MixedInteger().solve(problem, progress=False)
    assert result.objective == whole.objective
    assert result.bound == whole.bound
    assert result.status == "optimal"


def test_the_inner_solver_sees_the_components_and_the_seed_decides():
    problem = BinaryProgram.from_arrays(*hard_pair())
    split = Presolve(inner=Counting()).solve(problem, seed=4, progress=False)
    joint = Presolve(inner=Counting(), components=False).solve(problem, seed=4, progress=False)
    assert split.resources["asked"] == 2
    assert joint.resources["asked"] == 1
    assert split.bound is None
    assert split.digest == Presolve(inner=Counting()).solve(problem, seed=4, progress=False).digest


def hard_pair():
    """Two knapsacks that presolve cannot settle, side by side."""
    weights = np.array([[9, 11, 13, 7, 8, 10], [12, 5, 6, 9, 13, 7]])
    matrix = np.zeros((4, 12))
    matrix[:2, :6] = weights
    matrix[2:, 6:] = weights
    return -np.array([9, 8, 10, 8, 11, 9] * 2), matrix, [29, 26] * 2


@dataclass(frozen=True)
class Counting(Solver[BinaryProgram, np.ndarray]):
    """Repairs random bits and counts how often it was asked; proves nothing."""

    def _solve(self, problem, run):
        run.spent(asked=1)
        run.offer(problem.repair(run.rng.integers(0, 2, problem.n).astype(np.uint8)))
        return run.best


def test_it_says_what_was_removed():
    program = BinaryProgram.from_arrays([5, 4, 3], [[9, 2, 3]], [6], sense="max")
    result = Presolve(inner=Counting()).solve(program, progress=False)
    assert result.message == "presolve fixed 3 of 3 variables and took 1 of 1 row; nothing was left to solve"
    assert result.bound == result.objective == 7
    assert "asked" not in result.resources
    by_name = {row["presolve"]: row for row in result.history}
    assert by_name["BoundPropagation"]["fixed"] == 1
    assert sum(row["fixed"] for row in result.history) == 3
    result = Presolve().solve(BinaryProgram.from_arrays(*hard_pair()), progress=False)
    assert "MixedInteger took 2 components, the largest of " in result.message
    assert "and ended optimal" in result.message


def test_a_qubo_comes_back_as_it_went_in():
    qubo = Qubo.random(11, 0.4, seed=5)
    result = Presolve(inner=Exhaustive()).solve(qubo, progress=False)
    assert result.objective == result.bound == Exhaustive().solve(qubo, progress=False).objective


def test_heuristics_fit_inside():
    result = Presolve(inner=Penalty(inner=Tabu(restarts=20, iterations=200))).solve(
        BinaryProgram.from_arrays(*hard_pair()), progress=False
    )
    assert result.feasible
    assert result.objective == MixedInteger().solve(result.problem, progress=False).objective
    assert result.bound is not None
    assert result.bound <= result.objective


def test_without_time_there_is_still_an_answer():
    result = Presolve(inner=MixedInteger()).solve(separate(6, seed=1), time_limit=0.0, progress=False)
    assert result.ended == "time_limit"
    assert result.feasible
    assert result.objective > 0


def test_what_the_inner_solver_refuses_is_refused():
    ring = IndependentSet(35, np.array([(i, (i + 1) % 35) for i in range(35)]), np.full(35, 2.0))
    with pytest.raises(
        UnsuitableProblem, match=r"Exhaustive cannot solve BinaryProgram: it would try all 2\^35"
    ):
        Presolve(inner=Exhaustive()).solve(ring, progress=False)


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"inner": "highs"}, "inner is highs; expected a solver of binary programs"),
        ({"inner": MixedInteger}, "inner is .*expected a solver"),
        ({"components": 1}, "components is 1; expected True or False"),
    ],
)
def test_fields_are_checked(fields, words):
    with pytest.raises(ProblemError, match=words):
        Presolve(**fields)


@pytest.mark.parametrize("check", SOLVER_CHECKS, ids=lambda check: check.__name__)
def test_it_keeps_the_contract(check):
    check(Presolve(), BinaryProgram.from_arrays(*hard_pair()))
