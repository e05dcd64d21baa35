"""Pairs with a known plan: how far conditionals are from the true ones, for us, the null and rivals."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace

from classical.transport import IndependentCoupling, LightBridge, Sinkhorn
from problems.transport import Bridge
from tests.claims.table import Row

BARS = {
    (2, 0.1): 0.4, (2, 1.0): 0.15, (2, 10.0): 0.15,
    (16, 0.1): 0.8, (16, 1.0): 0.5, (16, 10.0): 1.2,
    (64, 0.1): 0.3, (64, 1.0): 4.0, (64, 10.0): 2.0,
}  # fmt: skip
PAPER = {
    (2, 0.1): 0.03, (2, 1.0): 0.05, (2, 10.0): 0.07,
    (16, 0.1): 0.08, (16, 1.0): 0.09, (16, 10.0): 0.11,
}  # fmt: skip
SECONDS = 60.0
SEED = 5  # of the pairs; settings were chosen on pairs of seed 0


def published(solver: LightBridge) -> LightBridge:
    """The start and the end of the authors' code: equal weights, S = I, the last parameters."""
    return replace(solver, initial="target_samples", initial_scale=1.0, averaging=0.0)


def rows(quick: bool) -> Iterator[Row]:
    """All rows."""
    if quick:
        yield from pair(2, 1.0, LightBridge(steps=2000, rate=0.01), 20_000, quick)
        return
    for dimension, epsilon in BARS:
        yield from pair(dimension, epsilon, LightBridge(), 100_000, quick)
    yield rotated()


def pair(dimension: int, epsilon: float, solver: LightBridge, n: int, quick: bool) -> Iterator[Row]:
    """One pair, with the null, one component, the published start and Sinkhorn's plan beside us."""
    problem = Bridge.mixture_benchmark(dimension, epsilon, n=n, seed=SEED)
    start = time.process_time()
    found = solver.solve(problem, progress=False)
    seconds = time.process_time() - start
    null = IndependentCoupling().solve(problem, progress=False).objective
    rivals = {"independent": null}
    if not quick:
        rivals["K = 1"] = replace(solver, components=1).solve(problem, progress=False).objective
        if dimension <= 16 or epsilon < 1:  # the larger ones cost half a minute each
            rivals["published start"] = published(solver).solve(problem, progress=False).objective
        rivals["Sinkhorn, n = 1000"] = (
            Sinkhorn(samples=1000, iterations=300).solve(problem, progress=False).objective
        )
    bar, ours = BARS[dimension, epsilon], found.objective
    name = f"D = {dimension}, ε = {epsilon:g}"
    paper = PAPER.get((dimension, epsilon))
    yield Row(
        f"{name}: cBW²-UVP <= {bar:g}%, and the independent plan's > 20 times that",
        "" if paper is None else f"{paper:g}%",
        ", ".join(f"{key} {value:.3g}%" for key, value in rivals.items()),
        f"{ours:.3f}%; target's BW²-UVP {found.evaluation.metrics['bw2_uvp_target']:.3f}%",
        ours <= bar and null > 20 * ours,
        ""
        if ours <= bar and null > 20 * ours
        else "the components have not reached the truth's in these steps",
    )
    if dimension <= 16:
        yield Row(
            f"{name}: trained in <= {SECONDS:g} s",
            "minutes on a CPU",
            "",
            f"{seconds:.1f} CPU s for {solver.steps} steps, compilation included",
            seconds <= SECONDS,
        )


def rotated() -> Row:
    """A truth whose covariances have axes of their own: full covariances against diagonal ones."""
    problem = Bridge.mixture_benchmark(4, 1.0, rotated=True, seed=SEED)
    plain, full = (
        LightBridge(covariances=kind).solve(problem, progress=False).objective
        for kind in ("diagonal", "full")
    )
    one = LightBridge(components=5, covariances="full").solve(problem, progress=False).objective
    return Row(
        "rotated truth, D = 4, ε = 1: full covariances are no worse than diagonal ones",
        "",
        f"diagonal, K = 50: {plain:.3f}%",
        f"full, K = 50: {full:.3f}%; full, K = 5: {one:.3f}%",
        full <= plain,
        "" if full <= plain else "50 diagonal components cover what 5 rotated ones are, and train faster",
    )
