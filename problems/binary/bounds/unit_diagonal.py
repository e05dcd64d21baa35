"""The semidefinite relaxation of a spin model: solved by unit vectors, its multipliers refined, certified.

min ½⟨A, X⟩ over positive semidefinite X with ones on the diagonal bounds min ½ sᵀAs over spins from below,
and so does −½ (Σy − nλ) for any y, where λ bounds the least eigenvalue of Diag(y) + A from below.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from problems.binary.bounds.certified import float_above, least_eigenvalue_bound
from problems.binary.bounds.interior import InteriorPoint, interior_point, is_positive_definite
from problems.binary.bounds.mixing import mix, multipliers, random_vectors
from problems.binary.bounds.spins import SpinModel
from problems.checking import check_integer, check_number
from problems.errors import ProblemError

Array = np.ndarray
MOST_SPINS = 4000  # full matrices are factored, of 128 MB at this size
SHIFT_STEP = 2.0  # to this factor the shift that makes multipliers feasible is found
MOST_FIRST_SWEEPS = 40  # fewer for full matrices, where a sweep is dear
STEADY = 4.0  # doubling the sweeps has to divide the gap by as much, or the interior-point method takes over
WORTH = 3.0  # n³ multiplications in sweeps, what the interior-point method costs; it takes over as well


@dataclass(frozen=True, eq=False)
class UnitDiagonalBound:
    """The relaxation of a spin model, in its scaled units.

    Attributes:
        value: A certified lower bound on ½ sᵀAs.
        primal: ½⟨A, X⟩ of the vectors.
        vectors: ``[N, r]`` unit vectors v_i, X_ij = ⟨v_i, v_j⟩.
        dual: ``[N]`` multipliers y with Diag(y) + A positive semidefinite.
    """

    value: Fraction
    primal: float
    vectors: Array
    dual: Array


class UnitDiagonal:
    """The constraints diag X = 1, as the interior-point method wants them."""

    def __init__(self, n: int):
        self.right = np.ones(n)

    def values(self, matrix: Array) -> Array:
        """Return the diagonal."""
        return np.diagonal(matrix)

    def spread(self, multipliers: Array) -> Array:
        """Return Diag(y)."""
        return np.diag(multipliers)

    def applied(self, multipliers: Array, matrix: Array) -> Array:
        """Return Diag(y) M."""
        return multipliers[:, None] * matrix

    def system(self, inverse: Array, primal: Array) -> Array:
        """Return Z⁻¹∘X."""
        return inverse * primal


def check_settings(rank: int | None, tolerance: float, seed: int) -> None:
    """Refuse a dimension below 1, a tolerance that is not positive, or a seed that is no seed."""
    if rank is not None:
        check_integer("rank", rank, 1)
    check_number("tolerance", tolerance, 0.0, open_low=True)
    check_integer("seed", seed, 0)


def unit_diagonal_bound(
    model: SpinModel, rank: int | None, tolerance: float, seed: int, out_of_time: Callable[[], bool]
) -> UnitDiagonalBound:
    """Solve the relaxation to a relative gap, or as far as time allows, and certify its value.

    Spins without any coupling get the multiplier 0 and the first unit vector. Cost O(n³), memory O(n²).

    Raises:
        ProblemError: If there are more than ``MOST_SPINS`` spins.
    """
    if model.num_spins > MOST_SPINS:
        raise ProblemError("the number of spins", model.num_spins, f"at most {MOST_SPINS}")
    whole = model.matrix()
    coupled = np.flatnonzero(np.diff(whole.indptr))
    dual, vectors = np.zeros(model.num_spins), np.zeros((model.num_spins, 1))
    vectors[:, 0] = 1.0
    if len(coupled) == 0:
        return UnitDiagonalBound(Fraction(0), 0.0, vectors, dual)
    matrix = whole[coupled][:, coupled]
    dense = matrix.toarray()
    start = random_vectors(len(coupled), rank, seed)
    found, prices = _solved(matrix, dense, start, tolerance, out_of_time)
    vectors = np.zeros((model.num_spins, found.shape[1]))
    vectors[:, 0] = 1.0
    vectors[coupled] = found
    least = Fraction(least_eigenvalue_bound(_shifted(dense, prices), guess=0.0))
    total = sum(map(Fraction, prices.tolist()), Fraction(0)) - len(prices) * least
    dual[coupled] = [float_above(Fraction(price) - least) for price in prices.tolist()]
    return UnitDiagonalBound(-total / 2, multipliers(matrix, found)[1], vectors, dual)


def _solved(
    matrix: Any, dense: Array, vectors: Array, tolerance: float, out_of_time: Callable[[], bool]
) -> tuple[Array, Array]:
    """Return vectors ``[n, r]`` and multipliers ``[n]`` that are feasible but for rounding."""
    n, work = len(vectors), matrix.nnz * vectors.shape[1]
    sweeps = int(np.clip(n**3 / (4 * work), 10, MOST_FIRST_SWEEPS))
    radii = np.abs(dense).sum(axis=1)
    shift, before = float(radii.mean()) / 8.0, np.inf
    while True:
        in_time = mix(matrix, vectors, sweeps, out_of_time)
        prices, primal = multipliers(matrix, vectors)
        shift = _feasible_shift(dense, prices, shift / STEADY, float(radii.max()))
        gap = prices.sum() + n * shift + 2.0 * primal
        wanted = tolerance * abs(2.0 * primal)
        if gap <= wanted or not in_time or out_of_time():
            return vectors, _least([prices + shift, radii])
        if gap > before / STEADY or 3 * sweeps * work > WORTH * n**3:
            break
        sweeps, before = 2 * sweeps, gap
    point = _interior(dense, vectors, prices + 1.3 * shift, radii, wanted, out_of_time)
    others = _leading_vectors(point.primal, vectors)
    mix(matrix, others, MOST_FIRST_SWEEPS, out_of_time)
    vectors = others if multipliers(matrix, others)[1] < primal else vectors
    return vectors, _least([prices + shift, point.dual, radii])


def _least(candidates: list[Array]) -> Array:
    return min(candidates, key=np.sum)


def _feasible_shift(dense: Array, prices: Array, guess: float, most: float) -> float:
    """Return, to a factor, the least s up to ``most`` for which Diag(y + s) + A has a Cholesky factor."""
    shift = guess
    if is_positive_definite(_shifted(dense, prices + shift)):
        while shift > most * np.finfo(float).eps and is_positive_definite(
            _shifted(dense, prices + shift / SHIFT_STEP)
        ):
            shift /= SHIFT_STEP
        return shift
    while shift < most:
        shift *= SHIFT_STEP
        if is_positive_definite(_shifted(dense, prices + shift)):
            return shift
    return most


def _interior(
    dense: Array, vectors: Array, inner: Array, radii: Array, wanted: float, out_of_time: Callable[[], bool]
) -> InteriorPoint:
    """Run the interior-point method from vectors and multipliers, or if it stalls there, from afar."""
    n = len(dense)
    value = float(np.einsum("ij,ij->", dense @ vectors, vectors))
    share = float(np.clip(5.0 * (inner.sum() + value) / inner.sum(), 1e-3, 0.5))
    primal = (1.0 - share) * (vectors @ vectors.T)
    np.fill_diagonal(primal, 1.0)
    point = interior_point(dense, UnitDiagonal(n), primal, inner, wanted, out_of_time)
    if point.gap <= wanted or out_of_time():
        return point
    other = interior_point(dense, UnitDiagonal(n), np.eye(n), 2.0 * radii, wanted, out_of_time)
    return other if other.gap < point.gap else point


def _leading_vectors(gram: Array, sketch: Array) -> Array:
    """Return unit vectors ``[n, r]`` whose products are X ``[n, n]`` as far as r dimensions allow.

    This is Nyström's approximation XG (GᵀXG)⁻¹ GᵀX with a sketch G ``[n, r]`` of about the right span.
    """
    image = gram @ sketch
    values, axes = np.linalg.eigh(sketch.T @ image)
    kept = values > values[-1] * len(gram) * np.finfo(float).eps
    vectors = np.zeros(sketch.shape)
    vectors[:, : kept.sum()] = image @ (axes[:, kept] / np.sqrt(values[kept]))
    vectors[~np.any(vectors, axis=1), 0] = 1.0
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def _shifted(dense: Array, diagonal: Array) -> Array:
    matrix = np.array(dense)
    matrix[np.diag_indices(len(matrix))] = diagonal
    return matrix
