"""Dual averaging: multipliers from the sum of all subgradients so far.

Reference: Nesterov, "Primal-dual subgradient methods for convex problems", Mathematical Programming 120
(2009).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from hybrid.lagrangian.ascent import Ascent, DualMethod
from hybrid.lagrangian.oracle import Answer
from problems.checking import check_number
from problems.contract import Array


@dataclass(frozen=True)
class DualAveraging(DualMethod):
    """λ = [start + γ Σv/√(k + 1)]₊ with γ = scale/max ‖v‖; the mean of all λ is looked at too.

    Attributes:
        scale: The size of the multipliers to expect, in scaled units.
    """

    scale: float = 1.0

    def __post_init__(self):
        check_number("scale", self.scale, 0.0, open_low=True)

    def begin(self, start: Array, equality: Array) -> Ascent:
        """Return an ascent at scaled multipliers ``[m]``."""
        return _Sums(self, np.array(start), equality)


class _Sums(Ascent):
    def __init__(self, method: DualAveraging, start: Array, equality: Array):
        self.method, self.start, self.equality = method, start, equality
        self.multipliers = start
        self.total, self.visited = np.zeros_like(start), np.zeros_like(start)
        self.count, self.longest = 0, 0.0

    def tell(self, answer: Answer) -> None:
        self.visited = self.visited + self.multipliers
        self.total = self.total + answer.mean_excess
        self.longest = max(self.longest, float(np.linalg.norm(answer.mean_excess)))
        self.count += 1
        if self.longest > 0:
            moved = self.start + self.method.scale / self.longest * self.total / math.sqrt(self.count + 1)
            self.multipliers = np.where(self.equality, moved, np.maximum(moved, 0.0))

    @property
    def average(self) -> Array | None:
        return self.visited / self.count if self.count else None
