"""Linear rows over binary variables: sparse, named, and classed by the pattern that solvers exploit."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal

import numpy as np
from scipy.sparse import csr_array

from problems.binary.names import check_names
from problems.checking import check_integer, frozen_array, read_only, refuse_elements
from problems.errors import ProblemError

Array = np.ndarray
RowClass = Literal["packing", "one_hot", "knapsack", "general"]
RELATIONS = ("<=", ">=", "==")
TOLERANCE = (
    1e-9  # a row counts as kept within this, relative to the size of its terms; integers are exact anyway
)


@dataclass(frozen=True, eq=False)
class Rows:
    """m rows ``matrix @ x (<=, >=, ==) right`` in compressed sparse row form.

    Attributes:
        indptr: ``[m+1]``; row r has its entries at ``indptr[r]:indptr[r+1]``.
        index: ``[E]`` variable of each entry, increasing within a row, each once.
        weight: ``[E]`` coefficient of each entry, none zero.
        relation: ``[m]`` each "<=", ">=" or "==".
        right: ``[m]`` right-hand sides.
        names: ``[m]``; by default r0, r1, ….
        n: Number of variables.
    """

    n: int
    indptr: Array = field(default_factory=lambda: np.zeros(1, np.int64))
    index: Array = field(default_factory=lambda: np.zeros(0, np.int64))
    weight: Array = field(default_factory=lambda: np.zeros(0))
    relation: tuple[str, ...] = ()
    right: Array = field(default_factory=lambda: np.zeros(0))
    names: tuple[str, ...] = ()

    def __post_init__(self):
        check_integer("n", self.n, 0)
        right = frozen_array("right", self.right, shape=(None,))
        m = len(right)
        weight = frozen_array("weight", self.weight, shape=(None,))
        indptr = frozen_array("indptr", self.indptr, shape=(m + 1,), dtype=np.int64)
        index = frozen_array("index", self.index, shape=weight.shape, dtype=np.int64)
        refuse_elements("index", index, (index < 0) | (index >= self.n), f"a variable in [0, {self.n - 1}]")
        if indptr[0] != 0 or indptr[-1] != len(index) or np.any(np.diff(indptr) < 0):
            raise ProblemError("indptr", indptr.tolist()[:8], f"increasing from 0 to {len(index)}")
        if len(self.relation) != m:
            raise ProblemError("the number of relations", len(self.relation), f"{m}, one per row")
        for r, relation in enumerate(self.relation):
            if relation not in RELATIONS:
                raise ProblemError(f"relation[{r}]", relation, "one of <=, >=, ==")
        matrix: Any = csr_array((weight, index, indptr), shape=(m, self.n), copy=True)
        matrix.sum_duplicates()
        matrix.eliminate_zeros()
        finite = np.isfinite(matrix.data)
        refuse_elements("weight", matrix.data, ~finite, "a finite number, added over equal variables")
        settled = {
            "indptr": matrix.indptr.astype(np.int64), "index": matrix.indices.astype(np.int64),
            "weight": matrix.data, "right": right, "relation": tuple(self.relation),
            "names": check_names(self.names, m, prefix="r"),
        }  # fmt: skip
        for name, value in settled.items():
            object.__setattr__(self, name, read_only(value) if isinstance(value, np.ndarray) else value)

    @classmethod
    def from_matrix(
        cls, matrix: Any, right: Any, relation: str | Sequence[str] = "<=", names: Sequence[str] = ()
    ) -> Rows:
        """Build from a matrix ``[m, n]``, dense or scipy-sparse; one relation may stand for all rows."""
        if not hasattr(matrix, "tocsr"):
            matrix = frozen_array("matrix", matrix, shape=(None, None))
        sparse: Any = csr_array(matrix, dtype=float)
        right = frozen_array("right", right, shape=(sparse.shape[0],))
        relations = (relation,) * len(right) if isinstance(relation, str) else tuple(relation)
        return cls(
            sparse.shape[1], sparse.indptr, sparse.indices, sparse.data, relations, right, tuple(names)
        )

    @classmethod
    def from_rows(
        cls, n: int, rows: Sequence[tuple[Mapping[int, float], str, float]], names: Sequence[str] = ()
    ) -> Rows:
        """Build from ``({variable: coefficient}, relation, right)`` per row."""
        indptr = np.cumsum([0] + [len(terms) for terms, _, _ in rows])
        index = [i for terms, _, _ in rows for i in terms]
        weight = [a for terms, _, _ in rows for a in terms.values()]
        return cls(
            n, indptr, np.array(index, dtype=np.int64), np.array(weight, dtype=float),
            tuple(relation for _, relation, _ in rows), np.array([b for _, _, b in rows], dtype=float),
            tuple(names),
        )  # fmt: skip

    def __len__(self) -> int:
        return len(self.right)

    @cached_property
    def matrix(self) -> csr_array:
        """The coefficients ``[m, n]``."""
        return csr_array((self.weight, self.index, self.indptr), shape=(len(self), self.n))

    def entries(self, r: int) -> tuple[Array, Array]:
        """Return the variables and coefficients of row r."""
        span = slice(self.indptr[r], self.indptr[r + 1])
        return self.index[span], self.weight[span]

    @cached_property
    def ranges(self) -> tuple[Array, Array]:
        """The least and greatest activity ``[m]`` of each row over all bits."""
        owner = np.repeat(np.arange(len(self)), np.diff(self.indptr))
        low = np.bincount(owner, np.minimum(self.weight, 0), len(self))
        high = np.bincount(owner, np.maximum(self.weight, 0), len(self))
        return low, high

    @cached_property
    def is_equality(self) -> Array:
        """Which rows ``[m]`` are equalities."""
        return np.array([relation == "==" for relation in self.relation], dtype=bool)

    @cached_property
    def is_at_least(self) -> Array:
        """Which rows ``[m]`` are ``>=``."""
        return np.array([relation == ">=" for relation in self.relation], dtype=bool)

    @cached_property
    def tolerance(self) -> Array:
        """The amount ``[m]`` within which a row counts as kept; 0 where all its numbers are integers."""
        low, high = self.ranges
        size = np.maximum(np.maximum(-low, high), np.maximum(np.abs(self.right), 1.0))
        return np.where(self.integral, 0.0, TOLERANCE * size)

    @cached_property
    def integral(self) -> Array:
        """Which rows ``[m]`` have integer coefficients and an integer right-hand side."""
        owner = np.repeat(np.arange(len(self)), np.diff(self.indptr))
        fractions = np.bincount(owner, self.weight != np.round(self.weight), len(self))
        return (fractions == 0) & (self.right == np.round(self.right))

    def violations(self, bits: Array) -> Array:
        """Return by how much bits ``[..., n]`` break each row, ``[..., m]``; 0 within the tolerance."""
        flat = np.asarray(bits).reshape(math.prod(np.shape(bits)[:-1]), self.n)
        excess = (self.matrix @ flat.T.astype(float)).T - self.right
        excess = np.where(self.is_equality, np.abs(excess), np.where(self.is_at_least, -excess, excess))
        excess = np.where(excess > self.tolerance, excess, 0.0)
        return excess.reshape(*np.shape(bits)[:-1], len(self))

    @cached_property
    def classes(self) -> tuple[RowClass, ...]:
        """The pattern of each row.

        ``packing``: Σx <= 1; ``one_hot``: Σx == 1; ``knapsack``: other ``<=`` rows with coefficients >= 0;
        ``general``: the rest.
        """
        return tuple(self._class(r) for r in range(len(self)))

    def _class(self, r: int) -> RowClass:
        _, weight = self.entries(r)
        if np.all(weight == 1) and self.right[r] == 1 and self.relation[r] != ">=":
            return "one_hot" if self.relation[r] == "==" else "packing"
        return "knapsack" if self.relation[r] == "<=" and np.all(weight > 0) else "general"


def stacked(parts: Sequence[Rows]) -> Rows:
    """Return rows over the same variables one below the other, in order."""
    ends = np.cumsum([0, *(len(part.index) for part in parts)])
    tails = [part.indptr[1:] + end for part, end in zip(parts, ends[:-1], strict=True)]
    return Rows(
        parts[0].n,
        np.concatenate([[0], *tails]),
        np.concatenate([part.index for part in parts]),
        np.concatenate([part.weight for part in parts]),
        tuple(relation for part in parts for relation in part.relation),
        np.concatenate([part.right for part in parts]),
        tuple(name for part in parts for name in part.names),
    )
