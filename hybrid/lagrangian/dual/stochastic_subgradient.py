"""Stochastic subgradient ascent: steps along the mean of a few random shots, and averaged multipliers.

Reference: Nemirovski, Juditsky, Lan and Shapiro, SIAM Journal on Optimization 19 (2009).
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
class StochasticSubgradient(DualMethod):
    """λ⁺ = [λ + (length/√(k + 1)) v/max ‖v‖]₊, v the mean excess of some shots drawn from the sample.

    An oracle with one exact point has nothing to draw from; v is then its excess. The mean of the multipliers
    over the last half of the way is looked at too.

    Attributes:
        length: The first step, in scaled units.
        shots: How many shots a step looks at, drawn with replacement.
        seed: Of the draws.
    """

    length: float = 1.0
    shots: int = 64
    seed: int = 0

    def __post_init__(self):
        check_number("length", self.length, 0.0, open_low=True)
        check_integer("shots", self.shots, 1)
        check_integer("seed", self.seed, 0)

    def begin(self, start: Array, equality: Array) -> Ascent:
        """Return an ascent at scaled multipliers ``[m]``."""
        return _Draws(self, np.array(start), equality)


class _Draws(Ascent):
    def __init__(self, method: StochasticSubgradient, start: Array, equality: Array):
        self.method, self.multipliers, self.equality = method, start, equality
        self.rng = np.random.default_rng(method.seed)
        self.longest = 0.0
        self.prefix = [np.zeros_like(start)]  # sums of the multipliers so far

    def tell(self, answer: Answer) -> None:
        self.prefix.append(self.prefix[-1] + self.multipliers)
        slope = answer.excess
        if answer.shots is not None:
            drawn = self.rng.integers(0, len(answer.shots), self.method.shots)
            slope = answer.shots[drawn].mean(axis=0)
        self.longest = max(self.longest, float(np.linalg.norm(slope)))
        if self.longest > 0:
            length = self.method.length / math.sqrt(len(self.prefix) - 1) / self.longest
            moved = self.multipliers + length * slope
            self.multipliers = np.where(self.equality, moved, np.maximum(moved, 0.0))

    @property
    def average(self) -> Array | None:
        count = len(self.prefix) - 1
        if count == 0:
            return None
        half = count // 2
        return (self.prefix[count] - self.prefix[half]) / (count - half)
