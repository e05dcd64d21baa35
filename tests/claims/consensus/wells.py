"""Rastrigin's and Ackley's wells in up to twenty dimensions, with the minimiser moved at random."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from classical.minimisation import NelderMead, Spsa
from classical.minimisation.consensus_based import ConsensusBasedOptimization
from classical.minimisation.from_point import FromPoint
from classical.minimisation.scatter import Scatter
from problems.contract import Array
from problems.minimisation import Landscape
from tests.claims.consensus.functions import random_search, share
from tests.claims.table import Row

RADIUS = 0.25  # of the minimiser in the maximum norm: a success
CUBE = Scatter("uniform", 3.0, 0.0)
DESCENT_STEPS, DESCENT_RATE = 2000, 1e-3
SWARM = ConsensusBasedOptimization(
    evaluations=1_000_001, particles=500, steps=2000, noise_strength=8.0, noise="anisotropic", start=CUBE
)


def rows(quick: bool) -> Iterator[Row]:
    """All rows."""
    yield rastrigin(1 if quick else 20)
    if not quick:
        yield rivals(2)
        for function, dimension in (("rastrigin", 2), ("rastrigin", 20), ("ackley", 10), ("ackley", 20)):
            yield other(function, dimension, 4)


def success(problem: Landscape, point: Array) -> bool:
    """Whether a point is in the deepest well."""
    return bool(np.max(np.abs(point - problem.minimiser)) < RADIUS)


def descended(problem: Landscape, starts: Array) -> Array:
    """Return where gradient descent from many starts ``[N, P]`` ends, all side by side."""
    points = starts.copy()
    for _ in range(DESCENT_STEPS):
        slopes = problem.evaluate(points, 0, gradient=True).gradient
        assert slopes is not None
        points -= DESCENT_RATE * slopes
    return points


def rastrigin(seeds: int) -> Row:
    """The swarm, and descents from as many starts of the same law."""
    found, descents = [], []
    for seed in range(seeds):
        problem = Landscape.shifted("rastrigin", 10, seed=1000 + seed)
        found.append(success(problem, SWARM.solve(problem, seed=seed, progress=False).solution))
        starts = np.random.default_rng(seed).uniform(-3, 3, (SWARM.particles, 10))
        descents += [success(problem, end) for end in descended(problem, starts)]
    return Row(
        "rastrigin, d = 10: success >= 90 % of seeds; gradient descent <= 5 % of its starts",
        "",
        f"gradient descent {share(descents)} starts, {SWARM.particles * DESCENT_STEPS} gradients a seed",
        f"{share(found)} with {SWARM.evaluations - 1} values a seed",
        float(np.mean(found)) >= 0.9 and float(np.mean(descents)) <= 0.05,
    )


def rivals(seeds: int) -> Row:
    """Value-only methods; random search has the swarm's budget, local methods restart within a part of it."""
    found: dict[str, list[bool]] = {"random search": [], "Nelder-Mead, 20 starts": [], "SPSA, 20 starts": []}
    for seed in range(seeds):
        problem = Landscape.shifted("rastrigin", 10, seed=1000 + seed)
        lowest = random_search(problem, -4, 4, SWARM.evaluations - 1, seed)
        found["random search"].append(success(problem, lowest))
        starts = np.random.default_rng(seed).uniform(-3, 3, (20, 10))
        for name, solver in (("Nelder-Mead, 20 starts", NelderMead(2000)), ("SPSA, 20 starts", Spsa(2000))):
            ends = [solver.solve(FromPoint(problem, s), seed=seed, progress=False) for s in starts]
            best = min(ends, key=lambda result: result.objective)
            found[name].append(success(problem, best.solution))
    return Row(
        "rastrigin, d = 10: other methods (local ones with 4 % of the swarm's values)",
        "",
        "; ".join(f"{name} {share(good)}" for name, good in found.items()),
        "see above",
        None,
        "a comparison without a bar",
    )


def other(function: str, dimension: int, seeds: int) -> Row:
    """The same setting elsewhere."""
    found, off = [], []
    for seed in range(seeds):
        problem = Landscape.shifted(function, dimension, seed=2000 + seed)  # pyright: ignore[reportArgumentType]
        solution = SWARM.solve(problem, seed=seed, progress=False).solution
        found.append(success(problem, solution))
        off.append(float(np.max(np.abs(solution - problem.minimiser))))
    return Row(
        f"{function}, d = {dimension}, the same setting unchanged", "", "",
        f"{share(found)}, median distance {np.median(off):.1e}", None, "a measurement without a bar",
    )  # fmt: skip
