"""Composite minimisation: a loss of a model's outputs, where the loss is dear and the model is cheap.

Reference: Lavington, Vaswani, Babanezhad, Schmidt, Le Roux, "Target-based surrogates for stochastic
optimization", arXiv 2302.02607.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from typing import Self

import numpy as np

from problems.checking import check_number
from problems.contract import Array, Evaluation, Problem
from problems.errors import ProblemError


class CompositeProblem(Problem[Array]):
    """Minimise h(θ) = mean of ℓᵢ(fᵢ(θ)) over n rows; solutions are parameters θ ``[P]``.

    The outputs z = f(θ) are the targets. Moving θ costs only the model f; every value or slope of the loss
    with respect to z is paid for: a simulator, an environment, a quantum computer.

    Attributes:
        dimension: P.
        count: n, the rows.
        width: p, the targets of one row.
        start: Where to begin ``[P]``.
        smoothness: L, the largest curvature of one row's loss in its targets; None where it is not known.
        linear: Whether fᵢ(θ) = xᵢᵀ Θ with θ = Θ ``[d, p]`` row by row; then there is a ``design``.
        identity: Whether f(θ) = θ.
        noisy: Whether two calls at the same targets differ with the seed.
        curved: Whether ``target_curvature`` is there.
        potential: "softmax" where Σ over a row's targets of exponentials is the loss's own potential (its
            Bregman divergence is a Kullback-Leibler divergence; of one target, that of the logistic), else
            "".
        target_cost: What one row's target gradient costs, in the unit of ``model_cost``.
        model_cost: What one row of f costs.
    """

    dimension: int
    count: int
    width: int
    start: Array
    smoothness: float | None = None
    linear: bool = False
    identity: bool = False
    noisy: bool = False
    curved: bool = False
    potential: str = ""
    target_cost: float = 1.0
    model_cost: float = 0.0

    # The cheap part

    @abstractmethod
    def targets(self, theta: Array, rows: Array) -> Array:
        """Return z = f(θ) ``[b, p]`` of these rows."""

    @abstractmethod
    def pull_back(self, theta: Array, rows: Array, weights: Array) -> Array:
        """Return the gradient ``[P]`` of Σ weights · f(θ) for weights ``[b, p]``."""

    def design(self, rows: Array) -> Array:
        """Return X ``[b, d]`` of a linear f."""
        raise ProblemError("f", type(self).__name__, "a linear model", "only a linear model has a design")

    # The dear part

    @abstractmethod
    def target_loss(self, z: Array, rows: Array, seed: int) -> float:
        """Return the mean loss of rows at targets ``[b, p]``; the seed fixes its noise."""

    @abstractmethod
    def target_gradient(self, z: Array, rows: Array, seed: int) -> Array:
        """Return each row's own gradient ``[b, p]`` in its targets, not divided by b."""

    def target_curvature(self, z: Array, rows: Array) -> Array:
        """Return the diagonal second derivatives ``[b, p]``, which come with the gradient where they do."""
        raise ProblemError("the curvature", type(self).__name__, "a loss with second derivatives")

    def usage(self, count: int, gradient: bool) -> Mapping[str, float]:
        """Return what the value or the gradient of so many rows costs beyond its own count."""
        return {}

    def at(self, theta: Array, seed: int) -> Self:
        """Return the problem of this step; another one only where the data depend on what was learnt."""
        return self

    # The judge

    def exact(self, theta: Array) -> float:
        """Return h(θ) without noise, over all rows."""
        rows = np.arange(self.count)
        return self.target_loss(self.targets(theta, rows), rows, 0)

    def exact_gradient(self, theta: Array) -> Array:
        """Return the gradient ``[P]`` of h without noise."""
        rows = np.arange(self.count)
        slopes = self.target_gradient(self.targets(theta, rows), rows, 0)
        return self.pull_back(theta, rows, slopes / self.count)

    def metrics(self, theta: Array) -> dict[str, float | Array]:
        """Return further figures for the judge, such as an accuracy on rows held out."""
        return {}

    def judge(self, solution: Array) -> Evaluation:
        """Score parameters by h over all rows, with the norm of its gradient and the suboptimality beside."""
        theta = np.asarray(solution, dtype=float)
        if theta.shape != (self.dimension,):
            raise ProblemError("the shape of the solution", tuple(theta.shape), f"({self.dimension},)")
        value = self.exact(theta)
        metrics: dict[str, float | Array] = {
            "gradient_norm": float(np.linalg.norm(self.exact_gradient(theta)))
        }
        if self.reference is not None:
            metrics["suboptimality"] = value - self.reference
        return Evaluation(value, {}, metrics | self.metrics(theta))


def check_costs(problem: CompositeProblem) -> None:
    """Refuse negative costs, a smoothness that is not positive, and a target gradient that is free."""
    check_number("target_cost", problem.target_cost, 0.0, open_low=True)
    check_number("model_cost", problem.model_cost, 0.0)
    if problem.smoothness is not None:
        check_number("smoothness", problem.smoothness, 0.0, open_low=True)


def weighted_cost(resources: Mapping[str, float], ratio: float) -> float:
    """Return a run's cost in rows of f when a row of the loss (value or gradient) costs ``ratio`` of them.

    Args:
        resources: Of a run, in rows: ``target_gradients``, ``target_values``, ``model_evaluations``,
            ``model_gradients``; a gradient of f counts as two rows of it.
        ratio: Cost of a row of the loss over that of a row of f.
    """
    check_number("ratio", ratio, 0.0, open_low=True)
    dear = resources.get("target_gradients", 0.0) + resources.get("target_values", 0.0)
    cheap = resources.get("model_evaluations", 0.0) + 2 * resources.get("model_gradients", 0.0)
    return ratio * dear + cheap
