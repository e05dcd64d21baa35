"""The BOUNDS cards of an MPS file, every type of them."""

from __future__ import annotations

import math
from collections.abc import Mapping

from problems.binary.builder import ProgramBuilder
from problems.formats.lp_bounds import INFINITE, set_bounds
from problems.formats.mps_cards import Card
from problems.formats.numbers import finite

VALUED = ("UP", "LO", "FX", "LI", "UI")
PLAIN = ("FR", "MI", "PL", "BV")
REFUSED = ("SC", "SI", "SN")


class BoundCards:
    """Applies cards to the columns of a builder, in order; the last one for a side holds.

    An integer column that no card names keeps the bounds 0 and 1 it has; any card first opens its upper
    side. A negative upper bound, where no card gave a lower one, opens the lower side too, as in CPLEX
    and Gurobi.

    Args:
        builder: What gets the bounds.
        columns: The index of each column by name.
    """

    def __init__(self, builder: ProgramBuilder, columns: Mapping[str, int]):
        self._builder, self._columns = builder, columns
        self._named: set[int] = set()
        self._with_lower: set[int] = set()
        self.vector: str | None = None

    def apply(self, card: Card) -> None:
        """Apply a card.

        Raises:
            ProblemError: Naming the card, if its type, column or value is none.
        """
        kind = card.fields[0].upper()
        if kind in REFUSED:
            raise card.error("a bound that always holds; semi-continuous variables are not supported")
        if kind not in VALUED + PLAIN:
            raise card.error("a bound of type " + " ".join(VALUED + PLAIN))
        vector, name, value = self._fields(card, kind)
        if self.vector not in (None, vector):
            raise card.error(f"one vector of bounds; cards before name {self.vector!r}")
        self.vector = vector
        index = self._columns[name]
        if index not in self._named:
            self._named.add(index)
            self._builder.bounds(index, high=math.inf)
        self._set(index, kind, value, f"{card.place}, the bounds of {name}")

    def _fields(self, card: Card, kind: str) -> tuple[str, str, float]:
        """Return the vector's name, the column and the value; the vector's name may be left out."""
        words = card.fields[1:]
        if kind in PLAIN:
            # a value is ignored where the type says all
            last_is_value = len(words) == 2 and words[1] not in self._columns and words[0] in self._columns
            words = words[:2] if len(words) == 3 else words[:1] if last_is_value else words
        else:
            words = words[:-1]
        if not 1 <= len(words) <= 2 or words[-1] not in self._columns:
            raise card.error(
                "a type, the vector's name, a column of the file" + ", a value" * (kind in VALUED)
            )
        if kind in PLAIN:
            return words[0] if len(words) == 2 else "", words[-1], 0.0
        return words[0] if len(words) == 2 else "", words[-1], self._value(card)

    def _value(self, card: Card) -> float:
        text = card.fields[-1].lower()
        if text.lstrip("+-") in INFINITE and finite(text) is None:
            return -math.inf if text.startswith("-") else math.inf
        return card.number(len(card.fields) - 1, "the bound")

    def _set(self, index: int, kind: str, value: float, where: str) -> None:
        builder = self._builder
        if kind in ("LI", "UI", "BV"):
            builder.kind(index, "integer")
        if kind in ("UP", "UI"):
            if value < 0 and index not in self._with_lower and builder.bounds_of(index)[0] == 0:
                builder.bounds(index, low=-math.inf)
            set_bounds(builder, index, "<=", value, where)
        elif kind in ("LO", "LI", "FX"):
            self._with_lower.add(index)
            set_bounds(builder, index, "==" if kind == "FX" else ">=", value, where)
        elif kind == "PL":
            builder.bounds(index, high=math.inf)
        else:
            low, high = {"FR": (-math.inf, math.inf), "MI": (-math.inf, None), "BV": (0.0, 1.0)}[kind]
            self._with_lower.add(index)
            builder.bounds(index, low, high)
