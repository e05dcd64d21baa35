"""A primal-dual interior-point method for semidefinite programs with up to some thousand linear constraints.

min ⟨C, X⟩ with A(X) = b and X positive semidefinite; its dual is min bᵀy with Z = C + Aᵀ(y) positive
semidefinite. Each step is Newton's for X = μZ⁻¹, made symmetric, so that one system A(Z⁻¹ Aᵀ(Δy) X) =
μA(Z⁻¹) − b is solved (Helmberg, Rendl, Vanderbei and Wolkowicz, SIAM Journal on Optimization 6 (1996)).
Both iterates stay feasible, so ⟨X, Z⟩ = bᵀy + ⟨C, X⟩ is the gap.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple, Protocol

import numpy as np
from scipy.linalg.lapack import dpotrf, dpotri, dpotrs  # pyright: ignore[reportAttributeAccessIssue]

Array = np.ndarray
MOST_STEPS = 100
SHORTEN = 0.8  # a step that leaves the cone
INSIDE = 0.95  # share of the first length found to be inside that is gone
SHORTEST = 1e-6


class Constraints(Protocol):
    """The linear map A from symmetric matrices ``[n, n]`` to ``[m]``, with what the method needs of it."""

    @property
    def right(self) -> Array:
        """Return b ``[m]``."""
        ...

    def values(self, matrix: Array) -> Array:
        """Return A(M) ``[m]``."""
        ...

    def spread(self, multipliers: Array) -> Array:
        """Return Aᵀ(y) ``[n, n]``."""
        ...

    def applied(self, multipliers: Array, matrix: Array) -> Array:
        """Return the product Aᵀ(y) M."""
        ...

    def system(self, inverse: Array, primal: Array) -> Array:
        """Return the symmetric matrix ``[m, m]`` of Δy ↦ A(Z⁻¹ Aᵀ(Δy) X)."""
        ...


class InteriorPoint(NamedTuple):
    """Where the method stands: X ``[n, n]``, y ``[m]`` and the gap of the two."""

    primal: Array
    dual: Array
    gap: float


def interior_point(
    cost: Array,
    constraints: Constraints,
    primal: Array,
    dual: Array,
    wanted: float,
    out_of_time: Callable[[], bool],
) -> InteriorPoint:
    """Close the gap between feasible points and return the last pair.

    It ends at the wanted gap, at the limit of precision, at once where the start is not strictly feasible, or
    out of time, which is asked before every step; a step costs O(n³ + m³).

    Args:
        cost: C ``[n, n]``, symmetric.
        constraints: A and b.
        primal: X ``[n, n]``, positive definite with A(X) = b.
        dual: y ``[m]`` with C + Aᵀ(y) positive definite.
        wanted: The gap to end at.
        out_of_time: Whether to end.
    """
    point, centring = _point(cost, constraints, primal, dual), 0.5
    for _ in range(MOST_STEPS):
        slack = cost + constraints.spread(point.dual)
        factor = _factor(slack)
        if factor is None or point.gap <= wanted or out_of_time():
            break
        moves = _directions(factor, constraints, point.primal, centring * point.gap / len(cost))
        if moves is None:
            break
        far = _longest(point.primal, moves[0])
        near = _longest(slack, constraints.spread(moves[1]))
        moved = _point(cost, constraints, point.primal + far * moves[0], point.dual + near * moves[1])
        if not moved.gap < point.gap:
            break
        point = moved
        centring = 0.5 if far + near < 1.6 else 0.25 if far + near < 1.8 else 0.1
    return point


def is_positive_definite(matrix: Array) -> bool:
    """Whether a symmetric matrix has a Cholesky factor, in floating point."""
    return _factor(matrix) is not None


def _directions(
    factor: Array, constraints: Constraints, primal: Array, mu: float
) -> tuple[Array, Array] | None:
    """Return ΔX and Δy from the Cholesky factor of Z, or None if rounding made the system indefinite."""
    inverse = np.tril(dpotri(factor, lower=1)[0])
    inverse += np.tril(inverse, -1).T
    system = _factor(constraints.system(inverse, primal))
    if system is None:
        return None
    dual_move = dpotrs(system, mu * constraints.values(inverse) - constraints.right, lower=1)[0]
    product = inverse @ constraints.applied(dual_move, primal)
    return mu * inverse - primal - (product + product.T) / 2.0, dual_move


def _longest(matrix: Array, move: Array) -> float:
    """Return how far to go, at most 1, to stay inside the cone off its edge; 0 if there is no way."""
    length = 1.0
    while length > SHORTEST:
        if _factor(matrix + length * move) is not None:
            return length if length == 1.0 else INSIDE * length
        length *= SHORTEN
    return 0.0


def _point(cost: Array, constraints: Constraints, primal: Array, dual: Array) -> InteriorPoint:
    gap = float(constraints.right @ dual + np.einsum("ij,ij->", cost, primal))
    return InteriorPoint(primal, dual, gap)


def _factor(matrix: Array) -> Array | None:
    """Return the lower Cholesky factor, with what it was made of above it, or None if there is none."""
    factor, fails = dpotrf(matrix.T, lower=1, clean=0)  # the transpose of C order is read without a copy
    return None if fails else factor
