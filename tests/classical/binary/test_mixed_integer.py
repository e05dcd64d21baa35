"""Branch and cut against exhaustive search; proofs, refusals and silence."""

import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from classical.binary.branch_and_cut import objective_scale
from classical.binary.exhaustive import Exhaustive
from classical.binary.mixed_integer import MixedInteger
from problems import Infeasible, ProblemError
from problems.binary.program import BinaryProgram
from problems.binary.qubo import Qubo

PROGRAMS = st.builds(
    BinaryProgram.random,
    n=st.integers(1, 9),
    rows=st.integers(0, 5),
    density=st.sampled_from([0.3, 1.0]),
    seed=st.integers(0, 10_000),
)


@settings(deadline=None, max_examples=40)
@given(program=PROGRAMS, seed=st.integers(0, 3))
def test_it_proves_the_optimum_of_exhaustive_search(program, seed):
    result = MixedInteger().solve(program, seed=seed)
    assert result.status == "optimal"
    assert result.feasible
    assert result.bound == result.objective == Exhaustive().solve(program).objective


@pytest.mark.parametrize("sense", ["min", "max"])
@pytest.mark.parametrize("magnitude", [1e-6, 1.0, 1e6])
def test_fractions_of_any_size_are_solved_to_the_optimum(sense, magnitude):
    rng = np.random.default_rng(3)
    matrix = rng.random((3, 11))
    program = BinaryProgram.from_arrays(
        magnitude * rng.normal(size=11), matrix, matrix.sum(axis=1) / 2, "<=", sense=sense, offset=0.3
    )
    result, best = MixedInteger().solve(program), Exhaustive().solve(program)
    np.testing.assert_array_equal(result.solution, best.solution)
    assert result.bound == pytest.approx(best.objective, rel=1e-9)


def test_decimals_are_proved_like_integers():
    program = BinaryProgram.from_arrays([600.1, 310.5, 180.2, 0.7], [[8, 5, 5, 1]], [11], "<=", sense="max")
    result = MixedInteger().solve(program)
    assert result.status == "optimal"
    assert result.bound == pytest.approx(600.8, abs=1e-12)


def test_a_qubo_is_taken_through_its_products():
    qubo = Qubo.random(12, seed=2)
    assert MixedInteger().solve(qubo).objective == Exhaustive().solve(qubo).objective


def test_an_empty_feasible_set_is_proved():
    with pytest.raises(Infeasible, match="no feasible solution"):
        MixedInteger().solve(BinaryProgram.from_arrays([1, 1, 1], [[2, 2, 2]], [3], "=="))


def test_without_time_the_bound_and_the_answer_do_not_contradict_each_other():
    rng = np.random.default_rng(0)
    weights = rng.integers(1, 1000, (5, 60))
    profits = weights.mean(axis=0).astype(int) + rng.integers(0, 500, 60)
    program = BinaryProgram.from_arrays(profits, weights, weights.sum(axis=1) // 2, "<=", sense="max")
    result = MixedInteger().solve(program, time_limit=1.0)
    assert result.feasible
    assert result.bound is None or result.bound >= result.objective


@pytest.mark.parametrize(
    ("cost", "expected"),
    [
        ([3, -7], (1.0, True)),
        ([0.1, 2.25], (100.0, True)),
        ([0, 0], (1.0, True)),
        ([1 / 3, -3.0], (256.0, False)),
    ],
)
def test_costs_are_scaled_to_integers_or_to_a_common_size(cost, expected):
    assert objective_scale(np.array(cost, dtype=float)) == expected


def test_nothing_is_printed():
    code = """
from classical.binary.mixed_integer import MixedInteger
from problems.binary.program import BinaryProgram
MixedInteger().solve(BinaryProgram.random(8, seed=1), progress=False)
"""
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ended.stdout == ended.stderr == ""


@pytest.mark.parametrize("threads", [0, 1.5, True])
def test_threads_must_be_a_count(threads):
    with pytest.raises(ProblemError, match="threads"):
        MixedInteger(threads=threads)
