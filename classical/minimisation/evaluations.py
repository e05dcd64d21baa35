"""The account of an optimizer's evaluations: counted, recorded, offered, and ended when used up."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Self

import numpy as np

from problems.contract import Array
from problems.minimisation import Minimisation, Values
from problems.run import Run

CONFIRMATION_SHARE = 0.1  # of the evaluations of a noisy problem measure the answer afresh
AVERAGED_SHARE = 0.1  # of the iterates, at the end, that are averaged into an answer


class EvaluationsUsedUp(Exception):
    """The budget or the time is over; an optimizer's loop ends here."""


class Evaluations:
    """A budget of evaluations of one problem within one run.

    Of an exact problem every value is offered. Of a noisy one the least value seen is the luckiest, not the
    best, so nothing is offered before the end: then what the method stands for, measured afresh with the
    evaluations kept for that. The ``step`` of a history row is the number of evaluations so far.

    A method runs within ``with evaluations:``. The block ends when they are used up, and whatever else ends
    it (Ctrl-C, a backend's failure) leaves what the method stood for as the run's incumbent.
    """

    def __init__(self, problem: Minimisation, run: Run, budget: int):
        self._problem, self._run = problem, run
        self._kept = confirmations(problem, budget)
        self.left = budget - self._kept
        self.start = start_of(problem, run)
        self._used, self._lowest, self._least = 0, self.start, math.inf
        self._standing: Array | None = None
        self._level = math.nan

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> bool:
        if isinstance(error, EvaluationsUsedUp):
            return True
        if error is not None and self._used and self._problem.noisy:
            self._run.offer(self.standing, self._level)
        return False

    @property
    def standing(self) -> Array:
        """The point ``[P]`` that the method stands for; by default the lowest seen."""
        return self._lowest if self._standing is None else self._standing

    def stand(self, point: Array) -> None:
        """Stand for a point ``[P]`` from now on, on noisy problems: an iterate, an average, a model's
        minimum.
        """
        self._standing = self.clipped(point)

    @property
    def lowest(self) -> Array:
        """The point ``[P]`` with the least value seen."""
        return self._lowest

    def __call__(self, x: Array, gradient: bool = False) -> Values:
        """Evaluate a population ``[B, P]``, moved into the bounds.

        Raises:
            EvaluationsUsedUp: Before evaluating, if fewer than B are left or the run should close.
        """
        first = self._used == 0
        if len(x) > self.left or (self._run.out_of_time() and not first):
            raise EvaluationsUsedUp
        self.left -= len(x)
        x = self.clipped(x)
        values = self._problem.evaluate(x, self._run.seed(), gradient)
        self._spend(len(x))
        best = int(np.nanargmin(values.mean)) if not np.all(np.isnan(values.mean)) else 0
        value = float(values.mean[best])
        if not self._problem.noisy:
            self._run.offer(x[best].copy(), value)
        self._level = float(np.mean(values.mean))
        if value < self._least:
            self._least, self._lowest = value, x[best].copy()
        self._run.record(step=self._used, objective=value)
        return values

    def clipped(self, x: Array) -> Array:
        """Move points ``[..., P]`` into the problem's bounds."""
        return clipped(self._problem, x)

    def settle(self) -> Array:
        """Return the answer: of an exact problem the lowest point seen, of a noisy one what the method stands
        for, measured afresh; that mean is what is offered.
        """
        if not self._used:  # the time was over before the method's first step
            with self:
                self(self.start[None])
        if not self._problem.noisy:
            return self._run.best
        point = self.standing
        if self._kept == 0 or self._run.out_of_time():
            return point
        with self:
            again = self._problem.evaluate(np.repeat(point[None], self._kept, axis=0), self._run.seed())
            self._spend(self._kept)
            mean = float(np.mean(again.mean))
            self._run.offer(point, mean)
            self._run.record(step=self._used, objective=mean)
        return point

    def _spend(self, rows: int) -> None:
        self._used += rows
        self._run.spent(evaluations=rows)


def confirmations(problem: Minimisation, budget: int) -> int:
    """Return how many evaluations are kept to measure the answer: a tenth on noisy problems."""
    return min(budget - 1, max(1, round(CONFIRMATION_SHARE * budget))) if problem.noisy else 0


def descend(problem: Minimisation, run: Run, budget: int, once: Callable[[Evaluations, Array], str]) -> Array:
    """Run a local method from the problem's start and settle its answer.

    Args:
        problem: What is minimised.
        run: Its run.
        budget: Evaluations at most.
        once: Carries out the method from a point with the evaluations it is given; returns why it stopped by
            itself.
    """
    evaluations = Evaluations(problem, run, budget)
    point = evaluations.start
    with evaluations:
        while not run.converged(True, once(evaluations, point)):  # refused in a rehearsal: all is spent
            point = evaluations.lowest
    return evaluations.settle()


def tail_mean(iterates: Sequence[Array]) -> Array:
    """Return the mean ``[P]`` of the last iterates, a tenth of them and one at least."""
    return np.mean(iterates[-max(1, round(AVERAGED_SHARE * len(iterates))) :], axis=0)


def start_of(problem: Minimisation, run: Run) -> Array:
    """Return the problem's start ``[P]`` moved into the bounds, else a draw.

    A coordinate is drawn uniformly between two bounds, from a half-normal inside one, from a standard normal
    without any.
    """
    if problem.start is not None:
        return clipped(problem, np.array(problem.start, dtype=float))
    rng = np.random.default_rng(run.seed())
    normal = rng.normal(size=problem.dimension)
    if problem.bounds is None:
        return normal
    low, high = (np.asarray(side, dtype=float) for side in problem.bounds)
    below, above = np.isfinite(low), np.isfinite(high)
    boxed = below & above
    uniform = rng.uniform(np.where(boxed, low, 0.0), np.where(boxed, high, 1.0))
    inside = [uniform, low + np.abs(normal), high - np.abs(normal)]
    return np.select([boxed, below, above], inside, normal)


def clipped(problem: Minimisation, x: Array) -> Array:
    """Move points ``[..., P]`` into the bounds."""
    return x if problem.bounds is None else np.clip(x, *problem.bounds)


def scipy_bounds(problem: Minimisation) -> list[tuple[float, float]] | None:
    """Return the bounds as SciPy writes them."""
    return None if problem.bounds is None else list(zip(*map(np.ndarray.tolist, problem.bounds), strict=True))
