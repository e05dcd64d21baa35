"""Sums of terms as an LP file writes them: ``3 x - 2 y + [ 2 x^2 + 4 x*y ] / 2 + 5``."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

from problems.formats.lp_keywords import Section, head_at, may_be_head
from problems.formats.lp_tokens import Tokens

Side = Literal["objective", "left", "right", "outer"]  # outer: behind the second relation of a row


@dataclass
class Sum:
    """A sum of terms over variables by index; what stands several times is added.

    Attributes:
        linear: Coefficients; also zeros that stand in the file.
        quadratic: Coefficients of products, ``i <= j``.
        constant: The rest.
    """

    linear: dict[int, float] = field(default_factory=dict)
    quadratic: dict[tuple[int, int], float] = field(default_factory=dict)
    constant: float = 0.0

    @property
    def is_constant(self) -> bool:
        """Whether no variable stands in it."""
        return not self.linear and not self.quadratic

    def minus(self, other: Sum) -> Sum:
        """Return the difference."""
        linear, quadratic = dict(self.linear), dict(self.quadratic)
        for k, value in other.linear.items():
            linear[k] = linear.get(k, 0.0) - value
        for pair, value in other.quadratic.items():
            quadratic[pair] = quadratic.get(pair, 0.0) - value
        return Sum(linear, quadratic, self.constant - other.constant)


class SumReader:
    """Reads sums from words; where a sum ends on the right of a relation depends on the lines.

    Args:
        tokens: The file.
        variable: Returns the index of the variable named at a word, a new one if need be.
        known: The variables seen so far.
    """

    def __init__(self, tokens: Tokens, variable: Callable[[int], int], known: dict[str, int]):
        self._tokens, self._variable, self._known = tokens, variable, known

    def read(self, k: int, side: Side, left_is_constant: bool = False) -> tuple[Sum, int]:
        """Read a sum from word k on; returns it and the position behind it.

        Raises:
            ProblemError: Naming the line of what is no term.
        """
        texts, kinds, total = self._tokens.texts, self._tokens.kinds, Sum()
        while True:
            sign, k = self._sign(k)
            kind = kinds[k]
            if kind == "number":
                k = self._number_term(total, sign, k, side)
            elif kind == "name":
                index, k = self._variable(k), k + 1
                total.linear[index] = total.linear.get(index, 0.0) + sign
            elif texts[k] == "[":
                k = self._bracket(total, sign, k, side)
            else:
                raise self._tokens.error(k, "a term: a number, a variable or a bracket")
            if kinds[k] != "sign" or self._next_row_begins(k, side, left_is_constant):
                return total, k

    def _sign(self, k: int) -> tuple[float, int]:
        kinds, texts, sign = self._tokens.kinds, self._tokens.texts, 1.0
        while kinds[k] == "sign":
            sign, k = (-sign if texts[k] == "-" else sign), k + 1
        return sign, k

    def _number_term(self, total: Sum, sign: float, k: int, side: Side) -> int:
        tokens, value = self._tokens, sign * self._tokens.number(k)
        name = k + 2 if tokens.texts[k + 1] == "*" else k + 1
        if name == k + 1 and not self._is_factor(k, side):
            total.constant += value
            return k + 1
        if tokens.kinds[name] != "name":
            raise tokens.error(name, "a variable")
        index = self._variable(name)
        total.linear[index] = total.linear.get(index, 0.0) + value
        return name + 1

    def _is_factor(self, k: int, side: Side) -> bool:
        """Whether the number at word k multiplies the name behind it."""
        tokens, name = self._tokens, k + 1
        if tokens.kinds[name] != "name" or tokens.texts[name + 1] == ":":
            return False
        if side in ("right", "outer") and tokens.ends_line(k):
            return False
        if side == "left" or not may_be_head(tokens.texts[name]):
            return True
        section: Section = "objective" if side == "objective" else "rows"
        return head_at(tokens, name, "number", section, self._known) is None

    def _next_row_begins(self, k: int, side: Side, left_is_constant: bool) -> bool:
        """Whether the sign at word k begins a row of its own, without a name, on a line of its own.

        On the right of a relation ``+ y`` on the next line may go on with the row or begin another. It begins
        one if a relation follows before the next name of a row, unless the row is ``1 <= x`` so far, which
        that relation would make two-sided.
        """
        if side not in ("right", "outer") or not self._tokens.begins_line(k):
            return False
        at = bisect_right(self._landmarks[0], k)
        follows = at < len(self._landmarks[0]) and self._landmarks[1][at]
        return follows and (side == "outer" or not left_is_constant)

    @cached_property
    def _landmarks(self) -> tuple[list[int], list[bool]]:
        """The words that are relations, or end a row for sure, and which of them are relations."""
        tokens = self._tokens
        found = [
            k
            for k, kind in enumerate(tokens.kinds)
            if kind == "relation"
            or tokens.texts[k] == ":"
            or (tokens.begins_line(k) and may_be_head(tokens.texts[k]))
        ]
        return found, [tokens.kinds[k] == "relation" for k in found]

    def _bracket(self, total: Sum, sign: float, k: int, side: Side) -> int:
        """Read products in brackets; the objective holds their double, so it says ``/ 2`` behind."""
        tokens, opened, products = self._tokens, k, {}
        k += 1
        while tokens.texts[k] != "]":
            if k > opened + 1 and tokens.kinds[k] != "sign":
                raise tokens.error(k, "a sign or the end of the bracket")
            factor, k = self._sign(k)
            k = self._product(products, factor, k)
        k += 1
        scale = sign
        if side == "objective":
            if tokens.texts[k] != "/" or tokens.kinds[k + 1] != "number" or tokens.number(k + 1) != 2:
                raise tokens.error(k, "/ 2 behind the bracket, as everywhere in an objective")
            scale, k = sign / 2, k + 2
        elif tokens.texts[k] == "/":
            raise tokens.error(k, "no division: only the bracket of an objective is halved")
        for pair, value in products.items():
            total.quadratic[pair] = total.quadratic.get(pair, 0.0) + scale * value
        return k

    def _product(self, products: dict[tuple[int, int], float], factor: float, k: int) -> int:
        tokens = self._tokens
        if tokens.kinds[k] == "number":
            factor, k = factor * tokens.number(k), k + 1
            k += tokens.texts[k] == "*"
        if tokens.kinds[k] != "name":
            raise tokens.error(k, "a square or a product of two variables")
        first = second = self._variable(k)
        if tokens.texts[k + 1] == "^":
            if tokens.kinds[k + 2] != "number" or tokens.number(k + 2) != 2:
                raise tokens.error(k + 2, "the exponent 2")
        elif tokens.texts[k + 1] == "*" and tokens.kinds[k + 2] == "name":
            second = self._variable(k + 2)
        else:
            raise tokens.error(k + 1, "^ 2, or * and a variable")
        pair = (min(first, second), max(first, second))
        products[pair] = products.get(pair, 0.0) + factor
        return k + 3
