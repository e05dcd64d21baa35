"""Training the angles of a growing circuit by COBYLA, without gradients: the reference's inner loop.

Reference: Powell, 1994, for the method; Patel et al., arXiv 2402.03500, for its use.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from hybrid.circuit_search.angles import AngleOptimizer
from hybrid.circuit_search.cobyla_kernels import cobyla_descent
from hybrid.circuit_search.growth import Growth
from problems.checking import check_integer, check_number
from problems.errors import ProblemError


@dataclass(frozen=True)
class CobylaDescent(AngleOptimizer):
    """COBYLA without constraints on exact energies, from the angles as they are, the new one at 0.

    It sees energies alone, as a device would give them without shot noise, and needs many times those of
    ``ExactDescent``; slopes that vanish at angle 0 do not hold it.

    Attributes:
        evaluations: Energies at most.
        radius: Of the trust region at the start, in radians.
        least: The radius at which it ends.
    """

    evaluations: int = 1000
    radius: float = 1.0
    least: float = 1e-4

    def __post_init__(self):
        check_integer("evaluations", self.evaluations, 1)
        for name in ("radius", "least"):
            check_number(name, getattr(self, name), 0.0, open_low=True)
        if self.least > self.radius:
            raise ProblemError("least", self.least, f"at most the radius, {self.radius:g}")

    def train(self, growth: Growth, fresh: int, rng: np.random.Generator) -> int:
        """Train without gradients; see the base class."""
        energies, width = growth.energies, growth.width
        if not width:
            growth.energy = energies.energy(growth.actions[: growth.count], np.zeros(0))
            return 1
        level, used = cobyla_descent(
            growth.gates[: growth.count], growth.turns[: growth.count], growth.angles[:width],
            energies.groups, energies.size, self.radius, self.least, self.evaluations,
        )  # fmt: skip
        growth.energy = energies.problem.energy_shift + float(level)
        return int(used)
