"""Constrained programs through a QUBO solver: encode, solve, judge every sample by the program."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from classical.binary.annealing import SimulatedAnnealing
from classical.binary.as_program import as_program
from problems.binary.domain import DomainProblem
from problems.binary.encodings import Encoding, SlackEncoding, SlackFreeEncoding
from problems.binary.program import BinaryProgram
from problems.binary.quadratic import QuadraticForm
from problems.binary.qubo import Qubo
from problems.binary.relaxation import linear_bound
from problems.checking import check_choice
from problems.contract import Array, Result, Solver
from problems.errors import Infeasible, ProblemError
from problems.fitting import refusal
from problems.report import number
from problems.run import Run


@dataclass(frozen=True)
class Penalty(Solver[BinaryProgram | DomainProblem, Array]):
    """Solve a program by any QUBO solver: an encoding, the inner solver, and the program as judge of all
    samples.

    The bound is that of the linear relaxation, whatever the inner solver is. The candidates of the result are
    the samples as they came; the message says what the best of them was before any repair.

    Attributes:
        inner: Solves the QUBO.
        encoding: Writes the program as a QUBO.
        repair: "own" also offers every sample after the problem's own repair (single flips of a program, the
            nearest permutation of an assignment, …); "none" takes samples as they are.
    """

    inner: Solver[Qubo, Array] = field(default_factory=SimulatedAnnealing)
    encoding: Encoding = field(default_factory=SlackFreeEncoding)
    repair: Literal["own", "none"] = "own"

    def __post_init__(self):
        check_choice("repair", self.repair, ("own", "none"))
        if not isinstance(self.encoding, Encoding):
            raise ProblemError("encoding", self.encoding, "an Encoding such as SlackFreeEncoding()")

    def unsuitable(self, problem: BinaryProgram | DomainProblem) -> str | None:
        """Ask the inner solver whether it takes a QUBO of the encoding's width."""
        program = as_program(problem)
        form = QuadraticForm(np.zeros(self.encoding.qubits(program)))
        why = refusal(self.inner, Qubo(form, one_hot=self.encoding.one_hot(program)))
        return None if why is None else f"its inner {type(self.inner).__name__} says: {why}"

    def _solve(self, problem: BinaryProgram | DomainProblem, run: Run) -> Array:
        program = as_program(problem)
        reduction = self.encoding.encode(program)
        run.spent(qubits=self.encoding.qubits(program), **_width_with_slack(program))
        if len(program.constraints):
            run.bound(linear_bound(program).value)
        inner = run.solve(self.inner, reduction.problem)
        if inner.bound is not None and reduction.bound is not None:
            run.bound(reduction.bound(inner.bound))
        run.note(inner.message)
        for step, row in enumerate(inner.history):  # how the QUBO was solved, for the picture of this result
            run.record(step=step, energy=row.get("objective"))
        self._judge(problem, reduction.lift, inner, run)
        return run.best

    def _judge(
        self,
        problem: BinaryProgram | DomainProblem,
        lift: Callable[[Array], Array],
        inner: Result[Array],
        run: Run,
    ) -> None:
        """Offer the inner samples as they are, then repaired; record both."""
        samples = inner.solution[None] if inner.candidates is None else inner.candidates
        counts = np.ones(len(samples)) if inner.counts is None else inner.counts
        raw = lift(np.concatenate([samples, inner.solution[None]]))
        run.offer_all(raw[:-1], counts)
        run.offer(raw[-1])
        before = problem.judge(run.best)
        feasible = problem.ranks(raw[:-1])[:, 0] == 0
        row = {"objective": before.objective, "violation": before.violation, "shots": float(counts.sum())}
        row["feasible_share"] = float(counts[feasible].sum() / counts.sum())
        if self.repair == "own":
            repaired = problem.repair(np.unique(raw, axis=0))
            ranks = problem.ranks(repaired)
            won = run.offer(repaired[np.lexsort((ranks[:, 1], ranks[:, 0]))[0]])
            row["repaired_objective"] = problem.judge(run.best).objective
            shown = f"{number(before.objective)}, {'feasible' if before.feasible else 'infeasible'}"
            run.note(
                f"a repaired sample won (best before repair: {shown})"
                if won
                else "the best sample needed no repair"
            )
        run.record(step=0, **row)


def _width_with_slack(program: BinaryProgram) -> dict[str, float]:
    """The width that slack bits would have needed; nothing where a row cannot have them."""
    try:
        return {"qubits_with_slack": SlackEncoding().qubits(program)}
    except Infeasible:
        raise
    except ProblemError:
        return {}
