"""Multilinear quadratic forms: the one representation behind programs, QUBOs and Ising models.

A form is offset + Σ linear_i z_i + Σ_k coupling_k z_first_k z_second_k. On bits z² = z and on spins z² = 1,
so no square ever remains. Coefficients are float64; integers up to 2^53 are exact, and so are their halves
and quarters.
"""

from __future__ import annotations

import math
import numbers
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from scipy.sparse import csr_array

from problems.checking import check_number, checked_array, frozen_array, read_only, refuse_elements
from problems.errors import ProblemError

Array = np.ndarray
STRIP = 128  # rows folded at a time
DENSE_CELLS = 1 << 24  # above this many cells (128 MiB) a form is evaluated from its sparse matrix


@dataclass(frozen=True, eq=False)
class QuadraticForm:
    """A quadratic polynomial without squares, in canonical order.

    Couplings may come in any order and more than once; they are merged to ``first < second``, sorted by row,
    zeros dropped.

    Attributes:
        linear: ``[n]``.
        first: ``[K]`` smaller index of each pair.
        second: ``[K]`` larger index of each pair.
        coupling: ``[K]``.
        offset: The constant.

    Raises:
        ProblemError: On non-finite numbers, indices out of range, or a pair of a variable with itself.
    """

    linear: Array
    first: Array = field(default_factory=lambda: np.zeros(0, np.int64))
    second: Array = field(default_factory=lambda: np.zeros(0, np.int64))
    coupling: Array = field(default_factory=lambda: np.zeros(0))
    offset: float = 0.0

    def __post_init__(self):
        linear = frozen_array("linear", self.linear, shape=(None,))
        coupling = frozen_array("coupling", self.coupling, shape=(None,))
        pairs = [
            frozen_array(name, value, shape=coupling.shape, dtype=np.int64)
            for name, value in (("first", self.first), ("second", self.second))
        ]
        check_number("offset", self.offset)
        for name, index in zip(("first", "second"), pairs, strict=True):
            refuse_elements(
                name, index, (index < 0) | (index >= len(linear)), f"a variable in [0, {len(linear) - 1}]"
            )
        refuse_elements(
            "second", pairs[1], pairs[0] == pairs[1], "another variable than first", "fold squares first"
        )
        first, second, coupling = _canonical(pairs[0], pairs[1], coupling, len(linear))
        finite = np.isfinite(coupling)
        refuse_elements("coupling", coupling, ~finite, "a finite number, added over equal pairs")
        for name, value in (("linear", linear), ("first", first), ("second", second), ("coupling", coupling)):
            object.__setattr__(self, name, read_only(value))
        object.__setattr__(self, "offset", float(self.offset) + 0.0)

    @classmethod
    def from_matrix(cls, matrix: Any, linear: Any = None, offset: float = 0.0) -> QuadraticForm:
        """Return zᵀMz + linearᵀz + offset over bits, for any square M, dense or scipy-sparse."""
        if hasattr(matrix, "tocoo"):
            coo: Any = matrix.tocoo()
            if coo.shape[0] != coo.shape[1]:
                raise ProblemError("the shape of matrix", tuple(coo.shape), "a square")
            row, column = coo.coords
            value = frozen_array("matrix", coo.data)
            return cls.from_triplets(coo.shape[0], row, column, value, linear, offset)
        dense = checked_array("matrix", matrix, shape=(None, None))
        if dense.shape[0] != dense.shape[1]:
            raise ProblemError("the shape of matrix", tuple(dense.shape), "a square")
        check_number("offset", offset)
        first, second, coupling = _upper_entries(dense)
        refuse_elements(
            "coupling", coupling, ~np.isfinite(coupling), "a finite number, added over equal pairs"
        )
        total = dense.diagonal() + _linear_part(linear, len(dense))
        refuse_elements("linear", total, ~np.isfinite(total), "a finite number, added over equal variables")
        return cls._settled(total, first, second, coupling, offset)

    @classmethod
    def from_triplets(
        cls, n: int, first: Any, second: Any, value: Any, linear: Any = None, offset: float = 0.0
    ) -> QuadraticForm:
        """Return Σ_k value_k z_first_k z_second_k + linearᵀz + offset over bits.

        Pairs may come in any order, more than once, and with both variables the same, which is z² = z.

        Args:
            n: Number of variables.
            first: ``[K]`` variables.
            second: ``[K]`` variables.
            value: ``[K]``.
            linear: ``[n]``, or None.
            offset: The constant.
        """
        value = frozen_array("value", value, shape=(None,))
        row = frozen_array("first", first, shape=value.shape, dtype=np.int64)
        column = frozen_array("second", second, shape=value.shape, dtype=np.int64)
        total, diagonal = _linear_part(linear, n), row == column
        if diagonal.any():
            squares = row[diagonal]
            refuse_elements("first", squares, (squares < 0) | (squares >= n), f"a variable in [0, {n - 1}]")
            total = total + np.bincount(squares, weights=value[diagonal], minlength=n)
            row, column, value = row[~diagonal], column[~diagonal], value[~diagonal]
        return cls(total, row, column, value, offset)

    @classmethod
    def _settled(
        cls, linear: Array, first: Array, second: Array, coupling: Array, offset: float
    ) -> QuadraticForm:
        """Take arrays of our own that are in canonical order already, and finite."""
        form = object.__new__(cls)
        values = (("linear", linear + 0.0), ("first", first), ("second", second), ("coupling", coupling))
        for name, value in values:
            object.__setattr__(form, name, read_only(value))
        object.__setattr__(form, "offset", float(offset) + 0.0)
        return form

    @classmethod
    def from_terms(cls, n: int, terms: Mapping[tuple[int, ...], float], offset: float = 0.0) -> QuadraticForm:
        """Return a form over n bits from ``{(i,): a, (i, j): b, (): c}``; ``(i, i)`` counts as ``(i,)``."""
        linear, pairs, values = np.zeros(n), [], []
        for key, value in terms.items():
            if not isinstance(value, numbers.Real):
                raise ProblemError(f"terms[{key}]", value, "a number")
            spots = set(key)
            if len(key) > 2 or any(not 0 <= i < n for i in spots):
                raise ProblemError("terms", key, f"at most two variables in [0, {n - 1}]")
            if len(spots) == 0:
                offset = offset + value
            elif len(spots) == 1:
                linear[spots.pop()] += value
            else:
                pairs.append(key)
                values.append(value)
        first, second = np.array(pairs, dtype=np.int64).reshape(-1, 2).T
        return cls(linear, first, second, np.array(values, dtype=float), offset)

    @classmethod
    def squared(cls, n: int, index: Array, weight: Array, constant: float) -> QuadraticForm:
        """Return (Σ weight_k z_index_k + constant)² over n bits; cost O(k²)."""
        linear = np.zeros(n)
        np.add.at(linear, index, weight * weight + 2.0 * constant * weight)
        left, right = np.triu_indices(len(index), 1)
        return cls(linear, index[left], index[right], 2.0 * weight[left] * weight[right], constant * constant)

    @property
    def n(self) -> int:
        """Number of variables."""
        return len(self.linear)

    @property
    def num_couplings(self) -> int:
        """Number of pairs with a coefficient."""
        return len(self.coupling)

    def values(self, z: Array) -> Array:
        """Evaluate at points ``[..., n]``; returns ``[...]``. Integer data gives exact integers."""
        z = np.asarray(z)
        flat = z.reshape(math.prod(z.shape[:-1]), z.shape[-1]).astype(float)
        total = flat @ self.linear
        if self.num_couplings:
            total += np.einsum("ij,ij->i", flat @ self._upper, flat)
        return (total + self.offset).reshape(z.shape[:-1])

    @cached_property
    def _upper(self) -> Any:
        if self.n * self.n <= DENSE_CELLS and self.num_couplings > self.n * self.n // 20:
            return self.dense()
        return csr_array((self.coupling, (self.first, self.second)), shape=(self.n, self.n))

    def dense(self) -> Array:
        """Return the couplings as a strictly upper triangular ``[n, n]`` matrix."""
        matrix = np.zeros((self.n, self.n))
        matrix[self.first, self.second] = self.coupling
        return matrix

    @cached_property
    def neighbours(self) -> tuple[Array, Array, Array]:
        """The symmetric couplings as CSR arrays: indptr ``[n+1]``, index ``[2K]``, value ``[2K]``."""
        matrix = csr_array(
            (
                np.concatenate([self.coupling, self.coupling]),
                (np.concatenate([self.first, self.second]), np.concatenate([self.second, self.first])),
            ),
            shape=(self.n, self.n),
        )
        matrix.sort_indices()
        parts = matrix.indptr.astype(np.int64), matrix.indices.astype(np.int64), matrix.data
        return read_only(parts[0]), read_only(parts[1]), read_only(parts[2])

    def on_spins(self) -> QuadraticForm:
        """Read this form over bits; return the same function over spins by x = (1 − s)/2."""
        quarter = self.coupling / 4.0
        linear = -self.linear / 2.0 - self._per_variable(quarter)
        offset = self.offset + self.linear.sum() / 2.0 + quarter.sum()
        return self._same_pairs(linear, quarter, offset)

    def on_bits(self) -> QuadraticForm:
        """Read this form over spins; return the same function over bits by s = 1 − 2x."""
        linear = -2.0 * self.linear - 2.0 * self._per_variable(self.coupling)
        offset = self.offset + self.linear.sum() + self.coupling.sum()
        return self._same_pairs(linear, 4.0 * self.coupling, offset)

    def embedded(self, n: int) -> QuadraticForm:
        """Return the same form with variables up to n appended."""
        linear = np.concatenate([self.linear, np.zeros(n - self.n)])
        return self._settled(linear, self.first, self.second, self.coupling, self.offset)

    def scaled(self, factor: float) -> QuadraticForm:
        """Return factor times the form."""
        return self._same_pairs(self.linear * factor, self.coupling * factor, self.offset * factor)

    def __neg__(self) -> QuadraticForm:
        return self.scaled(-1.0)

    def __add__(self, other: QuadraticForm) -> QuadraticForm:
        return add_forms([self, other])

    def gains(self) -> Array:
        """Return ``[n]`` the most that flipping each bit can change the form, in absolute value."""
        low, high = self.slopes()
        return np.maximum(np.abs(low), np.abs(high))

    def slopes(self) -> tuple[Array, Array]:
        """Return the least and greatest value ``[n]`` of the derivative by each bit over all bits."""
        negative, positive = np.minimum(self.coupling, 0.0), np.maximum(self.coupling, 0.0)
        return self.linear + self._per_variable(negative), self.linear + self._per_variable(positive)

    def spread_on_bits(self) -> float:
        """Return the standard deviation over uniform random bits."""
        spins = self.on_spins()
        return float(np.sqrt((spins.linear**2).sum() + (spins.coupling**2).sum()))

    def _same_pairs(self, linear: Array, coupling: Array, offset: float) -> QuadraticForm:
        """Return a form over the same pairs, which are in order already unless some vanish or overflow."""
        if (
            coupling.all()
            and np.isfinite(coupling).all()
            and np.isfinite(linear).all()
            and np.isfinite(offset)
        ):
            return self._settled(linear, self.first, self.second, coupling, float(offset))
        return QuadraticForm(linear, self.first, self.second, coupling, float(offset))

    def _per_variable(self, amount: Array) -> Array:
        return np.bincount(self.first, amount, self.n) + np.bincount(self.second, amount, self.n)


def add_forms(forms: list[QuadraticForm]) -> QuadraticForm:
    """Add forms over the same variables, merging their pairs once."""
    if len({form.n for form in forms}) != 1:
        raise ProblemError("the numbers of variables", [form.n for form in forms], "all the same")
    return QuadraticForm(
        np.sum([form.linear for form in forms], axis=0),
        np.concatenate([form.first for form in forms]),
        np.concatenate([form.second for form in forms]),
        np.concatenate([form.coupling for form in forms]),
        float(sum(form.offset for form in forms)),
    )


def _canonical(first: Array, second: Array, coupling: Array, n: int) -> tuple[Array, Array, Array]:
    """Return the pairs with the smaller variable first, sorted by row, equal ones added, zeros dropped."""
    low, high = np.minimum(first, second), np.maximum(first, second)
    keys = low * n + high
    if np.all(keys[1:] > keys[:-1]):
        merged = np.array(coupling)
    else:  # buckets by row, where sorting all pairs at once would be several times slower
        rows = csr_array((coupling, (low, high)), shape=(n, n))
        rows.sum_duplicates()
        low = np.repeat(np.arange(n), np.diff(rows.indptr))
        high, merged = rows.indices.astype(np.int64), rows.data
    kept = merged != 0
    return (low, high, merged) if kept.all() else (low[kept], high[kept], merged[kept])


def _upper_entries(matrix: Array) -> tuple[Array, Array, Array]:
    """Return the entries of M + Mᵀ above the diagonal that are not zero, in canonical order.

    Strips of rows stay in the cache, where the whole transpose would not.
    """
    n, lower = len(matrix), np.tri(STRIP, dtype=bool)
    firsts, seconds, values = [], [], []
    for start in range(0, max(n, 1), STRIP):
        height, width = min(n - start, STRIP), n - start
        with np.errstate(over="ignore"):  # an infinite sum is refused by name later
            added = np.add(
                matrix[start : start + height, start:], matrix[start:, start : start + height].T, dtype=float
            )
        added[:, :height][lower[:height, :height]] = 0.0
        mask = added != 0.0  # of bits, unlike of floats, the places are found quickly
        places = np.flatnonzero(mask)
        ends = np.searchsorted(places, np.arange(height + 1) * width)
        row = np.repeat(np.arange(height), np.diff(ends))
        firsts.append(row + start)
        seconds.append(places - row * width + start)
        values.append(added[mask])
    return np.concatenate(firsts), np.concatenate(seconds), np.concatenate(values)


def _linear_part(linear: Any, n: int) -> Array:
    return np.zeros(n) if linear is None else frozen_array("linear", linear, shape=(n,))
