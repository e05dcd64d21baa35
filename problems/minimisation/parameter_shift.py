"""Exact slopes of trigonometric functions from two values per coordinate.

Reference: Schuld, Bergholm, Gogolin, Izaac, Killoran, "Evaluating analytic gradients on quantum hardware",
arXiv 1811.11184. Along a coordinate of period T and degree 1, f = a + b cos 2πx/T + c sin 2πx/T, so that
f′(x) = (π/T) (f(x + T/4) − f(x − T/4)).
"""

from __future__ import annotations

import numpy as np

from problems.contract import Array
from problems.errors import ProblemError
from problems.minimisation.problem import Minimisation


def shift_rows(problem: Minimisation, field: str) -> Array:
    """Return the periods ``[P]`` of a function that has exact two-point slopes in every coordinate.

    Args:
        problem: The function.
        field: Its name, to report.

    Raises:
        ProblemError: Naming the first coordinate along which it is not known to be of degree 1.
    """
    wanted = "a trigonometric polynomial of degree 1 in each coordinate"
    if problem.degree is None or problem.period is None:
        raise ProblemError(field, type(problem).__name__, wanted, "give each rotation an angle of its own")
    wrong = np.flatnonzero((np.asarray(problem.degree) != 1) | ~(np.asarray(problem.period) > 0))
    if len(wrong):
        remedy = "give each rotation an angle of its own"
        raise ProblemError(
            f"the degree of {field} in x[{wrong[0]}]", problem.degree[wrong[0]], wanted, remedy
        )
    return np.asarray(problem.period, dtype=float)


def shift_gradient(problem: Minimisation, x: Array, seed: int | None) -> Array:
    """Return the gradient ``[P]`` at x ``[P]`` from one population of 2P points.

    Args:
        problem: A function that ``shift_rows`` accepts.
        x: Where.
        seed: Of the noise; None takes noiseless values.
    """
    period = np.asarray(problem.period, dtype=float)
    shifts = np.diag(period / 4)
    points = np.concatenate([x + shifts, x - shifts])
    values = problem.exact(points) if seed is None else problem.evaluate(points, seed).mean
    return np.pi / period * (values[: len(x)] - values[len(x) :])
