"""Values of CVXPY expressions as arrays in its order of elements, and the errors that show an expression."""

from __future__ import annotations

from typing import Any

import numpy as np

from problems.errors import ProblemError

Array = np.ndarray
EXPECTED = "sums, constant multiples, squares and products of two variables"
_BY_BOUNDS = "bound it from both sides by an integer variable: t >= x, t >= -x and so on"
BY_POWERS = "the square of a norm is cp.sum_squares(x); a power of one bit is the bit itself"
_BY_VALUES = "give each value of its argument a boolean, with one of them set, and sum value times boolean"
REMEDIES = (
    (("abs", "norm1", "norm_inf", "max", "maximum", "min", "minimum", "huber", "pos", "neg"), _BY_BOUNDS),
    (("Pnorm", "PnormApprox", "Power", "PowerApprox", "GeoMean", "Prod"), BY_POWERS),
    (("log", "log1p", "exp", "entr", "logistic", "kl_div", "sqrt", "inv_pos", "ceil", "floor"), _BY_VALUES),
)


def numbered(shape: tuple[int, ...]) -> Array:
    """Return an array of a shape whose elements are their own numbers in Fortran order."""
    return np.arange(int(np.prod(shape))).reshape(shape, order="F")


def flat(value: Any) -> Array:
    """Return the elements of an array, dense or sparse, in Fortran order."""
    return dense(value).reshape(-1, order="F")


def dense(value: Any) -> Array:
    """Return an array, dense or sparse, as a dense one."""
    return value.toarray() if hasattr(value, "toarray") else np.asarray(value)


def valued(node: Any) -> Any:
    """Return the value of a constant expression, dense or sparse as it is.

    Raises:
        ProblemError: If a parameter in it has no value, or it holds what is no finite number.
    """
    for parameter in node.parameters():
        if parameter.value is None:
            field = f"the value of parameter {parameter.name()}"
            raise ProblemError(field, "None", "a number or an array", "set parameter.value first")
    value = node.value
    numbers = value.data if hasattr(value, "toarray") else np.asarray(value)
    if numbers.dtype.kind == "c" or not np.all(np.isfinite(numbers)):
        raise refusal(node, "finite real numbers in constants")
    return value


def refusal(node: Any, expected: str, remedy: str = "") -> ProblemError:
    """Return the error that shows an expression, named by its atom."""
    return ProblemError(f"the expression {type(node).__name__}", str(node), expected, remedy)
