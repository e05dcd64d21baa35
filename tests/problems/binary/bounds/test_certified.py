"""The least eigenvalue is bounded from below, by exact rational arithmetic, and hardly below."""

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from problems.binary.bounds.certified import (
    float_above,
    float_below,
    greatest_eigenvalue_bound,
    least_eigenvalue_bound,
    total_above,
)
from problems.errors import ProblemError

U = 2.0**-53
OFTEN = settings(deadline=None, max_examples=60)


def is_positive_semidefinite(matrix: list[list[Fraction]]) -> bool:
    """Exact Gaussian elimination: a zero pivot needs a zero row, no pivot may be negative."""
    rows = [list(row) for row in matrix]
    n = len(rows)
    for k in range(n):
        pivot = rows[k][k]
        if pivot < 0 or (pivot == 0 and any(rows[k][j] != 0 for j in range(k + 1, n))):
            return False
        for i in range(k + 1, n):
            ratio = rows[i][k] / pivot if pivot else Fraction(0)
            for j in range(k, n):
                rows[i][j] -= ratio * rows[k][j]
    return True


def shifted(matrix, shift: float) -> list[list[Fraction]]:
    n = len(matrix)
    return [[Fraction(float(matrix[i][j])) - (i == j) * Fraction(shift) for j in range(n)] for i in range(n)]


def check(matrix, tightness: float = 64.0) -> float:
    """The bound holds exactly and lies within ``tightness`` n²u of the size of the matrix."""
    bound = least_eigenvalue_bound(matrix)
    n, size = len(matrix), float(np.abs(matrix).sum(axis=1).max())
    assert is_positive_semidefinite(shifted(matrix, bound))
    assert not is_positive_semidefinite(shifted(matrix, bound + tightness * n * n * U * size + 5e-324))
    return bound


def symmetric(rng, n, draw):
    upper = np.triu(draw((n, n)))
    return upper + np.triu(upper, 1).T


@OFTEN
@given(n=st.integers(1, 8), seed=st.integers(0, 10_000), magnitude=st.sampled_from([1, 10, 10**6, 2**40]))
def test_integer_matrices_are_bounded_by_exact_arithmetic(n, seed, magnitude):
    rng = np.random.default_rng(seed)
    check(symmetric(rng, n, lambda shape: rng.integers(-magnitude, magnitude + 1, shape)).astype(float))


@OFTEN
@given(n=st.integers(2, 8), rank=st.integers(1, 7), seed=st.integers(0, 10_000))
def test_singular_matrices_are_bounded_by_zero_at_most(n, rank, seed):
    """BBᵀ of low rank has the least eigenvalue 0 exactly, which rounding must not lift."""
    factor = np.random.default_rng(seed).integers(-5, 6, (n, min(rank, n - 1))).astype(float)
    assert check(factor @ factor.T) <= 0.0


@OFTEN
@given(n=st.integers(2, 8), seed=st.integers(0, 10_000), exponent=st.integers(-52, -30))
def test_nearly_singular_matrices(n, seed, exponent):
    factor = np.random.default_rng(seed).integers(-3, 4, (n, n - 1)).astype(float)
    matrix = factor @ factor.T
    matrix[np.diag_indices(n)] -= 2.0**exponent
    assert check(matrix) <= -(2.0**exponent)


@OFTEN
@given(n=st.integers(1, 6), seed=st.integers(0, 10_000), spread=st.sampled_from([3, 9, 30, 150]))
def test_real_matrices_of_any_scale(n, seed, spread):
    rng = np.random.default_rng(seed)
    check(symmetric(rng, n, lambda size: rng.normal(size=size) * 10.0 ** rng.integers(-spread, spread, size)))


@OFTEN
@given(n=st.integers(2, 6), seed=st.integers(0, 10_000), guess=st.floats(-100, 100))
def test_a_guess_is_never_believed(n, seed, guess):
    """Above the spectrum it is not taken; below it the bound is about there, or where the discs end."""
    rng = np.random.default_rng(seed)
    matrix = symmetric(rng, n, lambda size: rng.normal(size=size))
    bound, least = least_eigenvalue_bound(matrix, guess), np.linalg.eigvalsh(matrix)[0]
    assert is_positive_semidefinite(shifted(matrix, bound))
    if guess < least:
        assert bound >= guess - 1e-11 * (1 + abs(guess))


@pytest.mark.parametrize("scale", [5e-324, 1e-310, 1e-300, 1e300])
def test_the_ends_of_the_range(scale):
    matrix = np.array([[2.0, -1.0], [-1.0, 2.0]]) * scale
    bound = least_eigenvalue_bound(matrix)
    assert is_positive_semidefinite(shifted(matrix, bound))
    assert bound == pytest.approx(scale, rel=1e-12, abs=2e-323)


def test_known_spectra():
    n = 40
    path = 2.0 * np.eye(n) - np.eye(n, k=1) - np.eye(n, k=-1)
    least = 2.0 - 2.0 * math.cos(math.pi / (n + 1))
    assert least - 1e-11 < least_eigenvalue_bound(path) < least
    assert 4.0 - least < greatest_eigenvalue_bound(path) < 4.0 - least + 1e-11
    assert least_eigenvalue_bound(np.zeros((3, 3))) == 0.0
    assert -1.0 - 1e-12 < least_eigenvalue_bound(np.diag([3.0, -1.0, 0.0])) <= -1.0


def test_a_hilbert_matrix_keeps_its_sign():
    """Its least eigenvalue, 1e-13 of the greatest, is positive; the bound does not pretend to know that."""
    hilbert = np.array([[1.0 / (i + j + 1) for j in range(10)] for i in range(10)])
    assert check(hilbert) < 1.1e-13


@OFTEN
@given(numerator=st.integers(-(10**40), 10**40), denominator=st.integers(1, 10**40))
def test_outward_rounding_is_outward_and_to_the_next_float(numerator, denominator):
    exact = Fraction(numerator, denominator)
    low, high = float_below(exact), float_above(exact)
    assert Fraction(low) <= exact <= Fraction(high)
    assert high in (low, math.nextafter(low, math.inf))


def test_outward_rounding_beyond_the_range():
    assert float_above(Fraction(10) ** 400) == math.inf
    assert float_below(-(Fraction(10) ** 400)) == -math.inf
    assert float_below(Fraction(10) ** 400) == np.finfo(float).max
    assert float_above(Fraction(1, 10**400)) == 5e-324


@OFTEN
@given(terms=st.lists(st.floats(-1e300, 1e300), max_size=12))
def test_a_total_is_not_below_the_exact_sum(terms):
    assert Fraction(total_above(np.array(terms))) >= sum(map(Fraction, terms))


@pytest.mark.parametrize(
    ("matrix", "word"),
    [
        (np.zeros((0, 0)), "square"),
        (np.zeros((2, 3)), "square"),
        (np.array([[1.0, np.nan], [np.nan, 1.0]]), "finite"),
        (np.array([[1.0, 1e-300], [0.0, 1.0]]), "across the diagonal"),
    ],
)
def test_what_is_no_symmetric_matrix_is_refused(matrix, word):
    with pytest.raises(ProblemError, match=word):
        least_eigenvalue_bound(matrix)
