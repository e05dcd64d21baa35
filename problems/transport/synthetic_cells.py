"""Cells that differentiate: a population that drifts, spreads and splits in two, seen once per day."""

from __future__ import annotations

from typing import Any

import numpy as np

from problems.checking import check_integer, check_number
from problems.contract import Array
from problems.errors import ProblemError
from problems.transport.snapshots import Snapshot

SUBSTEPS = 50  # of Euler–Maruyama per day
RATE = 3.0  # of the pull to the moving centre, per day
DIFFUSION = 0.6  # per square root of a day
DEVIATION = DIFFUSION / (2 * RATE) ** 0.5  # of the cells around their centre once they have settled
SPEED = 1.0  # of the common centre per day
PARTING = 1.2  # speed of each branch away from the common centre, per day


def synthetic_cells(
    dimension: int, days: int, first_day: int, n: int, epsilon: float, seed: int
) -> dict[str, Any]:
    """Return the parts of a ``Bridge`` from one day to the second after, the day between held out at t = ½.

    Each cell follows dX = θ (c_b(t) − X) dt + σ dW; the centres c_b of its branch b = ±1 move along a common
    direction, and apart along another one. Every day shows other cells.

    Args:
        dimension: D, 2 at least.
        days: How many days are seen.
        first_day: Whose cells are the source.
        n: Cells per day to learn from; as many are kept for the judge, up to 1000.
        epsilon: ε, for a unit of time of two days.
        seed: Of everything.
    """
    check_integer("dimension", dimension, 2)
    check_integer("days", days, 3)
    check_integer("first_day", first_day, 0)
    if first_day + 2 >= days:
        raise ProblemError("first_day", first_day, f"at most {days - 3}, two days before the last of {days}")
    check_integer("n", n, 2)
    check_number("epsilon", epsilon, 0.0, open_low=True)
    check_integer("seed", seed, 0)
    axes = np.linalg.qr(np.random.default_rng((seed, 0)).normal(size=(dimension, 2)))[0].T
    kept = min(n, 1000)
    source, middle, target = (
        snapshot(first_day + k, n + kept, axes, np.random.default_rng((seed, 1 + first_day + k)))
        for k in range(3)
    )
    return {
        "epsilon": epsilon,
        "source": source[:n],
        "target": target[:n],
        "test_source": source[n:],
        "test_target": target[n:],
        "snapshots": (Snapshot(0.5, middle[:kept]),),
    }


def snapshot(day: int, cells: int, axes: Array, rng: np.random.Generator) -> Array:
    """Return cells ``[cells, D]`` on a day; the rows of ``axes`` are the common direction and the parting."""
    branches = rng.choice([-1.0, 1.0], size=cells)
    points = DEVIATION * rng.normal(size=(cells, axes.shape[1]))
    step = 1.0 / SUBSTEPS
    for k in range(day * SUBSTEPS):
        time = k * step
        apart = branches * PARTING * time
        centres = SPEED * time * axes[0] + apart[:, None] * axes[1]
        noise = DIFFUSION * np.sqrt(step) * rng.normal(size=points.shape)
        points = points + RATE * step * (centres - points) + noise
    return points
