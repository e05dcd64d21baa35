"""Distorted training data on some of the workers: their gradients are honest but of another loss.

Reference of the setting, a third of the workers on non-linearly augmented images: Almasi, Mishra, Vamanan,
Ravi, arXiv 2302.05865.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, replace

import numpy as np

from problems.checking import check_integer, check_number
from problems.contract import Array
from problems.distributed.fleet import Fleet
from problems.errors import ProblemError
from problems.minimisation import NetworkLoss


class Augmentation(ABC):
    """A random distortion of inputs ``[N, F]``."""

    @abstractmethod
    def __call__(self, inputs: Array, seed: int) -> Array:
        """Return distorted inputs; the seed fixes what is drawn."""


@dataclass(frozen=True)
class GaussianPixels(Augmentation):
    """Normal numbers of standard deviation ``scale`` added to every value."""

    scale: float = 0.3

    def __post_init__(self):
        check_number("scale", self.scale, 0.0)

    def __call__(self, inputs: Array, seed: int) -> Array:
        """Return noisy inputs."""
        return inputs + np.random.default_rng(seed).normal(scale=self.scale, size=inputs.shape)


@dataclass(frozen=True)
class PredatorPreyPixels(Augmentation):
    """Pairs of pixels that move along a Lotka-Volterra flow: u' = u (1 − v), v' = v (u − 1).

    Every pixel u is paired with another one v of the same image by a permutation drawn from the seed, and
    keeps what the flow makes of it. On the flow u − log u + v − log v is constant; (1, 1) rests.

    Attributes:
        duration: Time that the flow runs, the same for all pairs of an image, drawn uniformly up to this.
        steps: Runge-Kutta steps.
    """

    duration: float = 1.0
    steps: int = 20

    def __post_init__(self):
        check_number("duration", self.duration, 0.0)
        check_integer("steps", self.steps, 1)

    def __call__(self, inputs: Array, seed: int) -> Array:
        """Return inputs moved along the flow; values must not be negative."""
        if np.any(inputs < 0):
            raise ProblemError("inputs", float(inputs.min()), "values ≥ 0, of which populations are made")
        rng = np.random.default_rng(seed)
        partner = rng.permutation(inputs.shape[1])
        time = rng.uniform(0.0, self.duration, (len(inputs), 1))
        return predator_prey(inputs, inputs[:, partner], time, self.steps)[0]


def predator_prey(prey: Array, predators: Array, time: Array, steps: int) -> tuple[Array, Array]:
    """Return both populations after a time, by the classical Runge-Kutta method."""
    state = np.stack([prey, predators])
    h = time / steps
    for _ in range(steps):
        first = _flow(state)
        second = _flow(state + h / 2 * first)
        third = _flow(state + h / 2 * second)
        state = state + h / 6 * (first + 2 * second + 2 * third + _flow(state + h * third))
    return state[0], state[1]


def augmented(fleet: Fleet, augmentation: Augmentation, share: float = 1 / 3, seed: int = 0) -> Fleet:
    """Return the fleet with distorted inputs on a share of its workers, the last ones.

    The judge stays as it is. Without one it would look at distorted data, so there must be one.

    Raises:
        ProblemError: If such a worker is not a ``NetworkLoss``, or the fleet has no judge of its own.
    """
    check_number("share", share, 0.0, 1.0)
    if fleet.judged is None:
        raise ProblemError("judged", None, "the task on data that are not distorted")
    workers = list(fleet.workers)
    for k in range(len(workers) - round(share * len(workers)), len(workers)):
        worker = workers[k]
        if not isinstance(worker, NetworkLoss):
            raise ProblemError(f"workers[{k}]", type(worker).__name__, "a NetworkLoss, whose inputs are data")
        drawn = int(np.random.SeedSequence((seed, k)).generate_state(1, np.uint64)[0] >> np.uint64(1))
        workers[k] = replace(worker, inputs=augmentation(worker.inputs, drawn))
    return replace(fleet, workers=tuple(workers))


def _flow(state: Array) -> Array:
    prey, predators = state
    return np.stack([prey * (1 - predators), predators * (prey - 1)])
