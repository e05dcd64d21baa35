"""Slopes at a point: the problem's own gradient, or central differences of its values."""

from __future__ import annotations

import numpy as np

from classical.minimisation.evaluations import Evaluations
from problems.contract import Array
from problems.minimisation import Minimisation

DIFFERENCE = 6e-6  # the cube root of the double-precision unit: where a central difference errs least


def slope_at(problem: Minimisation, evaluations: Evaluations, point: Array, difference: float) -> Array:
    """Return the problem's own gradient ``[P]`` at a point, else central differences from one population, on
    noisy problems of the width given.
    """
    if problem.differentiable:
        return exact_slope(evaluations, point)[1]
    if not problem.noisy:
        return central_slope(evaluations, point)[1]
    shifts = difference * np.eye(len(point))
    above, below = evaluations.clipped(point + shifts), evaluations.clipped(point - shifts)
    mean = evaluations(np.vstack([above, below])).mean
    rise, width = mean[: len(point)] - mean[len(point) :], np.diag(above - below)
    return np.divide(rise, width, out=np.zeros_like(rise), where=width > 0)


def exact_slope(evaluations: Evaluations, x: Array) -> tuple[float, Array]:
    """Return the value and the gradient ``[P]`` that the problem gives."""
    values = evaluations(x[None], gradient=True)
    assert values.gradient is not None
    return float(values.mean[0]), np.array(values.gradient[0], dtype=float)


def central_slope(evaluations: Evaluations, x: Array) -> tuple[float, Array]:
    """Return the value and the central differences ``[P]``, all points in one population."""
    steps = DIFFERENCE * np.maximum(1.0, np.abs(x))
    shifts = np.diag(steps)
    above, below = evaluations.clipped(x + shifts), evaluations.clipped(x - shifts)  # one-sided at a bound
    mean = evaluations(np.vstack([x, above, below])).mean
    rise, width = mean[1 : 1 + len(x)] - mean[1 + len(x) :], np.diag(above - below)
    return float(mean[0]), np.divide(rise, width, out=np.zeros_like(rise), where=width > 0)
