"""Moving parameters down a surrogate: descent with backtracking, quasi-Newton, or in closed form."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from classical.minimisation.surrogate import Surrogate
from problems.checking import check_number
from problems.contract import Array, NothingFound

TRIALS = 100  # lengths that one backtracking tries
FLAT = 1e-6  # norm of the surrogate's gradient at which there is nothing left to descend


@dataclass(frozen=True)
class Armijo:
    """Backtracking until s(θ − a d) ≤ s(θ) − c a ‖d‖².

    Attributes:
        sufficient: c.
        shrink: What a refused length is multiplied by.
        expand: What the last accepted length is multiplied by for the next first trial.
    """

    sufficient: float = 0.5
    shrink: float = 0.9
    expand: float = 1.8

    def __post_init__(self):
        check_number("sufficient", self.sufficient, 0.0, 1.0, open_low=True)
        check_number("shrink", self.shrink, 0.0, 1.0 - 1e-12, open_low=True)
        check_number("expand", self.expand, 1.0)


def descend(
    surrogate: Surrogate, steps: int, length: float, line: Armijo | None
) -> tuple[Array, float, float]:
    """Return θ ``[P]`` after so many gradient steps, s there, and the last accepted length.

    Args:
        surrogate: Where to descend; begins where it was built.
        steps: At most.
        length: Of the first trial, or of every step without backtracking.
        line: Backtracking; None takes every step at its full length.
    """
    theta, z, value = surrogate.theta, surrogate.centre, 0.0
    for step in range(steps):
        slope = surrogate.gradient(theta, z)
        square = float(slope @ slope)
        if not np.isfinite(square):
            raise NothingFound(f"the surrogate has no slope after {step} inner steps; take a smaller eta")
        if square <= FLAT**2:
            break
        if line is None:
            theta = theta - length * slope
            z = surrogate.targets(theta)
            value = surrogate.value(z)
            if not np.isfinite(value):
                raise NothingFound(f"the surrogate has no value after {step + 1} inner steps of {length:g}")
            continue
        first = length * line.expand if step else length
        found = _backtrack(surrogate, (theta, z, value), slope, first, line)
        if found is None:
            break
        theta, z, value, length = found
    return theta, value, length


def _backtrack(
    surrogate: Surrogate, place: tuple[Array, Array, float], slope: Array, length: float, line: Armijo
) -> tuple[Array, Array, float, float] | None:
    """Return the accepted θ, its targets, s and the length; None if no trial was good enough."""
    theta, z, value = place
    square = float(slope @ slope)
    if surrogate.oracle.problem.linear and surrogate.metric is not None:
        along = surrogate.targets(slope)
        bend = surrogate.bend(along)
        for _ in range(TRIALS):  # on a parabola no targets are needed to know a trial's height
            reached = value - length * square + 0.5 * length * length * bend
            if reached <= value - line.sufficient * length * square:
                return theta - length * slope, z - length * along, reached, length
            length *= line.shrink
        return None
    for _ in range(TRIALS):
        moved = theta - length * slope
        trial = surrogate.targets(moved)
        reached = surrogate.value(trial)
        if reached <= value - line.sufficient * length * square:  # false for what is not a number
            return moved, trial, reached, length
        length *= line.shrink
    return None


def quasi_newton(surrogate: Surrogate, steps: int) -> tuple[Array, float]:
    """Return θ ``[P]`` after so many L-BFGS steps at most, and s there; never above the start."""
    from scipy.optimize import minimize

    def value_and_gradient(theta: Array) -> tuple[float, Array]:
        z = surrogate.targets(theta)
        value, slope = surrogate.value(z), surrogate.gradient(theta, z)
        if not (np.isfinite(value) and np.all(np.isfinite(slope))):
            raise NothingFound("the surrogate has no value where L-BFGS went; take a smaller eta")
        return value, slope

    options = {"maxiter": steps, "gtol": FLAT / np.sqrt(len(surrogate.theta)), "ftol": 0.0}
    found = minimize(value_and_gradient, surrogate.theta, jac=True, method="L-BFGS-B", options=options)
    value = float(found.fun)
    return (np.asarray(found.x, dtype=float), value) if value <= 0.0 else (surrogate.theta, 0.0)


def least_squares(surrogate: Surrogate) -> tuple[Array, float]:
    """Return the minimiser θ ``[P]`` of least distance of a linear model's surrogate, and s there.

    It is θ − η (M^½ X)⁺ M^−½ g, one column of θ for each target of a row.
    """
    problem, metric = surrogate.oracle.problem, surrogate.metric
    assert metric is not None
    design = problem.design(surrogate.rows)
    move = np.empty((design.shape[1], problem.width))
    for column in range(problem.width):
        root = np.sqrt(metric[:, column])
        goal = surrogate.slopes[:, column] / root
        move[:, column] = np.linalg.lstsq(root[:, None] * design, goal, rcond=None)[0]
    theta = surrogate.theta - surrogate.eta * move.ravel()
    return theta, surrogate.value(surrogate.targets(theta))
