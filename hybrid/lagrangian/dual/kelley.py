"""Kelley's cutting planes: climb the least concave function above all answers.

Reference: Kelley, Journal of the Society for Industrial and Applied Mathematics 8 (1960).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.optimize import linprog

from hybrid.lagrangian.ascent import Ascent, DualMethod
from hybrid.lagrangian.oracle import Answer
from problems.checking import check_number
from problems.contract import Array
from problems.errors import NothingFound


@dataclass(frozen=True)
class Kelley(DualMethod):
    """Maximise η under η <= f(x_t) + λᵀg(x_t) for all points met, within a box.

    Without the box the first model has no maximum. Where the method would settle at a side of the box, the
    box grows instead.

    Attributes:
        box: The largest multiplier to try, in scaled units.
        tolerance: Settled once η is within this share of 1 + |θ| of the best value.
    """

    box: float = 2.0
    tolerance: float = 1e-6
    cuts = True

    def __post_init__(self):
        check_number("box", self.box, 0.0, open_low=True)
        check_number("tolerance", self.tolerance, 0.0, open_low=True)

    def begin(self, start: Array, equality: Array) -> Ascent:
        """Return an ascent at scaled multipliers ``[m]``."""
        return _Cuts(self, np.array(start), equality)


class _Cuts(Ascent):
    def __init__(self, method: Kelley, start: Array, equality: Array):
        self.method, self.multipliers, self.equality = method, start, equality
        self.box = max(method.box, 2 * float(np.abs(start).max(initial=0)))
        self.objectives: list[float] = []
        self.slopes: list[Array] = []
        self.known: set[bytes] = set()
        self.best, self.eta = -math.inf, math.inf

    def tell(self, answer: Answer) -> None:
        self.best = max(self.best, answer.value)
        key = np.asarray(answer.bits, dtype=np.uint8).tobytes()
        if key not in self.known:  # a cut twice only slows the linear program
            self.known.add(key)
            self.objectives.append(answer.objective)
            self.slopes.append(answer.excess)
        self._climb()
        while self._near() and np.any(np.abs(self.multipliers) >= self.box * (1 - 1e-9)) and self.box < 1e9:
            self.box *= 4
            self._climb()

    def settled(self) -> str | None:
        if self._near():
            return f"the cutting planes meet the dual function within {self.method.tolerance:g}"
        return None

    def _near(self) -> bool:
        return self.eta - self.best <= self.method.tolerance * (1 + abs(self.best))

    def _climb(self) -> None:
        m = len(self.multipliers)
        cuts = np.column_stack([np.ones(len(self.slopes)), -np.array(self.slopes)])
        sides = [(-self.box if free else 0.0, self.box) for free in self.equality]
        solved: Any = linprog(
            np.append(-1.0, np.zeros(m)), A_ub=cuts, b_ub=np.array(self.objectives),
            bounds=[(None, None), *sides], method="highs",
        )  # fmt: skip
        if solved.status != 0:
            raise NothingFound(f"the linear program of the cutting planes was not solved: {solved.message}")
        self.eta, self.multipliers = float(solved.x[0]), np.array(solved.x[1:])
