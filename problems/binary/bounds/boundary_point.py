"""The boundary point method for the theta number: alternating directions on its dual.

For a fixed slack matrix Z the multipliers (t, y) follow in closed form, because the constraints are
orthogonal; for fixed multipliers one eigenvalue decomposition splits a matrix into Z and X, its positive
and its negative part (Povh, Rendl and Wiegele, Computing 78 (2006); Malick, Povh, Rendl and Wiegele, SIAM
Journal on Optimization 20 (2009)). A penalty keeps the residuals of the two problems in balance.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from problems.binary.bounds.theta_program import ThetaPoint, ThetaProgram

Array = np.ndarray
OVERSHOOT = 1.6  # relaxation of the step in X; below (1 + √5)/2 the method converges
CHECKED_EVERY = 20  # iterations between two looks at the gap and at the balance of the residuals
IMBALANCE = 1.5  # ratio of the residuals from which the penalty changes
PENALTY_STEP = 1.3
MOST_ITERATIONS = 6000


def boundary_point(
    program: ThetaProgram, start: ThetaPoint, tolerance: float, out_of_time: Callable[[], bool]
) -> ThetaPoint:
    """Solve both problems to a relative gap, or as far as iterations or time allow.

    Args:
        program: The theta number to be found.
        start: What is returned if nothing better is met; its X is where the method begins.
        tolerance: Relative gap to end at.
        out_of_time: Asked before every iteration, which costs O(n³).
    """
    cost, edges, n = program.cost, program.edges, len(program.cost)
    gram, slack, penalty, best = start.gram, np.zeros((n, n)), 1.0, start
    for iteration in range(1, MOST_ITERATIONS + 1):
        if out_of_time():
            break
        trace = (np.trace(cost - slack) + (1.0 - np.trace(gram)) / penalty) / n
        multipliers = (cost - slack - gram / penalty)[edges]
        reduced = program.less_edges(cost, multipliers)
        reduced[np.diag_indices(n)] -= trace
        slack, negative = _parts(reduced - gram / penalty)
        gram = gram + OVERSHOOT * (-penalty * negative - gram)
        if iteration % CHECKED_EVERY == 0:
            best = program.measured(-multipliers, gram, best)
            if best.dual - best.primal <= tolerance * best.dual:
                break
            infeasible = np.hypot(np.trace(gram) - 1.0, np.sqrt(2.0) * np.linalg.norm(gram[edges]))
            ratio = infeasible / max(float(np.linalg.norm(reduced - slack)), np.finfo(float).tiny)
            penalty *= PENALTY_STEP ** (float(ratio < 1.0 / IMBALANCE) - float(ratio > IMBALANCE))
    return best


def _parts(matrix: Array) -> tuple[Array, Array]:
    """Return the positive and the negative semidefinite part of a symmetric matrix."""
    values, axes = np.linalg.eigh(matrix)
    count = int(np.sum(values <= 0.0))
    if 2 * count < len(values):
        negative = (axes[:, :count] * values[:count]) @ axes[:, :count].T
        return matrix - negative, negative
    positive = (axes[:, count:] * values[count:]) @ axes[:, count:].T
    return positive, matrix - positive
