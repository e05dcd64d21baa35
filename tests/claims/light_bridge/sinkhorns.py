"""Sinkhorn's iteration, ours and an independent package's, on the same points."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from importlib.util import find_spec

import numpy as np

from classical.transport import Sinkhorn
from classical.transport.sinkhorn import SinkhornPlan
from problems.contract import Array
from problems.transport import Bridge
from tests.claims.table import Row

SEED = 5
TOLERANCE = 1e-4


def rows() -> Iterator[Row]:
    """All rows."""
    for epsilon in (1.0, 0.1):
        yield side_by_side(epsilon)


def side_by_side(epsilon: float) -> Row:
    """Potentials and CPU seconds of 1000 points, stopped by one rule."""
    claim = f"Sinkhorn, D = 2, n = 1000, ε = {epsilon:g}: E[y|x] as ott's to 1% of the target's deviation"
    if find_spec("ott") is None:
        return Row(claim, "", "", "", None, "ott-jax is not installed")
    problem = Bridge.mixture_benchmark(2, epsilon, n=1000, seed=SEED)
    solver = Sinkhorn(samples=1000, iterations=5000, tolerance=TOLERANCE)
    solver.solve(problem, time_limit=0.0, progress=False)
    start = time.process_time()
    found = solver.solve(problem, progress=False)
    ours = time.process_time() - start
    plan = found.solution
    potential, theirs, count = package(plan.sources[0], plan.targets[0], epsilon)
    other = SinkhornPlan(plan.sources, plan.targets, potential[None] / epsilon, epsilon, "barycentric")
    ends = [one.sample(problem.asked, 0) for one in (replace(plan, extension="barycentric"), other)]
    apart = float(np.sqrt(np.mean((ends[0] - ends[1]) ** 2)) / problem.target.std())
    return Row(
        claim,
        "",
        f"ott (float32, compiled before): {theirs:.2f} CPU s, {count} iterations",
        f"{ours:.2f} CPU s, {found.history[-1]['iteration']} iterations; ott/ours {theirs / ours:.1f}; "
        f"apart by {apart:.2%}",
        apart <= 0.01,
        "" if apart <= 0.01 else "single precision, or another stopping point, leaves more than that",
    )


def package(x: Array, y: Array, epsilon: float) -> tuple[Array, float, int]:
    """Return ott's potential of y, its CPU seconds in a second call, and its iterations."""
    import jax
    import jax.numpy as jnp
    from ott.geometry import pointcloud
    from ott.solvers import linear

    @jax.jit
    def solve(x, y):
        # ||x − y||² with 2 ε has twice the potentials of ½ ||x − y||² with ε.
        geometry = pointcloud.PointCloud(x, y, epsilon=2 * epsilon)
        found = linear.solve(geometry, threshold=TOLERANCE, max_iterations=5000)
        return found.g / 2, found.n_iters

    arrays = jnp.asarray(x, jnp.float32), jnp.asarray(y, jnp.float32)
    jax.block_until_ready(solve(*arrays))
    start = time.process_time()
    potential, count = jax.block_until_ready(solve(*arrays))
    return np.asarray(potential, dtype=float), time.process_time() - start, int(count)
