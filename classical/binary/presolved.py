"""Presolve, split, solve: any solver of binary programs behind exact reductions."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import astuple, dataclass, field

import numpy as np

from classical.binary.mixed_integer import MixedInteger
from problems.binary.presolve.chain import Presolved, presolve
from problems.binary.presolve.connectivity import Part, assemble, components
from problems.binary.program import BinaryProgram
from problems.binary.relaxation import integral_objective
from problems.contract import Array, Result, Solver
from problems.errors import NothingFound, ProblemError
from problems.run import Run


@dataclass(frozen=True)
class Presolve(Solver[BinaryProgram, Array]):
    """Make a program smaller, solve its connected components on their own, and put the answer together.

    Presolve keeps the optimal value and at least one optimal solution, so what the inner solver proves holds
    for the program; the bounds of the components add up where each has one. The history says what each step
    of presolve removed. Presolve looks at the clock between its steps; where the time ends before every
    component has an answer, the repaired empty set is the answer.

    Attributes:
        inner: Solves the components; never asked where presolve leaves no variables.
        components: Whether to split; without it the inner solver gets what presolve leaves as one program.
    """

    inner: Solver[BinaryProgram, Array] = field(default_factory=MixedInteger)
    components: bool = True

    def __post_init__(self):
        if not isinstance(self.inner, Solver):
            raise ProblemError("inner", self.inner, "a solver of binary programs such as MixedInteger()")
        if not isinstance(self.components, bool):
            raise ProblemError("components", self.components, "True or False")

    def _solve(self, problem: BinaryProgram, run: Run) -> Array:
        presolved = presolve(problem, out_of_time=run.out_of_time)
        _record(presolved, run)
        parts = self._parts(presolved.program)
        start = [_start(part) for part in parts]
        lift, bound = presolved.reduction.lift, presolved.reduction.bound
        run.offer(lift(assemble(parts, start)))
        open_parts = [part for part in parts if part.solution is None]
        try:
            results = run.solve_all(self.inner, [part.program for part in open_parts])
        except NothingFound:
            if run.out_of_time():
                return run.best
            raise
        run.out_of_time()  # where the deadline ended a component, it ended the whole
        run.note(_sentence(presolved, open_parts, self.inner, results))
        answers = iter(results)
        chosen = [next(answers).solution if part.solution is None else part.solution for part in parts]
        run.offer(lift(assemble(parts, chosen)))
        total = _added_bounds(presolved.program, parts, results)
        if total is not None and bound is not None:
            run.bound(bound(total))
        return run.best

    def _parts(self, program: BinaryProgram) -> Sequence[Part]:
        if self.components or program.n == 0:
            return components(program)
        return [Part(program, np.arange(program.n))]


def _record(presolved: Presolved, run: Run) -> None:
    """Write what every step removed into the history."""
    for step, (name, removed) in enumerate(presolved.report.steps):
        fixed, rows, coefficients, merged = astuple(removed)
        run.record(step=step, presolve=name, fixed=fixed, rows=rows, coefficients=coefficients, merged=merged)


def _start(part: Part) -> Array:
    """Return bits for a part before it is solved."""
    if part.solution is not None:
        return part.solution
    return part.program.repair(np.zeros(part.program.n, dtype=np.uint8))


def _added_bounds(program: BinaryProgram, parts: Sequence[Part], results: Sequence[Result]) -> float | None:
    """Return the sum of the parts' bounds, rounded outward where it may not be exact; None if one lacks."""
    amounts = [result.bound for result in results]
    for part in parts:
        if part.solution is not None:
            form = part.program.objective
            amounts += [form.offset, *form.linear[part.solution == 1].tolist()]
    known = [amount for amount in amounts if amount is not None]
    if len(known) < len(amounts):
        return None
    total = math.fsum(known)
    if integral_objective(program):
        return total
    return math.nextafter(total, -math.inf if program.sense == "min" else math.inf)


def _sentence(
    presolved: Presolved, open_parts: Sequence[Part], inner: Solver, results: Sequence[Result]
) -> str:
    before, total = presolved.report.before, presolved.report.total
    removed = f"presolve fixed {total.fixed} of {_count(before.variables, 'variable')}"
    if before.rows:
        removed += f" and took {before.rows - presolved.report.after.rows} of {_count(before.rows, 'row')}"
    if not open_parts:
        return f"{removed}; nothing was left to solve"
    sizes = [part.program.n for part in open_parts]
    largest = f", the largest of {_count(max(sizes), 'variable')}," if len(sizes) > 1 else ""
    ends = " and ".join(sorted({result.status.replace("_", " ") for result in results}))
    return (
        f"{removed}; {type(inner).__name__} took {_count(len(sizes), 'component')}{largest} and ended {ends}"
    )


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'s' if number != 1 else ''}"
