"""Reduced-cost fixing: a value that the linear relaxation prices above a known solution goes.

Reference: Dantzig, Fulkerson and Johnson, Operations Research 2 (1954); Crowder, Johnson and Padberg,
Operations Research 31 (1983).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from problems.binary.linear_form import LinearForm, linear_form
from problems.binary.presolve.fixing import FREE, reduced
from problems.binary.presolve.margins import row_margins
from problems.binary.presolve.step import Outcome, Removed
from problems.binary.program import BinaryProgram
from problems.binary.relaxation import lagrangian_bound, solve_relaxation
from problems.checking import EXACT_INTEGER, check_integer
from problems.errors import Infeasible, NothingFound

Array = np.ndarray
THRESHOLDS = (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0)  # where the fractional point is rounded


@dataclass(frozen=True)
class ReducedCostFixing:
    """Fix variables by the prices of the linear relaxation and a solution from repair.

    With any multipliers y the Lagrangian bound L(y) = constant + Σ_j min(0, d_j) with reduced costs d rises
    by |d_j| where x_j takes the dearer value. Where that passes the objective of a feasible solution, no
    optimal solution has x_j so: only what is strictly worse than a known solution goes, and every optimal one
    is kept. The relaxation's multipliers only make the bound good; it is recomputed from them, what rounding
    can have done is taken off, and so is what rows of fractions may give way. No tolerance of the linear
    solver decides.

    Attributes:
        largest: Programs whose linear form has more columns than this are left alone; products of bits are
            columns too. The cost is that of the linear program: seconds from some thousand rows on.
    """

    largest: int = 20_000

    def __post_init__(self):
        check_integer("largest", self.largest, 1)

    def apply(self, program: BinaryProgram) -> Outcome | None:
        """Return the program without the variables that the prices settle, or None."""
        if not 0 < program.n + program.objective.num_couplings <= self.largest:
            return None
        form = linear_form(program)
        try:
            multipliers, point = solve_relaxation(form)
        except (Infeasible, NothingFound):  # told within the linear solver's tolerances: no proof
            return None
        incumbent = _best_rounding(program, point[: program.n])
        if incumbent is None:
            return None
        values = priced_out(program, form, multipliers, incumbent)
        return reduced(program, Removed(), values) if np.any(values != FREE) else None


def priced_out(program: BinaryProgram, form: LinearForm, multipliers: Array, incumbent: float) -> Array:
    """Return int8 ``[n]`` the values that variables have in every solution as good as a known one.

    Args:
        program: The program.
        form: Its linear form.
        multipliers: ``[M]`` of the form's rows, any whatever; positive where the lower side counts.
        incumbent: The minimised objective of a feasible solution, or more.
    """
    bound, costs, rounding = _priced(form, multipliers)
    bound -= _worth_of_tolerance(program, multipliers)
    rounding += 4 * np.finfo(float).eps * (abs(bound) + abs(incumbent))
    dearer = bound + np.abs(costs) - rounding > incumbent
    values = np.full(program.n, FREE, dtype=np.int8)
    values[dearer & (costs > 0)] = 0
    values[dearer & (costs < 0)] = 1
    return values


def _best_rounding(program: BinaryProgram, point: Array) -> float | None:
    """Return the minimised objective of the best repaired rounding of a point ``[n]``, if one is feasible.

    It is raised by what rounding can have done to it.
    """
    starts = np.unique(point[None] > np.array(THRESHOLDS)[:, None], axis=0).astype(np.uint8)
    ranks = program.ranks(program.repair(starts))
    values = ranks[ranks[:, 0] == 0, 1]
    return float(values.min()) + _rounding_of_value(program) if len(values) else None


def _rounding_of_value(program: BinaryProgram) -> float:
    form = program.objective
    numbers = np.concatenate([form.linear, form.coupling, [form.offset]])
    size = np.abs(numbers).sum()
    if np.all(numbers == np.round(numbers)) and size <= EXACT_INTEGER:
        return 0.0
    return float(np.finfo(float).eps * (len(numbers) + 4) * size)


def _worth_of_tolerance(program: BinaryProgram, multipliers: Array) -> float:
    """Bound how far bits that keep rows of fractions only within their tolerance can undercut the bound."""
    m = len(program.constraints)
    return 2.0 * float(np.abs(multipliers[:m]) @ row_margins(program.constraints).beyond)


def _priced(form: LinearForm, multipliers: Array) -> tuple[float, Array, Array]:
    """Return a certified Lagrangian bound, the reduced costs ``[n]``, and their rounding ``[n]``."""
    usable = np.where(multipliers > 0, np.isfinite(form.lower), np.isfinite(form.upper))
    y = np.where(usable, multipliers, 0.0)
    costs = (form.cost - form.matrix.T @ y)[: form.n]
    size = np.abs(form.cost) + abs(form.matrix).T @ np.abs(y)
    length = np.bincount(form.matrix.indices, minlength=len(form.cost))
    rounding = np.finfo(float).eps * (length + 4) * size
    return lagrangian_bound(form, multipliers), costs, rounding[: form.n]
