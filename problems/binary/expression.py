"""Expressions of a model: arrays of linear and quadratic expressions with the operators of numpy.

Single expressions are chains of additions that are only put together when a problem is made of them: a sum of
n terms written one by one costs n steps. Whole arrays go through ``Terms`` at once.
"""

from __future__ import annotations

import numbers
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from problems.binary.term_arrays import Terms, constants, joined, variables
from problems.checking import frozen_array
from problems.errors import ProblemError

if TYPE_CHECKING:
    from problems.binary.model import Model

Array = np.ndarray
VARIABLE, PRODUCT, CONSTANT, SUM, SCALED, TERMS = range(6)  # the first element of a node says what it is


class Expression:
    """An array of expressions over the variables of one model; shape ``()`` is a single one.

    It adds, subtracts, multiplies elementwise and by matrices (``@``), takes ``** 2``, is divided by numbers,
    is indexed, summed, reshaped and transposed like a numpy array. ``<=``, ``>=`` and ``==`` give a
    ``Constraint``.
    """

    __slots__ = ("_node", "index", "model", "shape")
    __array_ufunc__ = None  # numpy arrays on the left leave the operators to us

    def __init__(
        self, model: Model, shape: tuple[int, ...], node: tuple[Any, ...], index: Array | None = None
    ):
        self.model, self.shape, self._node = model, shape, node
        self.index = index  # where each element is one variable: its number

    @property
    def size(self) -> int:
        """Number of elements."""
        return int(np.prod(self.shape))

    @property
    def ndim(self) -> int:
        """Number of axes."""
        return len(self.shape)

    @property
    def T(self) -> Expression:  # noqa: N802
        """The axes reversed."""
        return self._gathered(np.arange(self.size).reshape(self.shape).T)

    def terms(self) -> Terms:
        """Return all terms of all elements, in C order."""
        return _collected(self._node, self.size)

    def sum(self, axis: int | tuple[int, ...] | None = None) -> Expression:
        """Add up all elements, or those along an axis."""
        grid = np.arange(self.size).reshape(self.shape)
        axes = tuple(range(self.ndim)) if axis is None else (axis,) if isinstance(axis, int) else axis
        axes = tuple(a % max(1, self.ndim) for a in axes)
        shape = tuple(length for a, length in enumerate(self.shape) if a not in axes)
        count = int(np.prod(shape))
        targets = np.arange(count).reshape([1 if a in axes else n for a, n in enumerate(self.shape)])
        owner = np.broadcast_to(targets, grid.shape).reshape(-1)
        return Expression(self.model, shape, (TERMS, self.terms().added(owner, count)))

    def reshape(self, *shape: Any) -> Expression:
        """Return the same elements in another shape."""
        return self._gathered(np.arange(self.size).reshape(*shape))

    def ravel(self) -> Expression:
        """Return the elements along one axis."""
        return self.reshape(-1)

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Array:
        """Return one object, not an array of them: sparse matrices on the left then leave ``@`` to us."""
        whole = np.empty((), dtype=object)
        whole[()] = self
        return whole

    def __len__(self) -> int:
        if not self.shape:
            raise TypeError("a single expression has no length")
        return self.shape[0]

    def __iter__(self) -> Iterator[Expression]:
        return (self[k] for k in range(len(self)))

    def __getitem__(self, key: Any) -> Expression:
        if self.index is not None:
            chosen = self.index[key]
            if isinstance(chosen, np.integer):
                return Expression(self.model, (), (VARIABLE, int(chosen)))
            return Expression(self.model, chosen.shape, (TERMS, variables(chosen.reshape(-1))), chosen)
        return self._gathered(np.arange(self.size).reshape(self.shape)[key])

    def __add__(self, other: Any) -> Expression:
        if isinstance(other, numbers.Real):
            if other == 0:
                return self
            number = (
                (CONSTANT, float(other))
                if not self.shape
                else (TERMS, constants(np.full(self.size, float(other))))
            )
            return Expression(self.model, self.shape, (SUM, self._node, number))
        left, right = self._aligned(other)
        return Expression(self.model, left.shape, (SUM, left._node, right._node))

    __radd__ = __add__

    def __neg__(self) -> Expression:
        return Expression(self.model, self.shape, (SCALED, self._node, -1.0))

    def __sub__(self, other: Any) -> Expression:
        return self + (-other if isinstance(other, numbers.Real | Expression) else -np.asarray(other))

    def __rsub__(self, other: Any) -> Expression:
        return -self + other

    def __mul__(self, other: Any) -> Expression:
        if isinstance(other, numbers.Real):
            return Expression(self.model, self.shape, (SCALED, self._node, _finite(other)))
        if isinstance(other, Expression) and self.model is other.model:
            product = _product(self._node, other._node)
            if product is not None:
                return Expression(self.model, (), product)
        left, right = self._aligned(other)
        return Expression(self.model, left.shape, (TERMS, left.terms().times(right.terms())))

    __rmul__ = __mul__

    def __truediv__(self, number: Any) -> Expression:
        if isinstance(number, Expression):
            raise ProblemError("a divisor", "an expression", "a number or an array of numbers")
        if np.any(np.asarray(number) == 0):
            raise ProblemError("a divisor", number, "not 0")
        return self * (1.0 / number if isinstance(number, numbers.Real) else 1.0 / np.asarray(number))

    def __pow__(self, exponent: int) -> Expression:
        if exponent != 2:
            raise ProblemError("an exponent", exponent, "2")
        return self * self

    def __matmul__(self, other: Any) -> Expression:
        if not isinstance(other, Expression):
            return (_transposed(other) @ self.T).T if self.ndim > 1 else _transposed(other) @ self
        _check_inner(self.shape, other.shape)
        left = self if self.ndim == 2 else self.reshape(1, -1)
        right = other.T if other.ndim == 2 else other.reshape(1, -1)
        product = (left.reshape(left.shape[0], 1, -1) * right.reshape(1, *right.shape)).sum(axis=2)
        return product.reshape(self.shape[:-1] + (other.shape[1:] if other.ndim == 2 else ()))

    def __rmatmul__(self, other: Any) -> Expression:
        matrix = other if hasattr(other, "tocsc") else frozen_array("the matrix", other)
        _check_inner(matrix.shape, self.shape)
        table = matrix if matrix.ndim == 2 else matrix.reshape(1, -1)
        columns = int(np.prod(self.shape[1:]))
        if columns == 1:
            terms = self.terms().combined(table)
        else:
            from scipy.sparse import eye_array, kron

            terms = self.terms().combined(kron(table, eye_array(columns), format="csc"))
        return Expression(self.model, (*matrix.shape[:-1], *self.shape[1:]), (TERMS, terms))

    def __le__(self, other: Any) -> Constraint:
        return Constraint(self - other, "<=")

    def __ge__(self, other: Any) -> Constraint:
        return Constraint(self - other, ">=")

    def __eq__(self, other: Any) -> Constraint:  # pyright: ignore[reportIncompatibleMethodOverride]
        return Constraint(self - other, "==")

    __hash__ = object.__hash__

    def __repr__(self) -> str:
        return f"Expression(shape={self.shape})"

    def _gathered(self, source: Array) -> Expression:
        source = np.asarray(source)
        index = None if self.index is None else self.index.reshape(-1)[source]
        return Expression(self.model, source.shape, (TERMS, self.terms().gathered(source.reshape(-1))), index)

    def _aligned(self, other: Any) -> tuple[Expression, Expression]:
        """Return both sides in one shape; numbers become expressions."""
        if not isinstance(other, Expression):
            values = frozen_array("an array of numbers", other)
            other = Expression(self.model, values.shape, (TERMS, constants(values.reshape(-1))))
        if other.model is not self.model:
            raise ProblemError("an expression", "of another model", "variables of one model")
        if self.shape == other.shape:
            return self, other
        try:
            shape = np.broadcast_shapes(self.shape, other.shape)
        except ValueError:
            raise ProblemError(
                "the shapes of expressions", (self.shape, other.shape), "shapes that broadcast"
            ) from None
        return self._broadcast(shape), other._broadcast(shape)

    def _broadcast(self, shape: tuple[int, ...]) -> Expression:
        if self.shape == shape:
            return self
        return self._gathered(np.broadcast_to(np.arange(self.size).reshape(self.shape), shape))


@dataclass(frozen=True, eq=False)
class Constraint:
    """``expression (<=, >=, ==) 0``, elementwise; it becomes rows by ``Model.add``."""

    expression: Expression
    relation: str

    def __bool__(self) -> bool:
        raise ProblemError(
            "a constraint", "used as a truth value", "one relation at a time", "write 1 <= x and x <= 3 apart"
        )


def _product(a: tuple[Any, ...], b: tuple[Any, ...]) -> tuple[Any, ...] | None:
    """Return the node of a product of two single variables with their factors, or None if they are more."""
    factor = 1.0
    while a[0] == SCALED:
        factor *= a[2]
        a = a[1]
    while b[0] == SCALED:
        factor *= b[2]
        b = b[1]
    if a[0] != VARIABLE or b[0] != VARIABLE:
        return None
    product = (PRODUCT, a[1], b[1])
    return product if factor == 1.0 else (SCALED, product, factor)


def _collected(node: tuple[Any, ...], size: int) -> Terms:
    """Walk a chain of nodes and return its terms."""
    stack, arrays, number = [(node, 1.0)], [], 0.0
    linear: list[tuple[int, float]] = []
    products: list[tuple[int, int, float]] = []
    while stack:
        here, factor = stack.pop()
        kind = here[0]
        if kind == SUM:
            stack.append((here[2], factor))
            stack.append((here[1], factor))
        elif kind == SCALED:
            stack.append((here[1], factor * here[2]))
        elif kind == VARIABLE:
            linear.append((here[1], factor))
        elif kind == PRODUCT:
            products.append((here[1], here[2], factor))
        elif kind == CONSTANT:
            number += factor * here[1]
        else:
            arrays.append((here[1], factor))
    if linear or products or number or not arrays:
        arrays.append((_of_single(linear, products, number, size), 1.0))
    return joined(arrays)


def _of_single(
    linear: list[tuple[int, float]], products: list[tuple[int, int, float]], number: float, size: int
) -> Terms:
    """Return the terms of a single expression that was written term by term."""
    one = np.array(linear, dtype=float).reshape(-1, 2)
    two = np.array(products, dtype=float).reshape(-1, 3)
    return Terms(
        np.full(size, number), np.zeros(len(one), np.int64), one[:, 0].astype(np.int64), one[:, 1],
        np.zeros(len(two), np.int64), two[:, 0].astype(np.int64), two[:, 1].astype(np.int64), two[:, 2],
    )  # fmt: skip


def _transposed(matrix: Any) -> Any:
    return matrix.T if hasattr(matrix, "tocsc") else np.asarray(matrix).T


def _check_inner(left: tuple[int, ...], right: tuple[int, ...]) -> None:
    if not 1 <= len(left) <= 2 or not 1 <= len(right) <= 2 or left[-1] != right[0]:
        raise ProblemError(
            "the shapes of a matrix product", (left, right), "(…, k) and (k, …) of 1 or 2 axes each"
        )


def _finite(number: Any) -> float:
    value = float(number)
    if not np.isfinite(value):
        raise ProblemError("a coefficient", number, "a finite number")
    return value
