"""The canyon with a barrier: consensus, hops, gradients and Langevin noise, and an independent package."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.util import find_spec

import numpy as np

from classical.minimisation import NelderMead, Spsa
from classical.minimisation.consensus_based import ConsensusBasedOptimization
from classical.minimisation.consensus_hopping import ConsensusHopping
from classical.minimisation.from_point import FromPoint
from classical.minimisation.gradient_descent import GradientDescent
from classical.minimisation.langevin import AnnealedLangevin
from classical.minimisation.scatter import Scatter
from problems.contract import Array, Solver
from problems.minimisation import Landscape
from tests.claims.consensus.functions import random_search, share
from tests.claims.table import Row

CANYON = Landscape("canyon", 2)
NEAR = 0.5  # of the minimiser: a success
VALUES = 50_000  # of a run of consensus or hops
ABOUT = Scatter("normal", 0.5)
STEPS = 10_000  # of descents


def rows(quick: bool) -> Iterator[Row]:
    """All rows."""
    seeds = 5 if quick else 50
    endings = ends(ConsensusBasedOptimization(), seeds)
    yield success("consensus-based optimization", endings, 0.96, "reaches the minimiser (Figure 1)")
    yield success(
        "consensus hopping", ends(ConsensusHopping(), seeds), 0.9, "reaches the minimiser (Figure 2)"
    )
    yield descent(seeds, 0 if quick else 5)
    yield langevin(seeds, 0 if quick else 10)
    if not quick:
        yield rivals(2)
    yield package(endings)


def ends(solver: Solver[Landscape, Array], seeds: int) -> Array:
    """Return the answers ``[seeds, 2]``."""
    found = [solver.solve(CANYON, seed=k, progress=False).solution for k in range(seeds)]
    return np.array(found).reshape(seeds, 2)


def hits(endings: Array) -> list[bool]:
    """Say which are near the minimiser."""
    return (np.linalg.norm(endings, axis=1) < NEAR).tolist()


def success(name: str, endings: Array, bar: float, paper: str) -> Row:
    """How often a method's answer is near the minimiser."""
    good = hits(endings)
    distance = float(np.median(np.linalg.norm(endings, axis=1)))
    return Row(
        f"canyon: {name} within {NEAR} of the minimiser in >= {bar:.0%} of seeds",
        paper,
        f"start: E = {CANYON.exact(CANYON.start[None])[0]:.4f}",
        f"{share(good)}, median distance {distance:.3f}; {VALUES} values each",
        float(np.mean(good)) >= bar,
    )


def side_by_side(seeds: int, noise_strength: float) -> Array:
    """Return where 10 000 steps of Δt = 0.001 from the swarm's law end ``[seeds, 2]``: gradient descent, or
    Langevin dynamics where there is noise. All seeds are one population, which the solvers do not have.
    """
    rng = np.random.default_rng(4)
    points = CANYON.start + 0.5 * rng.normal(size=(seeds, 2))
    for k in range(1, STEPS + 1):
        slopes = CANYON.evaluate(points, 0, gradient=True).gradient
        assert slopes is not None
        points = points - 0.001 * slopes
        if noise_strength:
            points += noise_strength / np.log(k + 1) * np.sqrt(0.001) * rng.normal(size=points.shape)
    return points


def descent(seeds: int, solved: int) -> Row:
    """Gradient descent from the law that the swarm starts from."""
    endings = np.vstack([side_by_side(seeds, 0.0), ends(GradientDescent(start=ABOUT), solved)])
    centre, extent = endings.mean(axis=0), float(np.ptp(endings, axis=0).max())
    height = CANYON.exact(endings).max()
    return Row(
        "canyon: gradient descent from N((8, 8), 0.5^2) never arrives, and always ends in one point",
        "is caught in a local minimum",
        "",
        f"{share(hits(endings))} ({solved} by the solver); ends at ({centre[0]:.3f}, {centre[1]:.3f}) "
        f"to {extent:.0e}, E = {height:.3f}; {STEPS} gradients each",
        not any(hits(endings)) and extent < 1e-3,
    )


def langevin(seeds: int, solved: int) -> Row:
    """Annealed Langevin dynamics from the same law."""
    good = hits(side_by_side(seeds, 10.0))
    alone = hits(ends(AnnealedLangevin(start=ABOUT), solved))
    return Row(
        f"canyon: annealed Langevin within {NEAR} in <= 50 % of seeds",
        "worse than consensus (Figure 1)",
        "",
        f"{share(good)}, and {share(alone)} by the solver; {STEPS} gradients each",
        float(np.mean(good)) <= 0.5,
    )


def rivals(seeds: int) -> Row:
    """Methods that see values alone, at the budget of a swarm; drawn starts are those of the swarm's law."""
    rng = np.random.default_rng(99)
    starts = CANYON.start + 0.5 * rng.normal(size=(seeds, 2))
    found = {}
    for solver in (Spsa(evaluations=VALUES), NelderMead(evaluations=VALUES)):
        endings = [
            solver.solve(FromPoint(CANYON, start), seed=k, progress=False).solution
            for k, start in enumerate(starts)
        ]
        found[type(solver).__name__] = share(hits(np.array(endings)))
    drawn = [random_search(CANYON, -10, 10, VALUES, seed) for seed in range(seeds)]
    found["random search in [-10, 10]^2"] = share(hits(np.array(drawn)))
    return Row(
        f"canyon: other methods with {VALUES} values",
        "",
        "; ".join(f"{name} {count}" for name, count in found.items()),
        "see above",
        None,
        "a comparison without a bar: in two dimensions this many random points cover the plane",
    )


def package(ours: Array) -> Row:
    """The same dynamics by an independent package."""
    claim = (
        "canyon: success within 5 % of the cbx package's at one setting, and one law of distances (p > 0.01)"
    )
    if find_spec("cbx") is None:
        return Row(claim, "", "", share(hits(ours)), None, "the package cbx is not installed")
    from cbx.dynamics import CBO  # pyright: ignore[reportMissingImports]
    from scipy.stats import ks_2samp

    runs = len(ours)
    points = CANYON.start + 0.5 * np.random.default_rng(7).normal(size=(runs, 200, 2))
    theirs = CBO(
        lambda x: CANYON.exact(x.reshape(-1, 2)).reshape(x.shape[:-1]),
        f_dim="3D", x=points, max_it=250, dt=0.01, lamda=1.0, sigma=1.6, alpha=100.0, noise="isotropic",
        seed=11, verbosity=0,
    )  # fmt: skip
    # by default alpha would grow by 5 % a step
    theirs.optimize(sched=None)  # pyright: ignore[reportArgumentType]
    endings = np.asarray(theirs.consensus).reshape(runs, 2)
    gap = abs(np.mean(hits(ours)) - np.mean(hits(endings)))
    law = ks_2samp(np.linalg.norm(ours, axis=1), np.linalg.norm(endings, axis=1))
    chance = float(law.pvalue)  # pyright: ignore[reportAttributeAccessIssue]
    return Row(
        claim,
        "",
        f"cbx {share(hits(endings))}, median distance {np.median(np.linalg.norm(endings, axis=1)):.3f}",
        f"{share(hits(ours))}, median distance {np.median(np.linalg.norm(ours, axis=1)):.3f}; "
        f"Kolmogorov-Smirnov p = {chance:.2f}",
        bool(gap <= 0.05 and chance > 0.01),
    )
