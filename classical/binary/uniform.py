"""Uniform random bits, repaired: the null that every sampler has to beat."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from classical.binary.as_program import as_program
from problems.binary.domain import DomainProblem
from problems.binary.program import BinaryProgram
from problems.binary.qubo import Qubo
from problems.binary.relaxation import linear_bound
from problems.checking import check_integer
from problems.contract import Array, Evaluation, Sense, Solver
from problems.report import number
from problems.run import Run

BITS_PER_BATCH = 1 << 17  # drawn, judged and repaired between two looks at the clock


@dataclass(frozen=True)
class Uniform(Solver[BinaryProgram | DomainProblem | Qubo, Array]):
    """Draw bits uniformly, offer them as they are, then again after the problem's own repair.

    The candidates are the samples as they came; the message says what the best of them was before any repair.

    Attributes:
        samples: How many are drawn.
    """

    samples: int = 1024

    def __post_init__(self):
        check_integer("samples", self.samples, 1)

    def _solve(self, problem: BinaryProgram | DomainProblem | Qubo, run: Run) -> Array:
        program = as_program(problem)
        judge = program if isinstance(problem, Qubo) else problem  # a domain repairs in its own way
        if len(program.constraints):
            run.bound(linear_bound(program).value)
        raw, drawn, feasible = np.zeros((0, program.n), dtype=np.uint8), 0, 0
        batch = max(1, min(self.samples, BITS_PER_BATCH // max(1, program.n)))
        for step in run.steps(-(-self.samples // batch), "batch"):
            count = min(batch, self.samples - drawn)
            bits = run.rng.integers(0, 2, (count, program.n), dtype=np.uint8)
            run.offer_all(bits)
            run.offer(_best(judge, judge.repair(bits)))
            drawn, feasible = drawn + count, feasible + int((judge.ranks(bits)[:, 0] == 0).sum())
            raw = _best(judge, np.concatenate([raw, bits]))[None]
            before, after = judge.judge(raw[0]), judge.judge(run.best)
            row = {"objective": before.objective, "violation": before.violation}
            run.record(step=step, **row, feasible_share=feasible / drawn, repaired_objective=after.objective)
        best = run.best
        run.note(_story(judge.judge(raw[0]), judge.judge(best), judge.sense))
        return best


def _best(judge: BinaryProgram | DomainProblem, candidates: Array) -> Array:
    ranks = judge.ranks(candidates)
    return candidates[np.lexsort((ranks[:, 1], ranks[:, 0]))[0]]


def _story(before: Evaluation, after: Evaluation, sense: Sense) -> str:
    if before.rank(sense) == after.rank(sense):
        return "the best sample needed no repair"
    shown = f"{number(before.objective)}, {'feasible' if before.feasible else 'infeasible'}"
    return f"a repaired sample won (best before repair: {shown})"
