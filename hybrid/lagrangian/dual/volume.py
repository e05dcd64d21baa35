"""The volume algorithm: subgradient ascent that also recovers the fractional primal point.

Reference: Barahona and Anbil, Mathematical Programming 87 (2000).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from hybrid.lagrangian.ascent import Ascent, DualMethod
from hybrid.lagrangian.oracle import Answer
from problems.checking import check_integer, check_number
from problems.contract import Array


@dataclass(frozen=True)
class Volume(DualMethod):
    """λ⁺ = [λ̂ + αv̄]₊ from the best multipliers λ̂, v̄ the excess of the point x̄ ← (1 − share) x̄ + share x.

    α is Polyak's step towards the best feasible value; before there is one it is length/√(k + 1)/‖v̄‖.

    Attributes:
        share: What a new minimiser adds to the point.
        length: The factor of the step at first.
        patience: Steps without a better value after which the factor shrinks by a third; a better value along
            the excess of the new minimiser lengthens it by a tenth.
        floor: The factor does not fall below this.
    """

    share: float = 0.1
    length: float = 1.0
    patience: int = 20
    floor: float = 1e-4

    def __post_init__(self):
        check_number("share", self.share, 0.0, 1.0, open_low=True)
        check_number("length", self.length, 0.0, open_low=True)
        check_integer("patience", self.patience, 1)
        check_number("floor", self.floor, 0.0, open_low=True)

    def begin(self, start: Array, equality: Array) -> Ascent:
        """Return an ascent at scaled multipliers ``[m]``."""
        return _Volume(self, np.array(start), equality)


class _Volume(Ascent):
    def __init__(self, method: Volume, start: Array, equality: Array):
        self.method, self.multipliers, self.equality = method, start, equality
        self.centre, self.best = start, -math.inf
        self.factor, self.waited, self.count = method.length, 0, 0
        self.point: Array | None = None
        self.excess = np.zeros_like(start)

    def tell(self, answer: Answer) -> None:
        share = 1.0 if self.point is None else self.method.share
        point = np.zeros(len(answer.bits)) if self.point is None else self.point
        self.point = (1 - share) * point + share * answer.bits
        self.excess = (1 - share) * self.excess + share * answer.mean_excess
        self._judge(answer)
        self.count += 1
        square = float(self.excess @ self.excess)
        if square > 0:
            moved = self.centre + self._length(answer, square) * self.excess
            self.multipliers = np.where(self.equality, moved, np.maximum(moved, 0.0))

    def _judge(self, answer: Answer) -> None:
        if answer.value > self.best:
            if self.excess @ answer.mean_excess >= 0 and self.count:
                self.factor = min(2.0, 1.1 * self.factor)
            self.best, self.centre, self.waited = answer.value, answer.multipliers, 0
            return
        self.waited += 1
        if self.waited >= self.method.patience:
            self.factor, self.waited = max(self.method.floor, 0.66 * self.factor), 0

    def _length(self, answer: Answer, square: float) -> float:
        if not math.isfinite(answer.upper):
            return self.method.length / math.sqrt(self.count) / math.sqrt(square)
        return self.factor * max(answer.upper - self.best, 0.0) / square

    @property
    def primal(self) -> Array | None:
        return self.point
