"""Certified bounds in floating-point arithmetic: least eigenvalues of symmetric matrices, outward rounding.

For any real R the matrix RᵀR has no negative eigenvalue. So for any shift σ the least eigenvalue of a
symmetric A is at least σ − ‖A − σI − RᵀR‖, whatever R is and however it was found. Here R is the computed
Cholesky factor of A − σI, with σ a little below the least eigenvalue as LAPACK sees it; neither of the two
has to be trusted. What remains is to bound the residual, and there every rounding is counted:

    |fl(RᵀR) − RᵀR| ≤ γ |R|ᵀ|R| + 2n·η,   γ = nu/(1 − nu),   u = 2⁻⁵³,   η = 2⁻¹⁰⁷⁴,

for each entry, in whatever order the n products are added, with or without fused operations (Higham, Accuracy
and Stability of Numerical Algorithms, 2002, section 3.5; S. M. Rump, BIT 46 (2006), "Verification of positive
definiteness", bounds the factorization itself in the same manner). It is assumed that arithmetic is IEEE
binary64, rounded to nearest, and that matrix products are sums of products, as every common BLAS forms them.
"""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np

from problems.checking import frozen_array
from problems.errors import ProblemError

Array = np.ndarray
UNIT = 2.0**-53  # largest relative error of one rounding
TINY = 2.0**-1074  # the least positive number: bounds the absolute error of a product that underflows
DUST = 2.0**-200
WIDENING = 4.0  # factor by which the shift moves away from the spectrum after a factorization that failed
MOST_WIDENINGS = 24  # then the shift lies a multiple of the norm below the spectrum


def least_eigenvalue_bound(matrix: Array, guess: float | None = None) -> float:
    """Return a certified lower bound on the least eigenvalue of a symmetric matrix ``[n, n]``.

    The bound lies about n²u times the size of the matrix below the truth, and costs O(n³): a second for
    n = 2000.

    Args:
        matrix: With entries that are equal across the diagonal.
        guess: A number that is thought to lie below the least eigenvalue and good enough as a bound; it saves
            LAPACK's eigenvalues. Where it lies above, a bound further down is found.

    Raises:
        ProblemError: If the matrix is empty, not square, not finite or not symmetric to the last bit.
    """
    dense = frozen_array("matrix", matrix, shape=(None, None))
    if dense.shape[0] != dense.shape[1] or dense.shape[0] == 0:
        raise ProblemError("the shape of matrix", tuple(dense.shape), "a square with at least one row")
    if not np.array_equal(dense, dense.T):
        raise ProblemError("matrix", "not symmetric", "equal entries across the diagonal, to the last bit")
    largest = float(np.max(np.abs(dense)))
    if largest == 0.0:
        return 0.0
    exponent = math.frexp(largest)[1]
    n = len(dense)
    scaled = np.ldexp(dense, -exponent)  # exact but where it underflows, by at most η an entry
    start = None if guess is None else math.ldexp(guess, -exponent)
    below = Fraction(_scaled_bound(scaled, start)) - n * Fraction(TINY)
    return float_below(below * Fraction(2) ** exponent)


def greatest_eigenvalue_bound(matrix: Array) -> float:
    """Return a certified upper bound on the greatest eigenvalue of a symmetric matrix ``[n, n]``.

    Raises:
        ProblemError: As ``least_eigenvalue_bound``.
    """
    return -least_eigenvalue_bound(-np.asarray(matrix))


def float_below(exact: Fraction) -> float:
    """Return the greatest float that is not above a rational; −inf if it lies below all of them."""
    return -float_above(-exact)


def float_above(exact: Fraction) -> float:
    """Return the least float that is not below a rational; inf if it lies above all of them."""
    try:
        nearest = float(exact)
    except OverflowError:
        return math.inf if exact > 0 else -float(np.finfo(float).max)
    return nearest if Fraction(nearest) >= exact else math.nextafter(nearest, math.inf)


def total_above(terms: Array) -> float:
    """Return an upper bound on the sum of numbers of either sign, exact to one rounding."""
    return math.nextafter(math.fsum(np.ravel(terms)), math.inf)


def _scaled_bound(matrix: Array, guess: float | None) -> float:
    """Bound the least eigenvalue of a matrix whose entries are at most 1."""
    n = len(matrix)
    crude = _discs(matrix)
    size = float(np.abs(matrix).sum(axis=1).max())
    try:
        least = float(np.linalg.eigvalsh(_without_dust(matrix))[0]) if guess is None else guess
    except np.linalg.LinAlgError:
        return crude
    distance = 4.0 * n * UNIT * size
    for _ in range(MOST_WIDENINGS):
        certified = _factored_bound(matrix, least - distance)
        if certified is not None:
            return max(crude, certified)
        distance *= WIDENING
    return crude


def _without_dust(matrix: Array) -> Array:
    """Set entries to 0 whose squares underflow, which costs LAPACK digits of the eigenvalues."""
    return np.where(np.abs(matrix) < DUST, 0.0, matrix)


def _factored_bound(matrix: Array, shift: float) -> float | None:
    """Return σ − ‖A − σI − RᵀR‖, rounded down, or None if there is no Cholesky factor R at this shift."""
    from scipy.linalg import cholesky

    n = len(matrix)
    shifted = np.array(matrix)
    shifted[np.diag_indices(n)] -= shift  # each entry is off by at most u times itself
    try:
        factor = cholesky(shifted, lower=False, check_finite=False)
    except np.linalg.LinAlgError:
        return None
    residual = np.abs(shifted - factor.T @ factor)
    magnitude = np.abs(factor)
    products = min(float(np.max(magnitude.T @ magnitude.sum(axis=1))), float(np.sum(factor * factor)))
    gamma = n * UNIT / (1.0 - n * UNIT)
    error = (
        float(residual.sum(axis=1).max())
        + UNIT * float(np.abs(np.diagonal(shifted)).max())
        + gamma * products
        + 4.0 * n * n * TINY
    )
    # The sums above have at most n² non-negative terms, the last rounding of each residual included.
    error *= 1.0 + 4.0 * (n * n + 8) * UNIT
    return math.nextafter(shift - error, -math.inf)


def _discs(matrix: Array) -> float:
    """Bound the least eigenvalue by Gershgorin's discs."""
    radii = np.abs(matrix).sum(axis=1) - np.abs(np.diagonal(matrix))
    radii = radii + 4.0 * (len(matrix) + 2) * UNIT * (np.abs(matrix).sum(axis=1) + TINY)
    edges = np.nextafter(np.diagonal(matrix) - radii, -np.inf)
    return float(edges.min())
