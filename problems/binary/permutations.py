"""Problems whose solutions are permutations, written as a square table of bits: who stands where."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from problems.binary.domain import DomainProblem
from problems.binary.qubo import check_vector
from problems.binary.rows import Rows
from problems.checking import check_bits, frozen_array
from problems.contract import Array, Evaluation
from problems.errors import ProblemError

CELLS_PER_BATCH = 1 << 22  # table entries scored at once


class PermutationProblem(DomainProblem):
    """Put each of m members in one of m places; bit i·m + k of ``[m²]`` says that member i stands at place k.

    It is judged from the table itself: the program, with its up to m⁴ products, is only built for solvers
    that ask for it. Subclasses give ``size``, ``members`` and ``places`` (names of the rows), ``objectives``.
    """

    @property
    @abstractmethod
    def size(self) -> int:
        """m: how many members, and places, there are."""

    @property
    @abstractmethod
    def members(self) -> tuple[str, ...]:
        """Names ``[m]`` of the members, as rows are called."""

    @property
    @abstractmethod
    def places(self) -> tuple[str, ...]:
        """Names ``[m]`` of the places, as rows are called."""

    @abstractmethod
    def objectives(self, tables: Array) -> Array:
        """Return the objectives ``[B]`` of float tables ``[B, m, m]`` of bits, permutations or not."""

    @property
    def n(self) -> int:
        """Number of bits."""
        return self.size**2

    @property
    def one_hot_rows(self) -> Rows:
        """The 2m rows: each member stands in one place, each place holds one member."""
        cells = np.arange(self.n).reshape(self.size, self.size)
        index, count = np.concatenate([cells.ravel(), cells.T.ravel()]), 2 * self.size
        return Rows(
            self.n, self.size * np.arange(count + 1), index, np.ones(len(index)),
            ("==",) * count, np.ones(count), (*self.members, *self.places),
        )  # fmt: skip

    def judge(self, solution: Array) -> Evaluation:
        """Score bits ``[m²]``; members, and places, that do not stand exactly once are violations."""
        table = check_bits("the solution", check_vector(solution), self.n).reshape(1, self.size, self.size)
        amounts = _row_errors(table)[0]
        names = (*self.members, *self.places)
        broken = {names[r]: float(amounts[r]) for r in np.flatnonzero(amounts)}
        return Evaluation(float(self.objectives(table.astype(float))[0]), broken)

    def ranks(self, solutions: Array) -> Array:
        """Rank bits ``[N, m²]``."""
        tables = check_bits("the solutions", solutions, self.n).reshape(-1, self.size, self.size)
        ranks = np.empty((len(tables), 2))
        batch = max(1, CELLS_PER_BATCH // self.n)
        for first in range(0, len(tables), batch):
            part = tables[first : first + batch]
            ranks[first : first + batch, 0] = _row_errors(part).sum(axis=1)
            ranks[first : first + batch, 1] = self.objectives(part.astype(float))
        if self.sense == "max":
            ranks[:, 1] = -ranks[:, 1]
        return ranks

    def permutation(self, bits: Array) -> Array:
        """Return the place int64 ``[m]`` of each member, counted from 0.

        Raises:
            ProblemError: If a member or a place stands not exactly once.
        """
        table = check_bits("the solution", check_vector(bits), self.n).reshape(self.size, self.size)
        if np.any(_row_errors(table[None])):
            expected = "one place for each and one at each"
            raise ProblemError("the solution", "no permutation", expected, "repair makes one of any bits")
        return table.argmax(axis=1)

    def bits(self, permutation: Any) -> Array:
        """Return uint8 bits ``[m²]`` from the place of each member, counted from 0.

        Raises:
            ProblemError: If it is no permutation.
        """
        order = frozen_array("the permutation", permutation, shape=(self.size,), dtype=np.int64)
        if not np.array_equal(np.sort(order), np.arange(self.size)):
            raise ProblemError("the permutation", order.tolist(), f"each of 0 … {self.size - 1} once")
        table = np.zeros((self.size, self.size), dtype=np.uint8)
        table[np.arange(self.size), order] = 1
        return table.reshape(-1)

    def repair(self, bits: Array) -> Array:
        """Return for bits ``[..., m²]`` those of a permutation that shares most ones with them.

        Found by the assignment algorithm; permutations come back as they are.
        """
        from scipy.optimize import linear_sum_assignment

        tables = check_bits("bits", bits, self.n).reshape(-1, self.size, self.size)
        repaired = np.zeros_like(tables)
        for table, better in zip(tables, repaired, strict=True):
            better[linear_sum_assignment(table, maximize=True)] = 1
        return repaired.reshape(np.shape(bits))


def words_of_table(table: Array, labels: Sequence[Any]) -> tuple[Any, ...]:
    """Return for each row of a table its label, or a tuple of labels where it holds none or several."""
    found = [tuple(labels[k] for k in np.flatnonzero(row).tolist()) for row in table]
    return tuple(chosen[0] if len(chosen) == 1 else chosen for chosen in found)


def table_of_words(words: Iterable[Any], labels: Sequence[Any], what: str) -> Array:
    """Return the table uint8 ``[m, m]`` with a label per row, or a sequence of labels for none or several.

    Raises:
        ProblemError: If there are not as many words as labels, or one is unknown.
    """
    if isinstance(words, str) or not isinstance(words, Iterable):
        raise ProblemError(f"the {what}s", words, "labels in a list")
    rows = list(words)
    if len(rows) != len(labels):
        raise ProblemError(f"the number of {what}s", len(rows), f"{len(labels)}")
    column = {str(label): k for k, label in enumerate(labels)}
    table = np.zeros((len(labels), len(labels)), dtype=np.uint8)
    for i, row in enumerate(rows):
        for label in row if isinstance(row, tuple | list) else (row,):
            if str(label) not in column:
                raise ProblemError(f"the {what}", label, f"one of {labels[0]} … {labels[-1]}")
            table[i, column[str(label)]] = 1
    return table


def _row_errors(tables: Array) -> Array:
    """Return by how much tables ``[B, m, m]`` miss one per row and one per column, ``[B, 2m]``."""
    counts = np.concatenate([tables.sum(axis=2, dtype=np.int64), tables.sum(axis=1, dtype=np.int64)], axis=1)
    return np.abs(counts - 1)
