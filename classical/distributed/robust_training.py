"""Robust training: gradient descent on a fleet whose gradients a robust rule combines."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from classical.distributed.aggregator import Aggregator
from classical.distributed.flag_aggregator import FlagAggregator
from classical.distributed.step_rules import MomentumStep, StepRule
from problems.checking import check_integer
from problems.contract import Array, NothingFound, Solver
from problems.distributed import Fleet
from problems.errors import ProblemError
from problems.run import Run

BYTES = 8  # of a number on its way from a worker
SAID = {
    "exact": "exact",
    "parameter shift": "by parameter shift",
    "central differences": "by central differences",
}


@dataclass(frozen=True)
class RobustTraining(Solver[Fleet, Array]):
    """Descend along combined gradients; the answer is the mean of the last points.

    Every history row holds a step's ``scores``, one per worker, where the rule has them.

    Attributes:
        aggregator: Combines the workers' gradients.
        step_rule: Makes a step of the direction.
        evaluations: How many function values all workers together may spend.
        faulty: How many faulty workers the rule is told of; None tells nothing.
        averaged: How many of the last points are averaged into the answer.
        judged_every: Every so many steps the fleet's judge adds its verdict on the point, and the direction's
            cosine to the honest workers' mean gradient, to the history; 0 for never. The method does not look
            at them, and what the workers measure again for them is not part of ``evaluations``.
    """

    aggregator: Aggregator = field(default_factory=FlagAggregator)
    step_rule: StepRule = field(default_factory=MomentumStep)
    evaluations: int = 3000
    faulty: int | None = None
    averaged: int = 1
    judged_every: int = 0

    def __post_init__(self):
        check_integer("evaluations", self.evaluations, 1)
        check_integer("averaged", self.averaged, 1)
        check_integer("judged_every", self.judged_every, 0)
        if self.faulty is not None:
            check_integer("faulty", self.faulty, 0)

    def unsuitable(self, problem: Fleet) -> str | None:
        """Ask the rule, and refuse a budget too small for one step."""
        needed = problem.gradient_evaluations
        if self.evaluations < needed:
            return f"one gradient of all workers takes {needed} evaluations, evaluations={self.evaluations}"
        return self.aggregator.unsuitable(len(problem.workers), self.faulty)

    def _solve(self, problem: Fleet, run: Run) -> Array:
        point = _start(problem, run)
        run.note(_gradients_said(problem))
        trail, state = [point], self.step_rule.initial(len(point))
        run.offer(point, np.inf)
        for k in run.steps(self.evaluations // problem.gradient_evaluations, "training step"):
            seed = run.seed()
            gradients = problem.gradients(point, seed)
            run.spent(evaluations=problem.gradient_evaluations, bytes_sent=BYTES * gradients.size)
            if not np.any(gradients):
                if run.converged(True, "all gradients vanished"):
                    break
                continue
            try:
                direction, scores = self.aggregator(gradients, self.faulty)
            except ProblemError as error:  # so many workers were lost that the rule cannot go on
                raise NothingFound(f"training ended at step {k}: {error}") from error
            self._record(problem, run, k, (point, direction, scores), seed)
            state, move = self.step_rule.step(state, direction, k)
            point = _within(problem, point + move)
            trail = [*trail, point][-self.averaged :]
            run.offer(np.mean(trail, axis=0), -float(k))  # nothing was measured: the latest stands
        return np.mean(trail, axis=0)

    def _record(
        self, problem: Fleet, run: Run, k: int, step: tuple[Array, Array, Array | None], seed: int
    ) -> None:
        """Add a history row for step k of (point, direction, scores)."""
        point, direction, scores = step
        row = {} if scores is None else {"scores": tuple(scores.tolist())}
        if self.judged_every and k % self.judged_every == 0:
            verdict = problem.judge(point)
            row |= {"objective": verdict.objective, "cosine": problem.alignment(direction, point, seed)}
            row |= {name: float(value) for name, value in verdict.metrics.items() if np.ndim(value) == 0}
        run.record(step=k, length=float(np.linalg.norm(direction)), **row)


def _start(problem: Fleet, run: Run) -> Array:
    """The fleet's start within the first worker's bounds, else a standard normal draw."""
    if problem.start is not None:
        return _within(problem, np.array(problem.start, dtype=float))
    return _within(problem, np.random.default_rng(run.seed()).normal(size=problem.dimension))


def _within(problem: Fleet, point: Array) -> Array:
    for worker in problem.workers:
        if worker.bounds is not None:
            point = np.clip(point, *worker.bounds)
    return point


def _gradients_said(problem: Fleet) -> str:
    rules = problem.gradient_rules
    counts = [f"{rules.count(rule)} {SAID[rule]}" for rule in dict.fromkeys(rules)]
    return "gradients: " + ", ".join(counts)
