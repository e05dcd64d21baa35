"""Quadratic polynomials in integer variables: like ``QuadraticForm``, but squares stay squares."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from scipy.sparse import csr_array

from problems.binary.quadratic import QuadraticForm
from problems.checking import check_number, frozen_array, read_only, refuse_elements
from problems.errors import ProblemError

Array = np.ndarray


@dataclass(frozen=True, eq=False)
class QuadraticPolynomial:
    """Σ linear_i z_i + Σ_k coefficient_k z_first_k z_second_k + offset, in canonical order.

    Products may come in any order and more than once; they are merged to ``first <= second``, sorted by row,
    zeros dropped.

    Attributes:
        linear: ``[N]``.
        first: ``[K]`` smaller variable of each product.
        second: ``[K]`` larger variable of each product, the same one in a square.
        coefficient: ``[K]``.
        offset: The constant.
    """

    linear: Array
    first: Array = field(default_factory=lambda: np.zeros(0, np.int64))
    second: Array = field(default_factory=lambda: np.zeros(0, np.int64))
    coefficient: Array = field(default_factory=lambda: np.zeros(0))
    offset: float = 0.0

    def __post_init__(self):
        linear = frozen_array("linear", self.linear, shape=(None,))
        coefficient = frozen_array("coefficient", self.coefficient, shape=(None,))
        n, pairs = len(linear), []
        for name in ("first", "second"):
            index = frozen_array(name, getattr(self, name), shape=coefficient.shape, dtype=np.int64)
            refuse_elements(name, index, (index < 0) | (index >= n), f"a variable in [0, {n - 1}]")
            pairs.append(index)
        check_number("offset", self.offset)
        table: Any = csr_array((coefficient, (np.minimum(*pairs), np.maximum(*pairs))), shape=(n, n))
        table.sum_duplicates()
        table.eliminate_zeros()
        refuse_elements(
            "coefficient", table.data, ~np.isfinite(table.data), "a finite number, added over equal products"
        )
        row = np.repeat(np.arange(n), np.diff(table.indptr))
        settled = {
            "linear": linear, "first": read_only(row), "second": read_only(table.indices.astype(np.int64)),
            "coefficient": read_only(table.data), "offset": float(self.offset) + 0.0,
        }  # fmt: skip
        for name, value in settled.items():
            object.__setattr__(self, name, value)

    @classmethod
    def from_terms(
        cls,
        n: int,
        linear: Mapping[int, float],
        quadratic: Mapping[tuple[int, int], float],
        offset: float = 0.0,
    ) -> QuadraticPolynomial:
        """Build over n variables from ``{i: a}`` and ``{(i, j): b}``; ``(i, i)`` is a square."""
        vector = np.zeros(n)
        vector[np.fromiter(linear.keys(), np.int64, len(linear))] = np.fromiter(
            linear.values(), float, len(linear)
        )
        pairs = np.array(list(quadratic), dtype=np.int64).reshape(-1, 2)
        values = np.fromiter(quadratic.values(), float, len(quadratic))
        return cls(vector, pairs[:, 0], pairs[:, 1], values, offset)

    @property
    def n(self) -> int:
        """Number of variables."""
        return len(self.linear)

    @property
    def num_products(self) -> int:
        """Number of products with a coefficient, squares included."""
        return len(self.coefficient)

    def values(self, z: Array) -> Array:
        """Evaluate at points ``[..., N]``; returns ``[...]``. Integer data gives exact integers."""
        flat = np.asarray(z).reshape(math.prod(np.shape(z)[:-1]), self.n).astype(float)
        total = flat @ self.linear + self.offset
        if self.num_products:
            total = total + np.einsum("ij,ij->i", flat @ self.matrix, flat)
        return total.reshape(np.shape(z)[:-1])

    @property
    def matrix(self) -> Any:
        """The coefficients of the products as an upper triangular ``[N, N]`` matrix."""
        return csr_array((self.coefficient, (self.first, self.second)), shape=(self.n, self.n))

    def on_bits(self, table: Any, constant: Array) -> QuadraticForm:
        """Return the form over bits x that has this polynomial's values at z = table @ x + constant.

        Args:
            table: ``[N, n]``.
            constant: ``[N]``.
        """
        if table.shape[0] != self.n or np.shape(constant) != (self.n,):
            raise ProblemError("the shape of table", table.shape, f"({self.n}, any)")
        upper = self.matrix
        slope = self.linear + upper @ constant + upper.T @ constant
        quadratic: Any = table.T @ upper @ table
        offset = self.offset + float(self.linear @ constant + constant @ (upper @ constant))
        return QuadraticForm.from_matrix(quadratic.tocoo(), table.T @ slope, offset)

    def reach(self, low: Array, high: Array) -> float:
        """Return a size of the values over a box, the sum of the greatest absolute values of the terms."""
        size = np.maximum(np.abs(low), np.abs(high)).astype(float)
        products = np.abs(self.coefficient) * size[self.first] * size[self.second]
        return float(np.abs(self.linear) @ size + products.sum() + abs(self.offset))

    def is_integral(self) -> bool:
        """Whether all coefficients, the constant included, are integers."""
        numbers = np.concatenate([self.linear, self.coefficient, [self.offset]])
        return bool(np.all(numbers == np.round(numbers)))
