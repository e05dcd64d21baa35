"""Subgradient ascent on the dual function, with three step rules.

References: Polyak, USSR Computational Mathematics and Mathematical Physics 9 (1969); Held, Wolfe and Crowder,
Mathematical Programming 6 (1974); Camerini, Fratta and Maffioli, Mathematical Programming Study 3 (1975).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np

from hybrid.lagrangian.ascent import Ascent, DualMethod
from hybrid.lagrangian.oracle import Answer
from problems.checking import check_choice, check_integer, check_number
from problems.contract import Array

MEMORY = 0.2  # the share of the last direction in a deflected one


@dataclass(frozen=True)
class Subgradient(DualMethod):
    """λ⁺ = [λ + αv]₊ with v the excess at the minimiser.

    Attributes:
        step: "polyak": α = β(UB − θ)/‖v‖² with UB the best feasible value, which needs one: before there is
            one, steps diminish; "deflected": the same along 0.8v + 0.2 times the last direction;
            "diminishing": α = length/(k + 1)^0.7/‖v‖.
        length: β at first, or the factor of diminishing steps.
        patience: Steps without a better value after which β is halved.
        floor: β is not halved below this.
    """

    step: Literal["polyak", "deflected", "diminishing"] = "polyak"
    length: float = 1.0
    patience: int = 5
    floor: float = 1e-3

    def __post_init__(self):
        check_choice("step", self.step, ("polyak", "deflected", "diminishing"))
        check_number("length", self.length, 0.0, open_low=True)
        check_integer("patience", self.patience, 1)
        check_number("floor", self.floor, 0.0, open_low=True)

    def begin(self, start: Array, equality: Array) -> Ascent:
        """Return an ascent at scaled multipliers ``[m]``."""
        return _Steps(self, np.array(start), equality)


class _Steps(Ascent):
    def __init__(self, method: Subgradient, start: Array, equality: Array):
        self.method, self.multipliers, self.equality = method, start, equality
        self.beta, self.waited, self.count, self.best = method.length, 0, 0, -math.inf
        self.direction: Array | None = None
        self.flat = False

    def tell(self, answer: Answer) -> None:
        self._judge(answer.value)
        slope = answer.mean_excess
        if self.method.step == "deflected" and self.direction is not None:
            slope = (1 - MEMORY) * slope + MEMORY * self.direction
        self.direction = slope
        square = float(slope @ slope)
        self.flat = square == 0.0
        if not self.flat:
            moved = self.multipliers + self._length(answer, square) * slope
            self.multipliers = np.where(self.equality, moved, np.maximum(moved, 0.0))
        self.count += 1

    def settled(self) -> str | None:
        return "the subgradient vanished: the multipliers are optimal" if self.flat else None

    def _judge(self, value: float) -> None:
        if value > self.best:
            self.best, self.waited = value, 0
            return
        self.waited += 1
        if self.waited >= self.method.patience:
            self.beta, self.waited = max(self.method.floor, self.beta / 2), 0

    def _length(self, answer: Answer, square: float) -> float:
        if self.method.step == "diminishing" or not math.isfinite(answer.upper):
            return self.method.length / (self.count + 1) ** 0.7 / math.sqrt(square)
        return self.beta * max(answer.upper - answer.value, 0.0) / square
