"""Parallel rows: of rows with the same direction only the tightest counts.

Reference: Tomlin and Welch, Operations Research Letters 5 (1986); Achterberg, Bixby, Gu, Rothberg and
Weninger, INFORMS Journal on Computing 32 (2020), section 5.2.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from fractions import Fraction
from typing import NamedTuple

import numpy as np

from problems.binary.presolve.fixing import reduced, select_rows
from problems.binary.presolve.margins import exact_rows, row_margins
from problems.binary.presolve.step import Outcome, Removed
from problems.binary.program import BinaryProgram
from problems.binary.rows import Rows
from problems.errors import Infeasible

Array = np.ndarray


@dataclass(frozen=True)
class ParallelRows:
    """Drop all but the tightest of the rows whose coefficients are multiples of each other.

    The feasible set stays as it is: on the direction that such rows share, each keeps an interval, widened by
    its tolerance, and only a row whose interval contains that of another is dropped. Two rows of integers
    that leave a single value become one equality. Ratios are exact fractions.
    """

    def apply(self, program: BinaryProgram) -> Outcome | None:
        """Return the program without the looser rows, or None.

        Raises:
            Infeasible: Naming two rows that no bits keep together.
        """
        rows = program.constraints
        exact, keep = exact_rows(rows), np.ones(len(rows), dtype=bool)
        relation = list(rows.relation)
        for group in _parallel(rows, row_margins(rows).beyond):
            kept = _tightest(group)
            _refuse_contradiction(rows, kept)
            kept = [_joined(kept, relation)] if _leave_one_value(kept, exact) else kept
            keep[[one.row for one in group]] = False
            keep[[one.row for one in kept]] = True
        if keep.all():
            return None
        fresh = Rows(
            rows.n, rows.indptr, rows.index, rows.weight, tuple(relation), rows.right, rows.names
        )  # fmt: skip
        return reduced(program, Removed(rows=int((~keep).sum())), rows=select_rows(fresh, keep))


class _Interval(NamedTuple):
    """What a row keeps, ``low <= direction · x <= high``, tolerance included; None where unbounded."""

    row: int
    low: Fraction | None
    high: Fraction | None
    doubt: Fraction  # what rounding can do to either end

    def contains(self, other: _Interval) -> bool:
        """Whether every value that the other keeps is kept here."""
        above = self.high is None or (other.high is not None and other.high <= self.high)
        below = self.low is None or (other.low is not None and other.low >= self.low)
        return above and below


def _parallel(rows: Rows, beyond: Array) -> list[list[_Interval]]:
    """Return the intervals of rows that share a direction, groups of two and more, in row order."""
    alike: dict[bytes, list[int]] = defaultdict(list)
    for r in range(len(rows)):
        index, _ = rows.entries(r)
        if len(index):
            alike[index.tobytes()].append(r)
    groups: dict[tuple[bytes, tuple[Fraction, ...]], list[_Interval]] = defaultdict(list)
    for pattern, members in alike.items():
        for r in members if len(members) > 1 else []:
            weights = [Fraction(a) for a in rows.entries(r)[1].tolist()]
            direction = tuple(a / weights[0] for a in weights)
            groups[pattern, direction].append(_interval(rows, r, weights[0], float(beyond[r])))
    return [group for group in groups.values() if len(group) > 1]


def _interval(rows: Rows, r: int, factor: Fraction, beyond: float) -> _Interval:
    right, tolerance = Fraction(float(rows.right[r])), Fraction(float(rows.tolerance[r]))
    relation = rows.relation[r]
    low = None if relation == "<=" else (right - tolerance) / factor
    high = None if relation == ">=" else (right + tolerance) / factor
    doubt = (Fraction(beyond) - tolerance) / abs(factor)
    return _Interval(r, low, high, doubt) if factor > 0 else _Interval(r, high, low, doubt)


def _tightest(group: list[_Interval]) -> list[_Interval]:
    """Return the intervals that contain no other one; of equal ones the first."""
    kept: list[_Interval] = []
    for one in group:
        if not any(one.contains(other) for other in kept):
            kept = [other for other in kept if not other.contains(one)] + [one]
    return kept


def _refuse_contradiction(rows: Rows, kept: list[_Interval]) -> None:
    for one in kept:
        for other in kept:
            if one.high is None or other.low is None:
                continue
            if one.high + one.doubt + other.doubt < other.low:
                names = sorted((one.row, other.row))
                raise Infeasible(
                    "the program",
                    f"rows {rows.names[names[0]]} and {rows.names[names[1]]} are parallel and exclude "
                    "each other",
                )


def _leave_one_value(kept: list[_Interval], exact: Array) -> bool:
    """Whether two rows of integers bound the direction from both sides by one value."""
    if len(kept) != 2 or not all(exact[one.row] for one in kept):
        return False
    one, other = kept
    above = one.high is not None and one.high == other.low
    return above or (one.low is not None and one.low == other.high)


def _joined(kept: list[_Interval], relation: list[str]) -> _Interval:
    """Turn the first of two rows into the equality that both amount to."""
    first = min(kept, key=lambda one: one.row)
    relation[first.row] = "=="
    return first
