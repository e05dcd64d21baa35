"""What faulty workers send instead of their gradients: broken devices, and adversaries who see the others.

References: Baruch, Baruch, Goldberg, "A little is enough", arXiv 1902.06156; Xie, Koyejo, Gupta, "Fall of
empires", arXiv 1903.03936; the remaining ones are the usual suite of Byzantine-robust training.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass

import numpy as np

from problems.checking import check_integer, check_number
from problems.contract import Array


class Attack(ABC):
    """What the faulty workers send, as a function of everyone's true gradients."""

    @abstractmethod
    def __call__(self, honest: Array, own: Array, seed: int) -> Array:
        """Return what is sent ``[f, P]``.

        Args:
            honest: The gradients ``[h, P]`` of the honest workers.
            own: What the faulty workers measured themselves ``[f, P]``.
            seed: Fixes what is drawn.
        """


@dataclass(frozen=True)
class UniformNoise(Attack):
    """Uniform numbers in [0, scale) in every coordinate: all attackers lean to the all-ones direction."""

    scale: float = 1.0

    def __post_init__(self):
        check_number("scale", self.scale, 0.0, open_low=True)

    def __call__(self, honest: Array, own: Array, seed: int) -> Array:
        """Return fresh draws."""
        return np.random.default_rng(seed).uniform(0.0, self.scale, own.shape)


@dataclass(frozen=True)
class GaussianNoise(Attack):
    """Normal numbers of standard deviation ``scale``: every attacker has a direction of its own."""

    scale: float = 50.0

    def __post_init__(self):
        check_number("scale", self.scale, 0.0, open_low=True)

    def __call__(self, honest: Array, own: Array, seed: int) -> Array:
        """Return fresh draws."""
        return np.random.default_rng(seed).normal(scale=self.scale, size=own.shape)


@dataclass(frozen=True)
class Reversal(Attack):
    """The worker's own gradient with its sign turned, ``factor`` times as long."""

    factor: float = 10.0

    def __post_init__(self):
        check_number("factor", self.factor, 0.0, open_low=True)

    def __call__(self, honest: Array, own: Array, seed: int) -> Array:
        """Return −factor · own."""
        return -self.factor * own


@dataclass(frozen=True)
class DroppedCoordinates(Attack):
    """The worker's own gradient with a random share of its coordinates set to zero."""

    share: float = 0.1

    def __post_init__(self):
        check_number("share", self.share, 0.0, 1.0)

    def __call__(self, honest: Array, own: Array, seed: int) -> Array:
        """Return a copy with zeros."""
        return without_coordinates(own, self.share, seed)


@dataclass(frozen=True)
class LittleIsEnough(Attack):
    """The honest mean moved by a few of the honest standard deviations, in every coordinate alike.

    Attributes:
        deviations: z; the published code takes 0.21.
    """

    deviations: float = 1.0

    def __post_init__(self):
        check_number("deviations", self.deviations, 0.0)

    def __call__(self, honest: Array, own: Array, seed: int) -> Array:
        """Return mean − z · standard deviation for every attacker."""
        sent = honest.mean(axis=0) - self.deviations * honest.std(axis=0)
        return np.repeat(sent[None], len(own), axis=0)


@dataclass(frozen=True)
class InnerProduct(Attack):
    """A short step backwards along the honest mean ("fall of empires").

    Attributes:
        epsilon: Its length in units of the honest mean.
    """

    epsilon: float = 0.1

    def __post_init__(self):
        check_number("epsilon", self.epsilon, 0.0)

    def __call__(self, honest: Array, own: Array, seed: int) -> Array:
        """Return −ε · mean for every attacker."""
        return np.repeat(-self.epsilon * honest.mean(axis=0)[None], len(own), axis=0)


@dataclass(frozen=True)
class CoherentDirection(Attack):
    """One wrong direction that all attackers share at all times.

    Attributes:
        factor: Its length in units of the honest workers' median one.
        direction_seed: Draws the direction.
    """

    factor: float = 1.0
    direction_seed: int = 0

    def __post_init__(self):
        check_number("factor", self.factor, 0.0, open_low=True)
        check_integer("direction_seed", self.direction_seed, 0)

    def __call__(self, honest: Array, own: Array, seed: int) -> Array:
        """Return that vector for every attacker."""
        direction = np.random.default_rng(self.direction_seed).normal(size=own.shape[1])
        length = self.factor * np.median(np.linalg.norm(honest, axis=1))
        return np.repeat(length * direction[None] / np.linalg.norm(direction), len(own), axis=0)


@dataclass(frozen=True)
class ConstantOffset(Attack):
    """The worker's own gradient plus one fixed vector of normal numbers: a badly calibrated device.

    Attributes:
        scale: Standard deviation of the vector's coordinates.
        offset_seed: Draws the vector.
    """

    scale: float = 3.0
    offset_seed: int = 0

    def __post_init__(self):
        check_number("scale", self.scale, 0.0, open_low=True)
        check_integer("offset_seed", self.offset_seed, 0)

    def __call__(self, honest: Array, own: Array, seed: int) -> Array:
        """Return own + offset; the offset is the same for every attacker."""
        return own + np.random.default_rng(self.offset_seed).normal(scale=self.scale, size=own.shape[1])


def without_coordinates(gradients: Array, share: float, seed: int) -> Array:
    """Return gradients ``[..., P]`` whose coordinates are lost, and zero, with probability ``share`` each."""
    return np.where(np.random.default_rng(seed).random(gradients.shape) < share, 0.0, gradients)
