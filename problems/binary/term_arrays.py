"""Many quadratic expressions at once as flat arrays of terms: what symbolic building is made of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.sparse import csc_array

from problems.errors import ProblemError

Array = np.ndarray


@dataclass(frozen=True, eq=False)
class Terms:
    """S expressions; each term says which of them it belongs to. Equal terms may stand several times.

    Attributes:
        constant: ``[S]``.
        owner: ``[L]`` the expression of each linear term.
        variable: ``[L]``.
        weight: ``[L]``.
        pair_owner: ``[K]`` the expression of each product.
        first: ``[K]``.
        second: ``[K]``.
        pair_weight: ``[K]``.
    """

    constant: Array
    owner: Array
    variable: Array
    weight: Array
    pair_owner: Array
    first: Array
    second: Array
    pair_weight: Array

    @property
    def size(self) -> int:
        """How many expressions there are."""
        return len(self.constant)

    def gathered(self, source: Array) -> Terms:
        """Return the expressions ``source`` ``[T]``, in this order, any of them any number of times."""
        if self.size == 1:  # a single one spread over many, or taken as it is
            return self if len(source) == 1 else self._mapped(csc_array(np.ones((len(source), 1))))
        ones = np.ones(len(source))
        return self._mapped(
            csc_array((ones, (np.arange(len(source)), source)), shape=(len(source), self.size))
        )

    def combined(self, matrix: Any) -> Terms:
        """Return ``matrix @ expressions`` for a matrix ``[T, S]``, dense or sparse."""
        return self._mapped(csc_array(matrix))

    def added(self, owner: Array, count: int) -> Terms:
        """Return ``count`` sums; expression k goes into sum ``owner[k]``."""
        constant = np.bincount(owner, weights=self.constant, minlength=count)
        return Terms(
            constant, owner[self.owner], self.variable, self.weight, owner[self.pair_owner], self.first,
            self.second, self.pair_weight,
        )  # fmt: skip

    def scaled(self, factor: Array) -> Terms:
        """Return each expression times its factor ``[S]``."""
        return Terms(
            self.constant * factor, self.owner, self.variable, self.weight * factor[self.owner],
            self.pair_owner, self.first, self.second, self.pair_weight * factor[self.pair_owner],
        )  # fmt: skip

    def times(self, other: Terms) -> Terms:
        """Return the products of expressions one by one.

        Raises:
            ProblemError: If one has a degree above 2.
        """
        for one, two in ((self, other), (other, self)):
            if not len(one.owner) and not len(one.pair_owner):
                return two.scaled(one.constant)
        if len(self.pair_owner) or len(other.pair_owner):
            raise ProblemError("a product", "of degree 3 or more", "at most the product of two variables")
        left, right = self.scaled(other.constant), other.scaled(self.constant)
        a, b = _matches(self.owner, other.owner, self.size)
        return Terms(
            self.constant * other.constant,
            np.concatenate([left.owner, right.owner]),
            np.concatenate([left.variable, right.variable]),
            np.concatenate([left.weight, right.weight]),
            self.owner[a], self.variable[a], other.variable[b], self.weight[a] * other.weight[b],
        )  # fmt: skip

    def _mapped(self, matrix: csc_array) -> Terms:
        linear, factor = _spread(matrix, self.owner)
        products, product_factor = _spread(matrix, self.pair_owner)
        return Terms(
            matrix @ self.constant,
            factor[0], self.variable[linear], self.weight[linear] * factor[1],
            product_factor[0], self.first[products], self.second[products],
            self.pair_weight[products] * product_factor[1],
        )  # fmt: skip


def joined(parts: list[tuple[Terms, float]]) -> Terms:
    """Return Σ factor · terms of expressions of one size."""
    if len(parts) == 1 and parts[0][1] == 1.0:
        return parts[0][0]
    factors = [factor for _, factor in parts]
    columns = {
        name: np.concatenate([getattr(terms, name) for terms, _ in parts])
        for name in ("owner", "variable", "pair_owner", "first", "second")
    }
    return Terms(
        np.sum([terms.constant * factor for terms, factor in parts], axis=0),
        columns["owner"], columns["variable"],
        np.concatenate([terms.weight * f for (terms, _), f in zip(parts, factors, strict=True)]),
        columns["pair_owner"], columns["first"], columns["second"],
        np.concatenate([terms.pair_weight * f for (terms, _), f in zip(parts, factors, strict=True)]),
    )  # fmt: skip


def constants(values: Array) -> Terms:
    """Return expressions ``[S]`` without variables."""
    none = np.zeros(0, np.int64)
    return Terms(np.asarray(values, dtype=float), none, none, np.zeros(0), none, none, none, np.zeros(0))


def variables(index: Array) -> Terms:
    """Return expressions ``[S]`` that are one variable each."""
    none = np.zeros(0, np.int64)
    return Terms(
        np.zeros(len(index)), np.arange(len(index)), np.asarray(index, dtype=np.int64), np.ones(len(index)),
        none, none, none, np.zeros(0),
    )  # fmt: skip


def _spread(matrix: csc_array, owner: Array) -> tuple[Array, tuple[Array, Array]]:
    """Return which term of the columns ``owner`` each copied entry comes from, and (row, value) of it."""
    counts = np.diff(matrix.indptr)[owner]
    term = np.repeat(np.arange(len(owner)), counts)
    entry = np.arange(len(term)) - np.repeat(np.cumsum(counts) - counts, counts) + matrix.indptr[owner[term]]
    return term, (matrix.indices[entry].astype(np.int64), matrix.data[entry])


def _matches(left: Array, right: Array, size: int) -> tuple[Array, Array]:
    """Return all pairs of positions (a, b) with ``left[a] == right[b]``."""
    order = np.argsort(right, kind="stable")
    count = np.bincount(right, minlength=size)
    start = np.cumsum(count) - count
    repeats = count[left]
    a = np.repeat(np.arange(len(left)), repeats)
    within = np.arange(len(a)) - np.repeat(np.cumsum(repeats) - repeats, repeats)
    return a, order[start[left[a]] + within]
