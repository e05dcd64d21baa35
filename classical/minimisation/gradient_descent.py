"""Gradient descent at a fixed rate, with exact slopes or differences: the plainest baseline."""

from __future__ import annotations

from dataclasses import dataclass

from classical.minimisation.along_slopes import AlongSlopes
from problems.checking import check_number
from problems.contract import Array
from problems.run import Run


@dataclass(frozen=True)
class GradientDescent(AlongSlopes):
    """Minimise by steps −η ∇E.

    Attributes:
        rate: η, in units of x² per unit of the objective.
        tolerance: Largest slope at which it stops, where exact.
    """

    rate: float = 0.001
    tolerance: float = 1e-9

    def __post_init__(self):
        super().__post_init__()
        check_number("rate", self.rate, 0.0, open_low=True)
        check_number("tolerance", self.tolerance, 0.0)

    def _step(self, point: Array, slope: Array, k: int, run: Run) -> Array:
        return point - self.rate * slope

    def _flat(self, steepest: float) -> bool:
        return steepest <= self.tolerance
