"""The semidefinite program of the theta number of a connected graph, and two ways to solve it.

max ⟨J, X⟩ with tr X = 1, X_ij = 0 on edges and X positive semidefinite, where J = √w√wᵀ; its dual is min t
with tI + Σ y_ij E_ij − J positive semidefinite, E_ij having ones at ij and ji. With few edges an
interior-point method is quick and exact; with many its linear systems are too large, and the boundary point
method is taken.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from problems.binary.bounds.boundary_point import boundary_point
from problems.binary.bounds.interior import interior_point

Array = np.ndarray
MOST_EDGES = 1500  # for the interior-point method, which solves systems of that many unknowns


class ThetaPoint(NamedTuple):
    """Solutions of both problems, in units where Σw = 1.

    Attributes:
        multipliers: ``[m]`` y on the edges; the greatest eigenvalue of J − Σ y_ij E_ij is ``dual``.
        gram: X ``[n, n]``, feasible: zero on the edges, of trace 1, and positive semidefinite.
        dual: A bound on theta from above, not certified.
        primal: ⟨J, X⟩.
    """

    multipliers: Array
    gram: Array
    dual: float
    primal: float


class ThetaProgram:
    """The program for weights w > 0 with Σw = 1; also the constraints for the interior-point method.

    Args:
        roots: √w ``[n]``.
        first: ``[m]`` a node of each edge.
        second: ``[m]`` the other node.
    """

    def __init__(self, roots: Array, first: Array, second: Array):
        self.cost = -np.outer(roots, roots)
        self.edges = first, second
        self.right = np.concatenate([[1.0], np.zeros(len(first))])

    def values(self, matrix: Array) -> Array:
        """Return the trace and twice each edge's entry."""
        return np.concatenate([[np.trace(matrix)], 2.0 * matrix[self.edges]])

    def spread(self, multipliers: Array) -> Array:
        """Return tI + Σ y_ij E_ij from (t, y)."""
        matrix = np.diag(np.full(len(self.cost), multipliers[0]))
        return self.less_edges(matrix, -multipliers[1:])

    def applied(self, multipliers: Array, matrix: Array) -> Array:
        """Return (tI + Σ y_ij E_ij) M."""
        return self.spread(multipliers) @ matrix

    def system(self, inverse: Array, primal: Array) -> Array:
        """Return the matrix of the linear system between multipliers."""
        (i, j), size = self.edges, len(self.right)
        product = inverse @ primal
        system = np.empty((size, size))
        system[0, 0] = np.trace(product)
        system[0, 1:] = system[1:, 0] = product[i, j] + product[j, i]
        of_i, of_j, mine_i, mine_j = inverse[i], inverse[j], primal[i], primal[j]
        block = of_j[:, i] * mine_i[:, j]
        block += of_j[:, j] * mine_i[:, i]
        block += of_i[:, i] * mine_j[:, j]
        block += of_i[:, j] * mine_j[:, i]
        system[1:, 1:] = block
        return system

    def less_edges(self, matrix: Array, amounts: Array) -> Array:
        """Return the matrix less an amount on each edge, at both of its places."""
        changed = np.array(matrix)
        changed[self.edges] -= amounts
        changed[self.edges[::-1]] = changed[self.edges]
        return changed

    def measured(self, multipliers: Array, gram: Array, best: ThetaPoint | None = None) -> ThetaPoint:
        """Return what multipliers and a nearly feasible X are worth, or the best so far where better."""
        dual = float(np.linalg.eigvalsh(self.less_edges(-self.cost, multipliers))[-1])
        feasible = self.less_edges(gram, gram[self.edges])
        shift = max(0.0, -float(np.linalg.eigvalsh(feasible)[0]))
        feasible[np.diag_indices(len(feasible))] += shift
        feasible /= np.trace(feasible)
        primal = -float(np.einsum("ij,ij->", self.cost, feasible))
        if best is not None and best.dual <= dual:
            multipliers, dual = best.multipliers, best.dual
        if best is not None and best.primal >= primal:
            feasible, primal = best.gram, best.primal
        return ThetaPoint(multipliers, feasible, dual, primal)


def solve_theta(program: ThetaProgram, tolerance: float, out_of_time: Callable[[], bool]) -> ThetaPoint:
    """Solve both problems to a relative gap, or as far as the method or time allow."""
    n, (first, _) = len(program.cost), program.edges
    centre = np.eye(n) / n
    start = program.measured(np.zeros(len(first)), centre)
    if len(first) > MOST_EDGES:
        return boundary_point(program, start, tolerance, out_of_time)
    inside = np.concatenate([[1.1], np.zeros(len(first))])  # J has the greatest eigenvalue 1
    wanted = 0.5 * tolerance * start.primal  # as much is left for what makes the last point feasible
    point = interior_point(program.cost, program, centre, inside, wanted, out_of_time)
    return program.measured(point.dual[1:], point.primal, start)
