"""Dominated items: where one variable is as good as another in every respect, the other comes second.

References: Andersen and Andersen, Mathematical Programming 71 (1995), for dominated columns; Martello and
Toth, Knapsack Problems (1990), for items; Caprara, Toth and Fischetti, Annals of Operations Research 98
(2000), for set covering.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numba import njit

from problems.binary.presolve.fixing import FREE, reduced
from problems.binary.presolve.margins import Margins, row_margins, slope_margin
from problems.binary.presolve.step import Outcome, Removed
from problems.binary.program import BinaryProgram
from problems.binary.repair import RowTable, row_table
from problems.checking import check_integer

Array = np.ndarray
WORK_PER_CALL = 2e7  # elementary steps between two chances for Ctrl-C


@dataclass(frozen=True)
class Dominance:
    """Fix variables by what it means that better ones come first.

    Variable j dominates k where swapping x_j = 0, x_k = 1 for x_j = 1, x_k = 0 worsens neither the minimised
    objective (linear_j <= linear_k with equal couplings to all others) nor any row (a_rj <= a_rk in <= rows,
    >= in >= rows, equal in equalities). Of two that dominate each other the first counts. Then

    - x_k = 0 where x_k = 1, with all that dominate k at 1 as well, breaks a row for certain;
    - x_k = 0 where with all that dominate k at 1 no row needs x_k = 1 and the objective does not want it;
    - x_j = 1 where x_j = 0, with all that j dominates at 0 as well, breaks a row for certain.

    At least one optimal solution is kept: of all optima take one with the fewest ones, and of those the one
    whose ones stand first in an order that extends dominance. It keeps x_k <= x_j for every pair, or a swap
    would improve it, and by the second rule sets no bit that it need not, or dropping it would. All fixings
    thus hold in this one optimum together. Comparisons are of the numbers as they stand, so exact.

    Attributes:
        longest: Only variables that share a row of at most this many are compared; cost O(row length² ·
            column length).
    """

    longest: int = 2000

    def __post_init__(self):
        check_integer("longest", self.longest, 2)

    def apply(self, program: BinaryProgram) -> Outcome | None:
        """Return the program without the variables that dominance settles, or None."""
        rows, form = program.constraints, program.minimised
        lengths = np.diff(rows.indptr)
        compared = (lengths <= self.longest) & (lengths > 1)
        if not compared.any():
            return None
        tables = _Tables(
            row_table(rows), row_margins(rows), compared, form.linear, *form.neighbours, slope_margin(form)
        )
        values = np.full(program.n, FREE, dtype=np.int8)
        for first, last in _batches(rows.index, np.repeat(lengths * compared, lengths), program.n):
            _compare(values, first, last, tables)
        return reduced(program, Removed(), values) if np.any(values != FREE) else None


class _Tables(NamedTuple):
    rows: RowTable
    margins: Margins
    compared: Array
    linear: Array
    indptr: Array
    index: Array
    coupling: Array
    slope_margin: Array


def _batches(index: Array, row_length: Array, n: int) -> list[tuple[int, int]]:
    """Cut the variables into ranges of about equal work, so that no compiled call takes long."""
    degree = np.bincount(index, minlength=n)
    work = np.cumsum(np.bincount(index, row_length, n) * (4 + degree.mean()) + 1)
    cuts = np.searchsorted(work, np.arange(WORK_PER_CALL, work[-1], WORK_PER_CALL))
    edges = np.unique(np.concatenate([[0], cuts, [n]]))
    return list(zip(edges[:-1].tolist(), edges[1:].tolist(), strict=True))


@njit(cache=True, nogil=True)
def _compare(values: Array, first: int, last: int, tables: _Tables) -> None:
    """Fill in the values of variables ``first … last − 1`` that dominance settles."""
    n = len(values)
    seen = np.full(n, -1, np.int64)
    better, worse = np.zeros(n, np.bool_), np.zeros(n, np.bool_)
    near = np.empty(n, np.int64)
    rows = tables.rows
    for k in range(first, last):
        count = 0
        seen[k] = k
        for c in range(rows.column_indptr[k], rows.column_indptr[k + 1]):
            r = rows.column_row[c]
            if not tables.compared[r]:
                continue
            for e in range(rows.indptr[r], rows.indptr[r + 1]):
                j = rows.index[e]
                if seen[j] != k:
                    seen[j] = k
                    near[count] = j
                    count += 1
                    better[j] = _dominates(j, k, tables)
                    worse[j] = not better[j] and _dominates(k, j, tables)
        if _breaks(k, 1, better, tables) or _needless(k, better, tables):
            values[k] = 0
        elif _breaks(k, 0, worse, tables):
            values[k] = 1
        for j in near[:count]:
            better[j] = worse[j] = False


@njit(cache=True, nogil=True)
def _dominates(j: int, k: int, tables: _Tables) -> bool:
    """Whether x_j comes before x_k; of two that dominate each other, the lower index does."""
    rows = tables.rows
    ahead = tables.linear[k] - tables.linear[j]
    if ahead < 0:
        return False
    strict = ahead > 0
    u, last_u = rows.column_indptr[j], rows.column_indptr[j + 1]
    v, last_v = rows.column_indptr[k], rows.column_indptr[k + 1]
    while u < last_u or v < last_v:
        r = min(
            rows.column_row[u] if u < last_u else len(rows.right),
            rows.column_row[v] if v < last_v else len(rows.right),
        )
        one, other = 0.0, 0.0  # a_rj and a_rk
        if u < last_u and rows.column_row[u] == r:
            one = rows.column_weight[u]
            u += 1
        if v < last_v and rows.column_row[v] == r:
            other = rows.column_weight[v]
            v += 1
        if other != one and rows.kind[r] * (other - one) <= 0:
            return False
        strict = strict or other != one
    return (strict or j < k) and _couples_alike(j, k, tables)


@njit(cache=True, nogil=True)
def _couples_alike(j: int, k: int, tables: _Tables) -> bool:
    """Whether two variables have equal couplings to every other one."""
    u, last_u = tables.indptr[j], tables.indptr[j + 1]
    v, last_v = tables.indptr[k], tables.indptr[k + 1]
    while True:
        if u < last_u and tables.index[u] == k:
            u += 1
        if v < last_v and tables.index[v] == j:
            v += 1
        if u >= last_u or v >= last_v:
            return u >= last_u and v >= last_v
        if tables.index[u] != tables.index[v] or tables.coupling[u] != tables.coupling[v]:
            return False
        u += 1
        v += 1


@njit(cache=True, nogil=True)
def _breaks(k: int, value: int, along: Array, tables: _Tables) -> bool:
    """Whether x_k = value, with all marked variables at that value too, breaks a row for certain."""
    rows = tables.rows
    for c in range(rows.column_indptr[k], rows.column_indptr[k + 1]):
        r = rows.column_row[c]
        low, high = _reach(r, k, value, value, along, tables)
        if rows.kind[r] >= 0 and low > rows.right[r] + tables.margins.beyond[r]:
            return True
        if rows.kind[r] <= 0 and high < rows.right[r] - tables.margins.beyond[r]:
            return True
    return False


@njit(cache=True, nogil=True)
def _needless(k: int, better: Array, tables: _Tables) -> bool:
    """Whether, with all that dominate k at 1, no row needs x_k = 1 and the objective does not gain by it."""
    rows, slope = tables.rows, tables.linear[k]
    for e in range(tables.indptr[k], tables.indptr[k + 1]):
        slope += tables.coupling[e] if better[tables.index[e]] else min(tables.coupling[e], 0.0)
    if slope < tables.slope_margin[k]:
        return False
    for c in range(rows.column_indptr[k], rows.column_indptr[k + 1]):
        r, weight = rows.column_row[c], rows.column_weight[c]
        if rows.kind[r] == 0:
            return False
        if rows.kind[r] * weight > 0:
            continue
        low, high = _reach(r, k, 0, 1, better, tables)
        over = high - rows.right[r] if rows.kind[r] > 0 else rows.right[r] - low
        if over > -tables.margins.within[r]:
            return False
    return True


@njit(cache=True, nogil=True)
def _reach(r: int, k: int, value: int, rest: int, along: Array, tables: _Tables) -> tuple[float, float]:
    """Return the least and greatest activity of a row with x_k = value and the marked variables at rest."""
    low, high = 0.0, 0.0
    for e in range(tables.rows.indptr[r], tables.rows.indptr[r + 1]):
        j, weight = tables.rows.index[e], tables.rows.weight[e]
        if j == k or along[j]:
            settled = weight * (value if j == k else rest)
            low += settled
            high += settled
        else:
            low += min(weight, 0.0)
            high += max(weight, 0.0)
    return low, high
