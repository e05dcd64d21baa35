"""Rows with two sides, ``low <= terms <= high``: two rows of a program, one row of a file.

A row ``name`` becomes ``name (lower)`` and ``name (upper)``; a row without a name, two without one. Writers
put such a pair together again.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from problems.binary.builder import ProgramBuilder

LOWER, UPPER = " (lower)", " (upper)"


@dataclass(frozen=True)
class Row:
    """A row with one or two sides; equal sides with ``is_range`` unset are an equality.

    Attributes:
        name: Its name; of a range, what both rows begin with.
        linear: Coefficients by variable.
        quadratic: Coefficients of products.
        low: Left side, −∞ without one.
        high: Right side, +∞ without one.
        is_range: Whether it stands for two rows.
    """

    name: str | None
    linear: Mapping[int, float]
    quadratic: Mapping[tuple[int, int], float]
    low: float
    high: float
    is_range: bool = False

    @classmethod
    def of(
        cls,
        name: str | None,
        linear: Mapping[int, float],
        relation: str,
        right: float,
        quadratic: Mapping[tuple[int, int], float] | None = None,
    ) -> Row:
        """Return the row ``terms (relation) right``."""
        low = -math.inf if relation == "<=" else right
        return cls(name, linear, quadratic or {}, low, math.inf if relation == ">=" else right)

    @property
    def relation(self) -> str:
        """The relation of a row with one side."""
        if self.low == self.high:
            return "=="
        return "<=" if self.low == -math.inf else ">="

    def add_to(self, builder: ProgramBuilder) -> None:
        """Add the row, or the two rows of a range."""
        if not self.is_range:
            right = self.high if self.relation == "<=" else self.low
            builder.row(self.name, self.linear, self.relation, right + 0.0, self.quadratic)  # −0 becomes 0
            return
        for ending, relation, right in ((LOWER, ">=", self.low), (UPPER, "<=", self.high)):
            name = None if self.name is None else self.name + ending
            builder.row(name, self.linear, relation, right + 0.0, self.quadratic)


def paired(rows: Sequence[Row]) -> list[Row]:
    """Return the rows with each lower and upper one that follow each other put together."""
    merged: list[Row] = []
    taken = {row.name for row in rows}
    for row in rows:
        last = merged[-1] if merged else None
        stem = "" if last is None else (last.name or "").removesuffix(LOWER)
        if last is not None and stem not in taken and _fit(last, row):
            merged[-1] = Row(stem, row.linear, row.quadratic, last.low, row.high, is_range=True)
        else:
            merged.append(row)
    return merged


def _fit(lower: Row, upper: Row) -> bool:
    names = (lower.name or "", upper.name or "")
    return (
        not lower.is_range
        and (lower.relation, upper.relation) == (">=", "<=")
        and names[0].endswith(LOWER)
        and names[1] == names[0].removesuffix(LOWER) + UPPER
        and lower.low <= upper.high
        and (lower.linear, lower.quadratic) == (upper.linear, upper.quadratic)
    )
