"""Sinkhorn's iteration: discrete entropic transport between samples, carried to new points by its potential.

References: Cuturi, "Sinkhorn distances", NeurIPS 2013; Schmitzer, "Stabilized sparse scaling algorithms for
entropy regularized transport problems", SIAM J. Sci. Comput. 41 (2019), for scaling between logarithms;
Pooladian, Niles-Weed, arXiv 2109.12004, for the extension to new points.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from problems.checking import check_choice, check_integer, check_number, checked_array, frozen_array
from problems.contract import Array, Solver
from problems.numerics.gaussians import chosen_components
from problems.run import Run
from problems.transport.bridge import Bridge

BETWEEN = 10  # iterations by plain scaling before the potentials take it up
TINY = 1e-280  # sums below it have lost what they were made of
Extension = Literal["entropic", "barycentric", "nearest"]


@dataclass(frozen=True, eq=False)
class SinkhornPlan:
    """Discrete plans of B batches of n points, with one conditional for any x; the batches count alike.

    Attributes:
        sources: ``[B, n, D]``.
        targets: ``[B, n, D]``.
        potentials: g/ε of the targets ``[B, n]``.
        epsilon: ε.
        extension: "entropic": π(y_j|x) ∝ exp((g_j − ½ ||x − y_j||²)/ε); "barycentric": its mean, and no
            spread; "nearest": the conditional of the nearest source of each batch.
    """

    sources: Array
    targets: Array
    potentials: Array
    epsilon: float
    extension: Extension = "entropic"

    def __post_init__(self):
        check_choice("extension", self.extension, ("entropic", "barycentric", "nearest"))
        check_number("epsilon", self.epsilon, 0.0, open_low=True)
        object.__setattr__(self, "targets", frozen_array("targets", self.targets, shape=(None, None, None)))
        batches, _, dimension = self.targets.shape
        sources = frozen_array("sources", self.sources, shape=(batches, None, dimension))
        object.__setattr__(self, "sources", sources)
        potentials = frozen_array("potentials", self.potentials, shape=self.targets.shape[:2])
        object.__setattr__(self, "potentials", potentials)

    def conditional(self, x: Array) -> tuple[Array, Array, Array]:
        """Return π(·|x) at ``[m, D]``: weights over the atoms, the atoms, and covariances of zero."""
        x = np.asarray(checked_array("x", x, shape=(None, self.targets.shape[2])), dtype=float)
        rows = [self._weights(k, x) for k in range(len(self.targets))]
        weights = np.concatenate(rows, axis=1) / len(rows)
        atoms = self.targets.reshape(-1, self.targets.shape[2])
        if self.extension == "barycentric":
            return np.ones((len(x), 1)), (weights @ atoms)[:, None], np.zeros((1, x.shape[1]))
        return weights, atoms[None], np.zeros(atoms.shape)

    def sample(self, x: Array, seed: int) -> Array:
        """Draw one target for each row of x ``[m, D]``; the barycentric extension draws its one point."""
        check_integer("seed", seed, 0)
        rng, drawn = np.random.default_rng(seed), []
        for at in range(0, len(x), 1000):
            weights, atoms, _ = self.conditional(x[at : at + 1000])
            chosen = chosen_components(weights, rng)
            drawn.append(atoms[0, chosen] if len(atoms) == 1 else atoms[np.arange(len(atoms)), chosen])
        return np.concatenate(drawn)

    def _weights(self, batch: int, x: Array) -> Array:
        if self.extension == "nearest":
            from scipy.spatial import KDTree

            x = self.sources[batch][KDTree(self.sources[batch]).query(x)[1]]
        logits = self.potentials[batch] - half_squares(x, self.targets[batch]) / self.epsilon
        weights = np.exp(logits - logits.max(axis=1, keepdims=True))
        return weights / weights.sum(axis=1, keepdims=True)


@dataclass(frozen=True)
class Sinkhorn(Solver[Bridge, SinkhornPlan]):
    """Discrete entropic transport of batches of samples, in float64; cost O(batches × iterations × n²).

    Attributes:
        samples: n of each cloud in a batch.
        batches: How many batches, each with its own potential.
        iterations: Pairs of half-steps at most.
        tolerance: Stop where the first marginal is off by less, as a sum of absolute values.
        extension: How the plan is carried to new points; see ``SinkhornPlan``.
    """

    samples: int = 2000
    batches: int = 1
    iterations: int = 1000
    tolerance: float = 1e-4
    extension: Extension = "entropic"

    def __post_init__(self):
        check_integer("samples", self.samples, 2)
        check_integer("batches", self.batches, 1)
        check_integer("iterations", self.iterations, 1)
        check_number("tolerance", self.tolerance, 0.0)
        check_choice("extension", self.extension, ("entropic", "barycentric", "nearest"))

    def _solve(self, problem: Bridge, run: Run) -> SinkhornPlan:
        size = min(self.samples, len(problem.source), len(problem.target))
        sources = [_some(problem.source, size, run.rng) for _ in range(self.batches)]
        targets = [_some(problem.target, size, run.rng) for _ in range(self.batches)]
        costs = [
            half_squares(x, y) / problem.epsilon for x, y in zip(sources, targets, strict=True)
        ]  # in units of ε, like the potentials
        potentials = [iterate_in_logarithms(cost, np.zeros(size), 1)[:2] for cost in costs]
        plan = self._plan(problem, sources, targets, potentials)
        run.offer(plan, 2.0)  # the largest error of a marginal
        for block in run.steps(-(-self.iterations // BETWEEN), f"{BETWEEN} iterations"):
            count = min(BETWEEN, self.iterations - block * BETWEEN)
            found = [iterate(cost, f, g, count) for cost, (f, g) in zip(costs, potentials, strict=True)]
            potentials, error = [(f, g) for f, g, _ in found], max(error for *_, error in found)
            plan = self._plan(problem, sources, targets, potentials)
            run.offer(plan, error)
            run.record(iteration=block * BETWEEN + count, marginal_error=error)
            run.spent(evaluations=count * self.batches)
            if run.converged(error <= self.tolerance, f"the marginal is off by {error:.1e}"):
                break
        return plan

    def _plan(
        self,
        problem: Bridge,
        sources: list[Array],
        targets: list[Array],
        potentials: list[tuple[Array, Array]],
    ) -> SinkhornPlan:
        stacked = np.array(sources), np.array(targets), np.array([g for _, g in potentials])
        return SinkhornPlan(*stacked, problem.epsilon, self.extension)


def iterate(cost: Array, f: Array, g: Array, count: int) -> tuple[Array, Array, float]:
    """Return f/ε and g/ε after ``count`` pairs of half-steps, and the first marginal's error after them.

    Both half-steps are exact for uniform weights. They scale the kernel exp(f_i + g_j − C_ij) of the start,
    and are taken in logarithms where its sums have vanished in floating point. The error is
    Σ_i |Σ_j π_ij − 1/n|; the second marginal is exact after a pair.

    Args:
        cost: C/ε ``[n, m]``.
        f: f/ε ``[n]``.
        g: g/ε ``[m]``.
        count: Pairs, one at least.
    """
    kernel = np.exp(f[:, None] + g - cost)
    rows, columns = 1 / cost.shape[0], 1 / cost.shape[1]
    left, right = np.ones(len(f)), np.ones(len(g))
    for _ in range(count):
        sums = kernel @ right
        left = rows / np.maximum(sums, TINY)
        products = left @ kernel
        if min(sums.min(), products.min()) <= TINY or not np.isfinite(products).all():
            return iterate_in_logarithms(cost, g, count)
        right = columns / products
    error = float(np.abs(left * (kernel @ right) - rows).sum())
    return f + np.log(left), g + np.log(right), error


def iterate_in_logarithms(cost: Array, g: Array, count: int) -> tuple[Array, Array, float]:
    """Return what ``iterate`` does, with every half-step in logarithms."""
    f = g
    for _ in range(count):
        f = -log_sum_exp(g - cost, axis=1) - np.log(cost.shape[0])
        g = -log_sum_exp(f[:, None] - cost, axis=0) - np.log(cost.shape[1])
    return f, g, float(np.abs(np.exp(f[:, None] + g - cost).sum(axis=1) - 1 / cost.shape[0]).sum())


def log_sum_exp(values: Array, axis: int) -> Array:
    """Return log Σ exp along an axis of a matrix of finite numbers."""
    top = values.max(axis=axis, keepdims=True)
    return np.squeeze(top, axis) + np.log(np.exp(values - top).sum(axis=axis))


def half_squares(x: Array, y: Array) -> Array:
    """Return ½ ||x_i − y_j||² ``[n, m]``."""
    from scipy.spatial.distance import cdist

    return 0.5 * cdist(x, y, "sqeuclidean")


def _some(points: Array, size: int, rng: np.random.Generator) -> Array:
    return points[rng.choice(len(points), size, replace=False)]
