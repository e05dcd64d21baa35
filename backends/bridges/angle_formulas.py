"""Qiskit's parameter expressions as functions of a row of numbers, with exact derivatives."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from qiskit.circuit import Parameter, ParameterExpression
from scipy.sparse import csr_array

from problems.contract import Array
from problems.errors import ProblemError

NUMPY: dict[str, Callable[[Any], Any]] = {
    "sin": np.sin, "cos": np.cos, "tan": np.tan, "asin": np.arcsin, "acos": np.arccos, "atan": np.arctan,
    "exp": np.exp, "log": np.log, "abs": np.abs, "sign": np.sign, "conj": np.conj,
}  # fmt: skip
BINARY = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Pow: operator.pow,
}
UNARY = {ast.USub: operator.neg, ast.UAdd: operator.pos}


@dataclass(frozen=True)
class Formula:
    """One expression over the columns p0, p1, …; it takes whatever numbers can be added and multiplied.

    Attributes:
        text: As Qiskit prints it.
        tree: Its syntax tree.
    """

    text: str
    tree: ast.expr

    @classmethod
    def read(cls, expression: Any) -> Formula:
        """Read an expression whose parameters are named p0, p1 and so on."""
        text = str(expression)
        return cls(text, ast.parse(text, mode="eval").body)

    def value(self, columns: Sequence[Any], functions: Mapping[str, Callable[[Any], Any]] = NUMPY) -> Any:
        """Return the value at ``columns``, one number or array of numbers per parameter."""
        return _value(self.tree, columns, functions)


@dataclass(frozen=True, eq=False)
class AngleFormulas:
    """M angles as functions of C columns: linear ones as a matrix, the others as formulas with slopes.

    Attributes:
        matrix: Sparse ``[M, C]``; the rows of other than linear angles are empty.
        offsets: ``[M]``.
        others: Place, formula and the formula of the derivative by each column it depends on; the latter is
            None where Qiskit knows no derivative.
    """

    matrix: csr_array
    offsets: Array
    others: tuple[tuple[int, Formula, dict[int, Formula] | None], ...]

    @classmethod
    def of(cls, expressions: Sequence[Any], parameters: Sequence[Any]) -> AngleFormulas:
        """Read M expressions or numbers; the columns are ``parameters`` in order.

        Raises:
            ProblemError: If an expression can't be evaluated outside Qiskit, as one with complex numbers.
        """
        column = {parameter: k for k, parameter in enumerate(parameters)}
        named = {parameter: Parameter(f"p{k}") for parameter, k in column.items()}
        entries: list[tuple[int, int, float]] = []
        offsets, others = np.zeros(len(expressions)), []
        for m, expression in enumerate(expressions):
            linear = _linear(expression)
            if linear is None:
                others.append((m, *_other(expression, column, named)))
                continue
            slopes, offsets[m] = linear
            entries += [(m, column[parameter], slope) for parameter, slope in slopes.items()]
        rows, columns, values = zip(*entries, strict=True) if entries else ((), (), ())
        shape = (len(expressions), len(parameters))
        indices = np.array(rows, dtype=np.int64), np.array(columns, dtype=np.int64)
        return cls(csr_array((np.array(values, dtype=float), indices), shape=shape), offsets, tuple(others))

    @property
    def without_slope(self) -> str | None:
        """The first formula whose derivative is not known, or None."""
        return next((formula.text for _, formula, slopes in self.others if slopes is None), None)

    def values(self, rows: Array) -> Array:
        """Return the angles ``[B, M]`` at rows ``[B, C]``."""
        angles = np.asarray((self.matrix @ rows.T).T) + self.offsets
        for m, formula, _ in self.others:
            angles[:, m] = formula.value(list(rows.T))
        return angles

    def pull_back(self, row: Array, slopes: Array) -> Array:
        """Return derivatives ``[K, C]`` by the columns from those by the angles, ``[K, M]``, at one row."""
        pulled = np.asarray((self.matrix.T @ slopes.T).T)
        for m, _, formulas in self.others:
            assert formulas is not None  # the caller has looked at without_slope
            for c, formula in formulas.items():
                pulled[:, c] += slopes[:, m] * float(formula.value(row.tolist()))
        return pulled

    def traced(self, columns: Sequence[Any], functions: Mapping[str, Callable[[Any], Any]]) -> list[Any]:
        """Return the M angles in the arithmetic of ``columns``, which may be traced for derivatives."""
        pointers, indices, data = self.matrix.indptr, self.matrix.indices, self.matrix.data
        angles: list[Any] = []
        for m, offset in enumerate(self.offsets.tolist()):
            total: Any = offset
            for k in range(pointers[m], pointers[m + 1]):
                total = columns[indices[k]] * float(data[k]) + total
            angles.append(total)
        for m, formula, _ in self.others:
            angles[m] = formula.value(columns, functions)
        return angles


def _linear(expression: Any) -> tuple[dict[Any, float], float] | None:
    """Return the slopes and the offset of a number or an affine expression; None for any other."""
    if not isinstance(expression, ParameterExpression) or not expression.parameters:
        return {}, float(expression)
    try:
        slopes = {parameter: float(expression.gradient(parameter)) for parameter in expression.parameters}
        return slopes, float(expression.bind(dict.fromkeys(expression.parameters, 0.0)))
    except (TypeError, ValueError, ArithmeticError, RuntimeError):
        return None  # a slope with parameters in it is no number


def _other(
    expression: Any, column: Mapping[Any, int], named: Mapping[Any, Any]
) -> tuple[Formula, dict[int, Formula] | None]:
    """Read an expression that is not linear, and check what was read against Qiskit's own value."""
    parameters = sorted(expression.parameters, key=column.__getitem__)
    plain = expression.subs({parameter: named[parameter] for parameter in parameters})
    probe = {parameter: 0.3 + 0.05 * k for k, parameter in enumerate(parameters)}
    try:
        formula = Formula.read(plain)
        row = {column[parameter]: value for parameter, value in probe.items()}
        here = float(formula.value(row))  # pyright: ignore[reportArgumentType]
        agrees = np.isclose(here, float(expression.bind(probe)), rtol=1e-12, atol=1e-12, equal_nan=True)
    except (SyntaxError, TypeError, ValueError, ArithmeticError, KeyError, RuntimeError):
        agrees = False
    if not agrees:
        raise ProblemError("an angle", str(plain), "a real expression of the parameters")
    try:
        slopes = {column[p]: Formula.read(plain.gradient(named[p])) for p in parameters}
    except (RuntimeError, SyntaxError):
        return formula, None
    return formula, slopes


def _value(node: ast.expr, columns: Any, functions: Mapping[str, Callable[[Any], Any]]) -> Any:
    match node:
        case ast.Constant(value=number):
            return number
        case ast.Name(id=name):
            return columns[int(name[1:])]
        case ast.UnaryOp(op=sign, operand=operand):
            return UNARY[type(sign)](_value(operand, columns, functions))  # pyright: ignore[reportArgumentType]
        case ast.BinOp(left=left, op=sign, right=right):
            left, right = _value(left, columns, functions), _value(right, columns, functions)
            return BINARY[type(sign)](left, right)  # pyright: ignore[reportArgumentType]
        case ast.Call(func=ast.Name(id=name), args=[argument]):
            return functions[name](_value(argument, columns, functions))
    raise SyntaxError(f"{ast.dump(node)} is no arithmetic")
