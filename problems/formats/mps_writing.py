"""A program as the cards of an MPS file, free or in the columns of the fixed format."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from problems.errors import ProblemError
from problems.formats.lp_labels import reference_comment, unused, written_names
from problems.formats.lp_parts import Parts, check_twice
from problems.formats.lp_ranges import LOWER, UPPER, Row
from problems.formats.mps_cards import COLUMNS
from problems.formats.numbers import shown

LONGEST_NAME = 255
_LEGAL = re.compile(r"[A-Za-z_][!-~]*")
_TYPES = {"<=": "L", ">=": "G", "==": "E"}


class CardWriter:
    """Writes a program.

    Args:
        parts: The program.
        fixed: Whether fields stand in columns.
    """

    def __init__(self, parts: Parts, fixed: bool):
        self._parts, self._fixed = parts, fixed
        self._rows = [piece for row in parts.rows for piece in _exact(row)]
        short = ("v", "r") if fixed else ("variable_", "row_")
        names, comments = written_names(parts.names, "variable", short[0], self._is_legal)
        labels, more = written_names([row.name or "" for row in self._rows], "row", short[1], self._is_legal)
        self._names, self._labels, self._objective = names, labels, unused("obj", labels)
        self._comments = [*reference_comment(parts.reference), *comments, *more]

    def lines(self) -> list[str]:
        """Return the lines of the file.

        Raises:
            ProblemError: If a number or a name does not fit its columns.
        """
        head = [f"* {text}" for text in self._comments] + ["NAME          PROGRAM"]
        if self._parts.sense == "max":
            head += ["OBJSENSE", "    MAX"]
        return [
            *head, "ROWS", *self._row_cards(), "COLUMNS", *self._column_cards(), "RHS", *self._right_cards(),
            *_section("RANGES", self._range_cards()), "BOUNDS", *self._bound_cards(),
            *_section("QUADOBJ", self._objective_products()), *self._row_products(), "ENDATA",
        ]  # fmt: skip

    def _row_cards(self) -> Iterator[str]:
        yield self._card("N", self._objective)
        for row, label in zip(self._rows, self._labels, strict=True):
            yield self._card("G" if row.is_range else _TYPES[row.relation], label)

    def _column_cards(self) -> Iterator[str]:
        """Write the columns in order, all of them integer; one without coefficients costs 0."""
        entries: list[list[tuple[str, float]]] = [[] for _ in self._names]
        for k, value in enumerate(self._parts.linear.tolist()):
            if value:
                entries[k].append((self._objective, value))
        for row, label in zip(self._rows, self._labels, strict=True):
            for k, value in row.linear.items():
                entries[k].append((label, value))
        yield _marker("INTORG")
        for name, column in zip(self._names, entries, strict=True):
            for label, value in column or [(self._objective, 0.0)]:
                yield self._card("", name, label, value)
        yield _marker("INTEND")

    def _right_cards(self) -> Iterator[str]:
        if self._parts.offset:
            yield self._card("", "RHS", self._objective, -self._parts.offset)
        for row, label in zip(self._rows, self._labels, strict=True):
            right = row.low if row.is_range or row.relation != "<=" else row.high
            if right:
                yield self._card("", "RHS", label, right)

    def _range_cards(self) -> Iterator[str]:
        for row, label in zip(self._rows, self._labels, strict=True):
            if row.is_range:
                yield self._card("", "RANGES", label, row.high - row.low)

    def _bound_cards(self) -> Iterator[str]:
        """Write the bounds of all columns, the lower one first: a negative upper one alone would open it."""
        parts = self._parts
        for name, bit, low, high in zip(self._names, parts.is_bit, parts.low, parts.high, strict=True):
            if bit:
                yield self._card("BV", "BOUNDS", name)
            elif low == high:
                yield self._card("FX", "BOUNDS", name, float(low))
            else:
                yield self._card("LO", "BOUNDS", name, float(low))
                yield self._card("UP", "BOUNDS", name, float(high))

    def _objective_products(self) -> Iterator[str]:
        for (i, j), value in self._parts.quadratic.items():
            first, second = self._names[i], self._names[j]
            if i == j:
                value = check_twice(value, f"the objective's coefficient of the square of {first}")
            yield self._card("", first, second, value)

    def _row_products(self) -> Iterator[str]:
        for row, label in zip(self._rows, self._labels, strict=True):
            if row.quadratic:
                yield f"QCMATRIX   {label}"
                yield from self._matrix(row.quadratic, label)

    def _matrix(self, products: Mapping[tuple[int, int], float], label: str) -> Iterator[str]:
        for (i, j), value in products.items():
            if i == j:
                yield self._card("", self._names[i], self._names[i], value)
                continue
            if value / 2 * 2 != value:
                raise ProblemError(
                    f"a coefficient of {label}", value, "a number with an exact half", "scale it"
                )
            yield self._card("", self._names[i], self._names[j], value / 2)
            yield self._card("", self._names[j], self._names[i], value / 2)

    def _card(self, kind: str, first: str, second: str = "", value: float | None = None) -> str:
        fields = (kind, first, second, "" if value is None else shown(value))
        if not self._fixed:
            return " " + "  ".join(text for text in fields if text)
        line = ""
        for text, (start, end) in zip(fields, COLUMNS, strict=False):
            if len(text) > end - start:
                wanted = f"at most {end - start} characters in the fixed format"
                raise ProblemError(f"a field of {first}", text, wanted, "fixed=False has no such limit")
            line = line.ljust(start) + text
        return line.rstrip()

    def _is_legal(self, name: str) -> bool:
        longest = COLUMNS[1][1] - COLUMNS[1][0] if self._fixed else LONGEST_NAME
        return len(name) <= longest and _LEGAL.fullmatch(name) is not None


def _exact(row: Row) -> list[Row]:
    """Return the row, or its two sides where the width of the range would not give back the upper one."""
    if not row.is_range or row.low + (row.high - row.low) == row.high:
        return [row]
    lower = Row.of(f"{row.name}{LOWER}", row.linear, ">=", row.low, row.quadratic)
    return [lower, Row.of(f"{row.name}{UPPER}", row.linear, "<=", row.high, row.quadratic)]


def _section(head: str, cards: Iterator[str]) -> list[str]:
    found = list(cards)
    return [head, *found] if found else []


def _marker(kind: str) -> str:
    return f"    MARKER                 'MARKER'                 '{kind}'"
