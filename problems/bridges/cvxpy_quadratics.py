"""What a CVXPY expression says, as quadratic polynomials: read from its tree, whether or not it is DCP.

CVXPY's own coefficients are used wherever an atom is affine in what varies; only products and squares are
written out here. Elements are numbered as CVXPY flattens arrays, the first axis fastest (Fortran order).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import reduce
from typing import Any

import numpy as np
from scipy.sparse import csc_array

from problems.binary.term_arrays import Terms, constants, joined, variables
from problems.bridges.cvxpy_values import (
    BY_POWERS,
    EXPECTED,
    REMEDIES,
    dense,
    flat,
    numbered,
    refusal,
    valued,
)

Array = np.ndarray


class QuadraticReader:
    """Reads expressions over variables whose places in a program are known.

    Args:
        places: For each variable's ``id`` the number of each element, ``-1`` where it is always 0; integer
            arrays of the variables' shapes.
    """

    def __init__(self, places: Mapping[int, Array]):
        self._places = places
        # Nodes are kept beside what they say: the id of one that is gone may come again.
        self._known: dict[int, tuple[Any, Terms]] = {}

    def terms(self, node: Any) -> Terms:
        """Return the elements of an expression in Fortran order.

        Raises:
            ProblemError: Naming an atom that is no polynomial of degree 2, or a constant without a value.
        """
        known = self._known.get(id(node))
        if known is None:
            known = node, self._read(node)
            self._known[id(node)] = known
        return known[1]

    def _read(self, node: Any) -> Terms:
        if node.is_constant():
            return constants(flat(valued(node)))
        for kind in type(node).__mro__:
            if kind.__name__ in RULES:
                return RULES[kind.__name__](self, node)
        name = type(node).__name__
        remedy = next((remedy for names, remedy in REMEDIES if name in names), "")
        raise refusal(node, EXPECTED, remedy)

    def _variable(self, node: Any) -> Terms:
        return single(flat(self._places[node.id]))

    def _sum(self, node: Any) -> Terms:
        return joined([(spread(self.terms(arg), arg.shape, node.shape), 1.0) for arg in node.args])

    def _negative(self, node: Any) -> Terms:
        return joined([(self.terms(node.args[0]), -1.0)])

    def _same(self, node: Any) -> Terms:
        return self.terms(node.args[0])

    def _nothing(self, node: Any) -> Terms:
        """Read the imaginary part of what is real; complex leaves are refused before."""
        return constants(np.zeros(node.size))

    def _moved(self, node: Any) -> Terms:
        """Read an atom that only moves or repeats elements: it moves their numbers in the same way."""
        if len(node.args) == 1 and not node.args[0].args:  # of a variable, as in models written in loops
            return single(flat(node.numeric([self._places[node.args[0].id]])))
        starts = np.cumsum([0, *(arg.size for arg in node.args)])[:-1]
        numbers = [numbered(arg.shape) + start for arg, start in zip(node.args, starts, strict=True)]
        source = flat(node.numeric(numbers)).astype(np.int64)
        return in_a_row([self.terms(arg) for arg in node.args]).gathered(source)

    def _affine(self, node: Any) -> Terms:
        """Read an atom that is affine in its arguments by CVXPY's own derivatives and its value at 0."""
        import cvxpy

        stand_ins = [
            cvxpy.Constant(valued(arg))
            if arg.is_constant()
            else cvxpy.Variable(arg.shape, value=np.zeros(arg.shape))
            for arg in node.args
        ]
        copy = node.copy(stand_ins)
        slopes = copy.grad
        parts = [(constants(flat(copy.value)), 1.0)]
        for arg, stand_in in zip(node.args, stand_ins, strict=True):
            if not arg.is_constant():
                slope: Any = slopes[stand_in]
                matrix = csc_array(np.reshape(slope, (1, 1))) if np.isscalar(slope) else csc_array(slope)
                parts.append((self.terms(arg).combined(matrix.T), 1.0))
        return joined(parts)

    def _product(self, node: Any) -> Terms:
        left, right = (spread(self.terms(arg), arg.shape, node.shape) for arg in node.args)
        return product(node, left, right)

    def _quotient(self, node: Any) -> Terms:
        above, below = node.args
        if not below.is_constant():
            remedy = "multiply the constraint by the divisor where its sign is known"
            raise refusal(node, "a constant divisor", remedy)
        divisor = flat(np.broadcast_to(dense(valued(below)), node.shape))
        if np.any(divisor == 0):
            raise refusal(node, "a divisor other than 0")
        return spread(self.terms(above), above.shape, node.shape).scaled(1.0 / divisor)

    def _matrix_product(self, node: Any) -> Terms:
        left, right = node.args
        if left.is_constant() or right.is_constant():
            return self._affine(node)
        a, b = numbered(left.shape), numbered(right.shape)
        a = a[None, :] if a.ndim == 1 else a
        b = b[:, None] if b.ndim == 1 else b
        rows, columns = a[..., :, None, :], np.swapaxes(b, -1, -2)[..., None, :, :]
        whole = np.broadcast_shapes(rows.shape, columns.shape)
        # NumPy drops the axes of 1-dimensional factors from the result; of length 1, they number nothing.
        target = numbered(node.shape).reshape(whole[:-1])[..., None]
        a, b, owner = (np.broadcast_to(part, whole).reshape(-1) for part in (rows, columns, target))
        pairs = product(node, self.terms(left).gathered(a), self.terms(right).gathered(b))
        return pairs.added(owner, node.size)

    def _power(self, node: Any) -> Terms:
        (inner,), exponent = node.args, float(valued(node.p)) if hasattr(node.p, "value") else float(node.p)
        if exponent == 0:
            return constants(np.ones(node.size))
        if exponent == 1:
            return self.terms(inner)
        if exponent != 2:
            raise refusal(node, "an exponent of 0, 1 or 2", BY_POWERS)
        if (
            type(inner).__name__ in ("Pnorm", "PnormApprox") and float(inner.p) == 2
        ):  # |x|₂², as often written
            return self._squares_added(node, inner.args[0], inner.axis)
        terms = self.terms(inner.args[0] if type(inner).__name__ == "abs" else inner)
        return product(node, terms, terms)

    def _sum_of_squares(self, node: Any) -> Terms:
        inner, divisor = node.args
        if not divisor.is_constant() or float(valued(divisor).item()) <= 0:
            raise refusal(node, "a constant positive denominator")
        factor = np.full(node.size, 1.0 / float(valued(divisor).item()))
        return self._squares_added(node, inner, node.axis).scaled(factor)

    def _squares_added(self, node: Any, inner: Any, axis: Any) -> Terms:
        """Read the sums of squares along axes, all of them if None."""
        terms = self.terms(inner)
        axes = range(inner.ndim) if axis is None else np.atleast_1d(axis) % inner.ndim
        kept = tuple(1 if k in axes else length for k, length in enumerate(inner.shape))
        owner = flat(np.broadcast_to(numbered(kept), inner.shape))
        return product(node, terms, terms).added(owner, node.size)

    def _quadratic_form(self, node: Any) -> Terms:
        inner, matrix = node.args
        if not matrix.is_constant():
            raise refusal(node, "a constant matrix", "write x @ (P @ x), which multiplies out where P varies")
        terms = self.terms(inner)
        return product(node, terms, terms.combined(valued(matrix))).added(np.zeros(inner.size, np.int64), 1)

    def _matrix_fraction(self, node: Any) -> Terms:
        inner, matrix = node.args
        if not matrix.is_constant():
            raise refusal(node, "a constant matrix")
        terms, columns = self.terms(inner), inner.size // matrix.shape[0]
        middle = dense(valued(matrix))
        if np.linalg.matrix_rank(middle) < len(middle):
            raise refusal(node, "an invertible matrix")
        solved = terms.combined(np.kron(np.eye(columns), np.linalg.inv(middle)))
        return product(node, terms, solved).added(np.zeros(inner.size, np.int64), 1)

    def _not(self, node: Any) -> Terms:
        return complement(self._bits(node)[0])

    def _and(self, node: Any) -> Terms:
        return reduce(lambda a, b: product(node, a, b), self._bits(node))

    def _or(self, node: Any) -> Terms:
        return complement(reduce(lambda a, b: product(node, a, b), map(complement, self._bits(node))))

    def _xor(self, node: Any) -> Terms:
        return reduce(
            lambda a, b: joined([(a, 1.0), (b, 1.0), (product(node, a, b), -2.0)]), self._bits(node)
        )

    def _bits(self, node: Any) -> list[Terms]:
        """Return the arguments of a logical atom; its value is that of the product only on bits."""
        for variable in node.variables():
            if variable.attributes["boolean"] is not True:
                remedy = f"{variable.name()} is not boolean in all its elements"
                raise refusal(node, "boolean variables", remedy)
        return [spread(self.terms(arg), arg.shape, node.shape) for arg in node.args]


# By the name of the class, so that this module costs nothing until an expression is there; the first class of
# an atom's ancestry that has a rule decides, so AffAtom stands for every affine atom without one of its own.
MOVES = (
    "index", "special_index", "reshape", "transpose", "Promote", "broadcast_to", "diag_mat", "Hstack",
    "Vstack", "Concatenate",
)  # fmt: skip
RULES: dict[str, Callable[[QuadraticReader, Any], Terms]] = {
    "Variable": QuadraticReader._variable,
    "AddExpression": QuadraticReader._sum,
    "NegExpression": QuadraticReader._negative,
    "real": QuadraticReader._same,
    "conj": QuadraticReader._same,
    "imag": QuadraticReader._nothing,
    **dict.fromkeys(MOVES, QuadraticReader._moved),
    "multiply": QuadraticReader._product,
    "MulExpression": QuadraticReader._matrix_product,
    "DivExpression": QuadraticReader._quotient,
    "AffAtom": QuadraticReader._affine,
    "Power": QuadraticReader._power,
    "quad_over_lin": QuadraticReader._sum_of_squares,
    "QuadForm": QuadraticReader._quadratic_form,
    "MatrixFrac": QuadraticReader._matrix_fraction,
    "Not": QuadraticReader._not,
    "And": QuadraticReader._and,
    "Or": QuadraticReader._or,
    "Xor": QuadraticReader._xor,
}


def product(node: Any, left: Terms, right: Terms) -> Terms:
    """Return the products of expressions one by one; the atom that asks for them is named if one is cubic."""
    varying = [bool(len(part.owner) or len(part.pair_owner)) for part in (left, right)]
    if all(varying) and (len(left.pair_owner) or len(right.pair_owner)):
        raise refusal(node, "a degree of at most 2", "give a product of two bits a bit of its own")
    return left.times(right)


def complement(terms: Terms) -> Terms:
    """Return 1 − each expression."""
    return joined([(constants(np.ones(terms.size)), 1.0), (terms, -1.0)])


def single(place: Array) -> Terms:
    """Return expressions that are one variable each, or 0 where the place is −1."""
    used = np.flatnonzero(place >= 0)
    return variables(place[used].astype(np.int64)).added(used, len(place))


def in_a_row(parts: list[Terms]) -> Terms:
    """Return the expressions of all parts one after the other."""
    if len(parts) == 1:
        return parts[0]
    starts = np.cumsum([0, *(part.size for part in parts)])[:-1]
    return Terms(
        np.concatenate([part.constant for part in parts]),
        np.concatenate([part.owner + start for part, start in zip(parts, starts, strict=True)]),
        np.concatenate([part.variable for part in parts]),
        np.concatenate([part.weight for part in parts]),
        np.concatenate([part.pair_owner + start for part, start in zip(parts, starts, strict=True)]),
        np.concatenate([part.first for part in parts]),
        np.concatenate([part.second for part in parts]),
        np.concatenate([part.pair_weight for part in parts]),
    )


def spread(terms: Terms, shape: tuple[int, ...], target: tuple[int, ...]) -> Terms:
    """Return expressions of one shape broadcast to another."""
    return terms if shape == target else terms.gathered(flat(np.broadcast_to(numbered(shape), target)))
