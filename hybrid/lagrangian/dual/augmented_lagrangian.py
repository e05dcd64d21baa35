"""Multiplier updates of the augmented Lagrangian, with penalties that grow only where a row resists.

References: Hestenes, Journal of Optimization Theory and Applications 4 (1969); Rockafellar, Mathematical
Programming 5 (1973), for inequalities.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from hybrid.lagrangian.ascent import Ascent, DualMethod
from hybrid.lagrangian.oracle import Answer
from hybrid.lagrangian.surrogates import Terms
from problems.checking import check_number
from problems.contract import Array

RESISTS = 0.5  # a row whose excess stays above this share of the last one gets a larger penalty
REPEATS = 3  # times that a feasible point must come back
COMPLEMENTARY = 1e-6


@dataclass(frozen=True)
class AugmentedLagrangian(DualMethod):
    """λ⁺ = [λ + ρ(v̄ + s)]₊ on the active rows, v̄ the mean excess and s the surrogate's centre.

    No bound method: what it reaches is read off the dual function of the linear Lagrangian at its λ.

    Attributes:
        penalty: ρ where no surrogate brings its own.
        growth: What multiplies ρ of an inequality whose excess did not halve; 1 keeps it.
        equality_growth: What multiplies ρ of all equalities while the lowest sample breaks one of them.
        largest: ρ never exceeds this many times its first value.
    """

    penalty: float = 1.0
    growth: float = 1.0
    equality_growth: float = 2.0
    largest: float = 1e3

    def __post_init__(self):
        check_number("penalty", self.penalty, 0.0, open_low=True)
        check_number("growth", self.growth, 1.0)
        check_number("equality_growth", self.equality_growth, 1.0)
        check_number("largest", self.largest, 1.0)

    def begin(self, start: Array, equality: Array) -> Ascent:
        """Return an ascent at scaled multipliers ``[m]`` with one penalty for all rows."""
        m = len(start)
        return self.begin_at(
            Terms(start, np.full(m, self.penalty), np.zeros(m), np.ones(m, dtype=bool)), equality
        )

    def begin_at(self, terms: Terms, equality: Array) -> Augmentation:
        """Return an ascent that goes on from a surrogate's terms."""
        return Augmentation(self, terms, equality)


class Augmentation(Ascent):
    """An augmented Lagrangian on its way; ``active`` may be changed between two answers."""

    def __init__(self, method: AugmentedLagrangian, terms: Terms, equality: Array):
        self.method, self.equality = method, equality
        self.multipliers, self.active = np.array(terms.multipliers), np.array(terms.active)
        self.rho, self.centres = np.array(terms.penalties), terms.centres
        self.first, self.before = self.rho.copy(), np.full(len(self.rho), np.inf)
        self.repeats, self.last = 0, b""

    def tell(self, answer: Answer) -> None:
        """Move multipliers and penalties."""
        self._count(answer)
        moved = self.multipliers + self.rho * (answer.mean_excess + self.centres)
        moved = np.where(self.equality, moved, np.maximum(moved, 0.0))
        self.multipliers = np.where(self.active, moved, self.multipliers)
        size = np.abs(np.where(self.equality, answer.excess, np.maximum(answer.excess, 0.0)))
        resists = ~self.equality & self.active & (size > RESISTS * self.before)
        self.rho = np.where(resists, self.rho * self.method.growth, self.rho)
        if np.any(size[self.equality] > 1e-9):
            self.rho = np.where(self.equality, self.rho * self.method.equality_growth, self.rho)
        self.rho = np.minimum(self.rho, self.method.largest * self.first)
        self.before = np.where(size > 0, size, np.inf)

    def _count(self, answer: Answer) -> None:
        feasible = np.all(np.where(self.equality, np.abs(answer.excess), answer.excess) <= 1e-9)
        slack = abs(float(answer.multipliers @ answer.excess))
        key = np.asarray(answer.bits, dtype=np.uint8).tobytes()
        if feasible and slack <= COMPLEMENTARY * (1 + abs(answer.objective)):
            self.repeats = self.repeats + 1 if key == self.last else 1
        else:
            self.repeats = 0
        self.last = key

    def settled(self) -> str | None:
        """Say that one feasible, complementary point keeps coming back."""
        if self.repeats >= REPEATS:
            return f"the same feasible point came back {REPEATS} times with complementary multipliers"
        return None

    @property
    def penalties(self) -> Array | None:
        """The penalties ``[m]`` as they are."""
        return self.rho
