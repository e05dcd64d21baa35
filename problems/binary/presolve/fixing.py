"""Programs with some variables fixed: what is left of objective and rows, and the way back.

What the fixed variables contribute to the objective goes into the offset, what they use of a row into its
right-hand side. On integers this is exact. A row with fractions counts as kept within a tolerance relative to
its size; a smaller row has a smaller one, and what is lost of it goes to the right-hand side of an
inequality, so that the same bits keep it. Of an equality of fractions the band becomes narrower.
"""

from __future__ import annotations

import math
from functools import partial

import numpy as np

from problems.binary.presolve.step import Outcome, Removed
from problems.binary.program import BinaryProgram
from problems.binary.quadratic import QuadraticForm
from problems.binary.relaxation import integral_objective
from problems.binary.rows import TOLERANCE, Rows
from problems.contract import Reduction

Array = np.ndarray
FREE = -1  # in an array of values: the variable stays


def reduced(
    program: BinaryProgram, removed: Removed, values: Array | None = None, rows: Rows | None = None
) -> Outcome:
    """Return the program with variables fixed, rows replaced, or both.

    Args:
        program: The program as it is.
        removed: What to report besides the fixed variables and the rows that they alone keep.
        values: int8 ``[n]`` of 0, 1 and ``FREE``; by default all free.
        rows: Rows over the same n variables that stand for the program's; by default its own.
    """
    rows = program.constraints if rows is None else rows
    if values is None or not np.any(values != FREE):
        same = BinaryProgram(program.objective, rows, program.names, program.sense, program.reference)
        return Outcome(Reduction(same, as_bits, unchanged), removed)
    names = tuple(program.names[j] for j in np.flatnonzero(values == FREE))
    form = fix_form(program.objective, values)
    open_rows = ~_kept_already(rows, values)
    smaller = BinaryProgram(
        form, select_rows(fix_rows(rows, values), open_rows), names, program.sense, program.reference
    )
    widen = rounding_of_offset(program.objective, values) if not integral_objective(program) else 0.0
    bound = partial(_shifted, -widen if program.sense == "min" else widen) if widen else unchanged
    fixed = Removed(fixed=int(np.count_nonzero(values != FREE)), rows=int(np.count_nonzero(~open_rows)))
    return Outcome(Reduction(smaller, lift_over(values), bound), removed + fixed)


def lift_over(values: Array) -> partial[Array]:
    """Return the map from bits ``[..., k]`` of the free variables to uint8 bits ``[..., n]`` of all."""
    return partial(_spread, np.flatnonzero(values == FREE), np.maximum(values, 0).astype(np.uint8))


def fix_form(form: QuadraticForm, values: Array) -> QuadraticForm:
    """Return the form over the free variables."""
    free, one = values == FREE, values == 1
    linear = np.array(form.linear)
    for here, there in ((form.first, form.second), (form.second, form.first)):
        linear += np.bincount(here, np.where(one[there], form.coupling, 0.0), form.n)
    both = one[form.first] & one[form.second]
    offset = math.fsum([form.offset, *form.linear[one], *form.coupling[both]])
    inside = free[form.first] & free[form.second]
    place = np.cumsum(free) - 1
    return QuadraticForm(
        linear[free], place[form.first[inside]], place[form.second[inside]], form.coupling[inside], offset
    )


def fix_rows(rows: Rows, values: Array) -> Rows:
    """Return the rows over the free variables, those that become empty as well."""
    owner = owners(rows)
    free, one = values[rows.index] == FREE, values[rows.index] == 1
    used = np.bincount(owner[one], rows.weight[one], len(rows))
    count = np.bincount(owner[free], minlength=len(rows))
    place = np.cumsum(values == FREE) - 1
    smaller = Rows(
        int(np.count_nonzero(values == FREE)), np.concatenate([[0], np.cumsum(count)]),
        place[rows.index[free]], rows.weight[free], rows.relation, rows.right - used, rows.names,
    )  # fmt: skip
    right = np.where(rows.integral | rows.is_equality, smaller.right, _right_with_tolerance(rows, smaller))
    return Rows(
        smaller.n, smaller.indptr, smaller.index, smaller.weight, rows.relation, right, rows.names
    )  # fmt: skip


def _right_with_tolerance(rows: Rows, smaller: Rows) -> Array:
    """Return right-hand sides ``[m]`` from which the smaller tolerance reaches as far as the larger did."""
    side = np.where(rows.is_at_least, -1.0, 1.0)
    reach = side * smaller.right + rows.tolerance
    low, high = smaller.ranges
    size = np.maximum(np.maximum(-low, high), 1.0)
    inside = reach - TOLERANCE * size
    outside = reach / (1.0 + TOLERANCE * np.sign(reach))  # where the right-hand side itself is the size
    return side * np.where(np.abs(inside) <= size, inside, outside)


def _kept_already(rows: Rows, values: Array) -> Array:
    """Return which rows ``[m]`` have no free variable left and are kept, by their own tolerance."""
    free = np.bincount(owners(rows), values[rows.index] == FREE, len(rows))
    return (free == 0) & (rows.violations(np.maximum(values, 0)) == 0)


def select_rows(rows: Rows, keep: Array) -> Rows:
    """Return the rows where ``keep`` ``[m]`` holds, in their order."""
    entries = np.repeat(keep, np.diff(rows.indptr))
    lengths = np.diff(rows.indptr)[keep]
    kept = np.flatnonzero(keep)
    return Rows(
        rows.n, np.concatenate([[0], np.cumsum(lengths)]), rows.index[entries], rows.weight[entries],
        tuple(rows.relation[r] for r in kept), rows.right[kept], tuple(rows.names[r] for r in kept),
    )  # fmt: skip


def owners(rows: Rows) -> Array:
    """Return the row ``[E]`` of each entry."""
    return np.repeat(np.arange(len(rows)), np.diff(rows.indptr))


def rounding_of_offset(form: QuadraticForm, values: Array) -> float:
    """Bound what rounding in ``fix_form`` can have done to the value of any bits, for a form of fractions."""
    size = np.abs(form.linear).sum() + np.abs(form.coupling).sum() + abs(form.offset)
    return float(np.finfo(float).eps * (np.count_nonzero(values != FREE) + 4) * size)


def as_bits(bits: Array) -> Array:
    """Return the bits as uint8, as they are."""
    return np.asarray(bits).astype(np.uint8, copy=False)


def unchanged(bound: float) -> float:
    """Return the bound as it is."""
    return bound


def _shifted(amount: float, bound: float) -> float:
    return bound + amount


def _spread(kept: Array, base: Array, bits: Array) -> Array:
    bits = np.asarray(bits)
    whole = np.empty((*bits.shape[:-1], len(base)), dtype=np.uint8)
    whole[:] = base
    whole[..., kept] = bits
    return whole
