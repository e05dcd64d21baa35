"""Training all angles of a growing circuit after each gate: by exact gradients, or from shots.

Reference: Patel et al., arXiv 2402.03500, for the inner loop and for Adam-SPSA in stages of more and more
shots; the new angle's exact minimum after Ostaszewski et al., arXiv 1905.09692.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from dataclasses import dataclass

import numpy as np

from hybrid.circuit_search import descent_kernels
from hybrid.circuit_search.growth import Growth
from hybrid.circuit_search.shot_kernels import staged_descent
from problems.checking import check_integer, check_number
from problems.errors import ProblemError
from problems.ground_state import GroundState


class AngleOptimizer(ABC):
    """Trains the angles of a circuit from where they are."""

    @abstractmethod
    def train(self, growth: Growth, fresh: int, rng: np.random.Generator) -> int:
        """Train the angles in place, set ``growth.energy``, and return how many energies that took.

        Args:
            growth: The circuit.
            fresh: The index of the angle that was just added, −1 if there is none.
            rng: What randomness there is comes from here.
        """

    def zero_energy(self, growth: Growth) -> float:
        """Return the energy of |0…0⟩ as this trainer sees energies."""
        return growth.energies.zero_energy

    def objective(self, growth: Growth) -> float:
        """Return the energy by which a trained circuit is kept; here the one that training ended with."""
        return growth.energy

    def unsuitable(self, problem: GroundState) -> str | None:
        """Return a sentence where it cannot train circuits of a problem."""
        return None


@dataclass(frozen=True)
class ExactDescent(AngleOptimizer):
    """BFGS with exact gradients from the new angle's own minimum.

    At angle 0 on a basis state every rotation has slope 0, so a gradient alone would stay there for ever: the
    new angle is first put at its exact minimum (three energies), and all angles are moved a little at random.

    Attributes:
        evaluations: Energies with gradients at most, each counted once.
        kick: Standard deviation of the random move, in radians.
        flat: The largest slope at which a descent ends.
        little: Three steps in a row that gain less than this end it too.
    """

    evaluations: int = 40
    kick: float = 0.05
    flat: float = 1e-5
    little: float = 1e-9

    def __post_init__(self):
        check_integer("evaluations", self.evaluations, 1)
        for name in ("kick", "flat", "little"):
            check_number(name, getattr(self, name), 0.0)

    def train(self, growth: Growth, fresh: int, rng: np.random.Generator) -> int:
        """Train by descent; see the base class."""
        energies, width = growth.energies, growth.width
        moved = self.kick * rng.standard_normal(width) if width else np.zeros(0)
        level, used = descent_kernels.train(
            growth.gates[: growth.count], growth.turns[: growth.count], growth.angles[:width],
            growth.inverse, energies.groups, energies.size, fresh, moved,
            self.evaluations, self.flat, self.little,
        )  # fmt: skip
        growth.energy = energies.problem.energy_shift + float(level)
        return int(used)


@dataclass(frozen=True)
class ShotDescent(AngleOptimizer):
    """Adam-SPSA on energies from a finite number of shots, in stages of more and more of them.

    The energy of a call is E + Σ c_k ξ_k with ξ_k of variance 1 / shots. The gains run on from stage to
    stage; three energies a step: a pair, and the iterate itself. The lowest iterate of the last stage, as
    measured, is the answer, and its energy is the mean of three further measurements, because the lowest of
    many is the luckiest. The default constants are the reference's for LiH on four qubits.

    Attributes:
        evaluations: Energies of each stage.
        shots: Shots of each stage's energies.
        rate: a.
        alpha: Its decay.
        perturbation: c.
        gamma: Its decay.
        fading: λ, the decay of β₁.
        first: β₁.
        second: β₂; 0 in both and ``plain`` make the method plain SPSA.
        plain: Whether steps go along the slope itself, without Adam's averages.
    """

    evaluations: tuple[int, ...] = (1191, 357, 119)
    shots: tuple[float, ...] = (1e5, 1e6, 1e7)
    rate: float = 1.8658
    alpha: float = 0.9451
    perturbation: float = 0.046
    gamma: float = 0.1397
    fading: float = 0.0138
    first: float = 0.9658
    second: float = 0.8594
    plain: bool = False

    def __post_init__(self):
        if len(self.evaluations) != len(self.shots) or not self.shots:
            raise ProblemError("shots", self.shots, f"one figure for each of {len(self.evaluations)} stages")
        for k, (steps, shots) in enumerate(zip(self.evaluations, self.shots, strict=True)):
            check_integer(f"evaluations[{k}]", steps, 3)
            check_number(f"shots[{k}]", shots, 0.0, open_low=True)
        for name in ("rate", "perturbation"):
            check_number(name, getattr(self, name), 0.0, open_low=True)
        for name in ("alpha", "gamma", "fading"):
            check_number(name, getattr(self, name), 0.0)
        for name in ("first", "second"):
            check_number(name, getattr(self, name), 0.0, 1.0 - 1e-12)

    @property
    def total_shots(self) -> float:
        """Shots of one training, the three measurements of its answer included."""
        staged = sum(3 * (e // 3) * s for e, s in zip(self.evaluations, self.shots, strict=True))
        return staged + 3 * self.shots[-1]

    def train(self, growth: Growth, fresh: int, rng: np.random.Generator) -> int:
        """Train from shots; see the base class. A circuit without angles is measured three times."""
        energies, width = growth.energies, growth.width
        spread = math.sqrt(float(np.square(_measured_weights(growth)).sum()))
        steps = [count // 3 for count in self.evaluations] if width else [0] * len(self.shots)
        deviations = np.repeat(spread / np.sqrt(self.shots), steps)
        signs = rng.integers(0, 2, size=(len(deviations), width)) * 2.0 - 1.0
        noise = rng.standard_normal((len(deviations), 3)) * deviations[:, None]
        last = len(deviations) - steps[-1]  # the iterates of the last stage alone compete
        gains = np.array([self.rate, self.alpha, self.perturbation, self.gamma, self.fading, self.first])
        level = staged_descent(
            growth.gates[: growth.count], growth.turns[: growth.count], growth.angles[:width],
            energies.groups, energies.size, signs, noise, last, gains, self.second, self.plain,
        )  # fmt: skip
        again = rng.standard_normal(3).mean() * spread / math.sqrt(self.shots[-1])
        growth.energy = energies.problem.energy_shift + float(level) + float(again)
        return 3 * len(deviations) + 3


def _measured_weights(growth: Growth) -> np.ndarray:
    """The coefficients of all strings that are measured: the identity is not."""
    hamiltonian = growth.energies.problem.hamiltonian
    measured = [bool(set(string) - {"I"}) for string in hamiltonian.strings]
    return hamiltonian.coefficients[measured]
