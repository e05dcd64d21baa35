"""The game: place a gate, train all angles, be paid for the energy gained; from |0…0⟩ to the threshold.

Reference: Patel et al., arXiv 2402.03500, equation (4) for the reward.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from hybrid.circuit_search.angles import AngleOptimizer
from hybrid.circuit_search.growth import Growth
from problems.contract import Array

PRIZE = 5.0  # the reward of success, and its negative that of the last gate without it


@dataclass(frozen=True)
class Step:
    """What came of one action.

    Attributes:
        reward: In [−5, 5].
        success: Whether the energy came within the threshold.
        done: Whether the episode is over, by success or by its horizon.
        evaluations: Energies that the training took.
    """

    reward: float
    success: bool
    done: bool
    evaluations: int


@dataclass
class Environment:
    """One circuit being built, the threshold it has to reach, and the episode's horizon.

    Energies are compared with the lower bound μ = shift − Σ|c|, which needs no knowledge of the ground state.

    Attributes:
        growth: The circuit.
        optimizer: Trains its angles after each gate.
        threshold: ξ: an energy below μ + ξ is a success.
        horizon: The gate at which the episode ends at the latest.
        mask: Whether gates that repeat the last one are illegal; what the device lacks always is.
    """

    growth: Growth
    optimizer: AngleOptimizer
    threshold: float
    horizon: int = 0
    mask: bool = True
    floor: float = field(init=False)

    def __post_init__(self):
        self.floor = self.growth.energies.problem.lower_bound
        self._zero = self.optimizer.zero_energy(self.growth)

    def reset(self, threshold: float, horizon: int | None = None) -> None:
        """Start an episode with a threshold, of at most ``horizon`` gates."""
        self.threshold = threshold
        self.horizon = self.growth.max_gates if horizon is None else horizon
        self.growth.clear()
        self.growth.energy = self._zero

    def legal(self) -> Array:
        """Return which actions ``[A]`` may follow."""
        return self.growth.legal() if self.mask else self.growth.allowed

    def step(self, action: int, rng: np.random.Generator) -> Step:
        """Place a gate, train, and judge what came of it."""
        growth = self.growth
        before = growth.energy
        used = self.optimizer.train(growth, growth.place(action), rng)
        success = growth.energy - self.floor < self.threshold
        full = growth.count == growth.max_gates
        reward = self._reward(before, growth.energy, success, full)
        return Step(reward, success, success or growth.count >= self.horizon, used)

    def _reward(self, before: float, after: float, success: bool, full: bool) -> float:
        if success:
            return PRIZE
        if full:
            return -PRIZE
        away = abs(before - self.floor)
        return float(np.clip((before - after) / away, -1.0, 1.0)) if away > 0 else 0.0
