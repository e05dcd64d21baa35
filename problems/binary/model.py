"""Stating a problem in formulas: variables, an objective, constraints; numpy's operators, array by array."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any

import numpy as np

from problems.binary.expression import CONSTANT, TERMS, Constraint, Expression
from problems.binary.integer import IntegerProgram, QuadraticRow
from problems.binary.integer_codes import BinaryCode, IntegerCode
from problems.binary.polynomial import QuadraticPolynomial
from problems.binary.program import BinaryProgram
from problems.binary.rows import Rows, stacked
from problems.binary.term_arrays import Terms, variables
from problems.checking import check_integer
from problems.contract import Sense
from problems.errors import ProblemError

Array = np.ndarray
Shape = int | Sequence[int] | Sequence[str] | Sequence[Sequence[str]]


class Model:
    """Collects variables, an objective and constraints; ``problem`` returns the immutable problem.

    >>> model = Model()
    >>> x = model.binary("x", 3)
    >>> model.maximise(np.array([5, 4, 3]) @ x)
    >>> model.add(np.array([2, 3, 1]) @ x <= 5, "capacity")
    >>> model.problem().n
    3

    Whole arrays are the quick way: ``A @ x <= b`` makes all rows at once, ``x @ Q @ x`` a whole quadratic
    form. Variables of an array are named by position or by the labels given: ``x[0]``, ``open[Berlin]``.
    """

    def __init__(self) -> None:
        self._names: list[str] = []
        self._known: set[str] = set()
        self._low: list[int] = []
        self._high: list[int] = []
        self._spin: list[bool] = []
        self._codes: list[IntegerCode] = []
        self._constraints: list[tuple[Constraint, str | None]] = []
        self._objective: Expression | None = None
        self._sense: Sense = "min"

    def binary(self, name: str, shape: Shape = ()) -> Expression:
        """Add variables of 0 and 1.

        Args:
            name: Of the variable, or of the array.
            shape: A length, a shape, labels, or labels for each axis; a single variable by default.
        """
        return self._variables(name, shape, 0, 1, False, BinaryCode())

    def spin(self, name: str, shape: Shape = ()) -> Expression:
        """Add variables of −1 and +1; see ``binary``."""
        return self._variables(name, shape, -1, 1, True, BinaryCode())

    def integer(
        self, name: str, low: int, high: int, shape: Shape = (), code: IntegerCode | None = None
    ) -> Expression:
        """Add integers in low … high, both included.

        Args:
            name: Of the variable, or of the array.
            low: Least value.
            high: Greatest value.
            shape: As in ``binary``.
            code: How they become bits: ``BinaryCode()`` unless given, ``UnaryCode``, ``OneHotCode`` or
                ``DomainWallCode``.
        """
        check_integer("low", low, -(2**53), 2**53)
        check_integer("high", high, low, 2**53)
        if code is not None and not isinstance(code, IntegerCode):
            raise ProblemError("code", code, "an integer code such as OneHotCode()")
        return self._variables(name, shape, low, high, False, code or BinaryCode())

    def minimise(self, objective: Any) -> None:
        """Set what is to be as small as possible: a single expression, or a number."""
        self._objective, self._sense = self._single(objective), "min"

    def maximise(self, objective: Any) -> None:
        """Set what is to be as large as possible: a single expression, or a number."""
        self._objective, self._sense = self._single(objective), "max"

    def add(self, constraint: Constraint, name: str | None = None) -> None:
        """Add a constraint; an array of them becomes a row per element, named ``name[i]``.

        Raises:
            ProblemError: If it is no constraint, or one of another model.
        """
        if not isinstance(constraint, Constraint):
            expected = "a comparison of expressions by <=, >= or =="
            raise ProblemError(
                "the constraint", constraint, expected, "its two sides hold no variable of the model"
            )
        if constraint.expression.model is not self:
            raise ProblemError("the constraint", "of another model", "variables of this model")
        self._constraints.append((constraint, name))

    def problem(self, reference: float | None = None) -> BinaryProgram | IntegerProgram:
        """Return the problem as it stands; a ``BinaryProgram`` where all is bits and linear rows.

        Args:
            reference: The best objective known, if any.
        """
        n, rows, curved = len(self._names), [], []
        for (constraint, _), names in zip(self._constraints, self._row_names(), strict=True):
            straight, bent = _rows(constraint, names, n)
            rows.append(straight)
            curved += bent
        objective = self._single(0.0) if self._objective is None else self._objective
        return IntegerProgram(
            _polynomial(objective.terms(), n), np.array(self._low, dtype=np.int64),
            np.array(self._high, dtype=np.int64), np.array(self._spin, dtype=bool),
            stacked(rows) if rows else Rows(n), tuple(curved), tuple(self._names), self._sense, reference,
            tuple(self._codes),
        ).simplest()  # fmt: skip

    def _variables(
        self, name: str, shape: Shape, low: int, high: int, spin: bool, code: IntegerCode
    ) -> Expression:
        axes, labels = _axes(shape)
        names = [_element(name, label) for label in itertools.product(*labels)] if axes else [name]
        for label in names:
            if label in self._known:
                raise ProblemError("the name of a variable", label, "each name once")
            self._known.add(label)
        index = np.arange(len(self._names), len(self._names) + len(names))
        self._names += names
        self._low += [low] * len(names)
        self._high += [high] * len(names)
        self._spin += [spin] * len(names)
        self._codes += [code] * len(names)
        whole = Expression(self, (len(names),), (TERMS, variables(index)), index)
        return whole.reshape(axes) if axes else whole[0]

    def _single(self, objective: Any) -> Expression:
        if isinstance(objective, int | float | np.number):
            return Expression(self, (), (CONSTANT, float(objective)))
        if not isinstance(objective, Expression) or objective.size != 1:
            shown = getattr(objective, "shape", objective)
            raise ProblemError("the objective", shown, "a single expression", "sum() adds up an array")
        if objective.model is not self:
            raise ProblemError("the objective", "of another model", "variables of this model")
        return objective

    def _row_names(self) -> list[list[str]]:
        """Return the names of the rows of each constraint; default names step aside for given ones."""
        given = {name for _, name in self._constraints}
        counter, found = 0, []
        for constraint, name in self._constraints:
            shape = constraint.expression.shape
            if name is None:
                names = []
                for _ in range(constraint.expression.size):
                    while f"r{counter}" in given:
                        counter += 1
                    names.append(f"r{counter}")
                    counter += 1
            elif shape:
                names = [_element(name, label) for label in itertools.product(*map(range, shape))]
            else:
                names = [name]
            found.append(names)
        return found


def _rows(constraint: Constraint, names: list[str], n: int) -> tuple[Rows, list[QuadraticRow]]:
    """Return the linear rows of a constraint, and those with products."""
    terms, relation = constraint.expression.terms(), constraint.relation
    bent = np.unique(terms.pair_owner[terms.pair_weight != 0])
    straight = np.setdiff1d(np.arange(terms.size), bent)
    place = np.full(terms.size, -1)
    place[straight] = np.arange(len(straight))
    kept = place[terms.owner] >= 0
    owner, order = place[terms.owner[kept]], np.argsort(place[terms.owner[kept]], kind="stable")
    rows = Rows(
        n,
        np.concatenate([[0], np.cumsum(np.bincount(owner, minlength=len(straight)))]),
        terms.variable[kept][order],
        terms.weight[kept][order],
        (relation,) * len(straight),
        -terms.constant[straight],
        tuple(names[k] for k in straight),
    )
    curved = [_quadratic_row(terms, int(k), relation, names[k], n) for k in bent]
    return rows, curved


def _quadratic_row(terms: Terms, k: int, relation: str, name: str, n: int) -> QuadraticRow:
    mine, pairs = terms.owner == k, terms.pair_owner == k
    linear = np.bincount(terms.variable[mine], weights=terms.weight[mine], minlength=n)
    first, second, weight = (part[pairs] for part in (terms.first, terms.second, terms.pair_weight))
    return QuadraticRow(
        QuadraticPolynomial(linear, first, second, weight), relation, -float(terms.constant[k]), name
    )


def _polynomial(terms: Terms, n: int) -> QuadraticPolynomial:
    linear = np.bincount(terms.variable, weights=terms.weight, minlength=n)
    return QuadraticPolynomial(linear, terms.first, terms.second, terms.pair_weight, float(terms.constant[0]))


def _axes(shape: Any) -> tuple[tuple[int, ...], list[Sequence[Any]]]:
    """Return the lengths of the axes and the labels along each."""
    if isinstance(shape, int | np.integer):
        shape = (int(shape),)
    if not isinstance(shape, Sequence) or isinstance(shape, str):
        raise ProblemError("shape", shape, "a length, a shape, labels, or labels for each axis")
    axes = list(shape)
    if axes and all(isinstance(part, str) for part in axes):
        return (len(axes),), [axes]
    if all(isinstance(part, int | np.integer) for part in axes):
        for part in axes:
            check_integer("the length of an axis", part, 0)
        return tuple(int(part) for part in axes), [range(int(part)) for part in axes]
    if all(isinstance(part, Sequence) and not isinstance(part, str) for part in axes):
        return tuple(len(part) for part in axes), axes
    raise ProblemError("shape", shape, "a length, a shape, labels, or labels for each axis")


def _element(name: str, label: tuple[Any, ...]) -> str:
    return f"{name}[{', '.join(map(str, label))}]"
