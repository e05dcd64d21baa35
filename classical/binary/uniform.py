"""Uniform random bits with repair: the null that every sampler must beat at equal samples."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from classical.binary.as_program import as_program
from problems.binary.program import BinaryProgram
from problems.binary.qubo import Qubo
from problems.binary.relaxation import linear_bound
from problems.checking import check_integer
from problems.contract import Array, Solver
from problems.report import number
from problems.run import Run

BATCH = 1024  # samples drawn, judged and repaired between two looks at the clock


@dataclass(frozen=True)
class Uniform(Solver[BinaryProgram | Qubo, Array]):
    """Draw uniform bits, offer them as they are, then repaired by single flips.

    Attributes:
        samples: How many.
    """

    samples: int = 1024

    def __post_init__(self):
        check_integer("samples", self.samples, 1)

    def _solve(self, problem: BinaryProgram | Qubo, run: Run) -> Array:
        program = as_program(problem)
        if len(program.constraints):
            run.bound(linear_bound(program).value)
        raw, feasible = None, 0
        for step in run.steps(-(-self.samples // BATCH), "batch of samples"):
            count = min(BATCH, self.samples - step * BATCH)
            bits = run.rng.integers(0, 2, (count, program.n), dtype=np.uint8)
            run.offer_all(bits)
            ranks = program.ranks(bits)
            feasible += int(np.sum(ranks[:, 0] == 0))
            first = bits[np.lexsort((ranks[:, 1], ranks[:, 0]))[0]]
            raw = (
                first if raw is None else min(raw, first, key=lambda x: problem.judge(x).rank(problem.sense))
            )
            repaired = program.repair(bits)
            ranks = program.ranks(repaired)
            run.offer(repaired[np.lexsort((ranks[:, 1], ranks[:, 0]))[0]])
            verdict = problem.judge(raw)
            share = feasible / (step * BATCH + count)
            after = problem.judge(run.best).objective
            run.record(
                step=step, objective=verdict.objective, violation=verdict.violation, feasible_share=share,
                repaired_objective=after,
            )  # fmt: skip
        if raw is not None:
            verdict, best = problem.judge(raw), problem.judge(run.best)
            shown = f"{number(verdict.objective)}, {'feasible' if verdict.feasible else 'infeasible'}"
            won = best.rank(problem.sense) < verdict.rank(problem.sense)
            run.note(
                f"a repaired sample won (best before repair: {shown})"
                if won
                else "the best sample needed no repair"
            )
        return run.best
