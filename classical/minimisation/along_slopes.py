"""What methods share that follow slopes from one point to the next."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from classical.minimisation.evaluations import Evaluations, confirmations
from classical.minimisation.scatter import Scatter
from classical.minimisation.slopes import slope_at
from problems.checking import check_choice, check_integer, check_number
from problems.contract import Array, NothingFound, Solver
from problems.errors import ProblemError
from problems.minimisation import Minimisation
from problems.run import Run


@dataclass(frozen=True)
class AlongSlopes(Solver[Minimisation, Array]):
    """A method that makes of a point and its slope the next point.

    Attributes:
        evaluations: How many at most. A gradient that the problem gives comes with its evaluation; one by
            differences takes 2P + 1, of a noisy problem 2P.
        steps: K at most.
        difference: Width of the differences on noisy problems; exact ones take the width that errs least.
        start: The law of the first point; by default the problem's own.
        answer: The "last" point, or the "best" that was evaluated; of a noisy problem it is the last.
    """

    evaluations: int = 100_000
    steps: int = 10_000
    difference: float = 0.1
    start: Scatter = field(default_factory=lambda: Scatter(width=0.0))
    answer: Literal["last", "best"] = "last"

    def __post_init__(self):
        for name in ("evaluations", "steps"):
            check_integer(name, getattr(self, name), 1)
        check_number("difference", self.difference, 0.0, open_low=True)
        check_choice("answer", self.answer, ("last", "best"))
        if not isinstance(self.start, Scatter):
            raise ProblemError("start", self.start, "a Scatter")

    def unsuitable(self, problem: Minimisation) -> str | None:
        """Refuse a budget too small for one gradient, and a start outside the bounds."""
        rows = 1 if problem.differentiable else 2 * problem.dimension + (0 if problem.noisy else 1)
        needed = rows + confirmations(problem, self.evaluations)
        if self.evaluations < needed:
            return f"one gradient takes {needed} evaluations, and evaluations={self.evaluations}"
        return self.start.unsuitable(problem)

    @abstractmethod
    def _step(self, point: Array, slope: Array, k: int, run: Run) -> Array:
        """The point after this one in step k, counted from 0."""

    @abstractmethod
    def _flat(self, steepest: float) -> bool:
        """Whether slopes of this size end the search, on exact problems."""

    def _solve(self, problem: Minimisation, run: Run) -> Array:
        evaluations = Evaluations(problem, run, self.evaluations)
        (point,) = self.start.draw(problem, run, 1)
        evaluations.stand(point)
        with evaluations:
            for k in run.steps(self.steps, "step"):
                slope = slope_at(problem, evaluations, point, self.difference)
                if not np.all(np.isfinite(slope)):
                    raise NothingFound(f"the slopes have no value at step {k}")
                flat = not problem.noisy and self._flat(float(np.abs(slope).max(initial=0.0)))
                if run.converged(flat, "the slopes vanished"):
                    break
                point = evaluations.clipped(self._step(point, slope, k, run))
                evaluations.stand(point)
        if not problem.noisy:
            with evaluations:
                evaluations(point[None])
        settled = evaluations.settle()
        return settled if self.answer == "best" else point
