"""Quadratic assignment: place n facilities on n locations so that flow times distance is least."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from problems.binary.permutations import CELLS_PER_BATCH, PermutationProblem, table_of_words, words_of_table
from problems.binary.program import BinaryProgram
from problems.binary.quadratic import QuadraticForm
from problems.checking import check_bits, check_integer, frozen_array, optional_number
from problems.contract import Array
from problems.errors import ProblemError

MOST_PRODUCTS = 1 << 28  # nonzero flows times nonzero distances above which no program is written


@dataclass(frozen=True, eq=False)
class QuadraticAssignment(PermutationProblem):
    """Minimise Σ_ij flows_ij · distances_p(i)p(j) over permutations p, all ordered pairs and i = j included.

    Solutions are bits ``[n²]``: bit i·n + k says that facility i stands at location k. Labels are the
    locations, counted from 1, in the order of the facilities. Koopmans and Beckmann, Econometrica 25 (1957).

    Attributes:
        flows: ``[n, n]``, the first matrix of a QAPLIB file.
        distances: ``[n, n]``, the second.
        reference: The best known cost, if any.
    """

    flows: Array
    distances: Array
    reference: float | None = None

    def __post_init__(self):
        flows = frozen_array("flows", self.flows, shape=(None, None))
        size = len(flows)
        if flows.shape != (size, size) or size == 0:
            raise ProblemError("the shape of flows", flows.shape, "a square, at least 1 by 1")
        object.__setattr__(self, "flows", flows)
        object.__setattr__(self, "distances", frozen_array("distances", self.distances, shape=(size, size)))
        object.__setattr__(self, "reference", optional_number("reference", self.reference))

    @classmethod
    def random(cls, n: int = 8, seed: int = 0) -> QuadraticAssignment:
        """Draw symmetric flows from 1…9 on half of the pairs, and rounded distances of points in a square."""
        check_integer("n", n, 1)
        rng = np.random.default_rng(seed)
        upper = np.triu(rng.integers(1, 10, (n, n)) * (rng.random((n, n)) < 0.5), 1)
        points = 100 * rng.random((n, 2))
        return cls(upper + upper.T, np.round(np.linalg.norm(points[:, None] - points[None], axis=-1)))

    @classmethod
    def read(cls, path: str | os.PathLike[str], index: int | None = None) -> QuadraticAssignment:
        """Read a QAPLIB file."""
        from problems.formats.qaplib import read_assignment

        return read_assignment(path, index)

    def write(self, path: str | os.PathLike[str]) -> Path:
        """Write a QAPLIB file."""
        from problems.formats.qaplib import write_assignment

        return write_assignment(self, path)

    @property
    def size(self) -> int:
        """Number of facilities, and of locations."""
        return len(self.flows)

    @property
    def members(self) -> tuple[str, ...]:
        """The facilities, counted from 1."""
        return tuple(f"facility {i}" for i in range(1, self.size + 1))

    @property
    def places(self) -> tuple[str, ...]:
        """The locations, counted from 1."""
        return tuple(f"location {k}" for k in range(1, self.size + 1))

    def objectives(self, tables: Array) -> Array:
        """Return xᵀ(flows ⊗ distances)x of tables ``[B, n, n]``."""
        carried = tables @ self.distances @ np.swapaxes(tables, 1, 2)
        return np.einsum("ij,bij->b", self.flows, carried)

    def cost(self, permutations: Array) -> Array:
        """Return the costs ``[...]`` of permutations ``[..., n]``, locations counted from 0."""
        orders = np.asarray(permutations)
        flat = orders.reshape(-1, self.size)
        total = np.empty(len(flat))
        batch = max(1, CELLS_PER_BATCH // self.n)
        for first in range(0, len(flat), batch):
            part = flat[first : first + batch]
            placed = self.distances[part[:, :, None], part[:, None, :]]
            total[first : first + batch] = np.einsum("ij,bij->b", self.flows, placed)
        return total.reshape(orders.shape[:-1])

    @cached_property
    def program(self) -> BinaryProgram:
        """xᵀ(flows ⊗ distances)x with a row per facility and a row per location.

        Raises:
            ProblemError: If it would have more than 2^28 products.
        """
        products = np.count_nonzero(self.flows) * np.count_nonzero(self.distances)
        if products > MOST_PRODUCTS:
            raise ProblemError(
                "the number of products", products, f"at most {MOST_PRODUCTS}",
                "local search and tabu work on the permutation itself",
            )  # fmt: skip
        count = range(1, self.size + 1)
        names = tuple(f"facility {i} at {k}" for i in count for k in count)
        return BinaryProgram(self._form(), self.one_hot_rows, names)

    def _form(self) -> QuadraticForm:
        i, j = np.nonzero(self.flows)
        k, m = np.nonzero(self.distances)
        first, second = np.add.outer(i * self.size, k), np.add.outer(j * self.size, m)
        value = np.multiply.outer(self.flows[i, j], self.distances[k, m])
        return QuadraticForm.from_triplets(self.n, first.ravel(), second.ravel(), value.ravel())

    def decode(self, solution: Array) -> tuple[Any, ...]:
        """Return the location of each facility from 1; a tuple of them where there is none or several."""
        table = check_bits("the solution", solution, self.n).reshape(self.size, self.size)
        return words_of_table(table, range(1, self.size + 1))

    def encode(self, labels: Iterable[Any]) -> Array:
        """Return bits from the location of each facility, counted from 1."""
        return table_of_words(labels, range(1, self.size + 1), "location").reshape(-1)

    def plot(self, solution: Array, axes: Any = None) -> Any:
        """Draw what flows over which distance."""
        from problems.binary.pictures_of_orders import carried_flows

        return carried_flows(self, solution, axes)
