"""When a row is broken, or kept, beyond doubt: comparisons that no rounding and no tolerance can turn.

A row of integers whose sums stay below 2^53 is computed exactly and has no tolerance: both margins are 0.
Elsewhere a row counts as broken only above the judge's tolerance plus what rounding can have done.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from problems.binary.quadratic import QuadraticForm
from problems.binary.rows import Rows
from problems.checking import EXACT_INTEGER

Array = np.ndarray


class Margins(NamedTuple):
    """Per row ``[m]``: an activity past the right-hand side by more than ``beyond`` breaks it; one that falls
    short of it by ``within`` keeps it.
    """

    beyond: Array
    within: Array


def row_margins(rows: Rows) -> Margins:
    """Return the margins of all rows."""
    low, high = rows.ranges
    size = high - low + np.abs(rows.right)
    rounding = np.finfo(float).eps * (np.diff(rows.indptr) + 4) * size
    exact = exact_rows(rows)
    beyond = np.where(exact, 0.0, rows.tolerance + rounding)
    within = np.where(exact, 0.0, np.maximum(0.0, rounding - rows.tolerance))
    return Margins(beyond, within)


def exact_rows(rows: Rows) -> Array:
    """Return which rows ``[m]`` hold integers whose sums, right-hand side included, stay exact."""
    low, high = rows.ranges
    return rows.integral & (high - low + np.abs(rows.right) <= EXACT_INTEGER)


def slope_margin(form: QuadraticForm) -> Array:
    """Return what rounding can have done ``[n]`` to sums of a bit's linear coefficient and couplings."""
    indptr, index, value = form.neighbours
    owner = np.repeat(np.arange(form.n), np.diff(indptr))
    size = np.abs(form.linear) + np.bincount(owner, np.abs(value), form.n)
    fractions = np.bincount(owner, value != np.round(value), form.n) + (form.linear != np.round(form.linear))
    exact = (np.diff(indptr) == 0) | ((fractions == 0) & (size <= EXACT_INTEGER))
    return np.where(exact, 0.0, np.finfo(float).eps * (np.diff(indptr) + 4) * size)
