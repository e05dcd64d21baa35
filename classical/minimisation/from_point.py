"""A minimisation that begins elsewhere."""

from __future__ import annotations

from dataclasses import dataclass

from problems.checking import frozen_array
from problems.contract import Array, Evaluation
from problems.minimisation import Minimisation, Values


@dataclass(frozen=True, eq=False)
class FromPoint(Minimisation):
    """The same problem with another start: what one method hands to the next.

    Attributes:
        problem: What is minimised; it evaluates and judges.
        start: ``[P]``.
    """

    problem: Minimisation
    start: Array

    def __post_init__(self):
        shape = (self.problem.dimension,)
        object.__setattr__(self, "start", frozen_array("start", self.start, shape=shape))
        for name in ("dimension", "bounds", "period", "degree", "noisy", "differentiable", "optimum"):
            object.__setattr__(self, name, getattr(self.problem, name))

    def evaluate(self, x: Array, seed: int, gradient: bool = False) -> Values:
        """Evaluate a population as the problem does."""
        return self.problem.evaluate(x, seed, gradient)

    def exact(self, x: Array) -> Array:
        """Return the problem's noiseless values."""
        return self.problem.exact(x)

    def judge(self, solution: Array) -> Evaluation:
        """Score as the problem does."""
        return self.problem.judge(solution)
