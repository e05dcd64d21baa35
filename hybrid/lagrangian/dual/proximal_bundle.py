"""The proximal bundle method: cutting planes held near the best multipliers by a quadratic term.

Reference: Kiwiel, "Proximity control in bundle methods for convex nondifferentiable minimization",
Mathematical Programming 46 (1990).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from hybrid.lagrangian.ascent import Ascent, DualMethod
from hybrid.lagrangian.dual.simplex_qp import minimise_on_simplex
from hybrid.lagrangian.oracle import Answer
from problems.checking import check_integer, check_number
from problems.contract import Array


@dataclass(frozen=True)
class ProximalBundle(DualMethod):
    """Maximise η − ‖λ − λ̂‖²/(2t) under the cuts; move λ̂ where the dual function rises enough.

    Attributes:
        width: t at first.
        accept: The share of the predicted rise δ that makes a serious step; half of it widens t twofold,
            three null steps halve t.
        cuts_kept: Most cuts; beyond it inactive ones go, and their aggregate stays.
        tolerance: Settled once δ <= tolerance · (1 + |θ|).
    """

    width: float = 1.0
    accept: float = 0.1
    cuts_kept: int = 50
    tolerance: float = 1e-4
    cuts = True

    def __post_init__(self):
        check_number("width", self.width, 0.0, open_low=True)
        check_number("accept", self.accept, 0.0, 0.5, open_low=True)
        check_integer("cuts_kept", self.cuts_kept, 3)
        check_number("tolerance", self.tolerance, 0.0, open_low=True)

    def begin(self, start: Array, equality: Array) -> Ascent:
        """Return an ascent at scaled multipliers ``[m]``."""
        return _Bundle(self, np.array(start), equality)


class _Bundle(Ascent):
    def __init__(self, method: ProximalBundle, start: Array, equality: Array):
        self.method, self.multipliers, self.equality = method, start, equality
        self.centre, self.value, self.width = start, -math.inf, method.width
        self.objectives, self.slopes = np.zeros(0), np.zeros((0, len(start)))
        self.predicted, self.nulls = math.inf, 0

    def tell(self, answer: Answer) -> None:
        self.objectives = np.append(self.objectives, answer.objective)
        self.slopes = np.vstack([self.slopes, answer.excess])
        rise = answer.value - self.value
        if not math.isfinite(self.value) or rise >= self.method.accept * self.predicted:
            if math.isfinite(self.value) and rise >= 0.5 * self.predicted:
                self.width *= 2
            self.centre, self.value, self.nulls = answer.multipliers, answer.value, 0
        else:
            self.nulls += 1
            if self.nulls >= 3:
                self.width, self.nulls = self.width / 2, 0
        self._climb()

    def settled(self) -> str | None:
        if self.predicted <= self.method.tolerance * (1 + abs(self.value)):
            return f"no rise of more than {self.method.tolerance:g} is predicted"
        return None

    def _climb(self) -> None:
        """Solve the dual of the proximal problem: weights of the cuts, and of the sides λ >= 0."""
        free = np.flatnonzero(~self.equality)
        sides = np.zeros((len(free), len(self.centre)))
        sides[np.arange(len(free)), free] = 1.0
        directions = np.vstack([self.slopes, sides])
        at_centre = np.append(self.objectives + self.slopes @ self.centre, self.centre[free])
        weights = minimise_on_simplex(directions, at_centre, self.width, len(self.slopes))
        moved = self.centre + self.width * directions.T @ weights
        self.multipliers = np.where(self.equality, moved, np.maximum(moved, 0.0))
        self.predicted = float((self.objectives + self.slopes @ self.multipliers).min()) - self.value
        if len(self.slopes) >= self.method.cuts_kept:
            self._compress(weights[: len(self.slopes)])

    def _compress(self, weights: Array) -> None:
        """Keep the heavier half of the active cuts, and one cut that stands for all of them."""
        share = weights / weights.sum()
        aggregate = float(share @ self.objectives), share @ self.slopes
        kept = np.argsort(-share, kind="stable")[: self.method.cuts_kept // 2]
        kept = np.sort(kept[share[kept] > 1e-9])
        self.objectives = np.append(self.objectives[kept], aggregate[0])
        self.slopes = np.vstack([self.slopes[kept], aggregate[1]])
