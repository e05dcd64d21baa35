"""Flips of bits in a program with rows: what each changes in the objective, and which rows speak against it.

Everything is kept up to date from flip to flip, at the cost of the entries of the rows that the bit is in.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit

from problems.binary.program import BinaryProgram
from problems.binary.repair import FormTable, RowTable, form_table, row_table
from problems.binary.rows import Rows
from problems.contract import Array


class Table(NamedTuple):
    """A program for the kernels: rows by row and by column, the minimised objective by neighbours.

    Attributes:
        rows: The rows.
        form: The objective.
        reach: The most by which two flips together differ in the objective from both one by one.
        simple: ``[n]`` the bits that share no two rows with any other bit, as far as rows of two show.
    """

    rows: RowTable
    form: FormTable
    reach: float
    simple: Array


class Place(NamedTuple):
    """Where a search stands.

    A row blocks a flip that would break it, or break it more than it is.

    Attributes:
        bits: ``[n]``.
        slope: ``[n]`` the derivative of the objective by each bit.
        blocks: ``[n]`` how many rows block the flip of each bit.
        blockers: ``[n]`` the sum of their numbers: the number itself where only one does.
        activity: ``[m]`` of each row.
        broken: ``[m]`` the rows that are broken, at the front.
        spot: ``[m]`` where in ``broken`` each row stands, −1 for those kept.
        count: ``[1]`` how many rows are broken.
        value: ``[1]`` the minimised objective without its offset.
    """

    bits: Array
    slope: Array
    blocks: Array
    blockers: Array
    activity: Array
    broken: Array
    spot: Array
    count: Array
    value: Array


def table_of(program: BinaryProgram) -> Table:
    """Lay a program out for the kernels."""
    form = program.minimised
    reach = float(np.abs(form.coupling).max(initial=0.0))
    return Table(row_table(program.constraints), form_table(form), reach, _simple_bits(program.constraints))


def first_prices(program: BinaryProgram) -> Array:
    """Return prices ``[m]`` at which a mean flip costs about as much as it brings."""
    rows, gains = program.constraints, program.minimised.gains()
    sizes = abs(rows.matrix).sum(axis=1) / np.maximum(1, np.diff(rows.indptr))
    return np.maximum(float(gains.mean()) if len(gains) else 1.0, 1e-9) / np.maximum(np.asarray(sizes), 1e-12)


def new_place(program: BinaryProgram) -> Place:
    """Return room for a search."""
    n, m = program.n, len(program.constraints)
    blocks, blockers = np.zeros((2, n), np.int64)
    broken, spot = np.zeros((2, m), np.int64)
    return Place(
        np.zeros(n, np.uint8), np.zeros(n), blocks, blockers, np.zeros(m), broken, spot,
        np.zeros(1, np.int64), np.zeros(1),
    )  # fmt: skip


def _simple_bits(rows: Rows) -> Array:
    """Return the bits that are in rows of two alone, each time with another partner."""
    width = np.diff(rows.indptr)
    pairs = rows.index[np.repeat(width == 2, width)].reshape(-1, 2)
    keys, count = np.unique(pairs.min(axis=1) * rows.n + pairs.max(axis=1), return_counts=True)
    simple = np.ones(rows.n, dtype=np.uint8)
    simple[rows.index[np.repeat(width != 2, width)]] = 0
    simple[keys[count > 1] // max(rows.n, 1)] = simple[keys[count > 1] % max(rows.n, 1)] = 0
    return simple


@njit(cache=True, nogil=True)
def enter(place: Place, table: Table) -> None:
    """Compute everything about the bits afresh."""
    rows, form, bits = table.rows, table.form, place.bits
    place.activity[:] = 0.0
    place.slope[:] = form.linear
    for j in range(len(bits)):
        if bits[j]:
            for e in range(rows.column_indptr[j], rows.column_indptr[j + 1]):
                place.activity[rows.column_row[e]] += rows.column_weight[e]
            for e in range(form.indptr[j], form.indptr[j + 1]):
                place.slope[form.index[e]] += form.coupling[e]
    place.value[0] = 0.0
    for j in range(len(bits)):
        if bits[j]:
            place.value[0] += 0.5 * (place.slope[j] + form.linear[j])
    place.blocks[:] = 0
    place.blockers[:] = 0
    place.spot[:] = -1
    place.count[0] = 0
    for r in range(len(place.activity)):
        down, up = free_changes(r, place.activity[r], rows)
        for e in range(rows.indptr[r], rows.indptr[r + 1]):
            change = -rows.weight[e] if bits[rows.index[e]] else rows.weight[e]
            if change > up or change < down:
                place.blocks[rows.index[e]] += 1
                place.blockers[rows.index[e]] += r
        _list_if_broken(r, place, rows)


@njit(cache=True, nogil=True)
def flip(j: int, place: Place, table: Table) -> None:
    """Flip bit j and follow in all that is kept."""
    rows, form = table.rows, table.form
    sign = -1.0 if place.bits[j] else 1.0
    for e in range(rows.column_indptr[j], rows.column_indptr[j + 1]):
        _shift_row(rows.column_row[e], sign * rows.column_weight[e], j, place, rows)
    place.value[0] += sign * place.slope[j]
    place.bits[j] ^= 1
    for e in range(form.indptr[j], form.indptr[j + 1]):
        place.slope[form.index[e]] += sign * form.coupling[e]


@njit(cache=True, nogil=True)
def free_changes(r: int, activity: float, rows: RowTable) -> tuple[float, float]:
    """Return the least and the greatest change of row r's activity that do not break it, or not more."""
    over, tolerance = activity - rows.right[r], rows.tolerance[r]
    if rows.kind[r] > 0:
        return -np.inf, max(tolerance - over, 0.0)
    if rows.kind[r] < 0:
        return min(-tolerance - over, 0.0), np.inf
    if abs(over) <= tolerance:
        return -tolerance - over, tolerance - over
    return (-2.0 * over, 0.0) if over > 0 else (0.0, -2.0 * over)


@njit(cache=True, nogil=True)
def _shift_row(r: int, change: float, j: int, place: Place, rows: RowTable) -> None:
    """Change row r's activity by the coming flip of bit j, and count anew where it blocks."""
    down, up = free_changes(r, place.activity[r], rows)
    place.activity[r] += change
    new_down, new_up = free_changes(r, place.activity[r], rows)
    for e in range(rows.indptr[r], rows.indptr[r + 1]):
        i = rows.index[e]
        before = -rows.weight[e] if place.bits[i] else rows.weight[e]
        after = -before if i == j else before
        turned = int(after > new_up or after < new_down) - int(before > up or before < down)
        place.blocks[i] += turned
        place.blockers[i] += turned * r
    _list_if_broken(r, place, rows)


@njit(cache=True, nogil=True)
def excess(r: int, activity: float, rows: RowTable) -> float:
    """Return by how much row r is broken at an activity; 0 within its tolerance."""
    amount = activity - rows.right[r]
    amount = abs(amount) if rows.kind[r] == 0 else rows.kind[r] * amount
    return amount if amount > rows.tolerance[r] else 0.0


@njit(cache=True, nogil=True)
def violation(place: Place, rows: RowTable) -> float:
    """Return the sum of what the rows are broken by."""
    total = 0.0
    for k in range(place.count[0]):
        r = int(place.broken[k])
        total += excess(r, place.activity[r], rows)
    return total


@njit(cache=True, nogil=True)
def flip_gain(j: int, place: Place) -> float:
    """Return by how much flipping bit j changes the objective."""
    return -place.slope[j] if place.bits[j] else place.slope[j]


@njit(cache=True, nogil=True)
def flip_breach(j: int, place: Place, prices: Array, rows: RowTable) -> float:
    """Return by how much flipping bit j changes the priced violation Σ prices_r excess_r."""
    sign, change = (-1.0 if place.bits[j] else 1.0), 0.0
    for e in range(rows.column_indptr[j], rows.column_indptr[j + 1]):
        r = int(rows.column_row[e])
        now = float(place.activity[r])
        change += float(prices[r]) * (
            excess(r, now + sign * rows.column_weight[e], rows) - excess(r, now, rows)
        )
    return change


@njit(cache=True, nogil=True)
def _list_if_broken(r: int, place: Place, rows: RowTable) -> None:
    """Bring row r's membership in the list of broken rows up to date."""
    is_broken, k = excess(r, place.activity[r], rows) > 0, place.spot[r]
    if is_broken and k < 0:
        place.spot[r] = place.count[0]
        place.broken[place.count[0]] = r
        place.count[0] += 1
    elif k >= 0 and not is_broken:
        place.count[0] -= 1
        last = place.broken[place.count[0]]
        place.broken[k], place.spot[last] = last, k
        place.spot[r] = -1
