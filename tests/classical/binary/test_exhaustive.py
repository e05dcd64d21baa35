"""Exhaustive search against brute force over a table of all assignments."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from classical.binary.exhaustive import Exhaustive
from problems import Infeasible, UnsuitableProblem
from problems.binary.program import BinaryProgram
from problems.binary.qubo import Ising, Qubo

PROGRAMS = st.builds(
    BinaryProgram.random,
    n=st.integers(1, 11),
    rows=st.integers(0, 5),
    density=st.sampled_from([0.3, 1.0]),
    seed=st.integers(0, 10_000),
)


def first_best(problem: BinaryProgram | Qubo) -> np.ndarray:
    """The best of all assignments in lexicographic order, the first of equals."""
    n = problem.n
    bits = ((np.arange(2**n)[:, None] >> np.arange(n - 1, -1, -1)) & 1).astype(np.uint8)
    ranks = problem.ranks(bits)
    return bits[np.lexsort((np.arange(2**n), ranks[:, 1], ranks[:, 0]))[0]]


@settings(deadline=None, max_examples=80)
@given(program=PROGRAMS)
def test_it_finds_the_lexicographically_first_optimum_and_proves_it(program):
    result = Exhaustive().solve(program)
    np.testing.assert_array_equal(result.solution, first_best(program))
    assert result.status == "optimal"
    assert result.bound == result.objective


@pytest.mark.parametrize("n", [1, 2, 12, 13, 15])
def test_sizes_around_a_block_are_searched_completely(n):
    qubo = Qubo.random(n, seed=n)
    np.testing.assert_array_equal(Exhaustive().solve(qubo).solution, first_best(qubo))


def test_equal_optima_yield_the_smallest_bit_vector():
    program = BinaryProgram.from_arrays(np.ones(14), [np.ones(14)], [3], ">=")
    np.testing.assert_array_equal(Exhaustive().solve(program).solution, [0] * 11 + [1] * 3)


def test_fractions_are_searched_and_bounded_honestly():
    rng = np.random.default_rng(5)
    for sense in ("min", "max"):
        matrix = rng.random((3, 13))
        program = BinaryProgram.from_arrays(
            rng.normal(size=13), matrix, matrix.sum(axis=1) / 2, "<=", rng.normal(size=(13, 13)), sense=sense
        )
        result = Exhaustive().solve(program)
        np.testing.assert_array_equal(result.solution, first_best(program))
        assert result.status == "optimal"
        beyond = (result.objective - result.bound) * (1 if sense == "max" else -1)
        assert beyond <= 0


def test_spins_are_taken_through_their_qubo():
    ising = Ising.random(8, seed=4)
    spins = 1 - 2 * ((np.arange(2**8)[:, None] >> np.arange(8)) & 1)
    assert Exhaustive().solve(ising).objective == ising.energies(spins).min()


def test_rows_that_exclude_everything_are_proved_infeasible():
    with pytest.raises(Infeasible, match=r"2\^3"):
        Exhaustive().solve(BinaryProgram.from_arrays([1, 1, 1], [[2, 2, 2]], [3], "=="))


def test_more_than_thirty_variables_are_refused_with_the_number_of_assignments():
    with pytest.raises(UnsuitableProblem, match=r"2\^40 ≈ 1.1e\+12"):
        Exhaustive().solve(Qubo.random(40))
    assert Exhaustive().unsuitable(Qubo.random(30)) is None
