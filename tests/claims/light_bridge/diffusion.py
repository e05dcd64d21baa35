"""The drift against simulation, automatic differentiation and conditional means; the loss as a divergence."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from classical.transport import LightBridge
from problems.contract import Array
from problems.transport import Bridge, GaussianMixturePotential
from tests.claims.table import Row

SEED = 5


@dataclass(frozen=True, eq=False)
class Simulated:
    """The plan that Euler–Maruyama reaches."""

    potential: GaussianMixturePotential
    steps: int

    def sample(self, x: Array, seed: int) -> Array:
        """Return the ends of paths from x ``[m, D]``."""
        parts = range(0, len(x), 20_000)
        return np.concatenate(
            [self.potential.paths(x[at : at + 20_000], self.steps, seed + at)[-1] for at in parts]
        )


@dataclass(frozen=True, eq=False)
class OneShot:
    """The plan by draws alone, so that it has the same statistical error as a simulated one."""

    potential: GaussianMixturePotential

    def sample(self, x: Array, seed: int) -> Array:
        """Draw one y for each row of x ``[m, D]``."""
        return self.potential.sample(x, seed)


def rows(quick: bool) -> Iterator[Row]:
    """All rows."""
    solver = LightBridge(steps=2000, rate=0.01) if quick else LightBridge()
    problem = Bridge.mixture_benchmark(2, 1.0, n=20_000 if quick else 100_000, seed=SEED)
    found = solver.solve(problem, progress=False).solution
    yield start_of_drift(problem, found)
    if not quick:
        yield autodiff(problem, found, 300_000)
        yield simulation(problem, found)
    rough = replace(solver, steps=500)  # far enough from the truth that the gap stands out of its noise
    yield loss_gap(problem, rough.solve(problem, progress=False).solution, 200_000 if quick else 1_000_000)
    if not quick:
        wide = Bridge.mixture_benchmark(16, 1.0, seed=SEED)
        yield loss_gap(wide, rough.solve(wide, progress=False).solution, 300_000)


def start_of_drift(problem: Bridge, found: GaussianMixturePotential) -> Row:
    """At t = 0 the drift is the conditional mean less x."""
    x = problem.asked
    weights, means, _ = found.conditional(x)
    wanted = np.einsum("mk,mkd->md", weights, means) - x
    error = np.linalg.norm(found.drift(x, 0.0) - wanted) / np.linalg.norm(wanted)
    return Row("g(x, 0) = E[y|x] − x to 1e-6", "identity", "", f"off by {error:.1e}", bool(error <= 1e-6))


def autodiff(problem: Bridge, found: GaussianMixturePotential, draws: int) -> Row:
    """ε ∇ log E[φ(x + √(ε (1 − t)) z)], differentiated by JAX, with φ = exp(|y|²/2ε) v."""
    import jax
    import jax.numpy as jnp

    from problems.numerics.precision import double_precision

    epsilon, worst = found.epsilon, 0.0
    z = np.random.default_rng(0).normal(size=(draws, 2))

    def log_mean(x, noise):
        y = x + noise
        inverse = 1 / found.scales
        squares = (
            y**2 @ inverse.T
            - 2 * y @ (found.centres * inverse).T
            + np.sum(found.centres**2 * inverse, axis=1)
        )
        constants = found.log_weights - 0.5 * np.log(found.scales).sum(axis=1)
        logs = jax.nn.logsumexp(constants - squares / (2 * epsilon), axis=1)
        return jax.nn.logsumexp(logs + jnp.sum(y**2, axis=1) / (2 * epsilon))

    for t in (0.25, 0.5, 0.75):
        points = found.marginal(problem.asked[:4], t, 1)
        with double_precision():
            slope = jax.jit(jax.grad(log_mean))
            parts = np.array([slope(x, np.sqrt(epsilon * (1 - t)) * z) for x in points])
        error = np.linalg.norm(epsilon * parts - found.drift(points, t), axis=1)
        worst = max(worst, float(np.max(error / np.linalg.norm(found.drift(points, t), axis=1))))
    return Row(
        "the drift is ε ∇ log E[φ] by Monte Carlo and automatic differentiation, to 2%",
        "identity",
        "",
        f"worst of 12 points: {worst:.2%} with {draws} draws",
        worst <= 0.02,
    )


def simulation(problem: Bridge, found: GaussianMixturePotential) -> Row:
    """The conditionals that 200 steps of Euler–Maruyama reach, and as a control those of 4 steps."""
    few = replace(problem, test_points=50)
    shot = few.judge(OneShot(found)).objective
    long, short = (few.judge(Simulated(found, steps)).objective for steps in (200, 4))
    agrees = abs(long / shot - 1) <= 0.2
    return Row(
        "Euler–Maruyama with 200 steps: cBW²-UVP within 20% of one-shot draws",
        "",
        f"4 steps: {short:.3f}%",
        f"200 steps: {long:.3f}%, one-shot: {shot:.3f}% (1000 draws for each of 50 x)",
        agrees,
        "" if agrees else "the time step's bias is not small beside the plan's own error",
    )


def loss_gap(problem: Bridge, found: GaussianMixturePotential, pairs: int) -> Row:
    """𝓛(θ) − 𝓛(θ*) over unpaired points is KL(π* || π_θ) over paired ones."""
    truth = problem.truth
    assert truth is not None
    rng = np.random.default_rng(11)
    x, behind = (4.0 * rng.normal(size=(pairs, problem.dimension)) for _ in range(2))
    y = truth.sample(behind, 1)  # independent of x
    gap = truth.dual_value(x, y) - found.dual_value(x, y)
    paired = truth.sample(x, 2)
    divergence = float(
        np.mean(truth.log_conditional_density(x, paired) - found.log_conditional_density(x, paired))
    )
    off = abs(gap / divergence - 1)
    return Row(
        f"D = {problem.dimension}, ε = {problem.epsilon:g}: the loss gap is KL(π* || π) within 5%",
        "identity",
        "",
        f"gap {gap:.5f} nats, KL {divergence:.5f} nats, off by {off:.1%} ({pairs} pairs)",
        off <= 0.05,
        "" if off <= 0.05 else "the gap's own statistical error over unpaired points is of this size",
    )
