"""The moves of searches in a program with rows: flips, exchanges of two bits, the way back into the rows."""

from __future__ import annotations

import numpy as np
from numba import njit

from classical.binary.local_fields import uniform
from classical.binary.local_program_moves import Place, Table, excess, flip_breach, flip_gain, free_changes
from problems.binary.repair import FormTable, RowTable
from problems.contract import Array

NO_ROW = 2**62  # above the number of any row


@njit(cache=True, nogil=True)
def kept_move(
    place: Place, until: Array, now: int, wanted: float, turn: int, least: float, first: bool,
    scratch: Array, table: Table,
) -> tuple[int, int, float]:  # fmt: skip
    """Return the flip, or the two flips, of least change in the objective that no row blocks.

    Where a row blocks the flip of a bit, the partner is sought among those that relieve this row.

    Args:
        place: Where the search stands.
        until: ``[n]``; a bit with ``until >= now`` is tabu: it only moves if the change is below ``wanted``.
        now: The number of this move.
        wanted: The change that makes a new best.
        turn: The bit that is looked at first; the first of equals is taken.
        least: The change must be below this.
        first: Whether the first bit that can move is taken, the best otherwise.
        scratch: ``[n]`` zeros, and zeros again afterwards.
        table: The program.

    Returns:
        The bits, −1 for none, and the change, or ``least`` if there is no such move.
    """
    n, one, other = len(place.bits), -1, -1
    cheapest = np.inf  # what a partner costs at least
    for j in range(n):
        cheapest = min(cheapest, flip_gain(j, place))
    cheapest -= table.reach
    for k in range(n):
        j = turn + k if turn + k < n else turn + k - n
        gain = flip_gain(j, place)
        if place.blocks[j] == 0:
            if gain < least and (until[j] < now or gain < wanted):
                one, other, least = j, -1, gain
        elif place.blocks[j] > 1 and table.simple[j]:
            continue  # no partner is in two of its rows
        elif gain + cheapest < least and (until[j] < now or gain + cheapest < wanted):
            i, both = _best_partner(j, place, until, now, wanted, least, scratch, table)
            if i >= 0:
                one, other, least = j, i, both
        if first and one >= 0:
            break
    return one, other, least


@njit(cache=True, nogil=True)
def best_relief(place: Place, until: Array, now: int, prices: Array, states: Array, table: Table) -> int:
    """Return the flip of least priced change among those that relieve a random broken row.

    Tabu bits are left to the last; −1 if no flip relieves the row.
    """
    rows = table.rows
    r = int(place.broken[int(uniform(states, 0) * place.count[0])])
    amount = excess(r, place.activity[r], rows)
    chosen, least, free = -1, np.inf, False
    start, count = rows.indptr[r], rows.indptr[r + 1] - rows.indptr[r]
    turn = int(uniform(states, 0) * count)
    for k in range(count):
        e = start + (turn + k if turn + k < count else turn + k - count)
        j = int(rows.index[e])
        change = float(-rows.weight[e] if place.bits[j] else rows.weight[e])
        if (free and until[j] >= now) or excess(r, place.activity[r] + change, rows) >= amount:
            continue
        cost = flip_gain(j, place) + flip_breach(j, place, prices, rows)
        if cost < least or (until[j] < now and not free):
            chosen, least, free = j, cost, until[j] < now
    return chosen


@njit(cache=True, nogil=True)
def _best_partner(
    j: int, place: Place, until: Array, now: int, wanted: float, least: float, scratch: Array, table: Table
) -> tuple[int, float]:
    """Return the bit whose flip together with that of bit j changes least and is blocked by no row."""
    rows, form, partner = table.rows, table.form, -1
    gain, sign = flip_gain(j, place), (-1.0 if place.bits[j] else 1.0)
    r, down, up = _hardest_blocker(j, place, rows)
    _spread(scratch, sign, j, form)
    for e in range(rows.indptr[r], rows.indptr[r + 1]):
        i = int(rows.index[e])
        change = float(-rows.weight[e] if place.bits[i] else rows.weight[e])
        if change < down or change > up or i == j:
            continue
        both = gain + flip_gain(i, place) + float(-scratch[i] if place.bits[i] else scratch[i])
        free = (until[j] < now and until[i] < now) or both < wanted
        if free and both < least and _no_row_blocks(j, i, place, rows):
            partner, least = i, both
    _spread(scratch, 0.0, j, form)
    return partner, least


@njit(cache=True, nogil=True)
def _spread(scratch: Array, sign: float, j: int, form: FormTable) -> None:
    """Write what flipping bit j adds to the slopes of its neighbours."""
    for e in range(form.indptr[j], form.indptr[j + 1]):
        scratch[form.index[e]] = sign * form.coupling[e]


@njit(cache=True, nogil=True)
def _hardest_blocker(j: int, place: Place, rows: RowTable) -> tuple[int, float, float]:
    """Return the blocking row that bit j overdoes most for its scale, and what a partner may change in it."""
    sign, chosen, low, high, most = (-1.0 if place.bits[j] else 1.0), -1, 0.0, 0.0, 0.0
    for e in range(rows.column_indptr[j], rows.column_indptr[j + 1]):
        r, change = int(rows.column_row[e]), sign * rows.column_weight[e]
        down, up = free_changes(r, place.activity[r], rows)
        over = max(change - up, down - change) / rows.scale[r]
        if over > most:
            chosen, low, high, most = r, down - change, up - change, over
    return chosen, low, high


@njit(cache=True, nogil=True)
def _no_row_blocks(j: int, i: int, place: Place, rows: RowTable) -> bool:
    """Whether no row is broken, or broken more, by flipping bits j and i; their columns go side by side."""
    a, a_end, b, b_end = (
        rows.column_indptr[j], rows.column_indptr[j + 1], rows.column_indptr[i], rows.column_indptr[i + 1],
    )  # fmt: skip
    sign_j, sign_i = (-1.0 if place.bits[j] else 1.0), (-1.0 if place.bits[i] else 1.0)
    while a < a_end or b < b_end:
        row_a = int(rows.column_row[a]) if a < a_end else NO_ROW
        row_b = int(rows.column_row[b]) if b < b_end else NO_ROW
        r, change = min(row_a, row_b), 0.0
        if row_a == r:
            change += sign_j * rows.column_weight[a]
            a += 1
        if row_b == r:
            change += sign_i * rows.column_weight[b]
            b += 1
        if excess(r, place.activity[r] + change, rows) > excess(r, place.activity[r], rows):
            return False
    return True
