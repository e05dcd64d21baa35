"""The sections of an LP file, one after the other, read into a program."""

from __future__ import annotations

import math

from problems.binary.builder import ProgramBuilder
from problems.binary.integer import IntegerProgram
from problems.binary.program import BinaryProgram
from problems.contract import Sense
from problems.formats.lp_bounds import INFINITE, BoundReader
from problems.formats.lp_expressions import Side, Sum, SumReader
from problems.formats.lp_keywords import SENSES, Before, Head, Section, head_at, may_be_head
from problems.formats.lp_labels import Labels
from problems.formats.lp_ranges import Row
from problems.formats.lp_tokens import RELATIONS, Tokens
from problems.formats.numbers import naming

_SIDES: tuple[Side, ...] = ("left", "right", "outer")
_RELATION = "a relation <=, >= or ="
_LP_SOLVE = "lp_solve's own format is another one: lp_solve FILE -parse -wfmps FILE.mps translates it"


class SectionReader:
    """Reads the words of a file from the first to the last.

    Args:
        tokens: The file.
    """

    def __init__(self, tokens: Tokens):
        self._tokens, self._builder = tokens, ProgramBuilder()
        self._labels = Labels.of(tokens.file, tokens.comments)
        self._known: dict[str, int] = {}
        self._row_lines: dict[str, int] = {}
        self._binary: set[int] = set()
        self._sums = SumReader(tokens, self._variable, self._known)
        self._bounds = BoundReader(tokens, self._builder, self._variable, self._known)

    def problem(self) -> BinaryProgram | IntegerProgram:
        """Return what the file says.

        Raises:
            ProblemError: Naming the line of what is wrong.
        """
        head = self._objective()
        while head is not None and head.section != "end":
            head = self._section(head)
        if head is not None and self._tokens.kinds[head.after] != "end":
            raise self._tokens.error(head.after, "nothing behind End")
        with naming(self._tokens.file):
            return self._builder.problem(self._labels.reference)

    def _objective(self) -> Head | None:
        tokens = self._tokens
        sense = SENSES.get(tokens.texts[0].lower())
        if sense is None:
            raise tokens.error(0, "Minimize or Maximize", "a CPLEX LP file begins with its objective")
        if tokens.texts[1] == ":":
            raise tokens.error(1, f"the objective behind {tokens.texts[0]}", _LP_SOLVE)
        k, total = 1, Sum()
        if tokens.kinds[k] in ("name", "number") and tokens.texts[k + 1] == ":":
            k += 0 if self._head(k, "start", "objective") else 2
        head = self._head(k, "start", "objective")
        if head is None and tokens.kinds[k] != "end":
            total, k = self._sums.read(k, "objective")
            head = self._head(k, "term", "objective")
            if head is None and tokens.kinds[k] != "end":
                raise tokens.error(k, "a sign with a term, or Subject To")
        direction: Sense = "max" if sense == "max" else "min"
        self._builder.objective(total.linear, total.quadratic, total.constant, direction)
        return head

    def _section(self, head: Head) -> Head | None:
        """Read a section; returns the head of the next one, None at the end of the file."""
        k = head.after
        while self._tokens.kinds[k] != "end":
            found = self._head(k, "start", head.section)
            if found is not None:
                return found
            if head.section == "refused":  # HiGHS writes heads with nothing below
                wanted = f"an objective, rows, bounds and lists of variables; {head.text} is not supported"
                raise self._tokens.error(head.at, wanted, "write what it says as rows of bits")
            if head.section == "rows":
                k = self._row(k)
                found = None if self._tokens.begins_line(k) else self._head(k, "term", "rows")
                if found is not None:
                    return found
            elif head.section == "bounds":
                k = self._bounds.read(k)
            else:
                k = self._listed(k, head.section)
        return None

    def _head(self, k: int, before: Before, section: Section) -> Head | None:
        if self._tokens.kinds[k] != "name" or not may_be_head(self._tokens.texts[k]):
            return None
        return head_at(self._tokens, k, before, section, self._known)

    def _row(self, k: int) -> int:
        """Read a row from word k on; returns the position behind it."""
        tokens, first = self._tokens, k
        name = None
        if tokens.kinds[k] in ("name", "number") and tokens.texts[k + 1] == ":":
            name, k = self._row_name(k), k + 2
        parts, relations = [], []
        for side in _SIDES:
            part, k = self._side(k, side, bool(parts) and parts[0].is_constant)
            parts.append(part)
            if tokens.texts[k] in ("->", "<->"):
                raise tokens.error(k, "no indicator rows", "write them with a large coefficient on the bit")
            if tokens.kinds[k] != "relation" or side == "outer":
                break
            relations.append(RELATIONS[tokens.texts[k]])
            k += 1
        if not relations:
            raise tokens.error(k, _RELATION)
        self._add_row(name, parts, relations, first)
        return k

    def _row_name(self, k: int) -> str:
        name = self._tokens.texts[k]
        if name in self._row_lines:
            earlier = f"line {self._row_lines[name]}"
            raise self._tokens.error(k, f"each row's name once; it stands in {earlier} already")
        self._row_lines[name] = self._tokens.lines[k]
        return self._labels.rows.get(name, name)

    def _side(self, k: int, side: Side, left_is_constant: bool) -> tuple[Sum, int]:
        """Read one side of a row, which may be infinity alone."""
        tokens, at, sign = self._tokens, k, 1.0
        while tokens.kinds[at] == "sign":
            sign, at = (-sign if tokens.texts[at] == "-" else sign), at + 1
        text = tokens.texts[at]
        if text.lower() in INFINITE and text not in self._known:
            follows = tokens.kinds[at + 1] == "relation"
            if follows if side == "left" else tokens.ends_line(at) or tokens.kinds[at + 1] == "end":
                return Sum(constant=sign * math.inf), at + 1
        return self._sums.read(k, side, left_is_constant)

    def _add_row(self, name: str | None, parts: list[Sum], relations: list[str], first: int) -> None:
        tokens = self._tokens
        if len(relations) == 1:
            terms = parts[0].minus(parts[1])
            right = -terms.constant
            if not math.isfinite(right):
                raise tokens.error(first, "a row with finite numbers; one that always holds is left out")
            Row.of(name, terms.linear, relations[0], right, terms.quadratic).add_to(self._builder)
            return
        left, middle, right = parts
        if not (left.is_constant and right.is_constant) or relations[0] != relations[1] or "==" in relations:
            raise tokens.error(first, "a row with two sides like 1 <= x + y <= 3: numbers outside, one sign")
        low, high = (left, right) if relations[0] == "<=" else (right, left)
        ends = low.constant - middle.constant, high.constant - middle.constant
        if ends[0] == math.inf or ends[1] == -math.inf or not any(map(math.isfinite, ends)):
            raise tokens.error(first, "a row with two sides, at least one of them finite")
        both = all(map(math.isfinite, ends))
        Row(name, middle.linear, middle.quadratic, *ends, is_range=both).add_to(self._builder)

    def _listed(self, k: int, section: Section) -> int:
        if self._tokens.kinds[k] != "name":
            raise self._tokens.error(k, "the name of a variable, or the next section")
        index = self._variable(k)
        if section == "binaries":
            self._binary.add(index)
        # a bit is an integer already: listed twice, it keeps its bounds 0 and 1
        self._builder.kind(index, "binary" if index in self._binary else "integer")
        return k + 1

    def _variable(self, k: int) -> int:
        """Return the index of the variable named at word k; it is new where it stands first."""
        text = self._tokens.texts[k]
        index = self._known.get(text)
        if index is None:
            name = self._labels.variables.get(text, text)
            with naming(self._tokens.file):
                index = self._builder.variable(
                    name, "continuous", 0.0, math.inf, f"line {self._tokens.lines[k]}"
                )
            self._known[text] = index
        return index
