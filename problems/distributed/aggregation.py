"""One step of robust training on its own: find the honest mean among what workers have sent."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from problems.checking import check_integer, check_number, frozen_array
from problems.contract import Array, Evaluation, Problem
from problems.distributed.attacks import Attack
from problems.errors import ProblemError


@dataclass(frozen=True, eq=False)
class AggregationProblem(Problem[Array]):
    """Combine gradients, some of them wrong, into a direction; solutions are ``[P]``.

    Judged by the cosine to the hidden honest mean (maximised), with the length relative to it beside.

    Attributes:
        gradients: What each worker sent ``[p, P]``, three workers at least.
        honest_mean: ``[P]``, for the judge alone.
        faulty: Which workers are wrong, for the judge alone.
    """

    gradients: Array
    honest_mean: Array
    faulty: tuple[int, ...] = ()
    sense = "max"

    def __post_init__(self):
        object.__setattr__(self, "gradients", frozen_array("gradients", self.gradients, shape=(None, None)))
        workers, dimension = self.gradients.shape
        check_integer("the number of gradients", workers, 3)
        mean = frozen_array("honest_mean", self.honest_mean, shape=(dimension,))
        object.__setattr__(self, "honest_mean", mean)
        if not np.any(mean):
            raise ProblemError("honest_mean", "zero", "a vector that has a direction")
        object.__setattr__(self, "faulty", tuple(sorted(self.faulty)))
        for worker in self.faulty:
            check_integer("faulty", worker, 0, workers - 1)

    @classmethod
    def random(
        cls,
        workers: int = 15,
        dimension: int = 1000,
        signal_to_noise: float = 2.0,
        faulty: int = 0,
        attack: Attack | None = None,
        seed: int = 0,
    ) -> AggregationProblem:
        """Return a random unit mean with noise of length 1 / signal_to_noise on every worker.

        Args:
            workers: p.
            dimension: P.
            signal_to_noise: Length of the mean over the noise's root mean square length.
            faulty: How many of the workers, the first ones, send what the attack says.
            attack: What they send.
            seed: Draws mean, noise and attack.
        """
        check_integer("workers", workers, 3)
        check_integer("dimension", dimension, 1)
        check_number("signal_to_noise", signal_to_noise, 0.0, open_low=True)
        check_integer("faulty", faulty, 0, workers - 1)
        if faulty and attack is None:
            raise ProblemError("attack", None, "what the faulty workers send", "for example Reversal()")
        rng = np.random.default_rng(seed)
        mean = rng.normal(size=dimension)
        mean /= np.linalg.norm(mean)
        noise = rng.normal(size=(workers, dimension)) / (np.sqrt(dimension) * signal_to_noise)
        gradients = mean + noise
        if faulty and attack is not None:
            drawn = int(rng.integers(2**62))
            gradients[:faulty] = attack(gradients[faulty:], gradients[:faulty], drawn)
        return cls(gradients, mean, tuple(range(faulty)))

    def judge(self, solution: Array) -> Evaluation:
        """Score a direction by its cosine to the honest mean; a zero vector scores 0."""
        direction = np.asarray(solution, dtype=float)
        if direction.shape != self.honest_mean.shape:
            expected = f"({len(self.honest_mean)},)"
            raise ProblemError("the shape of the solution", tuple(direction.shape), expected)
        length, wanted = np.linalg.norm(direction), np.linalg.norm(self.honest_mean)
        cosine = float(direction @ self.honest_mean / (length * wanted)) if length > 0 else 0.0
        return Evaluation(cosine, metrics={"relative_norm": float(length / wanted)})

    def plot(self, solution: Array, axes: Any = None) -> Any:
        """Draw each worker's cosine to the solution, the faulty ones in another colour."""
        from problems.report import matplotlib_pyplot

        axes = axes if axes is not None else matplotlib_pyplot("a plot").figure().subplots()
        lengths = np.linalg.norm(self.gradients, axis=1) * np.linalg.norm(solution)
        products = self.gradients @ np.asarray(solution)
        cosines = np.divide(products, lengths, out=np.zeros_like(products), where=lengths > 0)
        colours = ["tab:red" if k in self.faulty else "tab:blue" for k in range(len(cosines))]
        axes.bar(range(len(cosines)), cosines, color=colours)
        axes.set_xlabel("worker (index)")
        axes.set_ylabel("cosine to the solution")
        return axes
