"""Bound propagation: what the least and the greatest activity of a row say about it and its variables.

References: Savelsbergh, ORSA Journal on Computing 6 (1994), section 1; Achterberg, Bixby, Gu, Rothberg and
Weninger, INFORMS Journal on Computing 32 (2020), section 3.1.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numba import njit

from problems.binary.presolve.fixing import FREE, reduced, select_rows
from problems.binary.presolve.margins import Margins, row_margins
from problems.binary.presolve.step import Outcome, Removed
from problems.binary.program import BinaryProgram
from problems.binary.repair import RowTable, row_table
from problems.errors import Infeasible

Array = np.ndarray
NONE = -1  # no row is broken


@dataclass(frozen=True)
class BoundPropagation:
    """Drop rows that no bits can break, fix variables that a row forces, and find rows that no bits keep.

    Every optimal solution is kept: the set of feasible bits stays as it is. A value of a variable goes only
    where it alone, with the others as helpful as they can be, breaks a row; a row goes only where the others
    at their worst keep it. An item that is heavier than a capacity is the simplest case. Fixings are followed
    until no row says more; cost O(entries) per fixing of a row's variable.
    """

    def apply(self, program: BinaryProgram) -> Outcome | None:
        """Return the program without settled variables and rows, or None.

        Raises:
            Infeasible: Naming a row that cannot be kept.
        """
        rows = program.constraints
        values = np.full(program.n, FREE, dtype=np.int8)
        settled = np.zeros(len(rows), dtype=bool)
        span = np.zeros(2)
        broken = _propagate(values, settled, span, row_table(rows), row_margins(rows))
        if broken != NONE:
            raise Infeasible("the program", _proof(program, broken, span))
        if not settled.any() and not np.any(values != FREE):
            return None
        return reduced(program, Removed(rows=int(settled.sum())), values, select_rows(rows, ~settled))


def _proof(program: BinaryProgram, row: int, span: Array) -> str:
    rows = program.constraints
    reach = f"{span[0]:.12g}" if span[0] == span[1] else f"{span[0]:.12g} to {span[1]:.12g}"
    return (
        f"with what the other rows force, row {rows.names[row]} can only be {reach} "
        f"and must be {rows.relation[row]} {rows.right[row]:.12g}"
    )


@njit(cache=True, nogil=True)
def _propagate(values: Array, settled: Array, span: Array, rows: RowTable, margins: Margins) -> int:
    """Fill in ``values`` and ``settled`` from a queue of rows; return a broken row with its span, or NONE."""
    m = len(rows.right)
    queue, waiting, head, count = np.arange(m), np.ones(m, np.bool_), 0, m
    while count:
        r = queue[head]
        head, count, waiting[r] = (head + 1) % m, count - 1, False
        if settled[r]:
            continue
        free = _measure(r, values, span, rows)
        low, high = span
        up, down = rows.kind[r] >= 0, rows.kind[r] <= 0  # whether the row bounds its activity above, below
        if (up and low > rows.right[r] + margins.beyond[r]) or (
            down and high < rows.right[r] - margins.beyond[r]
        ):
            return r
        over = max(high - rows.right[r] if up else -np.inf, rows.right[r] - low if down else -np.inf)
        if over <= -margins.within[r] or (free == 0 and over <= rows.tolerance[r]):
            settled[r] = True
            continue
        for e in range(rows.indptr[r], rows.indptr[r + 1]):
            j, size = rows.index[e], abs(rows.weight[e])
            if values[j] != FREE:
                continue
            lowest = 1 if rows.weight[e] < 0 else 0  # the value with the lesser activity
            if up and size > rows.right[r] - low + margins.beyond[r]:
                values[j] = lowest
                high -= size
            elif down and size > high - rows.right[r] + margins.beyond[r]:
                values[j] = 1 - lowest
                low += size
            else:
                continue
            for c in range(rows.column_indptr[j], rows.column_indptr[j + 1]):
                other = rows.column_row[c]
                if not waiting[other] and not settled[other]:
                    waiting[other] = True
                    queue[(head + count) % m] = other
                    count += 1
    return NONE


@njit(cache=True, nogil=True)
def _measure(r: int, values: Array, span: Array, rows: RowTable) -> int:
    """Put the least and greatest activity of a row into ``span``; return how many of its bits are free."""
    free = 0
    span[:] = 0.0
    for e in range(rows.indptr[r], rows.indptr[r + 1]):
        value, weight = values[rows.index[e]], rows.weight[e]
        if value == FREE:
            free += 1
            span[0] += min(weight, 0.0)
            span[1] += max(weight, 0.0)
        elif value == 1:
            span += weight
    return free
