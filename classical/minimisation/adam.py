"""Adam: steps along averaged gradients, each coordinate in units of its own recent slopes.

Reference: Kingma, Ba, "Adam: a method for stochastic optimization", arXiv 1412.6980.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from classical.minimisation.evaluations import Evaluations, confirmations, tail_mean
from classical.minimisation.slopes import slope_at
from problems.checking import check_integer, check_number
from problems.contract import Array, NothingFound, Solver
from problems.minimisation import Minimisation
from problems.run import Run

TINY = 1e-8  # keeps a step finite where all slopes vanished


@dataclass(frozen=True)
class Adam(Solver[Minimisation, Array]):
    """Minimise by averaged gradients, exact ones or central differences taken as one population.

    Of an exact problem the answer is the lowest point seen; of a noisy one the average of the last iterates,
    measured afresh.

    Attributes:
        evaluations: How many at most. A gradient that the problem gives comes with its evaluation; one by
            differences takes 2P + 1, of a noisy problem 2P.
        rate: Length of a first step in each coordinate.
        decay: The rate shrinks by 1 / (1 + decay · step).
        first: Decay of the average of slopes, β₁.
        second: Decay of the average of their squares, β₂.
        tolerance: Largest slope at which it stops, where exact.
        difference: Width of the differences on noisy problems; exact ones take the width that errs least.
    """

    evaluations: int = 300
    rate: float = 0.1
    decay: float = 0.0
    first: float = 0.9
    second: float = 0.999
    tolerance: float = 1e-6
    difference: float = 0.1

    def __post_init__(self):
        check_integer("evaluations", self.evaluations, 1)
        for name in ("rate", "tolerance", "difference"):
            check_number(name, getattr(self, name), 0.0, open_low=True)
        check_number("decay", self.decay, 0.0)
        for name in ("first", "second"):
            check_number(name, getattr(self, name), 0.0, 1.0 - 1e-12)

    def unsuitable(self, problem: Minimisation) -> str | None:
        """Refuse a budget too small for one gradient."""
        rows = 1 if problem.differentiable else 2 * problem.dimension + (0 if problem.noisy else 1)
        needed = rows + confirmations(problem, self.evaluations)
        if self.evaluations < needed:
            return f"one gradient takes {needed} evaluations, and evaluations={self.evaluations}"
        return None

    def _solve(self, problem: Minimisation, run: Run) -> Array:
        evaluations = Evaluations(problem, run, self.evaluations)
        point, trail = evaluations.start, []
        mean, square = np.zeros_like(point), np.zeros_like(point)
        with evaluations:
            for k in run.steps(self.evaluations, "Adam step"):
                slope = slope_at(problem, evaluations, point, self.difference)
                if not np.all(np.isfinite(slope)):
                    raise NothingFound(f"the slopes have no value at step {k}")
                steepest = float(np.abs(slope).max(initial=0.0))
                if not problem.noisy and run.converged(steepest <= self.tolerance, "the slopes vanished"):
                    break
                mean = self.first * mean + (1 - self.first) * slope
                square = self.second * square + (1 - self.second) * slope**2
                unbiased = mean / (1 - self.first ** (k + 1))
                spread = np.sqrt(square / (1 - self.second ** (k + 1)))
                rate = self.rate / (1 + self.decay * k)
                point = evaluations.clipped(point - rate * unbiased / (spread + TINY))
                trail.append(point)
                evaluations.stand(tail_mean(trail))
        return evaluations.settle()
