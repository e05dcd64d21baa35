"""Exhaustive search: every assignment in Gray code order, one flip apart.

In Gray code, when bit k flips, the bits below it are all 0 but bit k − 1, which is 1. The derivative by bit
k is thus known from the bits above it alone, which rarely change: the objective costs O(1) per assignment.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numba import njit

from classical.binary.as_program import as_program
from problems.binary.program import BinaryProgram
from problems.binary.qubo import Qubo
from problems.binary.relaxation import integral_objective
from problems.contract import Array, Infeasible, Solver
from problems.run import Run

LARGEST = 30
BLOCK_BITS = 12  # everything is computed afresh after 2^12 assignments, so that rounding cannot build up
WORK_PER_CALL = 3e7  # elementary steps of one compiled call


@dataclass(frozen=True)
class Exhaustive(Solver[BinaryProgram | Qubo, Array]):
    """Try all 2^n assignments and prove the optimum; of equal optima the lexicographically smallest wins.

    Where the objective or a row has fractions, the certified bound allows for their rounding.
    """

    def unsuitable(self, problem: BinaryProgram | Qubo) -> str | None:
        """Refuse more than 30 variables."""
        if problem.n <= LARGEST:
            return None
        count = f"2^{problem.n} ≈ {2.0**problem.n:.1e}"
        return f"it would try all {count} assignments; it takes up to {LARGEST} variables"

    def _solve(self, problem: BinaryProgram | Qubo, run: Run) -> Array:
        program = as_program(problem)
        tables = _tables(program)
        low = min(BLOCK_BITS, program.n)
        blocks = 1 << (program.n - low)
        cost = (8 + len(tables.row) / max(1, program.n)) * 2**low
        per_call = max(1, int(WORK_PER_CALL / cost))
        best, calls = (math.inf, 0), -(-blocks // per_call)
        done = 0
        for step in run.steps(calls, "part"):
            value, key = _search(step * per_call, min(blocks, (step + 1) * per_call), low, tables)
            done += 1
            if value < math.inf and (value, key) < best:
                best = value, int(key)
                run.offer(_bits(best[1], program.n))
                run.record(step=step, objective=program.signed(value))
        if done == calls:
            self._conclude(program, best[0], run)
        return run.best

    def _conclude(self, program: BinaryProgram, value: float, run: Run) -> None:
        if value == math.inf:
            raise Infeasible("the program", f"all 2^{program.n} assignments break a row")
        form = program.minimised
        size = np.abs(form.linear).sum() + np.abs(form.coupling).sum() + abs(form.offset)
        rounding = 0.0 if integral_objective(program) else np.finfo(float).eps * 2**BLOCK_BITS * size
        run.bound(program.signed(value - rounding))
        run.note(f"all 2^{program.n} assignments were tried")


class _Tables(NamedTuple):
    """A minimised program with its variables in the order of their flips: the first flips most often.

    ``place`` is each variable's place value in a key; keys compare as bit vectors do lexicographically.
    Column k has its rows at ``indptr[k]:indptr[k+1]``; ``kind`` is −1 for >=, 0 for ==, 1 for <=.
    """

    place: Array
    linear: Array
    coupling: Array
    offset: float
    indptr: Array
    row: Array
    weight: Array
    kind: Array
    right: Array
    tolerance: Array


def _tables(program: BinaryProgram) -> _Tables:
    """Lay the program out so that the variables with the fewest row entries flip most often."""
    form, rows, n = program.minimised, program.constraints, program.n
    order = np.argsort(np.bincount(rows.index, minlength=n), kind="stable")
    columns = rows.matrix.tocsc()[:, order]
    dense = form.dense()
    return _Tables(
        place=np.int64(1) << (n - 1 - order),
        linear=form.linear[order],
        coupling=np.ascontiguousarray((dense + dense.T)[np.ix_(order, order)]),
        offset=form.offset,
        indptr=columns.indptr.astype(np.int64),
        row=columns.indices.astype(np.int64),
        weight=columns.data,
        kind=np.where(rows.is_equality, 0.0, np.where(rows.is_at_least, -1.0, 1.0)),
        right=np.array(rows.right),
        tolerance=np.array(rows.tolerance),
    )


def _bits(key: int, n: int) -> Array:
    return np.array([key >> (n - 1 - j) & 1 for j in range(n)], dtype=np.uint8)


@njit(cache=True, nogil=True)
def _search(first: int, last: int, low: int, tables: _Tables) -> tuple[float, int]:
    """Return the least feasible value, and the least key that has it, over blocks ``first … last − 1``.

    A block fixes all variables but the first ``low``; without a feasible assignment the value is infinite.
    """
    n = len(tables.linear)
    best, best_key = np.inf, 0
    bits, above = np.zeros(n, np.uint8), np.zeros(n)
    activity, broken = np.zeros(len(tables.right)), np.zeros(len(tables.right), np.bool_)
    for block in range(first, last):
        for k in range(n):
            bits[k] = (block >> (k - low)) & 1 if k >= low else 0
        value, key = _enter(bits, above, tables)
        count = _measure(bits, activity, broken, tables)
        if count == 0 and (value < best or (value == best and key < best_key)):
            best, best_key = value, key
        for step in range(1, 1 << low):
            k = 0
            while not (step >> k) & 1:
                k += 1
            sign = -1.0 if bits[k] else 1.0
            value += sign * (above[k] + (tables.coupling[k, k - 1] if k else 0.0))
            key ^= tables.place[k]
            bits[k] ^= 1
            for q in range(k):
                above[q] += sign * tables.coupling[k, q]
            count += _move(k, sign, activity, broken, tables)
            if count == 0 and (value < best or (value == best and key < best_key)):
                best, best_key = value, key
    return best, best_key


@njit(cache=True, nogil=True)
def _enter(bits: Array, above: Array, tables: _Tables) -> tuple[float, int]:
    """Return value and key of an assignment; fill in the derivative by each bit from the bits above it."""
    value, key = tables.offset, 0
    for k in range(len(bits) - 1, -1, -1):
        above[k] = tables.linear[k]
        for q in range(k + 1, len(bits)):
            if bits[q]:
                above[k] += tables.coupling[k, q]
        if bits[k]:
            value += above[k]
            key |= tables.place[k]
    return value, key


@njit(cache=True, nogil=True)
def _measure(bits: Array, activity: Array, broken: Array, tables: _Tables) -> int:
    """Fill in each row's activity and whether it is broken; return how many are."""
    activity[:] = 0.0
    for k in range(len(bits)):
        if bits[k]:
            for e in range(tables.indptr[k], tables.indptr[k + 1]):
                activity[tables.row[e]] += tables.weight[e]
    for r, amount in enumerate(activity):
        broken[r] = _is_broken(r, amount, tables)
    return int(broken.sum())


@njit(cache=True, nogil=True)
def _move(k: int, sign: float, activity: Array, broken: Array, tables: _Tables) -> int:
    """Follow a flip of bit k in the rows; return by how much the number of broken rows changes."""
    change = 0
    for e in range(tables.indptr[k], tables.indptr[k + 1]):
        r = tables.row[e]
        activity[r] += sign * tables.weight[e]
        now = _is_broken(r, float(activity[r]), tables)
        change += int(now) - int(broken[r])
        broken[r] = now
    return change


@njit(cache=True, nogil=True)
def _is_broken(r: int, activity: float, tables: _Tables) -> bool:
    excess = activity - tables.right[r]
    excess = abs(excess) if tables.kind[r] == 0 else tables.kind[r] * excess
    return excess > tables.tolerance[r]
