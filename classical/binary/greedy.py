"""Greedy construction: the single flips of the repair from fixed starts. One quick answer."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from classical.binary.as_program import as_program
from problems.binary.program import BinaryProgram
from problems.binary.qubo import Qubo
from problems.contract import Array, Solver
from problems.run import Run


@dataclass(frozen=True)
class Greedy(Solver[BinaryProgram | Qubo, Array]):
    """Start from all zeros and from all ones, repair each, and keep the better; deterministic.

    On a knapsack the first is the greedy fill by profit per used slack, the second the greedy emptying.
    """

    def _solve(self, problem: BinaryProgram | Qubo, run: Run) -> Array:
        program = as_program(problem)
        starts = np.stack([np.zeros(program.n, np.uint8), np.ones(program.n, np.uint8)])
        for step, start in enumerate(starts):
            run.offer(program.repair(start))
            run.record(step=step, objective=problem.judge(run.best).objective)
        return run.best
