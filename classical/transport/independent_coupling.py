"""The independent plan: targets drawn without a look at the source. The null of every transport method."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from problems.checking import check_integer, checked_array, frozen_array
from problems.contract import Array, Solver
from problems.run import Run
from problems.transport.bridge import Bridge


@dataclass(frozen=True, eq=False)
class IndependentPlan:
    """π(·|x) = the empirical target, for every x.

    Attributes:
        points: ``[n, D]``.
    """

    points: Array

    def __post_init__(self):
        object.__setattr__(self, "points", frozen_array("points", self.points, shape=(None, None)))

    def sample(self, x: Array, seed: int) -> Array:
        """Draw one target for each row of x ``[m, D]``, whatever it is."""
        x = checked_array("x", x, shape=(None, self.points.shape[1]))
        check_integer("seed", seed, 0)
        return self.points[np.random.default_rng(seed).integers(len(self.points), size=len(x))]


@dataclass(frozen=True)
class IndependentCoupling(Solver[Bridge, IndependentPlan]):
    """Send every point to a random target: the right marginals, and nothing of the plan."""

    def _solve(self, problem: Bridge, run: Run) -> IndependentPlan:
        return IndependentPlan(problem.target)
