"""The sections of an MPS file, card by card, read into a program."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from problems.binary.builder import ProgramBuilder
from problems.binary.integer import IntegerProgram
from problems.binary.program import BinaryProgram
from problems.contract import Sense
from problems.errors import ProblemError
from problems.formats.lp_keywords import SENSES
from problems.formats.lp_labels import Labels
from problems.formats.lp_ranges import Row
from problems.formats.mps_bounds import BoundCards
from problems.formats.mps_cards import REFUSED, SECTIONS, Card
from problems.formats.mps_quadratic import QuadraticCards
from problems.formats.numbers import naming

_TYPES = {"N": "free", "L": "<=", "G": ">=", "E": "=="}


@dataclass
class _RowEntries:
    """A row of the file while it is read; ``relation`` is "free" for the objective and other N rows."""

    relation: str
    linear: dict[int, float] = field(default_factory=dict)
    quadratic: dict[tuple[int, int], float] = field(default_factory=dict)
    right: float | None = None
    width: float | None = None

    def settled(self, name: str) -> Row:
        """Return the row with its sides, by the rules of RANGES."""
        right, width = self.right or 0.0, self.width
        if width is None or (self.relation == "==" and width == 0):
            return Row.of(name, self.linear, self.relation, right, self.quadratic)
        downwards = self.relation == "<=" or (self.relation == "==" and width < 0)
        low, high = (right - abs(width), right) if downwards else (right, right + abs(width))
        return Row(name, self.linear, self.quadratic, low, high, is_range=True)


class CardReader:
    """Reads the cards of a file from the first to the last.

    Args:
        file: Name of the file.
        labels: What its comments say.

    Attributes:
        line: The line it has come to.
    """

    def __init__(self, file: str, labels: Labels):
        self.line = 0
        self._file, self._labels, self._builder = file, labels, ProgramBuilder()
        self._rows: dict[str, _RowEntries] = {}
        self._columns: dict[str, int] = {}
        self._column = ""
        self._integer = False
        self._objective: str | None = None
        self._sense: Sense = "min"
        self._vectors: dict[str, str] = {}
        self._bounds = BoundCards(self._builder, self._columns)
        self._matrices: list[QuadraticCards] = []

    def problem(self, cards: Iterable[Card]) -> BinaryProgram | IntegerProgram:
        """Return what the cards say.

        Raises:
            ProblemError: Naming the card that is wrong.
        """
        section, read, last = "", _nothing, None
        for last in cards:
            self.line = last.line
            if section == "ENDATA":
                raise last.error("nothing behind ENDATA")
            if last.is_head:
                section, read = self._section(last)
            else:
                read(last)
        if last is None or section != "ENDATA":
            place = self._file if last is None else last.place
            raise ProblemError(place, "the end of the file", "ENDATA: it is cut short")
        return self._finish()

    def _section(self, head: Card) -> tuple[str, Callable[[Card], None]]:
        name = head.fields[0].upper()
        if name in REFUSED:
            return name, _refuse(head)
        readers = {
            "OBJSENSE": self._read_sense, "OBJNAME": self._read_objective_name, "ROWS": self._read_row,
            "LAZYCONS": self._read_row, "USERCUTS": self._read_row, "COLUMNS": self._read_column,
            "RHS": self._read_right, "RANGES": self._read_range, "BOUNDS": self._read_bound,
        }  # fmt: skip
        if name.startswith("Q"):
            return name, self._quadratic(head, name)
        read = readers.get(name, _nothing)
        if name in ("OBJSENSE", "OBJNAME") and len(head.fields) == 2:
            read(Card(head.fields[1:], head.file, head.line, False))
        return name, read

    def _quadratic(self, head: Card, name: str) -> Callable[[Card], None]:
        row = head.fields[1] if len(head.fields) == 2 else self._objective
        if name in ("QUADOBJ", "QMATRIX") or (row is not None and row == self._objective):
            row = self._objective
        if row is None or row not in self._rows or (name == "QCMATRIX" and len(head.fields) == 1):
            raise head.error(f"{name} behind the rows it belongs to, and QCMATRIX with the name of one")
        self._matrices.append(QuadraticCards(name, self._rows[row].quadratic, self._columns))
        return self._matrices[-1].apply

    def _read_sense(self, card: Card) -> None:
        sense = SENSES.get(card.fields[0].lower())
        if sense is None or len(card.fields) > 1:
            raise card.error("MIN or MAX")
        self._sense = "max" if sense == "max" else "min"

    def _read_objective_name(self, card: Card) -> None:
        if len(card.fields) != 1 or self._rows:
            raise card.error("the name of the objective's row, before ROWS")
        self._objective = card.fields[0]

    def _read_row(self, card: Card) -> None:
        if len(card.fields) != 2 or card.fields[0].upper() not in _TYPES:
            raise card.error("a row: N, L, G or E and a name")
        relation, name = _TYPES[card.fields[0].upper()], card.fields[1]
        if name in self._rows:
            raise card.error("each row once")
        self._rows[name] = _RowEntries(relation)
        if relation == "free" and self._objective is None:
            self._objective = name

    def _read_column(self, card: Card) -> None:
        if len(card.fields) == 3 and card.fields[1] == "'MARKER'":
            if card.fields[2].upper() not in ("'INTORG'", "'INTEND'"):
                raise card.error("the marker 'INTORG' or 'INTEND'")
            self._integer = card.fields[2].upper() == "'INTORG'"
            return
        name = card.fields[0]
        if name != self._column or name not in self._columns:
            self._begin_column(card, name)
        index = self._columns[name]
        if len(card.fields) not in (3, 5):
            raise card.error("a column, then a row and its coefficient, once or twice")
        for k in range(1, len(card.fields), 2):
            row = self._rows.get(card.fields[k])
            if row is None:
                raise card.error(f"a row of the file, not {card.fields[k]}")
            if index in row.linear:
                raise card.error(f"the coefficient of {name} in {card.fields[k]} once")
            row.linear[index] = card.number(k + 1, "the coefficient")

    def _begin_column(self, card: Card, name: str) -> None:
        if name in self._columns:
            raise card.error(f"the entries of column {name} one after the other")
        kind, high = ("integer", 1.0) if self._integer else ("continuous", math.inf)
        label = self._labels.variables.get(name, name)
        with naming(self._file):
            self._columns[name] = self._builder.variable(label, kind, 0.0, high, f"line {card.line}")
        self._column = name

    def _read_right(self, card: Card) -> None:
        for row, value in self._pairs(card, "RHS"):
            if row.right is not None:
                raise card.error("the right side of each row once")
            row.right = value

    def _read_range(self, card: Card) -> None:
        for row, value in self._pairs(card, "RANGES"):
            if row.width is not None or row.relation == "free":
                raise card.error("the range of each L, G or E row once")
            row.width = value

    def _read_bound(self, card: Card) -> None:
        self._bounds.apply(card)

    def _pairs(self, card: Card, section: str) -> list[tuple[_RowEntries, float]]:
        """Return rows and values; before them the vector's name, which may be left out."""
        fields = card.fields
        vector = fields[0] if len(fields) % 2 else ""
        first = len(fields) % 2
        if not 2 <= len(fields) - first <= 4:
            raise card.error("the vector's name, then a row and a value, once or twice")
        if self._vectors.setdefault(section, vector) != vector:
            raise card.error(f"one vector in {section}; cards before name {self._vectors[section]!r}")
        pairs = []
        for k in range(first, len(fields), 2):
            if fields[k] not in self._rows:
                raise card.error(f"a row of the file, not {fields[k]}")
            pairs.append((self._rows[fields[k]], card.number(k + 1, "the value")))
        return pairs

    def _finish(self) -> BinaryProgram | IntegerProgram:
        goal = self._rows.get(self._objective or "")
        if goal is None or goal.relation != "free":
            raise ProblemError(self._file, "without an objective", "a row of type N in ROWS")
        for matrix in self._matrices:
            matrix.check()
        for name, row in self._rows.items():
            if row.relation != "free":
                row.settled(self._labels.rows.get(name, name)).add_to(self._builder)
        offset = -(goal.right or 0.0)
        with naming(self._file):
            self._builder.objective(goal.linear, goal.quadratic, offset, self._sense)
            return self._builder.problem(self._labels.reference)


def _refuse(head: Card) -> Callable[[Card], None]:
    """Return what refuses the first card below a head that is not supported."""

    def read(_: Card) -> None:
        wanted = f"rows, columns and bounds; the section {head.fields[0]} is not supported"
        raise head.error(wanted, "write what it says as rows of bits")

    return read


def _nothing(card: Card) -> None:
    """Refuse data where no section is open that has any."""
    raise card.error("a section: " + " ".join(SECTIONS))
