"""When correlations are calculated anew, and how many ties a step makes."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from problems.checking import check_integer, check_number

Array = np.ndarray
NEVER = 10**9


@dataclass(frozen=True)
class Recalculation:
    """Calculate anew after some ties, after a fall of the best correlation, or where a pair has changed.

    Between calculations the correlations of a united group are the means of its parts', with signs.
    ``Recalculation(every=1)`` calculates after every tie; ``Recalculation.once()`` never again.

    Attributes:
        every: Ties after which it is due; by default a twentieth of the qubits at the start, rounded up.
        decay: Due as well when the best |correlation| left falls below this share of the best there was at
            the last calculation; 0 for never.
        stale: How many ties a picked group may have taken part in since; None for any number.
    """

    every: int | None = None
    decay: float = 0.9
    stale: int | None = 0

    def __post_init__(self):
        if self.every is not None:
            check_integer("every", self.every, 1)
        if self.stale is not None:
            check_integer("stale", self.stale, 0)
        check_number("decay", self.decay, 0.0, 1.0)

    @classmethod
    def once(cls) -> Recalculation:
        """Calculate at the start only."""
        return cls(NEVER, 0.0, None)

    def period(self, width: int) -> int:
        """Return after how many ties a calculation is due, for so many qubits at the start."""
        return max(1, math.ceil(width / 20)) if self.every is None else self.every

    def most_calculations(self, ties: int, width: int) -> int:
        """Return how often correlations are calculated at most in so many ties, if none is undone.

        Each calculation is followed by a tie. Without ``decay`` and ``stale`` only the period counts.
        """
        due_early = self.decay > 0.0 or self.stale is not None
        return ties if due_early else math.ceil(ties / self.period(width))


def averaged(matrix: Array, kept: int, gone: int, sign: int) -> None:
    """Update correlations ``[N, N]`` in place after a tie; ``gone`` no longer correlates with anything."""
    row = (matrix[kept] + sign * matrix[gone]) / 2.0
    matrix[kept] = row
    matrix[:, kept] = row
    matrix[gone] = 0.0
    matrix[:, gone] = 0.0
    matrix[kept, kept] = 0.0
