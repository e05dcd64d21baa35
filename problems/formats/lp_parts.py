"""A program taken apart for writing: variables with bounds, an objective, rows by coefficients."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from problems.binary.integer import IntegerProgram
from problems.binary.program import BinaryProgram
from problems.binary.qubo import Qubo
from problems.contract import Array, Sense
from problems.errors import ProblemError
from problems.formats.lp_ranges import Row, paired

Writable = BinaryProgram | IntegerProgram | Qubo


@dataclass(frozen=True)
class Parts:
    """A program taken apart.

    Attributes:
        names: Of the variables ``[N]``.
        low: Least values ``[N]``.
        high: Greatest values ``[N]``.
        linear: Objective ``[N]``.
        quadratic: Objective, ``{(i, j): coefficient}`` with ``i <= j``.
        offset: Objective.
        sense: "min" or "max".
        rows: With the two rows of a range put together.
        reference: The best known objective, if any.
    """

    names: tuple[str, ...]
    low: Array
    high: Array
    linear: Array
    quadratic: dict[tuple[int, int], float]
    offset: float
    sense: Sense
    rows: list[Row]
    reference: float | None

    @classmethod
    def of(cls, problem: Writable) -> Parts:
        """Take a program apart.

        Raises:
            ProblemError: If a variable is a spin, which no file of linear programs knows.
        """
        if isinstance(problem, IntegerProgram):
            return cls._of_integers(problem)
        if isinstance(problem, Qubo):
            problem = BinaryProgram(problem.form, names=problem.names, reference=problem.reference)
        if not isinstance(problem, BinaryProgram):
            wanted = "a BinaryProgram, an IntegerProgram or a Qubo"
            raise ProblemError("problem", f"a {type(problem).__name__}", wanted)
        form, n = problem.objective, problem.n
        return cls(
            problem.names, np.zeros(n, np.int64), np.ones(n, np.int64), form.linear,
            _products(form.first, form.second, form.coupling), form.offset, problem.sense,
            paired(_linear_rows(problem)), problem.reference,
        )  # fmt: skip

    @classmethod
    def _of_integers(cls, problem: IntegerProgram) -> Parts:
        for k in np.flatnonzero(problem.is_spin):
            remedy = "write problem.binary.problem, the same over bits"
            raise ProblemError(f"variable {problem.names[k]}", "a spin", "a bit or an integer", remedy)
        rows = _linear_rows(problem)
        for row in problem.quadratic_rows:
            body = row.polynomial
            linear = {int(k): float(body.linear[k]) for k in np.flatnonzero(body.linear)}
            products = _products(body.first, body.second, body.coefficient)
            rows.append(Row.of(row.name, linear, row.relation, row.right - body.offset, products))
        body = problem.objective
        return cls(
            problem.names, problem.low, problem.high, body.linear,
            _products(body.first, body.second, body.coefficient), body.offset, problem.sense, paired(rows),
            problem.reference,
        )  # fmt: skip

    @property
    def is_bit(self) -> Array:
        """Which variables ``[N]`` take 0 and 1."""
        return (self.low == 0) & (self.high == 1)


def check_twice(value: float, where: str) -> float:
    """Return twice a coefficient, as formats hold it.

    Raises:
        ProblemError: If that is beyond the range of a float.
    """
    if not np.isfinite(2.0 * value):
        raise ProblemError(where, value, "at most 8.9e307, as the format holds its double", "scale it")
    return 2.0 * value


def _products(first: Array, second: Array, value: Array) -> dict[tuple[int, int], float]:
    pairs = zip(first.tolist(), second.tolist(), strict=True)
    return dict(zip(pairs, value.tolist(), strict=True))


def _linear_rows(problem: BinaryProgram | IntegerProgram) -> list[Row]:
    rows = problem.constraints if isinstance(problem, BinaryProgram) else problem.linear_rows
    made = []
    for r, name in enumerate(rows.names):
        index, weight = rows.entries(r)
        linear = dict(zip(index.tolist(), weight.tolist(), strict=True))
        made.append(Row.of(name, linear, rows.relation[r], float(rows.right[r])))
    return made
