"""Presolve: go through small steps until none finds more; the steps compose to one reduction.

Reference: Achterberg, Bixby, Gu, Rothberg and Weninger, INFORMS Journal on Computing 32 (2020).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from problems.binary.presolve.bound_propagation import BoundPropagation
from problems.binary.presolve.clique_merging import CliqueMerging
from problems.binary.presolve.coefficient_tightening import CoefficientTightening
from problems.binary.presolve.dominance import Dominance
from problems.binary.presolve.dual_fixing import DualFixing
from problems.binary.presolve.fixing import as_bits, unchanged
from problems.binary.presolve.integer_scaling import IntegerScaling
from problems.binary.presolve.parallel_rows import ParallelRows
from problems.binary.presolve.reduced_cost_fixing import ReducedCostFixing
from problems.binary.presolve.report import Report, Size
from problems.binary.presolve.roof_dual_fixing import RoofDualFixing
from problems.binary.presolve.step import Removed, Step
from problems.binary.program import BinaryProgram
from problems.checking import check_integer
from problems.contract import Reduction
from problems.errors import ProblemError

Array = np.ndarray
ALL_STEPS: tuple[Step, ...] = (
    IntegerScaling(),
    ParallelRows(),
    BoundPropagation(),
    CoefficientTightening(),
    DualFixing(),
    Dominance(),
    CliqueMerging(),
    ReducedCostFixing(),
    RoofDualFixing(),
)
SET_PRESERVING: tuple[Step, ...] = (
    IntegerScaling(),
    ParallelRows(),
    BoundPropagation(),
    CoefficientTightening(),
    CliqueMerging(),
)  # these keep every feasible solution, not only an optimal one


@dataclass(frozen=True, eq=False)
class Presolved:
    """A program made smaller, with the way back.

    Attributes:
        reduction: Its ``problem`` is the smaller program. ``lift`` takes its bits ``[..., k]`` to uint8 bits
            ``[..., n]`` of the same objective, feasible if they are. ``bound`` is the identity, since fixed
            variables went into the objective's offset; with fractions in the objective it moves outward by
            what rounding can have done to that offset.
        report: What each step removed.
    """

    reduction: Reduction[Array]
    report: Report

    @property
    def program(self) -> BinaryProgram:
        """The smaller program."""
        assert isinstance(self.reduction.problem, BinaryProgram)
        return self.reduction.problem

    def __str__(self) -> str:
        return str(self.report)


def presolve(
    program: BinaryProgram,
    steps: Sequence[Step] = ALL_STEPS,
    rounds: int = 20,
    out_of_time: Callable[[], bool] = lambda: False,
) -> Presolved:
    """Make a program smaller; its optimal value and at least one optimal solution are kept.

    Args:
        program: Any binary program.
        steps: Gone through in this order, again and again while a whole round still finds something.
        rounds: The most often they are gone through.
        out_of_time: Asked before each step; once it is true, what was reached so far is the answer.

    Raises:
        Infeasible: If a step shows that no bits keep the rows; the message names a row.
        ProblemError: If the program is none, a step cannot ``apply`` itself, or rounds is below 1.
    """
    _check(program, steps, rounds)
    reduction: Reduction[Array] = Reduction(program, as_bits, unchanged)
    now, removed, done = program, [Removed()] * len(steps), 0
    for _ in range(rounds):
        done += 1
        found = False
        for k, step in enumerate(steps):
            outcome = None if out_of_time() else step.apply(now)
            if outcome is not None:
                chained = reduction.then(outcome.reduction)
                assert chained is not None
                reduction, now, found = chained, outcome.program, True
                removed[k] = removed[k] + outcome.removed
        if not found:
            break
    names = [type(step).__name__ for step in steps]
    report = Report(tuple(zip(names, removed, strict=True)), done, Size.of(program), Size.of(now))
    return Presolved(reduction, report)


def _check(program: BinaryProgram, steps: Sequence[Step], rounds: int) -> None:
    if not isinstance(program, BinaryProgram):
        raise ProblemError("program", program, "a BinaryProgram", "a domain problem has one as its .program")
    for k, step in enumerate(steps):
        if isinstance(step, type) or not callable(getattr(step, "apply", None)):
            raise ProblemError(f"steps[{k}]", step, "a step such as BoundPropagation()")
    check_integer("rounds", rounds, 1)
