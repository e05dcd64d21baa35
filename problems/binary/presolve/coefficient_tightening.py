"""Coefficient tightening: the smallest integers that say the same about bits as a row does.

References: Savelsbergh, ORSA Journal on Computing 6 (1994), section 1.2; Crowder, Johnson and Padberg,
Operations Research 31 (1983); Dietrich and Escudero, Operations Research Letters 9 (1990), for sums of
subsets.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from problems.binary.presolve.fixing import reduced
from problems.binary.presolve.margins import exact_rows
from problems.binary.presolve.step import Outcome, Removed
from problems.binary.program import BinaryProgram
from problems.binary.rows import Rows
from problems.checking import check_integer
from problems.errors import Infeasible

Array = np.ndarray


@dataclass(frozen=True)
class CoefficientTightening:
    """Divide rows of integers by common factors, lower right-hand sides to sums that occur, clip weights.

    The feasible set over bits stays as it is. An inequality is read as Σ a_j z_j <= b with a_j > 0, where
    z_j is x_j or 1 − x_j. Then, until nothing changes:

    - all a_j are divided by their greatest common divisor g, and b becomes ⌊b / g⌋, as the left side is an
      integer;
    - b falls to the greatest sum of a subset of the a_j that is at most b, as no other is reached;
    - every a_j above δ = Σ a − b falls to δ, and b to Σ a' − δ: a weight above δ means that the row is kept
      whenever z_j = 0, and with z_j = 1 both sides fall by the same amount.

    Rows that all bits keep, or none, are left to bound propagation; equalities are only divided, and refused
    where no subset has the wanted sum. Rows with fractions are left alone.

    Attributes:
        largest: Sums of subsets are enumerated up to this right-hand side; cost O(n · right / 64) per row.
    """

    largest: int = 1_000_000

    def __post_init__(self):
        check_integer("largest", self.largest, 0)

    def apply(self, program: BinaryProgram) -> Outcome | None:
        """Return the program with smaller numbers, or None.

        Raises:
            Infeasible: Naming an equality whose right-hand side no bits reach.
        """
        rows = program.constraints
        weight, right = np.array(rows.weight), np.array(rows.right)
        for r in np.flatnonzero(exact_rows(rows)):
            span = slice(rows.indptr[r], rows.indptr[r + 1])
            if rows.relation[r] == "==":
                weight[span], right[r] = self._divided(rows, int(r))
            else:
                sign = -1.0 if rows.relation[r] == ">=" else 1.0
                fresh, limit = self._tightened(sign * weight[span], sign * float(right[r]))
                weight[span], right[r] = sign * fresh, sign * limit
        changed = int(np.count_nonzero(weight != rows.weight) + np.count_nonzero(right != rows.right))
        if not changed:
            return None
        fresh_rows = Rows(rows.n, rows.indptr, rows.index, weight, rows.relation, right, rows.names)
        return reduced(program, Removed(coefficients=changed), rows=fresh_rows)

    def _tightened(self, weight: Array, right: float) -> tuple[Array, float]:
        """Return the coefficients and the right-hand side of a <= row in their smallest form."""
        sizes = np.abs(weight).astype(np.int64)
        limit = int(right - np.minimum(weight, 0.0).sum())
        while 0 <= limit < sizes.sum():
            before = (limit, *sizes.tolist())
            divisor = int(np.gcd.reduce(sizes))
            sizes, limit = sizes // divisor, limit // divisor
            if limit <= self.largest:
                limit = greatest_subset_sum(sizes, limit)
            excess = int(sizes.sum()) - limit
            sizes = np.minimum(sizes, excess)
            limit = int(sizes.sum()) - excess
            if before == (limit, *sizes.tolist()):
                break
        fresh = np.copysign(sizes.astype(float), weight)
        return fresh, float(limit + np.minimum(fresh, 0.0).sum())

    def _divided(self, rows: Rows, r: int) -> tuple[Array, float]:
        """Return an equality divided by its common factor; refuse one whose right side no bits reach."""
        _, weight = rows.entries(r)
        right = float(rows.right[r])
        if len(weight) == 0:
            return weight, right
        divisor = float(np.gcd.reduce(np.abs(weight).astype(np.int64)))
        wanted = int(right - np.minimum(weight, 0.0).sum())
        sizes = np.abs(weight).astype(np.int64)
        small = 0 <= wanted <= self.largest
        if right % divisor or (small and greatest_subset_sum(sizes, wanted) != wanted):
            raise Infeasible(
                "the program", f"no subset of the coefficients of row {rows.names[r]} sums to {right:.12g}"
            )
        return weight / divisor, right / divisor


def greatest_subset_sum(sizes: Array, limit: int) -> int:
    """Return the greatest sum of a subset of ``sizes`` ``[k]``, integers > 0, that is at most ``limit`` >= 0.

    Sums are the bits of one long integer: O(k · limit / 64) time.
    """
    reached, mask = 1, (1 << (limit + 1)) - 1
    for size in sizes.tolist():
        reached |= (reached << size) & mask if size <= limit else 0
    return reached.bit_length() - 1
