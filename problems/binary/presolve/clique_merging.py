"""Clique merging: rows that exclude pairs of variables become few rows that exclude whole cliques.

References: Atamtürk, Nemhauser and Savelsbergh, European Journal of Operational Research 121 (2000);
Achterberg, Bixby, Gu, Rothberg and Weninger, INFORMS Journal on Computing 32 (2020), section 5.3.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from problems.binary.presolve.fixing import reduced
from problems.binary.presolve.margins import row_margins
from problems.binary.presolve.step import Outcome, Removed
from problems.binary.program import BinaryProgram
from problems.binary.rows import Rows

Array = np.ndarray


@dataclass(frozen=True)
class CliqueMerging:
    """Extend packing rows Σx <= 1 to maximal cliques of conflicts, and drop those that a clique contains.

    Two variables conflict where both at 1 break some row for certain, whatever the others are: those of a
    packing or one-hot row, and two items of a knapsack that exceed its capacity together. The feasible set
    stays as it is: a clique forbids only pairs that were forbidden, and every pair of a dropped row is still
    forbidden by the clique, or one-hot row, that contains it. Rows are taken from the longest to the
    shortest, cliques grow by the variable with the most conflicts, lower indices first. A clique keeps the
    name of the row it grew from.
    """

    def apply(self, program: BinaryProgram) -> Outcome | None:
        """Return the program with cliques for packing rows, or None."""
        rows = program.constraints
        packing = [r for r, kind in enumerate(rows.classes) if kind == "packing"]
        if not packing:
            return None
        order, near = conflicts(rows)
        place = np.argsort(order)
        cover = _Cover(rows.n)
        for r, kind in enumerate(rows.classes):
            if kind == "one_hot":
                cover.add(place[rows.entries(r)[0]].tolist())
        cliques: dict[int, Array] = {}
        for r in sorted(packing, key=lambda r: (rows.indptr[r] - rows.indptr[r + 1], r)):
            members = place[rows.entries(r)[0]].tolist()
            if not cover.contains(members):
                clique = _extended(members, near)
                cover.add(clique)
                cliques[r] = np.sort(order[clique])
        merged = len(packing) - len(cliques)
        added = sum(len(clique) - len(rows.entries(r)[0]) for r, clique in cliques.items())
        if not merged and not added:
            return None
        removed = Removed(coefficients=added, merged=merged)
        return reduced(program, removed, rows=_with_cliques(rows, set(packing), cliques))


def conflicts(rows: Rows) -> tuple[Array, list[int]]:
    """Return which variables exclude each other.

    Returns:
        order: ``[n]`` the variables by falling number of conflicts, ties by index.
        near: One integer per place in that order; bit q of ``near[p]`` is set where the variables at places
            p and q conflict.
    """
    degree = [mask.bit_count() for mask in _conflicts(rows, np.arange(rows.n))]
    order = np.argsort(-np.array(degree), kind="stable")
    return order, _conflicts(rows, np.argsort(order))


def _conflicts(rows: Rows, place: Array) -> list[int]:
    near, (low, high) = [0] * rows.n, rows.ranges
    beyond = row_margins(rows).beyond
    for r, relation in enumerate(rows.relation):
        index, weight = rows.entries(r)
        if relation != ">=":
            _join(near, place[index], weight, float(rows.right[r] + beyond[r] - low[r]))
        if relation != "<=":
            _join(near, place[index], -weight, float(high[r] - rows.right[r] + beyond[r]))
    return near


def _join(near: list[int], index: Array, weight: Array, limit: float) -> None:
    """Note all pairs of positive weights whose sum is above the limit."""
    if np.count_nonzero(weight > 0) < 2:
        return
    order = np.argsort(-weight, kind="stable")
    falling = weight[order]
    if not falling[0] + falling[1] > limit:
        return
    heavy = index[order[falling > 0]].tolist()
    falling = falling[: len(heavy)]
    partners = np.searchsorted(-falling, falling - limit, side="left").tolist()  # a_v > limit − a_u
    prefix = [0]
    for v in heavy:
        prefix.append(prefix[-1] | 1 << v)
    for u, count in zip(heavy, partners, strict=True):
        near[u] |= prefix[count] & ~(1 << u)


class _Cover:
    """The cliques so far, each variable with the set of those it is in, to ask whether one contains a row."""

    def __init__(self, n: int):
        self._inside, self._count = [0] * n, 0

    def add(self, members: list[int]) -> None:
        for v in members:
            self._inside[v] |= 1 << self._count
        self._count += 1

    def contains(self, members: list[int]) -> bool:
        common = -1 if self._count else 0
        for v in members:
            common &= self._inside[v]
        return common != 0


def _extended(members: list[int], near: list[int]) -> list[int]:
    """Return a maximal clique around the members; places are in order of falling conflicts."""
    clique, common = list(members), -1
    for v in members:
        common &= near[v]
    while common > 0:
        v = (common & -common).bit_length() - 1
        clique.append(v)
        common &= near[v]
    return clique


def _with_cliques(rows: Rows, packing: set[int], cliques: dict[int, Array]) -> Rows:
    kept = [r for r in range(len(rows)) if r not in packing or r in cliques]
    index = [cliques.get(r, rows.entries(r)[0]) for r in kept]
    weight = [np.ones(len(cliques[r])) if r in cliques else rows.entries(r)[1] for r in kept]
    return Rows(
        rows.n, np.cumsum([0, *map(len, index)]), np.concatenate(index), np.concatenate(weight),
        tuple(rows.relation[r] for r in kept), rows.right[kept], tuple(rows.names[r] for r in kept),
    )  # fmt: skip
