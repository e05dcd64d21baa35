"""Continuous minimisation: what an optimizer solves, be it a test landscape or the loop around a circuit."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass

import numpy as np

from problems.contract import Array, Evaluation, Problem, Reduction
from problems.errors import ProblemError


@dataclass(frozen=True, eq=False)
class Values:
    """The outcome of one evaluation of a population.

    Attributes:
        mean: ``[B]``.
        error: ``[B]`` standard errors, or None where exact.
        gradient: ``[B, P]``, or None if it was not asked for or is not to be had.
    """

    mean: Array
    error: Array | None = None
    gradient: Array | None = None


class Minimisation(Problem[Array]):
    """Minimise a function of P real numbers that is evaluated in populations; solutions are float ``[P]``.

    Attributes:
        dimension: P.
        start: Where to begin ``[P]``, or None for the optimizer's choice.
        bounds: Lower and upper limits ``[P]`` each, or None.
        period: ``[P]`` periods of the coordinates (0 for none), or None.
        degree: ``[P]``: along coordinate k the function is a trigonometric polynomial of this degree in 2πx /
            period; 0 where it is not known to be one, or None.
        noisy: Whether two evaluations at one point differ with the seed.
        differentiable: Whether ``evaluate`` gives gradients.
        optimum: The least value, if it is known.
    """

    dimension: int
    start: Array | None = None
    bounds: tuple[Array, Array] | None = None
    period: Array | None = None
    degree: Array | None = None
    noisy: bool = False
    differentiable: bool = False
    optimum: float | None = None
    reduces_to = ("DecentralisedTraining",)

    @abstractmethod
    def evaluate(self, x: Array, seed: int, gradient: bool = False) -> Values:
        """Evaluate a population ``[B, P]`` in one go; the seed fixes its noise."""

    @abstractmethod
    def exact(self, x: Array) -> Array:
        """Return the noiseless values ``[B]`` of a population ``[B, P]``; for the judge alone."""

    def judge(self, solution: Array) -> Evaluation:
        """Score a point by the noiseless function; leaving the bounds is a violation."""
        point = np.asarray(solution, dtype=float)
        if point.shape != (self.dimension,):
            raise ProblemError("the shape of the solution", tuple(point.shape), f"({self.dimension},)")
        violations = {}
        if self.bounds is not None:
            outside = np.maximum(self.bounds[0] - point, point - self.bounds[1])
            violations = {f"x[{k}]": float(outside[k]) for k in np.flatnonzero(outside > 0)}
        return Evaluation(float(self.exact(point[None])[0]), violations)

    def reduce(self, kinds: tuple[type, ...]) -> Reduction[Array] | None:
        """Return it as a decentralised training with one worker, where that is wanted."""
        from problems.distributed.decentralised import DecentralisedTraining, as_training

        return as_training(self) if DecentralisedTraining in kinds else None
