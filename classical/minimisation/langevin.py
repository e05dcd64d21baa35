"""Annealed Langevin dynamics: gradient descent with noise that dies like 1/log of the step.

Reference: Geman, Hwang, "Diffusions for global optimization", 1986; as a rival of consensus in Riedl, Klock,
Geldhauser, Fornasier, arXiv 2306.09778.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from classical.minimisation.along_slopes import AlongSlopes
from problems.checking import check_number
from problems.contract import Array
from problems.run import Run


@dataclass(frozen=True)
class AnnealedLangevin(AlongSlopes):
    """Minimise by steps −η ∇E Δt + s/log(k + 1) √Δt ξ, counted from k = 1.

    Attributes:
        time_step: Δt.
        rate: η.
        noise_strength: s.
    """

    time_step: float = 0.001
    rate: float = 1.0
    noise_strength: float = 10.0

    def __post_init__(self):
        super().__post_init__()
        for name in ("time_step", "rate"):
            check_number(name, getattr(self, name), 0.0, open_low=True)
        check_number("noise_strength", self.noise_strength, 0.0)

    def _step(self, point: Array, slope: Array, k: int, run: Run) -> Array:
        strength = self.noise_strength / math.log(k + 2)  # k counts from 0 here
        kick = strength * np.sqrt(self.time_step) * run.rng.normal(size=len(point))
        return point - self.rate * self.time_step * slope + kick

    def _flat(self, steepest: float) -> bool:
        return False  # the noise goes on
