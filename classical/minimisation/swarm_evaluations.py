"""The account of a swarm: populations without values here and there, and an answer that is measured once."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Literal

import numpy as np

from classical.minimisation.evaluations import Evaluations, EvaluationsUsedUp, confirmations
from classical.minimisation.from_point import FromPoint
from problems.contract import Array, NothingFound, Solver
from problems.errors import ProblemError
from problems.fitting import kinds
from problems.minimisation import Minimisation, Values
from problems.run import Run

Answer = Literal["consensus", "best"]
SHOWN = 64  # coordinates up to which points stand in the history
LEAST_STEPS = 5  # a swarm that never moves is no method: a budget must hold so many populations


class SwarmEvaluations(Evaluations):
    """The evaluations of a swarm. A history row is a step of the method, written by ``record``.

    Args:
        problem: What is minimised.
        run: Its run.
        budget: Evaluations at most, of which the inner solver's are set aside.
        particles: The size of the swarm.
        steps: How many populations are wanted; five of them, or these if fewer, are held, else the swarm is
            made smaller.
        polish: An inner solver that goes on from the answer, or None.
        choices: Points that may have to be compared before one is the answer.
    """

    def __init__(
        self, problem: Minimisation, run: Run, budget: int, particles: int, steps: int,
        polish: Solver[Minimisation, Array] | None = None, choices: int = 0,
    ):  # fmt: skip
        super().__init__(problem, run, budget)
        self._polish = polish
        budget -= polish_evaluations(polish)
        self._repeats = min(confirmations(problem, budget), particles) if problem.noisy else 1
        self._kept = min(budget - 2, self._repeats * (1 + choices))
        self.left = budget - self._kept
        populations = min(LEAST_STEPS, steps)
        self.particles = max(2, min(particles, self.left // populations))
        if self.particles < particles:
            run.note(
                f"{self.left} evaluations hold fewer than {populations} populations of {particles}, "
                f"so there were {self.particles} particles"
            )

    @property
    def used(self) -> int:
        """Evaluations so far."""
        return self._used

    def population(self, x: Array, gradient: bool = False) -> Values:
        """Evaluate particles ``[B, P]``; a value that is not finite becomes NaN.

        Raises:
            EvaluationsUsedUp: Before evaluating, if fewer than B are left or the run should close.
            ProblemError: If the problem returns another number of values.
            NothingFound: If no value is finite.
        """
        if len(x) > self.left or (self._used and self._run.out_of_time()):
            raise EvaluationsUsedUp
        self.left -= len(x)
        values = self._measured(x, gradient)
        best = int(np.nanargmin(values.mean))
        value = float(values.mean[best])
        if not self._problem.noisy:
            self._run.offer(x[best].copy(), value)
        self._level = float(np.nanmean(values.mean))
        if value < self._least:
            self._least, self._lowest = value, x[best].copy()
        return values

    def record(self, consensus: Array, objective: float, **row: Any) -> None:
        """Write a step's row; points of more than 64 coordinates are left out."""
        if len(consensus) <= SHOWN:
            row["consensus"] = tuple(consensus.tolist())
        self._run.record(step=self._used, objective=objective, best_objective=self._least, **row)

    def lowest_of(self, points: list[Array]) -> Array:
        """Return the point with the least value, measured with evaluations kept for that."""
        repeats = min(self._repeats, (self._kept - 1) // len(points))
        if len(points) == 1 or repeats < 1 or self._run.out_of_time():
            return points[-1]
        self._kept -= repeats * len(points)
        means = self._measured(np.repeat(points, repeats, axis=0)).mean.reshape(len(points), repeats)
        return points[int(np.nanargmin(means.mean(axis=1)))]

    def close(self, consensus: Array, answer: Answer) -> Array:
        """Polish and measure the consensus point, or the best particle, and return it.

        The last row has the answer, its value and the best particle.
        """
        point = consensus if answer == "consensus" else self.lowest
        if self._polish is not None and not self._run.out_of_time():
            result = self._run.solve(self._polish, FromPoint(self._problem, point))
            self._used += int(result.resources.get("evaluations", 0))
            point = np.asarray(result.solution, dtype=float)
        repeats = min(self._repeats, self._kept)
        if repeats < 1 or self._run.out_of_time():
            return point
        value = float(np.nanmean(self._measured(np.repeat(point[None], repeats, axis=0)).mean))
        self._run.offer(point, value)
        row = {"best": tuple(self.lowest.tolist())} if len(point) <= SHOWN else {}
        self.record(point, value, **row)
        return self._run.best if answer == "best" and not self._problem.noisy else point

    def _measured(self, x: Array, gradient: bool = False) -> Values:
        values = self._problem.evaluate(x, self._run.seed(), gradient)
        shape = np.shape(values.mean)
        if shape != (len(x),):
            raise ProblemError("the shape of the values", shape, f"({len(x)},), one for each point")
        self._spend(len(x))
        mean = np.where(np.isfinite(values.mean), values.mean, np.nan)
        if np.all(np.isnan(mean)):
            raise NothingFound(f"none of {len(x)} points has a finite value")
        return replace(values, mean=mean)


def polish_evaluations(polish: Solver[Minimisation, Array] | None) -> int:
    """Return the evaluations that an inner solver may spend; 0 without one."""
    return 0 if polish is None else int(getattr(polish, "evaluations", 0))


def check_polish(polish: Solver[Minimisation, Array] | None, evaluations: int) -> None:
    """Refuse an inner solver without a budget, or whose budget leaves too little of the whole."""
    if polish is None:
        return
    fits = isinstance(polish, Solver) and Minimisation in kinds(type(polish))
    if not fits or not hasattr(polish, "evaluations"):
        raise ProblemError("polish", polish, "an optimizer with a budget of evaluations, or None")
    spent = polish_evaluations(polish)
    if evaluations - spent < 4:
        expected = f"at most {evaluations - 4}, to leave 4 of {evaluations} evaluations"
        raise ProblemError("polish.evaluations", spent, expected, "give the whole a larger budget")


def polish_unsuitable(polish: Solver[Minimisation, Array] | None, problem: Minimisation) -> str | None:
    """Return why an inner solver cannot go on with the problem, or None."""
    why = None if polish is None else polish.unsuitable(problem)
    return None if why is None else f"its polish, {type(polish).__name__}, cannot take it: {why}"
