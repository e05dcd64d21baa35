"""Integer scaling: rows of decimals as rows of integers, and right-hand sides rounded to what integers reach.

Reference: Crowder, Johnson and Padberg, Operations Research 31 (1983), for rounding right-hand sides.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from problems.binary.presolve.fixing import reduced
from problems.binary.presolve.step import Outcome, Removed
from problems.binary.program import BinaryProgram
from problems.binary.rows import Rows
from problems.checking import EXACT_INTEGER, check_integer
from problems.errors import Infeasible

Array = np.ndarray


@dataclass(frozen=True)
class IntegerScaling:
    """Multiply rows whose coefficients are decimals by a power of ten, and round their right-hand sides.

    The feasible set over bits stays as it is: the activity is then an integer, up to rounding, so that a
    right-hand side with its tolerance says no more than the last integer before it. A row stays as it is
    where rounding leaves open which integer that is, where the tolerance spans several, or where the sums
    would pass 2^53. Integers need no tolerance, so all that follows is exact.

    Attributes:
        decimals: How many decimals a coefficient may have.
    """

    decimals: int = 6

    def __post_init__(self):
        check_integer("decimals", self.decimals, 0, 15)

    def apply(self, program: BinaryProgram) -> Outcome | None:
        """Return the program with integers in such rows, or None.

        Raises:
            Infeasible: Naming an equality that asks for a value between two that its decimals reach.
        """
        rows = program.constraints
        weight, right = np.array(rows.weight), np.array(rows.right)
        for r in np.flatnonzero(~rows.integral):
            scaled = self._scaled(rows, int(r))
            if scaled is not None:
                weight[rows.indptr[r] : rows.indptr[r + 1]], right[r] = scaled
        changed = int(np.count_nonzero(weight != rows.weight) + np.count_nonzero(right != rows.right))
        if not changed:
            return None
        fresh = Rows(rows.n, rows.indptr, rows.index, weight, rows.relation, right, rows.names)
        return reduced(program, Removed(coefficients=changed), rows=fresh)

    def _scaled(self, rows: Rows, r: int) -> tuple[Array, float] | None:
        """Return integer coefficients and right-hand side that say the same, or None."""
        weight, right = rows.entries(r)[1], float(rows.right[r])
        scale = self._scale(weight)
        if scale is None:
            return None
        whole, size = np.round(weight * scale), scale * float(np.abs(weight).sum() + abs(right))
        doubt = float(np.finfo(float).eps * (len(weight) + 8) * size)
        reach = float(rows.tolerance[r]) * scale
        last = _between(math.floor, right * scale + reach, doubt)
        first = _between(math.ceil, right * scale - reach, doubt)
        limit = first if rows.relation[r] == ">=" else last
        if first is None or last is None or limit is None or size > EXACT_INTEGER / 2:
            return None
        if rows.relation[r] == "==" and first != last:
            if first > last:
                raise Infeasible(
                    "the program", f"no bits bring row {rows.names[r]} to {right:.12g}, only past it"
                )
            return None
        return whole, float(limit)

    def _scale(self, weight: Array) -> float | None:
        """Return the least power of ten that makes all coefficients integers, if one does."""
        for decimals in range(self.decimals + 1):
            scaled = weight * 10.0**decimals
            if np.all(np.abs(scaled - np.round(scaled)) <= 4 * np.finfo(float).eps * np.abs(scaled)):
                return 10.0**decimals
        return None


def _between(rounding: Callable[[float], int], value: float, doubt: float) -> int | None:
    """Round a value known up to ``doubt``; None where the doubt leaves two answers."""
    ends = rounding(value - doubt), rounding(value + doubt)
    return ends[0] if ends[0] == ends[1] else None
