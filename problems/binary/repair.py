"""Repair by single flips: first drop what breaks the rows, then add what the rows still allow.

On knapsack rows this is the drop/add operator of Chu and Beasley (Journal of Heuristics 4, 1998), priced by
the slack that is left; on conflict rows it drops the most conflicting vertex and adds free ones.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit

from problems.binary.program import BinaryProgram
from problems.binary.quadratic import QuadraticForm
from problems.binary.rows import Rows
from problems.checking import check_bits

Array = np.ndarray
LEAST_RELIEF = 1e-9  # a flip must take at least this share of a row's largest coefficient off the violation
WORK_PER_CALL = 2e7  # elementary steps between two chances for Ctrl-C


class RowTable(NamedTuple):
    """Rows by row and by column, for the kernels; ``kind`` is −1 for >=, 0 for ==, 1 for <=."""

    indptr: Array
    index: Array
    weight: Array
    column_indptr: Array
    column_row: Array
    column_weight: Array
    kind: Array
    right: Array
    tolerance: Array
    scale: Array


class FormTable(NamedTuple):
    """A minimised objective, for the kernels; a flip must gain more than ``least_gain`` to count."""

    linear: Array
    indptr: Array
    index: Array
    coupling: Array
    least_gain: float


def repair_bits(program: BinaryProgram, bits: Array) -> Array:
    """Make bits ``[..., n]`` feasible by single flips, then better; ties go to the lower index.

    Drop: while a row is broken, flip the bit that loses the least objective per relief: what it takes off
    the sum of violations, each row divided by its largest coefficient. Add: while a flip improves the
    objective and keeps every row, take the one with the greatest gain per use: the sum of the shares of
    each row's slack that it takes. Bits that no flip relieves stay as good as they got, which equalities
    may cause.

    Returns:
        uint8 ``[..., n]``; by the program's ranking no row is worse than it was.
    """
    given = check_bits("bits", bits, program.n)
    repaired = np.array(given.reshape(-1, program.n))
    rows, form = row_table(program.constraints), form_table(program.minimised)
    step = 4 + program.n + len(rows.index) + len(form.index) // max(program.n, 1)
    batch = max(1, int(WORK_PER_CALL / (step * max(program.n, 1))))
    for first in range(0, len(repaired), batch):
        _repair_batch(repaired[first : first + batch], rows, form)
    before, after = program.ranks(given.reshape(-1, program.n)), program.ranks(repaired)
    worse = (after[:, 0] > before[:, 0]) | ((after[:, 0] == before[:, 0]) & (after[:, 1] > before[:, 1]))
    repaired[worse] = given.reshape(-1, program.n)[worse]  # a scaled sum may fall while the judge's rises
    return repaired.reshape(given.shape)


def row_table(rows: Rows) -> RowTable:
    """Lay rows out for the kernels."""
    columns = rows.matrix.tocsc()
    owner = np.repeat(np.arange(len(rows)), np.diff(rows.indptr))
    scale = np.zeros(len(rows))
    np.maximum.at(scale, owner, np.abs(rows.weight))
    return RowTable(
        rows.indptr,
        rows.index,
        rows.weight,
        columns.indptr.astype(np.int64),
        columns.indices.astype(np.int64),
        columns.data,
        np.where(rows.is_equality, 0.0, np.where(rows.is_at_least, -1.0, 1.0)),
        rows.right,
        rows.tolerance,
        np.where(scale > 0, scale, 1.0),
    )


def form_table(form: QuadraticForm) -> FormTable:
    """Lay a minimised form out for the kernels."""
    return FormTable(form.linear, *form.neighbours, 1e-12 * float(form.gains().max(initial=0.0)))


@njit(cache=True, nogil=True)
def _repair_batch(bits: Array, rows: RowTable, form: FormTable) -> None:
    for b in range(bits.shape[0]):
        x = bits[b]
        activity, slope = _activities(x, rows), _slopes(x, form)
        _drop(x, activity, slope, rows, form)
        if _keeps_all(activity, rows):
            _add(x, activity, slope, rows, form)


@njit(cache=True, nogil=True)
def _drop(x: Array, activity: Array, slope: Array, rows: RowTable, form: FormTable) -> None:
    """Flip by least loss per relief until no flip relieves the rows."""
    relief = np.zeros(len(x))
    for r in range(len(activity)):
        _count_relief(relief, 1.0, r, x, activity, rows)
    while True:
        chosen, least = -1, np.inf
        for j in range(len(x)):
            if relief[j] > LEAST_RELIEF:
                loss = -slope[j] if x[j] else slope[j]
                score = loss / relief[j] if loss > 0 else loss * relief[j]
                if score < least or (score == least and relief[j] > relief[chosen]):
                    chosen, least = j, score
        if chosen < 0:
            return
        start, stop = rows.column_indptr[chosen], rows.column_indptr[chosen + 1]
        for e in range(start, stop):
            _count_relief(relief, -1.0, rows.column_row[e], x, activity, rows)
        _flip(chosen, x, activity, slope, rows, form)
        for e in range(start, stop):
            _count_relief(relief, 1.0, rows.column_row[e], x, activity, rows)


@njit(cache=True, nogil=True)
def _add(x: Array, activity: Array, slope: Array, rows: RowTable, form: FormTable) -> None:
    """Flip by greatest gain per use, within the rows, until no flip gains."""
    use, blocks = np.zeros(len(x)), np.zeros(len(x), np.int64)
    for r in range(len(activity)):
        _count_use(use, blocks, 1, r, x, activity, rows)
    while True:
        chosen, most = -1, 0.0
        for j in range(len(x)):
            gain = slope[j] if x[j] else -slope[j]
            if blocks[j] == 0 and gain > form.least_gain:
                score = gain / max(use[j], LEAST_RELIEF)
                if score > most:
                    chosen, most = j, score
        if chosen < 0:
            return
        start, stop = rows.column_indptr[chosen], rows.column_indptr[chosen + 1]
        for e in range(start, stop):
            _count_use(use, blocks, -1, rows.column_row[e], x, activity, rows)
        _flip(chosen, x, activity, slope, rows, form)
        for e in range(start, stop):
            _count_use(use, blocks, 1, rows.column_row[e], x, activity, rows)


@njit(cache=True, nogil=True)
def _count_relief(relief: Array, sign: float, r: int, x: Array, activity: Array, rows: RowTable) -> None:
    """Add row r's part, or take it away, from what each flip takes off the scaled violation."""
    now = _violation(r, activity[r], rows)
    for e in range(rows.indptr[r], rows.indptr[r + 1]):
        j = rows.index[e]
        change = -rows.weight[e] if x[j] else rows.weight[e]
        relief[j] += sign * (now - _violation(r, activity[r] + change, rows)) / rows.scale[r]


@njit(cache=True, nogil=True)
def _count_use(
    use: Array, blocks: Array, sign: int, r: int, x: Array, activity: Array, rows: RowTable
) -> None:
    """Add row r's part, or take it away, from each flip's use of slack and from the rows that forbid it."""
    slack = rows.kind[r] * (rows.right[r] - activity[r])
    for e in range(rows.indptr[r], rows.indptr[r + 1]):
        j = rows.index[e]
        change = -rows.weight[e] if x[j] else rows.weight[e]
        taken = rows.kind[r] * change
        if _violation(r, activity[r] + change, rows) > 0:
            blocks[j] += sign
        elif taken > 0:
            use[j] += sign * taken / max(slack, taken)


@njit(cache=True, nogil=True)
def _violation(r: int, activity: float, rows: RowTable) -> float:
    excess = activity - rows.right[r]
    excess = abs(excess) if rows.kind[r] == 0 else rows.kind[r] * excess
    return excess if excess > rows.tolerance[r] else 0.0


@njit(cache=True, nogil=True)
def _keeps_all(activity: Array, rows: RowTable) -> bool:
    broken = 0
    for r in range(len(activity)):
        broken += _violation(r, activity[r], rows) > 0
    return broken == 0


@njit(cache=True, nogil=True)
def _flip(j: int, x: Array, activity: Array, slope: Array, rows: RowTable, form: FormTable) -> None:
    sign = -1.0 if x[j] else 1.0
    x[j] = 1 - x[j]
    for e in range(rows.column_indptr[j], rows.column_indptr[j + 1]):
        activity[rows.column_row[e]] += sign * rows.column_weight[e]
    for e in range(form.indptr[j], form.indptr[j + 1]):
        slope[form.index[e]] += sign * form.coupling[e]


@njit(cache=True, nogil=True)
def _activities(x: Array, rows: RowTable) -> Array:
    activity = np.zeros(len(rows.right))
    for r in range(len(activity)):
        for e in range(rows.indptr[r], rows.indptr[r + 1]):
            if x[rows.index[e]]:
                activity[r] += rows.weight[e]
    return activity


@njit(cache=True, nogil=True)
def _slopes(x: Array, form: FormTable) -> Array:
    """The derivative of the form by each bit."""
    slope = form.linear.copy()
    for j in range(len(slope)):
        for e in range(form.indptr[j], form.indptr[j + 1]):
            if x[form.index[e]]:
                slope[j] += form.coupling[e]
    return slope
