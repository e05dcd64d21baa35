"""Smooth functions with known gradients and proximal steps, and a search without any method."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from problems.checking import frozen_array
from problems.contract import Array
from problems.minimisation import Minimisation, Values

NEWTON_STEPS = 50  # far more than a monotone equation needs
CHUNK = 100_000  # points of a random search that are held at once


@dataclass(frozen=True, eq=False)
class Quartic(Minimisation):
    """½ xᵀAx + b Σx⁴ with a start; a quadratic where b = 0.

    Attributes:
        matrix: A ``[P, P]``, symmetric.
        start: ``[P]``.
        quartic: b.
    """

    matrix: Array
    start: Array
    quartic: float = 0.0
    differentiable = True
    optimum = 0.0

    def __post_init__(self):
        object.__setattr__(self, "matrix", frozen_array("matrix", self.matrix, shape=(None, None)))
        object.__setattr__(self, "start", frozen_array("start", self.start, shape=(len(self.matrix),)))

    @property
    def dimension(self) -> int:  # pyright: ignore[reportIncompatibleVariableOverride]
        """P."""
        return len(self.matrix)

    def exact(self, x: Array) -> Array:
        """Return the values ``[B]``."""
        return 0.5 * np.sum(x * (x @ self.matrix), axis=1) + self.quartic * np.sum(x**4, axis=1)

    def evaluate(self, x: Array, seed: int, gradient: bool = False) -> Values:
        """Evaluate ``[B, P]``."""
        return Values(self.exact(x), None, x @ self.matrix + 4 * self.quartic * x**3 if gradient else None)

    def proximal_step(self, x: Array, rate: float) -> Array:
        """Return argmin E(v) + ‖v − x‖²/(2τ) ``[P]`` by Newton's method on v + τ ∇E(v) = x."""
        v = x.copy()
        for _ in range(NEWTON_STEPS):
            residual = v + rate * (v @ self.matrix + 4 * self.quartic * v**3) - x
            slope = np.eye(len(x)) + rate * (self.matrix + np.diag(12 * self.quartic * v**2))
            v = v - np.linalg.solve(slope, residual)
        return v


def random_search(problem: Minimisation, low: float, high: float, evaluations: int, seed: int) -> Array:
    """Return the lowest of so many uniform points of a cube ``[P]``."""
    rng, least, lowest = np.random.default_rng(seed), np.inf, np.zeros(problem.dimension)
    for first in range(0, evaluations, CHUNK):
        points = rng.uniform(low, high, (min(CHUNK, evaluations - first), problem.dimension))
        values = problem.exact(points)
        if values.min() < least:
            least, lowest = values.min(), points[np.argmin(values)]
    return lowest


def share(successes: list[bool]) -> str:
    """Say how many of how many."""
    return f"{sum(successes)}/{len(successes)}"
