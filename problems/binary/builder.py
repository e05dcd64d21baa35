"""Building a program row by row and name by name: what readers of files and other models' bridges fill."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np

from problems.binary.integer import WIDEST, IntegerProgram, QuadraticRow
from problems.binary.integer_codes import BinaryCode, IntegerCode
from problems.binary.polynomial import QuadraticPolynomial
from problems.binary.program import BinaryProgram
from problems.binary.rows import Rows
from problems.checking import check_choice
from problems.contract import Sense
from problems.errors import ProblemError

VariableKind = Literal["binary", "integer", "spin", "continuous"]
_REMEDY = "bound it and discretise it, as an integer number of steps"


@dataclass
class _Variable:
    name: str
    kind: VariableKind
    low: float
    high: float
    where: str
    code: IntegerCode


@dataclass(frozen=True)
class _Row:
    name: str | None
    linear: Mapping[int, float]
    quadratic: Mapping[tuple[int, int], float]
    relation: str
    right: float


class ProgramBuilder:
    """Collects variables, an objective and rows; ``problem`` checks them as a whole.

    Attributes:
        place: The index of each variable by name.
    """

    def __init__(self) -> None:
        self.place: dict[str, int] = {}
        self._variables: list[_Variable] = []
        self._rows: list[_Row] = []
        self._objective = _Row(None, {}, {}, "==", 0.0)
        self._sense: Sense = "min"

    def variable(
        self,
        name: str,
        kind: VariableKind = "binary",
        low: float = 0.0,
        high: float = 1.0,
        where: str = "",
        code: IntegerCode | None = None,
    ) -> int:
        """Add a variable and return its index; kind and bounds may still change until ``problem``.

        Args:
            name: Its name.
            kind: "binary", "integer", "spin" (±1, whatever the bounds) or "continuous", which is refused at
                the end unless it is fixed to an integer.
            low: Least value, −∞ allowed until the end.
            high: Greatest value, +∞ allowed until the end.
            where: Where it comes from, such as a file and line; errors begin with it.
            code: How an integer becomes bits; binary by default.

        Raises:
            ProblemError: If the name is taken.
        """
        if name in self.place:
            raise ProblemError(_placed(where, "the variable"), name, "each name once")
        check_choice("kind", kind, get_args(VariableKind))
        self.place[name] = len(self._variables)
        self._variables.append(_Variable(name, kind, low, high, where, code or BinaryCode()))
        return self.place[name]

    def __len__(self) -> int:
        return len(self._variables)

    def kind(self, k: int, kind: VariableKind) -> None:
        """Change the kind of variable k."""
        check_choice("kind", kind, get_args(VariableKind))
        self._variables[k].kind = kind

    def bounds(self, k: int, low: float | None = None, high: float | None = None) -> None:
        """Change the bounds of variable k; None leaves one as it is."""
        if low is not None:
            self._variables[k].low = low
        if high is not None:
            self._variables[k].high = high

    def bounds_of(self, k: int) -> tuple[float, float]:
        """Return the bounds of variable k as they are now."""
        return self._variables[k].low, self._variables[k].high

    def objective(
        self,
        linear: Mapping[int, float],
        quadratic: Mapping[tuple[int, int], float] | None = None,
        offset: float = 0.0,
        sense: Sense = "min",
    ) -> None:
        """Set the objective by coefficients; ``(i, j)`` multiplies z_i z_j, ``(i, i)`` is a square."""
        self._objective, self._sense = _Row(None, linear, quadratic or {}, "==", offset), sense

    def row(
        self,
        name: str | None,
        linear: Mapping[int, float],
        relation: str,
        right: float,
        quadratic: Mapping[tuple[int, int], float] | None = None,
    ) -> None:
        """Add a row; without a name it is called r0, r1, … by its position."""
        self._rows.append(_Row(name, linear, quadratic or {}, relation, right))

    def problem(self, reference: float | None = None) -> BinaryProgram | IntegerProgram:
        """Return a ``BinaryProgram`` where all is bits and linear rows, else an ``IntegerProgram``.

        Raises:
            ProblemError: Naming the variable that is continuous or unbounded, or what else is wrong.
        """
        low, high = self._settled_bounds()
        spin = np.array([variable.kind == "spin" for variable in self._variables], dtype=bool)
        names = tuple(variable.name for variable in self._variables)
        n, labels = len(names), self._row_names()
        straight = [k for k, row in enumerate(self._rows) if not any(row.quadratic.values())]
        terms = [(self._rows[k].linear, self._rows[k].relation, self._rows[k].right) for k in straight]
        rows = Rows.from_rows(n, terms, [labels[k] for k in straight])
        objective = _polynomial(n, self._objective, self._objective.right)
        curved = tuple(
            QuadraticRow(_polynomial(n, row, 0.0), row.relation, row.right, labels[k])
            for k, row in enumerate(self._rows)
            if any(row.quadratic.values())
        )
        codes = tuple(variable.code for variable in self._variables)
        whole = IntegerProgram(objective, low, high, spin, rows, curved, names, self._sense, reference, codes)
        return whole.simplest()

    def _row_names(self) -> list[str]:
        """Return the names of all rows; default ones step aside for names that are given."""
        given = {row.name for row in self._rows}
        labels = []
        for k, row in enumerate(self._rows):
            name = f"r{k}" if row.name is None else row.name
            while row.name is None and name in given:
                name += "'"
            labels.append(name)
        return labels

    def _settled_bounds(self) -> tuple[np.ndarray, np.ndarray]:
        """Return integer bounds ``[N]`` of all variables, refusing what has none."""
        bounds = np.zeros((2, len(self._variables)), dtype=np.int64)
        for k, variable in enumerate(self._variables):
            low, high = self._box(variable)
            field = _placed(variable.where, f"variable {variable.name}")
            fixed = low == high and low == round(low)
            if variable.kind == "continuous" and not fixed:
                raise ProblemError(field, "continuous", "a binary, spin or bounded integer variable", _REMEDY)
            if max(abs(low), abs(high)) > WIDEST:
                range_ = f"an integer in [{low:g}, {high:g}]"
                raise ProblemError(field, range_, "finite bounds within ±2^53", "bound it on both sides")
            bounds[:, k] = math.ceil(low), math.floor(high)
            if low > high or bounds[0, k] > bounds[1, k]:
                raise ProblemError(f"{field}: its bounds", f"[{low:g}, {high:g}]", "room for an integer")
        return bounds[0], bounds[1]

    def _box(self, variable: _Variable) -> tuple[float, float]:
        if variable.kind == "spin":
            return -1.0, 1.0
        if variable.kind == "binary":
            return max(variable.low, 0.0), min(variable.high, 1.0)
        return variable.low, variable.high


def _polynomial(n: int, row: _Row, offset: float) -> QuadraticPolynomial:
    return QuadraticPolynomial.from_terms(n, row.linear, row.quadratic, offset)


def _placed(where: str, what: str) -> str:
    return f"{where}, {what}" if where else what
