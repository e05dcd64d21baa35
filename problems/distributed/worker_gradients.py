"""The gradient of one worker's function: its own, by parameter shifts, or by central differences.

Reference of the shift rule for any degree: Wierichs, Izaac, Wang, Lin, arXiv 2107.12390, eq. (21): of a
trigonometric polynomial of degree R in θ,
f′(0) = Σ_{μ=1…2R} (−1)^{μ−1} f(θ_μ) / (4R sin²(θ_μ / 2)) with θ_μ = (2μ − 1) π / 2R.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, Protocol, runtime_checkable

import numpy as np

from problems.contract import Array
from problems.errors import ProblemError
from problems.minimisation import Minimisation, Values

GradientRule = Literal["exact", "parameter shift", "central differences"]
NOISY_DIFFERENCE = 0.1  # half-width of a difference where the noise must be drowned
EXACT_DIFFERENCE = float(np.finfo(float).eps ** (1 / 3))  # where rounding and curvature err alike


def gradient_rule(worker: Minimisation) -> GradientRule:
    """Return how a worker's gradient is had: differences where one coordinate at least has no shift rule."""
    if worker.differentiable:
        return "exact"
    return "parameter shift" if np.all(_degrees(worker) > 0) else "central differences"


def gradient_evaluations(worker: Minimisation) -> int:
    """Return how many function values one gradient takes; a gradient of the worker's own comes with one."""
    return 1 if worker.differentiable else int(np.sum(2 * np.maximum(1, _degrees(worker))))


@runtime_checkable
class Deferred(Protocol):
    """A worker whose evaluation is sent first and collected later, so that a fleet's jobs run at once."""

    def begin(self, x: Array, seed: int, gradient: bool = False) -> Callable[[], Values]:
        """Send the evaluation of a population ``[B, P]``; the call of what is returned waits for it."""
        ...


def worker_gradient(worker: Minimisation, x: Array, seed: int) -> Array:
    """Return the gradient ``[P]`` at x ``[P]`` from one population, so from one job of a quantum device."""
    return begin_gradient(worker, x, seed)()


def begin_gradient(worker: Minimisation, x: Array, seed: int) -> Callable[[], Array]:
    """Begin the measurement of a gradient at x ``[P]``; the call of what is returned waits for it ``[P]``."""
    if worker.differentiable:
        waiting = _begin(worker, x[None], seed, gradient=True)
        return lambda: _own(waiting())
    coordinates, shifts, weights = _stencil(worker, x)
    points = np.repeat(x[None], len(shifts), axis=0)
    points[np.arange(len(shifts)), coordinates] += shifts
    waiting = _begin(worker, points, seed, gradient=False)
    return lambda: np.bincount(coordinates, weights=weights * waiting().mean, minlength=len(x))


def _begin(worker: Minimisation, points: Array, seed: int, gradient: bool) -> Callable[[], Values]:
    if isinstance(worker, Deferred):
        return worker.begin(points, seed, gradient)
    values = worker.evaluate(points, seed, gradient)
    return lambda: values


def _own(values: Values) -> Array:
    if values.gradient is None:
        raise ProblemError(
            "a worker's gradient", None, "an array [B, P], as it says that it is differentiable"
        )
    return values.gradient[0]


def _degrees(worker: Minimisation) -> Array:
    """Degrees ``[P]`` of the shift rule; 0 where differences are taken, as within bounds."""
    if worker.period is None or worker.degree is None or worker.bounds is not None:
        return np.zeros(worker.dimension, dtype=np.int64)
    return np.where(np.asarray(worker.period) > 0, worker.degree, 0).astype(np.int64)


def _stencil(worker: Minimisation, x: Array) -> tuple[Array, Array, Array]:
    """Coordinate, shift and weight of every function value."""
    degrees = _degrees(worker)
    counts = 2 * np.maximum(1, degrees)
    coordinates = np.repeat(np.arange(len(x)), counts)
    order = np.arange(len(coordinates)) - np.repeat(np.cumsum(counts) - counts, counts)  # μ − 1
    signs, degree = 1.0 - 2.0 * (order % 2), degrees[coordinates]
    shifts, weights = _differences(worker, x, coordinates, signs)
    ruled = degree > 0
    if worker.period is not None and np.any(ruled):
        frequency = 2 * np.pi / np.asarray(worker.period)[coordinates[ruled]]
        angle = (2 * order[ruled] + 1) * np.pi / (2 * degree[ruled])
        shifts[ruled] = angle / frequency
        weights[ruled] = frequency * signs[ruled] / (4 * degree[ruled] * np.sin(angle / 2) ** 2)
    return coordinates, shifts, weights


def _differences(worker: Minimisation, x: Array, coordinates: Array, signs: Array) -> tuple[Array, Array]:
    """Shifts and weights of differences within the bounds; weight 0 where these leave no room."""
    half = np.where(worker.noisy, NOISY_DIFFERENCE, EXACT_DIFFERENCE * np.maximum(1.0, np.abs(x)))
    above, below = x + half, x - half
    if worker.bounds is not None:
        above, below = np.clip(above, *worker.bounds), np.clip(below, *worker.bounds)
    width = above - below
    inverse = np.divide(1.0, width, out=np.zeros_like(width), where=width > 0)
    ends = np.where(signs > 0, above[coordinates], below[coordinates])
    return ends - x[coordinates], signs * inverse[coordinates]
