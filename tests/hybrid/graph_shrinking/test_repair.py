"""Repair of samples of permutations: nearest to the sample, the marginals deciding what it leaves open."""

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hybrid.graph_shrinking.repair import assigned, repaired_samples
from hybrid.graph_shrinking.samples import worth_of
from problems.binary import IndependentSet, QuadraticAssignment


def all_permutations(size):
    return np.array([np.eye(size, dtype=int)[list(order)].reshape(-1) for order in permutations(range(size))])


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10**6), st.integers(2, 4))
def test_each_permutation_is_nearest_and_then_likeliest(seed, size):
    rng = np.random.default_rng(seed)
    bits = (rng.random((5, size**2)) < 0.4).astype(np.uint8)
    counts = rng.integers(1, 9, 5)
    marginals = counts @ bits / counts.sum()
    every = all_permutations(size)
    found = assigned(bits, counts, size)
    for sample, repaired in zip(bits, found[:-1], strict=True):
        shared, weight = every @ sample, every @ marginals
        assert repaired @ sample == shared.max()
        assert repaired @ marginals == pytest.approx(weight[shared == shared.max()].max())
    assert found[-1] @ marginals == pytest.approx((every @ marginals).max())
    assert all(tuple(row) in set(map(tuple, every.tolist())) for row in found.tolist())


def test_what_a_sample_leaves_open_the_others_decide():
    problem = QuadraticAssignment.random(3, seed=1)
    empty, other = np.zeros(9, dtype=np.uint8), problem.bits([2, 0, 1])
    repaired = repaired_samples(problem, np.stack([empty, other]), np.array([1, 1]))
    assert problem.permutation(repaired[0]).tolist() == [2, 0, 1]
    # one bit is kept; the two facilities without a place take those that the other sample gives them
    partly = problem.bits([2, 0, 1])
    partly[[3, 7]] = 0
    repaired = repaired_samples(problem, np.stack([partly, other]), np.array([1, 1]))
    assert problem.permutation(repaired[0]).tolist() == [2, 0, 1]


def test_marginals_alone_may_give_the_best_answer():
    """Three samples of which each misses another facility make the permutation that none of them is."""
    problem = QuadraticAssignment.random(3, seed=1)
    whole = problem.bits([1, 2, 0])
    bits = np.stack([whole * (np.arange(9) // 3 != k) for k in range(3)]).astype(np.uint8)
    worth = worth_of(problem, bits, np.ones(3), repair=True)
    assert worth.feasible_share == 0
    assert np.array_equal(worth.repaired, whole)
    assert worth.repair_edits == 1


def test_other_problems_keep_their_own_repair():
    problem = IndependentSet.random(8, 0.4, seed=1)
    bits = np.random.default_rng(1).integers(0, 2, (6, 8), dtype=np.uint8)
    assert np.array_equal(repaired_samples(problem, bits, np.ones(6)), problem.repair(bits))
