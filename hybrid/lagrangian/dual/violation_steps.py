"""A step up for every row that any sample breaks: the search for the smallest sufficient multipliers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from hybrid.lagrangian.ascent import Ascent, DualMethod
from hybrid.lagrangian.oracle import Answer
from problems.checking import check_number
from problems.contract import Array


@dataclass(frozen=True)
class ViolationSteps(DualMethod):
    """λ_r⁺ = min(cap, λ_r + step) for every row r that some sample breaks; it settles where none is broken.

    Made for ``PricedProducts``, whose Hamiltonian is best conditioned at the smallest such λ. Multipliers of
    equalities take the sign of the excess.

    Attributes:
        step: In scaled units.
        cap: Largest multiplier.
    """

    step: float = 0.1
    cap: float = 1.5

    def __post_init__(self):
        check_number("step", self.step, 0.0, open_low=True)
        check_number("cap", self.cap, 0.0, open_low=True)

    def begin(self, start: Array, equality: Array) -> Ascent:
        """Return an ascent at scaled multipliers ``[m]``."""
        return _Raising(self, np.array(start), equality)


class _Raising(Ascent):
    def __init__(self, method: ViolationSteps, start: Array, equality: Array):
        self.method, self.multipliers, self.equality = method, start, equality
        self.quiet = False

    def tell(self, answer: Answer) -> None:
        shots = answer.excess[None] if answer.shots is None else answer.shots
        above, below = np.any(shots > 1e-9, axis=0), np.any(shots < -1e-9, axis=0) & self.equality
        self.quiet = not np.any(above | below)
        moved = self.multipliers + self.method.step * (above.astype(float) - (below & ~above))
        self.multipliers = np.clip(moved, -self.method.cap, self.method.cap)

    def settled(self) -> str | None:
        return "no sample broke a row" if self.quiet else None
