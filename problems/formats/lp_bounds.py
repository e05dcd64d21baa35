"""Bounds of an LP file, in every form: ``x <= 4``, ``-5 <= x <= 3``, ``x free``, ``x = 5``, ``-inf <= x``."""

from __future__ import annotations

import math
from collections.abc import Callable

from problems.binary.builder import ProgramBuilder
from problems.binary.integer import WIDEST
from problems.errors import ProblemError
from problems.formats.lp_tokens import RELATIONS, Tokens

INFINITE = ("inf", "infinity")
_TURNED = {"<=": ">=", ">=": "<=", "==": "=="}


class BoundReader:
    """Reads one bound after the other into a builder; the last one given for a side holds.

    Args:
        tokens: The file.
        builder: What gets the bounds.
        variable: Returns the index of the variable named at a word, a new one if need be.
        known: The variables seen so far.
    """

    def __init__(
        self, tokens: Tokens, builder: ProgramBuilder, variable: Callable[[int], int], known: dict[str, int]
    ):
        self._tokens, self._builder, self._variable, self._known = tokens, builder, variable, known

    def read(self, k: int) -> int:
        """Read a bound from word k on; returns the position behind it.

        Raises:
            ProblemError: Naming the line of what is no bound.
        """
        tokens = self._tokens
        left, relation = None, ""
        if tokens.kinds[k] != "name" or self._is_infinity(k):
            left, k = self._value(k)
            relation, k = self._relation(k)
        if tokens.kinds[k] != "name":
            raise tokens.error(k, "a variable; a bound has no factors")
        name, k = k, k + 1
        index = self._variable(name)
        if left is not None:
            self._set(index, _TURNED[relation], left, name)
            if tokens.kinds[k] != "relation":
                return k
        elif tokens.texts[k].lower() == "free":
            self._builder.bounds(index, -math.inf, math.inf)
            return k + 1
        second, k = self._relation(k)
        if left is not None and (second != relation or relation == "=="):
            raise tokens.error(k - 1, "the same sign <= or >= on both sides of the variable")
        value, k = self._value(k)
        self._set(index, second, value, name)
        return k

    def _is_infinity(self, k: int) -> bool:
        """Whether word k is infinity and not a variable of that name."""
        tokens = self._tokens
        if tokens.texts[k].lower() not in INFINITE or tokens.kinds[k + 1] != "relation":
            return False
        return not (tokens.texts[k] in self._known and tokens.kinds[k + 2] in ("number", "sign"))

    def _relation(self, k: int) -> tuple[str, int]:
        relation = RELATIONS.get(self._tokens.texts[k])
        if relation is None:
            raise self._tokens.error(k, "a relation <=, >= or =, or the word free")
        return relation, k + 1

    def _value(self, k: int) -> tuple[float, int]:
        tokens, sign = self._tokens, 1.0
        while tokens.kinds[k] == "sign":
            sign, k = (-sign if tokens.texts[k] == "-" else sign), k + 1
        if tokens.texts[k].lower() in INFINITE:
            return sign * math.inf, k + 1
        if tokens.kinds[k] != "number":
            raise tokens.error(k, "a number or infinity")
        return sign * tokens.number(k), k + 1

    def _set(self, index: int, relation: str, value: float, name: int) -> None:
        where = f"{self._tokens.place(name)}, the bounds of {self._tokens.texts[name]}"
        set_bounds(self._builder, index, relation, value, where)


def set_bounds(builder: ProgramBuilder, index: int, relation: str, value: float, where: str) -> None:
    """Bound a variable from one side, or from both by "==".

    Raises:
        ProblemError: If the value leaves no number that a program could hold.
    """
    if relation != "<=":
        if value >= WIDEST:
            raise ProblemError(where, f">= {value:g}", "a lower bound below 2^53")
        builder.bounds(index, low=value)
    if relation != ">=":
        if value <= -WIDEST:
            raise ProblemError(where, f"<= {value:g}", "an upper bound above -2^53")
        builder.bounds(index, high=value)
