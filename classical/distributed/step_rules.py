"""How a direction becomes a step: plain, with momentum, or by Adam."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass

import numpy as np

from problems.checking import check_number
from problems.contract import Array

State = tuple[Array, ...]
TINY = 1e-8  # keeps Adam's step finite where all slopes vanished


class StepRule(ABC):
    """A rule from directions to steps; what it remembers is handed in and out."""

    def initial(self, dimension: int) -> State:
        """Return what is remembered before the first step."""
        return (np.zeros(dimension),)

    @abstractmethod
    def step(self, state: State, direction: Array, k: int) -> tuple[State, Array]:
        """Return what is remembered after step k (from 0), and the step ``[P]`` to be added."""


@dataclass(frozen=True)
class PlainStep(StepRule):
    """Minus ``rate`` times the direction."""

    rate: float = 0.1

    def __post_init__(self):
        check_number("rate", self.rate, 0.0, open_low=True)

    def step(self, state: State, direction: Array, k: int) -> tuple[State, Array]:
        """Return the step; nothing is remembered."""
        return state, -self.rate * direction


@dataclass(frozen=True)
class MomentumStep(StepRule):
    """Minus ``rate`` times the velocity, which is ``momentum`` times the last one plus the direction."""

    rate: float = 0.1
    momentum: float = 0.9

    def __post_init__(self):
        check_number("rate", self.rate, 0.0, open_low=True)
        check_number("momentum", self.momentum, 0.0, 1.0 - 1e-12)

    def step(self, state: State, direction: Array, k: int) -> tuple[State, Array]:
        """Return the velocity and the step."""
        velocity = self.momentum * state[0] + direction
        return (velocity,), -self.rate * velocity


@dataclass(frozen=True)
class AdamStep(StepRule):
    """Adam's step (Kingma, Ba, arXiv 1412.6980).

    Attributes:
        rate: Length of a first step in each coordinate.
        first: β₁.
        second: β₂.
    """

    rate: float = 0.1
    first: float = 0.9
    second: float = 0.999

    def __post_init__(self):
        check_number("rate", self.rate, 0.0, open_low=True)
        for name in ("first", "second"):
            check_number(name, getattr(self, name), 0.0, 1.0 - 1e-12)

    def initial(self, dimension: int) -> State:
        """Return two zero averages."""
        return np.zeros(dimension), np.zeros(dimension)

    def step(self, state: State, direction: Array, k: int) -> tuple[State, Array]:
        """Return the averages and the step."""
        mean = self.first * state[0] + (1 - self.first) * direction
        square = self.second * state[1] + (1 - self.second) * direction**2
        unbiased, spread = mean / (1 - self.first ** (k + 1)), np.sqrt(square / (1 - self.second ** (k + 1)))
        return (mean, square), -self.rate * unbiased / (spread + TINY)
