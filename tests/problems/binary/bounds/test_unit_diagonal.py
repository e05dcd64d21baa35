"""The two methods for the unit diagonal: each step does what it should, both end at the same place."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_array

from problems.binary.bounds.interior import interior_point
from problems.binary.bounds.mixing import mix, multipliers, random_vectors
from problems.binary.bounds.unit_diagonal import UnitDiagonal

SEEDS = st.integers(0, 10_000)
SELDOM = settings(deadline=None, max_examples=20)


def in_time() -> bool:
    return False


def couplings(n: int, seed: int):
    upper = np.triu(np.random.default_rng(seed).normal(size=(n, n)), 1)
    return upper + upper.T


@SELDOM
@given(n=st.integers(2, 15), seed=SEEDS)
def test_sweeps_only_descend_and_keep_unit_vectors(n, seed):
    dense = couplings(n, seed)
    matrix, vectors = csr_array(dense), random_vectors(n, None, seed)
    before = np.inf
    for _ in range(10):
        value = multipliers(matrix, vectors)[1]
        assert value <= before + 1e-12
        assert value == pytest.approx(0.5 * np.sum(dense * (vectors @ vectors.T)), abs=1e-12)
        before = value
        assert mix(matrix, vectors, 1, in_time)
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1.0, rtol=1e-12)


def test_one_sweep_sets_each_vector_against_its_pull():
    dense = couplings(5, 3)
    matrix, vectors = csr_array(dense), random_vectors(5, 3, 1)
    expected = vectors.copy()
    for i in range(5):
        pull = dense[i] @ expected
        expected[i] = -pull / np.linalg.norm(pull)
    assert mix(matrix, vectors, 1, in_time)
    np.testing.assert_allclose(vectors, expected, rtol=1e-12)


@SELDOM
@given(n=st.integers(2, 15), seed=SEEDS)
def test_both_methods_end_at_the_same_value(n, seed):
    dense = couplings(n, seed)
    matrix, vectors = csr_array(dense), random_vectors(n, None, seed)
    mix(matrix, vectors, 20_000, in_time)
    start = 2.0 * np.abs(dense).sum(axis=1)
    point = interior_point(dense, UnitDiagonal(n), np.eye(n), start, 1e-7, in_time)
    assert 0.0 <= point.gap <= 1e-7
    assert -0.5 * point.dual.sum() <= multipliers(matrix, vectors)[1] + 1e-9
    assert 0.5 * np.sum(dense * point.primal) == pytest.approx(multipliers(matrix, vectors)[1], abs=1e-5)
    np.testing.assert_allclose(np.diagonal(point.primal), 1.0, rtol=1e-9)
    assert np.linalg.eigvalsh(point.primal)[0] > 0
    assert np.linalg.eigvalsh(dense + np.diag(point.dual))[0] > 0


def test_a_start_outside_the_cone_is_returned_as_it_is():
    dense = couplings(4, 1)
    point = interior_point(dense, UnitDiagonal(4), np.eye(4), np.zeros(4), 1e-9, in_time)
    np.testing.assert_array_equal(point.dual, 0.0)
    stopped = interior_point(dense, UnitDiagonal(4), np.eye(4), np.full(4, 99.0), 1e-9, lambda: True)
    np.testing.assert_array_equal(stopped.dual, 99.0)


def test_sweeps_stop_when_time_is_out():
    matrix, vectors = csr_array(couplings(4, 1)), random_vectors(4, 2, 1)
    before = vectors.copy()
    assert not mix(matrix, vectors, 5, lambda: True)
    np.testing.assert_array_equal(vectors, before)
