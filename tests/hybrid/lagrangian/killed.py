"""A small slack-free run whose samples all come from a remote, for processes that are killed."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from backends.backend import Backend
from backends.statevector import Statevector
from hybrid.lagrangian import SlackFree
from hybrid.qaoa import Qaoa
from hybrid.starts import AngleStart, LinearRamp
from problems.binary import MaxCut, MultidimensionalKnapsack
from problems.contract import Array, Solver
from problems.run import Run

ITERATIONS = 6
JOBS = ITERATIONS + 1  # the first training compares a population of ramps


def slack_free(backend: Backend, start: AngleStart | tuple[float, ...] | None = None) -> SlackFree:
    """Six surrogates on one layer, 64 shots each; on the best of some ramps unless angles are given."""
    start = LinearRamp() if start is None else start
    inner = Qaoa(layers=1, optimizer=None, backend=backend, start=start)
    return SlackFree(inner, iterations=ITERATIONS, patience=50)


@dataclass(frozen=True)
class KnapsackInside(Solver[MaxCut, Array]):
    """Answers a graph with the side of the cut that a knapsack over its nodes would take.

    Attributes:
        inner: Solves the knapsack.
    """

    inner: Solver[Any, Array] = field(default_factory=lambda: slack_free(Statevector()))

    def _solve(self, problem: MaxCut, run: Run) -> Array:
        result = run.solve(self.inner, MultidimensionalKnapsack.random(problem.n, 2, seed=3))
        run.offer_all(result.candidates, result.counts)
        for row in result.history:
            run.record(**row)
        return result.solution


def on_a_knapsack(backend: Backend) -> KnapsackInside:
    """The loop as ``survive`` takes it."""
    return KnapsackInside(slack_free(backend))
