"""Tabu and local search of programs: within the rows, back into them, as good as exhaustion on small ones."""

from contextlib import suppress

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from classical.binary import Exhaustive, LocalSearch, Tabu, Uniform
from classical.binary.local_program_moves import (
    enter,
    flip,
    flip_breach,
    flip_gain,
    new_place,
    table_of,
    violation,
)
from problems.binary import BinaryProgram, Clique, IndependentSet, MultidimensionalKnapsack, VertexCover
from problems.contract import Infeasible

SOLVERS = [Tabu(restarts=20, iterations=200), LocalSearch(restarts=6, iterations=60)]
PROBLEMS = [
    MultidimensionalKnapsack.random(12, 3, seed=1),
    IndependentSet.random(12, 0.4, seed=2),
    Clique.random(12, 0.6, seed=3),
    VertexCover.random(12, 0.4, seed=4),
    BinaryProgram.random(10, 3, seed=5),
    BinaryProgram.random(10, 4, seed=6),
    BinaryProgram.from_arrays(np.arange(6.0), np.ones((1, 6)), [2], "==", sense="max"),
]


@settings(max_examples=50)
@given(seed=st.integers(0, 5000))
def test_flips_keep_everything_up_to_date(seed):
    program = BinaryProgram.random(7, 3, seed=seed)
    place, fresh, table = new_place(program), new_place(program), table_of(program)
    rng = np.random.default_rng(seed)
    place.bits[:] = rng.integers(0, 2, 7)
    enter(place, table)
    prices = np.ones(3)
    for _ in range(8):
        j = int(rng.integers(7))
        after = place.bits.copy()
        after[j] ^= 1
        here, there = program.ranks(np.stack([place.bits, after]))
        assert flip_gain(j, place) == pytest.approx(there[1] - here[1])
        assert flip_breach(j, place, prices, table.rows) == pytest.approx(there[0] - here[0])
        flip(j, place, table)
        fresh.bits[:] = place.bits
        enter(fresh, table)
        for ours, theirs in zip(place, fresh, strict=True):
            if ours is not place.broken and ours is not place.spot:
                np.testing.assert_allclose(ours, theirs)
        assert violation(place, table.rows) == pytest.approx(there[0])


@pytest.mark.parametrize("solver", SOLVERS, ids=lambda s: type(s).__name__)
@pytest.mark.parametrize("problem", PROBLEMS, ids=lambda p: type(p).__name__)
def test_small_programs_are_solved(solver, problem):
    best = Exhaustive().solve(problem, progress=False)
    result = solver.solve(problem, seed=1, progress=False)
    assert result.feasible
    assert result.objective == best.objective


@pytest.mark.parametrize("solver", SOLVERS, ids=lambda s: type(s).__name__)
def test_a_program_without_solution_is_answered_infeasible_or_refused(solver):
    program = BinaryProgram.from_arrays([1.0, 1.0, 1.0], [[2, 2, 2]], [3], "==")
    with suppress(Infeasible):
        assert not solver.solve(program, seed=1, progress=False).feasible


@pytest.mark.parametrize("solver", [Tabu, LocalSearch])
def test_a_start_is_where_the_search_begins(solver):
    problem = MultidimensionalKnapsack.random(30, 5, seed=7)
    best = Tabu(restarts=100, iterations=500).solve(problem, seed=1, progress=False)
    again = solver(restarts=1, iterations=1, start=tuple(best.solution.tolist()))
    assert again.solve(problem, seed=2, progress=False).objective >= best.objective


def test_they_beat_the_null_where_it_counts():
    problem = MultidimensionalKnapsack.random(100, 5, seed=8)
    null = Uniform(samples=1024).solve(problem, seed=1, progress=False).objective
    for solver in SOLVERS:
        result = solver.solve(problem, seed=1, progress=False)
        assert result.objective > null
        assert result.objective <= result.bound if result.bound is not None else True
