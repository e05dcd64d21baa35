"""Repair never makes bits worse, and on knapsacks and graphs it ends feasible and maximal."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from problems.binary.program import BinaryProgram
from problems.binary.repair import repair_bits
from problems.errors import ProblemError

PROGRAMS = st.builds(
    BinaryProgram.random,
    n=st.integers(1, 12),
    rows=st.integers(0, 5),
    density=st.sampled_from([0.2, 0.6, 1.0]),
    seed=st.integers(0, 10_000),
)
SEEDS = st.integers(0, 10_000)


def knapsack(n: int, m: int, seed: int) -> BinaryProgram:
    rng = np.random.default_rng(seed)
    weights = rng.integers(0, 50, (m, n))
    return BinaryProgram.from_arrays(
        rng.integers(1, 60, n), weights, weights.sum(axis=1) // 3, "<=", sense="max"
    )


def independent_set(n: int, share: float, seed: int) -> BinaryProgram:
    rng = np.random.default_rng(seed)
    first, second = np.triu_indices(n, 1)
    edges = np.flatnonzero(rng.random(len(first)) < share)
    matrix = np.zeros((len(edges), n))
    matrix[np.arange(len(edges)), first[edges]] = matrix[np.arange(len(edges)), second[edges]] = 1
    return BinaryProgram.from_arrays(np.ones(n), matrix, np.ones(len(edges)), "<=", sense="max")


def samples(n: int, seed: int, count: int = 40) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 2, (count, n)).astype(np.uint8)


def single_flips(bits: np.ndarray) -> np.ndarray:
    return bits ^ np.eye(len(bits), dtype=np.uint8)


@settings(deadline=None, max_examples=60)
@given(program=PROGRAMS, seed=SEEDS)
def test_no_sample_ranks_behind_what_it_was(program, seed):
    bits = samples(program.n, seed)
    before, after = program.ranks(bits), program.ranks(repair_bits(program, bits))
    assert np.all(after[:, 0] <= before[:, 0])
    feasible = before[:, 0] == 0
    assert np.all(after[feasible, 0] == 0)
    assert np.all(after[feasible, 1] <= before[feasible, 1])


@settings(deadline=None, max_examples=40)
@given(program=PROGRAMS, seed=SEEDS)
def test_what_comes_back_feasible_is_better_than_all_its_feasible_neighbours(program, seed):
    for bits in repair_bits(program, samples(program.n, seed, 5)):
        here, around = program.ranks(bits[None])[0], program.ranks(single_flips(bits))
        if here[0] == 0:
            assert np.all((around[:, 0] > 0) | (around[:, 1] >= here[1]))


@settings(deadline=None, max_examples=20)
@given(seed=SEEDS, m=st.integers(1, 6))
def test_knapsacks_end_feasible_and_maximal(seed, m):
    program = knapsack(12, m, seed)
    for bits in repair_bits(program, samples(12, seed)):
        assert program.judge(bits).feasible
        added = single_flips(bits)[bits == 0]
        assert np.all(program.ranks(added)[:, 0] > 0)


@settings(deadline=None, max_examples=20)
@given(seed=SEEDS, share=st.sampled_from([0.1, 0.4, 0.9]))
def test_graphs_end_independent_and_maximal(seed, share):
    program = independent_set(14, share, seed)
    for bits in repair_bits(program, samples(14, seed)):
        assert program.judge(bits).feasible
        added = single_flips(bits)[bits == 0]
        assert np.all(program.ranks(added)[:, 0] > 0)


@settings(deadline=None, max_examples=20)
@given(seed=SEEDS)
def test_fractions_do_not_let_violations_or_losses_in(seed):
    rng = np.random.default_rng(seed)
    matrix = rng.random((4, 10)) / 3
    program = BinaryProgram.from_arrays(
        rng.normal(size=10),
        matrix,
        matrix.sum(axis=1) / 2,
        ["<=", ">=", "<=", ">="],
        rng.normal(size=(10, 10)),
    )
    bits = samples(10, seed)
    before, after = program.ranks(bits), program.ranks(repair_bits(program, bits))
    assert np.all(
        (after[:, 0] < before[:, 0]) | ((after[:, 0] == before[:, 0]) & (after[:, 1] <= before[:, 1]))
    )


def test_the_most_conflicting_vertex_is_dropped_and_free_ones_are_added():
    star = BinaryProgram.from_arrays(
        np.ones(5), [[1, 1, 0, 0, 0], [1, 0, 1, 0, 0], [1, 0, 0, 1, 0]], [1, 1, 1], "<=", sense="max"
    )
    np.testing.assert_array_equal(repair_bits(star, np.array([1, 1, 1, 1, 0], np.uint8)), [0, 1, 1, 1, 1])


def test_the_item_worth_least_per_overweight_is_dropped():
    program = BinaryProgram.from_arrays([10, 3, 10], [[5, 5, 5]], [10], "<=", sense="max")
    np.testing.assert_array_equal(repair_bits(program, np.ones(3, np.uint8)), [1, 0, 1])


def test_an_equality_is_met_where_single_flips_can():
    program = BinaryProgram.from_arrays([5, 1, 3, 2], [[1, 1, 1, 1]], [2], "==")
    np.testing.assert_array_equal(repair_bits(program, np.ones(4, np.uint8)), [0, 1, 0, 1])
    np.testing.assert_array_equal(repair_bits(program, np.zeros(4, np.uint8)), [0, 1, 0, 1])


def test_without_rows_it_is_a_descent():
    program = BinaryProgram.from_arrays([-1.0, 2.0, -3.0])
    np.testing.assert_array_equal(repair_bits(program, np.array([0, 1, 0], np.uint8)), [1, 0, 1])


def test_any_leading_shape_is_kept_and_the_input_is_not_touched():
    program = knapsack(8, 2, 0)
    bits = samples(8, 1, 12).reshape(3, 4, 8)
    given_bits = bits.copy()
    repaired = repair_bits(program, bits)
    assert repaired.shape == bits.shape
    assert repaired.dtype == np.uint8
    np.testing.assert_array_equal(bits, given_bits)
    np.testing.assert_array_equal(repaired[1, 2], repair_bits(program, bits[1, 2]))


def test_other_lengths_are_refused():
    with pytest.raises(ProblemError, match="shape of bits"):
        repair_bits(knapsack(8, 2, 0), np.zeros(9, np.uint8))
