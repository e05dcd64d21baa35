"""Hops as gradient steps: exact on quadratics, aligned on a quartic, unresolved beyond the samples' reach."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from classical.minimisation.consensus_hopping import ConsensusHopping
from classical.minimisation.gradient_alignment import (
    GradientAlignment,
    gradient_alignment,
    gradients_along,
    trajectory_of,
)
from classical.minimisation.scatter import Scatter
from problems.contract import Array
from problems.errors import ProblemError
from tests.claims.consensus.functions import Quartic
from tests.claims.table import Row

WIDTH = 0.7
QUADRATIC = Quartic(np.array([[2.0, 0.5], [0.5, 1.0]]), np.array([0.8, -0.5]))
QUARTIC = Quartic(np.diag([1.0, 3.0, 0.5]), np.array([2.0, -1.5, 1.0]), quartic=0.1)
STILL = Scatter(width=0.0)


def rows(quick: bool) -> Iterator[Row]:
    """All rows."""
    for alpha in (1.0, 20.0, 200.0):
        yield quadratic_step(alpha, 100_000 if quick else 1_000_000)
    yield monte_carlo(40, (1000, 4000, 16_000) if quick else (1000, 4000, 16_000, 64_000, 256_000))
    yield alignment()
    yield proximal(3 if quick else 10)
    yield resolution()


def hop(problem: Quartic, particles: int, alpha: float, width: float, seed: int, steps: int = 1) -> Array:
    """Return the points ``[steps + 1, P]`` of so many hops from the problem's start."""
    solver = ConsensusHopping(steps * particles + 1, particles, steps, width, alpha=alpha, start=STILL)
    result = solver.solve(problem, seed=seed, progress=False)
    return np.vstack([problem.start, trajectory_of(result.history)])


def quadratic_step(alpha: float, particles: int) -> Row:
    """One hop against (I + τA)⁻¹ x, in Monte Carlo errors of a weighted mean."""
    expected = np.linalg.solve(np.eye(2) + alpha * WIDTH**2 * QUADRATIC.matrix, QUADRATIC.start)
    reached = hop(QUADRATIC, particles, alpha, WIDTH, seed=1)[1]
    error = monte_carlo_error(alpha, particles, expected)
    off = np.abs(reached - expected) / error
    return Row(
        f"quadratic, alpha = {alpha:g}, N = {particles:.0e}: hop (I + tau A)^-1 x to 5 Monte Carlo errors",
        "exact for N -> infinity",
        f"({expected[0]:.5f}, {expected[1]:.5f})",
        f"({reached[0]:.5f}, {reached[1]:.5f}), off by {off[0]:.1f} and {off[1]:.1f} errors of "
        f"{error[0]:.1e} and {error[1]:.1e}",
        bool(np.all(off < 5)),
    )


def monte_carlo_error(alpha: float, particles: int, mean: Array) -> Array:
    """Return the standard error ``[P]`` of a hop's self-normalised mean, from samples of another seed."""
    samples = QUADRATIC.start + WIDTH * np.random.default_rng(12345).normal(size=(particles, 2))
    weights = np.exp(-alpha * (QUADRATIC.exact(samples) - QUADRATIC.exact(samples).min()))
    weights /= weights.sum()
    return np.sqrt(np.sum(weights[:, None] ** 2 * (samples - mean) ** 2, axis=0))


def monte_carlo(repeats: int, sizes: tuple[int, ...]) -> Row:
    """The error's fall with the number of samples."""
    alpha = 20.0
    expected = np.linalg.solve(np.eye(2) + alpha * WIDTH**2 * QUADRATIC.matrix, QUADRATIC.start)
    errors = []
    for size in sizes:
        off = [hop(QUADRATIC, size, alpha, WIDTH, seed)[1] - expected for seed in range(repeats)]
        errors.append(float(np.sqrt(np.mean(np.square(off)))))
    slope = float(np.polyfit(np.log(sizes), np.log(errors), 1)[0])
    return Row(
        f"quadratic, alpha = 20: error falls as N^-1/2, slope in [-0.6, -0.4] ({repeats} seeds per N)",
        "N^-1/2",
        f"N = {sizes[0]}: {errors[0]:.4f}",
        f"N = {sizes[-1]}: {errors[-1]:.5f}, slope {slope:.3f}",
        -0.6 <= slope <= -0.4,
    )


def aligned(particles: int, alpha: float, width: float, seed: int) -> GradientAlignment:
    """Compare twenty hops on the quartic with its gradient."""
    points = hop(QUARTIC, particles, alpha, width, seed, steps=20)
    return gradient_alignment(points, gradients_along(QUARTIC, points[:-1]), alpha, width)


def alignment() -> Row:
    """Cosine and rate of resolved hops."""
    alpha, rate = 2.0, 0.005
    seen = aligned(2000, alpha, float(np.sqrt(rate / alpha)), seed=1)
    cosine, fitted = float(np.mean(seen.cosine)), seen.fitted_rate() / rate
    return Row(
        "quartic, alpha = 2, tau = 0.005, N = 2000, 20 hops: mean cosine with -grad > 0.99, tau within 5 %",
        "hops are stochastic gradient steps",
        "random directions: cosine 0",
        f"cosine {cosine:.4f}, fitted tau / (alpha s^2) = {fitted:.4f}, z <= {seen.z.max():.2f}",
        cosine > 0.99 and abs(fitted - 1) < 0.05,
    )


def proximal(seeds: int) -> Row:
    """The distance of hops from proximal steps, relative to their length."""
    alpha, rate, sizes = 2.0, 0.005, (200, 2000, 20_000)
    distances = []
    for size in sizes:
        off = []
        for seed in range(seeds):
            points = hop(QUARTIC, size, alpha, float(np.sqrt(rate / alpha)), seed, steps=20)
            for before, after in zip(points[:-1], points[1:], strict=True):
                step = QUARTIC.proximal_step(before, rate)
                off.append(np.linalg.norm(after - step) / np.linalg.norm(step - before))
        distances.append(float(np.mean(off)))
    slope = float(np.polyfit(np.log(sizes), np.log(distances), 1)[0])
    return Row(
        "quartic: relative distance to the proximal step falls with N, slope -1/2 within 0.1",
        "minimising movements as N, alpha -> infinity",
        "",
        " -> ".join(f"{d:.3f} (N = {n})" for d, n in zip(distances, sizes, strict=True))
        + f", slope {slope:.3f}",
        abs(slope + 0.5) < 0.1,
    )


def resolution() -> Row:
    """At z = 10 a hop falls short, and the rate is refused."""
    width = 0.05
    alpha = float(10 / (width * np.linalg.norm(gradients_along(QUARTIC, QUARTIC.start[None])[0])))
    seen = aligned(2000, alpha, width, seed=1)
    shortfall = float(seen.rate[0] / (alpha * width**2))
    try:
        refused = f"fitted {seen.fitted_rate():.3g}"
    except ProblemError as error:
        refused = f"refused: {error}"
    return Row(
        "beyond the resolution, z = 10: the apparent tau is at most 1/2 of alpha s^2, and no tau is fitted",
        "",
        f"reach s sqrt(2 ln N) = {width * np.sqrt(2 * np.log(2000)):.3f}",
        f"apparent tau / (alpha s^2) = {shortfall:.2f} in the first hop; {refused}",
        shortfall < 0.5 and refused.startswith("refused"),
    )
