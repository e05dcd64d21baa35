"""Drop and add by profit per priced weight: the repair of knapsacks that knows what capacities are worth.

Reference: Chu and Beasley, Journal of Heuristics 4 (1998), with the multipliers of the linear relaxation.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from problems.binary.program import BinaryProgram
from problems.contract import Array

DIGITS = 8  # the fractional items of a relaxation all have ratio 1; rounding noise must not order them


def can_price(program: BinaryProgram) -> bool:
    """Whether every row has weights >= 0 under a capacity and the objective has no products."""
    rows = program.constraints
    plain = program.objective.num_couplings == 0
    return plain and len(rows) > 0 and all(kind in ("knapsack", "packing") for kind in rows.classes)


def order_by_price(program: BinaryProgram, prices: Array, point: Array) -> Array:
    """Return the variables that pay ``[k]``, the best first: by profit over priced weight, then by the point.

    Args:
        program: One that ``can_price``.
        prices: ``[m]`` what a unit of each capacity is worth, >= 0.
        point: ``[n]`` the fractional optimum; it orders the variables of equal ratio.
    """
    profit = -program.minimised.linear
    cost = np.asarray(program.constraints.matrix.T @ prices)
    ratio = np.full(program.n, np.inf)
    np.divide(profit, cost, out=ratio, where=cost > 0)
    ratio = np.round(ratio, DIGITS)
    order = np.lexsort((np.arange(program.n), -np.round(point, DIGITS), -ratio))
    return order[profit[order] > 0]


def repair_by_price(program: BinaryProgram, order: Array, bits: Array) -> Array:
    """Drop the last of the order while a capacity is exceeded, then add the first that fit.

    Args:
        program: One that ``can_price``.
        order: ``[k]`` from ``order_by_price``; other variables become 0.
        bits: ``[N, n]``.

    Returns:
        uint8 ``[N, n]``, feasible.
    """
    columns = program.constraints.matrix.tocsc()
    limit = program.constraints.right + program.constraints.tolerance
    repaired = np.zeros_like(bits, dtype=np.uint8)
    repaired[:, order] = bits[:, order]
    _repair(
        repaired,
        order,
        columns.indptr.astype(np.int64),
        columns.indices.astype(np.int64),
        columns.data,
        limit,
    )
    return repaired


@njit(cache=True, nogil=True)
def _repair(bits: Array, order: Array, indptr: Array, row: Array, weight: Array, limit: Array) -> None:
    for x in bits:
        used = np.zeros(len(limit))
        for j in order:
            if x[j]:
                for e in range(indptr[j], indptr[j + 1]):
                    used[row[e]] += weight[e]
        for k in range(len(order) - 1, -1, -1):
            if np.all(used <= limit):
                break
            j = order[k]
            if x[j]:
                x[j] = 0
                for e in range(indptr[j], indptr[j + 1]):
                    used[row[e]] -= weight[e]
        for j in order:
            if not x[j]:
                fits = True
                for e in range(indptr[j], indptr[j + 1]):
                    fits &= used[row[e]] + weight[e] <= limit[row[e]]
                if fits:
                    x[j] = 1
                    for e in range(indptr[j], indptr[j + 1]):
                        used[row[e]] += weight[e]
