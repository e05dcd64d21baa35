"""The linear relaxation of a binary program: a certified bound, its prices and its fractional point.

The bound does not rest on the tolerances of the linear solver. From the solver's multipliers y the Lagrangian
bound Σ_r (y_r⁺ lower_r − y_r⁻ upper_r) + Σ_j min(0, c_j − (Aᵀy)_j) is recomputed, and what rounding can have
done to it is subtracted; any y gives a valid bound, a good y a tight one.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import vstack

from problems.binary.linear_form import LinearForm, linear_form
from problems.binary.program import BinaryProgram
from problems.errors import Infeasible, NothingFound

Array = np.ndarray


@dataclass(frozen=True, eq=False)
class LinearBound:
    """What the linear relaxation of a program says.

    Attributes:
        value: A certified bound on the optimum, in the program's sense; rounded inward where every objective
            value is an integer.
        prices: ``[m]`` what one unit of each right-hand side is worth, ≥ 0 for inequalities that bind, in
            units of the minimised objective; of either sign for equalities.
        point: ``[n]`` the fractional optimum.
    """

    value: float
    prices: Array
    point: Array


def linear_bound(program: BinaryProgram) -> LinearBound:
    """Solve the linear relaxation (products linearised) and certify its bound.

    Raises:
        Infeasible: If even the relaxation has no point.
        NothingFound: If the linear solver fails numerically.
    """
    form = linear_form(program)
    multipliers, point = solve_relaxation(form)
    value = lagrangian_bound(form, multipliers)
    if integral_objective(program):
        value = float(math.ceil(value))
    m = len(program.constraints)
    rows = multipliers[:m]
    prices = np.where(program.constraints.is_equality, -rows, np.abs(rows))
    return LinearBound(program.signed(value), prices, point[: form.n])


def integral_objective(program: BinaryProgram) -> bool:
    """Whether every objective value is an integer."""
    objective = program.objective
    numbers = np.concatenate([objective.linear, objective.coupling, [objective.offset]])
    return bool(np.all(numbers == np.round(numbers)))


def solve_relaxation(form: LinearForm) -> tuple[Array, Array]:
    """Return the row multipliers ``[M]`` (positive where the lower side binds) and the point ``[N]``."""
    equal = form.lower == form.upper
    above, below = ~equal & np.isfinite(form.upper), ~equal & np.isfinite(form.lower)
    matrix: Any = form.matrix
    inequalities: Any = vstack([matrix[above], -matrix[below]])
    solved: Any = linprog(
        form.cost,
        A_ub=inequalities if inequalities.shape[0] else None,
        b_ub=np.concatenate([form.upper[above], -form.lower[below]]) if inequalities.shape[0] else None,
        A_eq=matrix[equal] if equal.any() else None,
        b_eq=form.upper[equal] if equal.any() else None,
        bounds=(0, 1),
        method="highs",
    )
    if solved.status == 2:
        raise Infeasible("the program", "its linear relaxation has no point either")
    if solved.status != 0:
        raise NothingFound(f"the linear relaxation was not solved: {solved.message}")
    multipliers = np.zeros(len(form.lower))
    marginals = solved.ineqlin.marginals
    multipliers[above] += marginals[: above.sum()]
    multipliers[below] -= marginals[above.sum() :]
    multipliers[equal] = solved.eqlin.marginals
    return multipliers, np.asarray(solved.x)


def lagrangian_bound(form: LinearForm, multipliers: Array) -> float:
    """Bound the minimum from below by any multipliers, rounded outward."""
    usable = np.where(multipliers > 0, np.isfinite(form.lower), np.isfinite(form.upper))
    y = np.where(usable, multipliers, 0.0)
    right = np.where(y > 0, np.where(np.isfinite(form.lower), form.lower, 0.0), form.upper)
    products = y * np.where(y == 0, 0.0, right)
    reduced = form.cost - form.matrix.T @ y
    value = math.fsum(products) + math.fsum(np.minimum(reduced, 0.0)) + form.offset
    size = (
        np.abs(form.cost).sum()
        + (abs(form.matrix).T @ np.abs(y)).sum()
        + np.abs(products).sum()
        + abs(form.offset)
    )
    longest = max(1, int(np.bincount(form.matrix.indices, minlength=1).max(initial=0)))
    return value - np.finfo(float).eps * (longest + 8) * float(size)
