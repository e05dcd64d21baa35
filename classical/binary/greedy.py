"""Greedy construction: single flips from a few plain starting points, the same moves that repair samples."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from classical.binary.as_program import as_program
from problems.binary.program import BinaryProgram
from problems.binary.qubo import Qubo
from problems.binary.relaxation import linear_bound
from problems.contract import Array, Solver
from problems.run import Run


@dataclass(frozen=True)
class Greedy(Solver[BinaryProgram | Qubo, Array]):
    """Flip bits by the best ratio of gain to slack used, until no flip gains; see ``repair_bits``.

    It starts from all zeros, from all ones, and from every bit set that would pay by itself; the best end
    wins. It draws nothing at random: the seed does not matter.
    """

    def _solve(self, problem: BinaryProgram | Qubo, run: Run) -> Array:
        program = as_program(problem)
        if len(program.constraints):
            run.bound(linear_bound(program).value)
        starts = plain_starts(program)
        for step in run.steps(len(starts), "start"):
            run.offer(program.repair(starts[step]))
            run.record(step=step, objective=problem.judge(run.best).objective)
        return run.best


def plain_starts(program: BinaryProgram) -> Array:
    """Return bits ``[3, n]``: all zeros, all ones, and those whose linear coefficient pays."""
    paying = program.minimised.linear < 0
    return np.stack([np.zeros_like(paying), np.ones_like(paying), paying]).astype(np.uint8)
