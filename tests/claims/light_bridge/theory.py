"""What the theory says of the divergence: it falls with components on any target, and with samples."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from scipy.special import logsumexp, ndtr, ndtri

from classical.transport import LightBridge
from problems.contract import Array
from problems.transport import Bridge, GaussianMixturePotential
from tests.claims.table import Row

COMPONENTS = (1, 2, 4, 8, 16, 32)
SIZES = (100, 400, 1600, 6400)
SEEDS = (21, 22, 23)


def rows() -> Iterator[Row]:
    """All rows."""
    yield universality()
    yield generalisation()


@dataclass(frozen=True)
class Slab:
    """A pair on a line whose potential is no mixture: π(y|x) ∝ exp(−(x − y)²/2ε) on [−a, a], x ~ N(0, 1).

    Attributes:
        edge: a.
        epsilon: ε.
    """

    edge: float = 2.0
    epsilon: float = 0.5

    def samples(self, n: int, seed: int) -> Bridge:
        """Return a bridge of n points each; targets belong to sources of their own."""
        rng = np.random.default_rng(seed)
        x, behind = rng.normal(size=(2, n))
        low, high = (ndtr((side * self.edge - behind) / self.epsilon**0.5) for side in (-1, 1))
        y = behind + self.epsilon**0.5 * ndtri(low + (high - low) * rng.random(n))
        return Bridge(x[:, None], y.clip(-self.edge, self.edge)[:, None], self.epsilon)

    def divergence(self, plan: GaussianMixturePotential) -> float:
        """Return KL(π* || π) in nats by quadrature over x and y."""
        x, y = np.linspace(-6, 6, 481), self._nodes(2001)
        exact = -((x[:, None] - y) ** 2) / (2 * self.epsilon)
        exact = exact - np.asarray(logsumexp(exact, axis=1, keepdims=True)) - np.log(y[1] - y[0])
        found = x[:, None] * y / self.epsilon + plan.log_potential(y[:, None])
        found = found - plan.log_normaliser(x[:, None])[:, None]
        inner = np.sum(np.exp(exact) * (exact - found), axis=1) * (y[1] - y[0])
        weights = np.exp(-0.5 * x**2)
        return float(weights @ inner / weights.sum())

    def _nodes(self, count: int) -> Array:
        """Midpoints of equal cells of [−a, a]."""
        return self.edge * (2 * (np.arange(count) + 0.5) / count - 1)


def universality() -> Row:
    """KL by number of components, on a target with sharp edges."""
    pair = Slab()
    problem = pair.samples(100_000, 3)
    found = [
        LightBridge(components=k, rate=0.01, steps=10_000, initial_scale=0.2).solve(problem, progress=False)
        for k in COMPONENTS
    ]
    values = [pair.divergence(result.solution) for result in found]
    falls = all(b <= 1.05 * a for a, b in zip(values, values[1:], strict=False))
    holds = falls and values[-1] <= 0.2 * values[0]
    return Row(
        "universality: on a target that is no mixture KL(π* || π) falls with K, to a fifth at least",
        "any plan is approached",
        f"K = 1: {values[0]:.4f} nats",
        ", ".join(f"K = {k}: {value:.4f}" for k, value in zip(COMPONENTS[1:], values[1:], strict=True)),
        holds,
        "" if holds else "the optimiser, not the number of components, limits the larger mixtures",
    )


def generalisation() -> Row:
    """KL by number of training samples, with the number of components fixed."""
    solver = LightBridge(components=20, rate=0.01, steps=3000)
    found = []
    for n in SIZES:
        gaps = []
        for seed in SEEDS:
            problem = Bridge.mixture_benchmark(2, 1.0, n=n, seed=seed)
            gaps.append(excess(problem, solver.solve(problem, progress=False).solution))
        found.append(float(np.mean(gaps)))
    slope = float(np.polyfit(np.log(SIZES), np.log(found), 1)[0])
    return Row(
        "generalisation: at fixed K the excess loss falls with n at least as fast as n^(−1/2)",
        "O(1/√n)",
        f"n = {SIZES[0]}: {found[0]:.4f} nats",
        ", ".join(f"n = {n}: {gap:.4f}" for n, gap in zip(SIZES[1:], found[1:], strict=True))
        + f"; power {slope:.2f}",
        slope <= -0.5,
        "" if slope <= -0.5 else "the optimiser's own error does not fall with n",
    )


def excess(problem: Bridge, plan: GaussianMixturePotential) -> float:
    """Return KL(π* || π) over 100 000 fresh pairs, in nats: what the test loss exceeds its minimum by."""
    truth = problem.truth
    assert truth is not None
    x = 4.0 * np.random.default_rng(31).normal(size=(100_000, problem.dimension))
    y = truth.sample(x, 1)
    return float(np.mean(truth.log_conditional_density(x, y) - plan.log_conditional_density(x, y)))
