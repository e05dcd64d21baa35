"""The lifted semidefinite relaxation of a binary program, written out for a conic solver.

Y = [[1, xᵀ], [x, X]] is positive semidefinite with diag X = x and X ≥ 0. Pairs that packing and one-hot rows
forbid have X_uv = 0 and no unknown at all; equalities hold multiplied by every x_j; inequalities hold
multiplied by every x_j and 1 − x_j. With packing rows alone this is Schrijver's number, at most Lovász's
theta. Lovász and Schrijver, SIAM Journal on Optimization 1 (1991); Zhao, Karisch, Rendl and Wolkowicz,
Journal of Combinatorial Optimization 2 (1998), for assignments.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.sparse import coo_array, csc_array, vstack

from problems.binary.program import BinaryProgram
from problems.errors import NothingFound, ProblemError

Array = np.ndarray


@dataclass(frozen=True, eq=False)
class LiftedPoint:
    """A point of the relaxation, as good as the solver's accuracy.

    Attributes:
        mean: x ``[n]``.
        second: X ``[n, n]``.
        value: The minimised objective there; not a bound, for the point is only nearly feasible.
    """

    mean: Array
    second: Array
    value: float


def lifted_point(program: BinaryProgram, accuracy: float = 1e-4, iterations: int = 400) -> LiftedPoint:
    """Solve the relaxation by SCS.

    Args:
        program: Its rows as they are; cost grows as n³ per iteration and n³ entries for equalities.
        accuracy: Absolute and relative.
        iterations: The most.

    Raises:
        ProblemError: If SCS is not installed.
        NothingFound: If it fails numerically.
    """
    try:
        import scs  # pyright: ignore[reportMissingImports]
    except ImportError as error:
        raise ProblemError("scs", "not installed", "the conic solver SCS", "pip install scs") from error
    cone = _Cone(program)
    matrix, right, shape = cone.constraints()
    solver = scs.SCS(
        {"A": matrix, "b": right, "c": cone.cost()}, shape,
        eps_abs=accuracy, eps_rel=accuracy, max_iters=iterations, verbose=False,
    )  # fmt: skip
    unknowns = solver.solve()["x"]
    if not np.all(np.isfinite(unknowns)):
        raise NothingFound("the lifted relaxation was not solved: SCS returned no finite point")
    return cone.point(unknowns)


class _Cone:
    """Unknowns: the n means, then X_uv for the pairs u < v that no row forbids."""

    def __init__(self, program: BinaryProgram):
        self.program, self.n = program, program.n
        self.place = np.full((self.n, self.n), -1)
        first, second = np.nonzero(np.triu(~forbidden_pairs(program), 1))
        self.place[first, second] = self.place[second, first] = self.n + np.arange(len(first))
        self.place[np.diag_indices(self.n)] = np.arange(self.n)
        self.size = self.n + len(first)
        self.first, self.second = first, second

    def cost(self) -> Array:
        form = self.program.minimised
        cost = np.zeros(self.size)
        cost[: self.n] = form.linear
        place = self.place[form.first, form.second]
        np.add.at(cost, place[place >= 0], form.coupling[place >= 0])
        return cost / (np.abs(cost).max(initial=0.0) or 1.0)

    def constraints(self) -> tuple[Any, Array, dict[str, Any]]:
        """Return A, b and the cones of b − A z, in the order that SCS wants."""
        equal, least = self._rows()
        positive: Any = coo_array(
            (-np.ones(self.size - self.n), (np.arange(self.size - self.n), np.arange(self.n, self.size))),
            shape=(self.size - self.n, self.size),
        )
        semidefinite, constant = self._semidefinite()
        blocks = [equal[0], positive, least[0], semidefinite]
        right = np.concatenate([equal[1], np.zeros(positive.shape[0]), least[1], constant])
        shape = {
            "z": equal[0].shape[0], "l": positive.shape[0] + least[0].shape[0], "s": [self.n + 1],
        }  # fmt: skip
        return csc_array(vstack([csc_array(block) for block in blocks])), right, shape

    def _rows(self) -> tuple[tuple[Any, Array], tuple[Any, Array]]:
        """Return the equalities, and the inequalities A z <= b, each row lifted."""
        rows = self.program.constraints
        equal, least = _Triplets(self.size), _Triplets(self.size)
        for r, kind in enumerate(rows.classes):
            index, weight = rows.entries(r)
            scale = float(np.abs(weight).max(initial=0.0)) or 1.0
            sign = -1.0 if rows.is_at_least[r] else 1.0
            weight, right = sign * weight / scale, sign * float(rows.right[r]) / scale
            if kind == "packing":
                continue
            if rows.is_equality[r]:
                equal.add(index, weight, right)
                for j in range(self.n):
                    equal.add(np.append(self.place[index, j], j), np.append(weight, -right), 0.0)
                continue
            least.add(index, weight, right)
            for j in range(self.n):
                lifted = self.place[index, j]
                least.add(np.append(lifted, j), np.append(weight, -right), 0.0)
                least.add(
                    np.concatenate([index, lifted, [j]]), np.concatenate([weight, -weight, [right]]), right
                )
        return equal.matrix(), least.matrix()

    def _semidefinite(self) -> tuple[Any, Array]:
        """Return −svec and the constant: the lower triangle by columns, off-diagonals times √2."""
        side = self.n + 1
        column, row = np.triu_indices(side)  # of the transpose: row >= column, column by column
        number = np.arange(len(row))
        constant = np.where((row == 0) & (column == 0), 1.0, 0.0)
        scale = np.where(row == column, 1.0, np.sqrt(2.0))
        unknown = np.full(len(row), -1)
        unknown[(column == 0) & (row > 0)] = row[(column == 0) & (row > 0)] - 1
        inner = column > 0
        unknown[inner] = self.place[row[inner] - 1, column[inner] - 1]
        used = unknown >= 0
        matrix = coo_array((-scale[used], (number[used], unknown[used])), shape=(len(row), self.size))
        return matrix, constant

    def point(self, unknowns: Array) -> LiftedPoint:
        second = np.zeros((self.n, self.n))
        second[self.first, self.second] = second[self.second, self.first] = unknowns[self.n :]
        mean = unknowns[: self.n]
        second[np.diag_indices(self.n)] = mean
        form = self.program.minimised
        value = form.linear @ mean + form.coupling @ second[form.first, form.second] + form.offset
        return LiftedPoint(mean, second, float(value))


class _Triplets:
    """Sparse rows as they are added; unknowns of −1 are zero and left out."""

    def __init__(self, width: int):
        self.width, self.rows, self.columns, self.values = width, [], [], []
        self.right: list[float] = []

    def add(self, columns: Array, values: Array, right: float) -> None:
        kept = columns >= 0
        self.rows.append(np.full(int(kept.sum()), len(self.right)))
        self.columns.append(columns[kept])
        self.values.append(values[kept])
        self.right.append(right)

    def matrix(self) -> tuple[Any, Array]:
        if not self.right:
            return coo_array((0, self.width)), np.zeros(0)
        parts = np.concatenate(self.rows), np.concatenate(self.columns)
        shape = (len(self.right), self.width)
        return coo_array((np.concatenate(self.values), parts), shape=shape), np.array(self.right)


def forbidden_pairs(program: BinaryProgram) -> Array:
    """Return which pairs ``[n, n]`` cannot both be 1, by packing and one-hot rows."""
    rows = program.constraints
    forbidden = np.zeros((program.n, program.n), dtype=bool)
    for r, kind in enumerate(rows.classes):
        if kind in ("packing", "one_hot"):
            index, _ = rows.entries(r)
            forbidden[np.ix_(index, index)] |= ~np.eye(len(index), dtype=bool)
    return forbidden
