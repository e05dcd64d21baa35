"""A real square matrix by its rows, as data: what a file can hold and a compiled loop can read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from problems.checking import frozen_array, refuse_elements
from problems.errors import ProblemError

Array = np.ndarray


@dataclass(frozen=True, eq=False)
class SparseRows:
    """A matrix ``[F, F]`` in compressed rows, each sorted by column and without repetitions.

    Attributes:
        starts: int64 ``[F + 1]``: row k has the entries ``starts[k]`` to ``starts[k + 1]``.
        columns: int64 ``[E]``.
        values: ``[E]``.

    Raises:
        ProblemError: Naming the field, if the three do not make such a matrix.
    """

    starts: Array
    columns: Array
    values: Array

    def __post_init__(self):
        starts = frozen_array("starts", self.starts, shape=(None,), dtype=np.int64)
        columns = frozen_array("columns", self.columns, shape=(None,), dtype=np.int64)
        values = frozen_array("values", self.values, shape=(len(columns),))
        if len(starts) < 2 or starts[0] != 0 or starts[-1] != len(columns) or np.any(np.diff(starts) < 0):
            raise ProblemError("starts", starts.tolist(), f"rising numbers from 0 to {len(columns)}")
        outside = (columns < 0) | (columns > len(starts) - 2)
        refuse_elements("columns", columns, outside, f"a column in [0, {len(starts) - 2}]")
        rows = np.repeat(np.arange(len(starts) - 1), np.diff(starts))
        same = np.append(False, (np.diff(rows) == 0) & (np.diff(columns) <= 0))[: len(columns)]
        refuse_elements("columns", columns, same, "rising columns within a row")
        for name, array in (("starts", starts), ("columns", columns), ("values", values)):
            object.__setattr__(self, name, array)

    @classmethod
    def of(cls, matrix: Any) -> SparseRows:
        """Return a matrix of scipy or of numpy ``[F, F]`` by its rows, without zeros.

        Raises:
            ProblemError: If it is not square, real and finite.
        """
        from scipy.sparse import csr_array

        rows: Any = csr_array(matrix)
        if rows.ndim != 2 or rows.shape[0] != rows.shape[1] or rows.shape[0] == 0:
            raise ProblemError("the shape of matrix", tuple(rows.shape), "that of a square matrix")
        if rows.dtype.kind not in "biuf":
            raise ProblemError("matrix", f"a matrix of {rows.dtype}", "real numbers")
        rows = rows.astype(float)  # a copy: what follows works in place
        rows.sum_duplicates()
        rows.eliminate_zeros()
        rows.sort_indices()
        return cls(rows.indptr, rows.indices, rows.data)

    @property
    def size(self) -> int:
        """F."""
        return len(self.starts) - 1

    @property
    def rows(self) -> Array:
        """The row int64 ``[E]`` of every entry."""
        return np.repeat(np.arange(self.size), np.diff(self.starts))

    def asymmetry(self) -> float:
        """Return the largest |H − Hᵀ|."""
        from scipy.sparse import csr_array

        matrix: Any = csr_array((self.values, self.columns, self.starts), shape=(self.size, self.size))
        difference = abs(matrix - matrix.T)
        return float(difference.max()) if difference.nnz else 0.0

    def dense(self) -> Array:
        """Return the matrix ``[F, F]``."""
        matrix = np.zeros((self.size, self.size))
        matrix[self.rows, self.columns] = self.values
        return matrix

    def interval(self) -> tuple[float, float]:
        """Return bounds of the eigenvalues of a symmetric matrix, by Gershgorin's discs."""
        diagonal, radius = np.zeros(self.size), np.zeros(self.size)
        rows, own = self.rows, self.rows == self.columns
        diagonal[rows[own]] = self.values[own]
        np.add.at(radius, rows[~own], np.abs(self.values[~own]))
        return float((diagonal - radius).min()), float((diagonal + radius).max())
