"""A Gaussian to a spiral in the plane."""

from __future__ import annotations

from typing import Any

import numpy as np

from problems.checking import check_integer, check_number
from problems.contract import Array

SHRINK = 7.5  # brings the spiral to the Gaussian's size


def swiss_roll(epsilon: float, n: int, noise: float, seed: int) -> dict[str, Any]:
    """Return the parts of a ``Bridge`` from N(0, I₂) to the swiss roll without its width, over 7.5.

    Args:
        epsilon: ε.
        n: Of each cloud.
        noise: Standard deviation around the roll, before it is shrunk.
        seed: Of everything.
    """
    check_number("epsilon", epsilon, 0.0, open_low=True)
    check_integer("n", n, 2)
    check_number("noise", noise, 0.0)
    check_integer("seed", seed, 0)
    rng = np.random.default_rng(seed)
    return {
        "epsilon": epsilon,
        "source": rng.normal(size=(n, 2)),
        "target": roll(n, noise, rng),
        "test_source": rng.normal(size=(1000, 2)),
        "test_target": roll(1000, noise, rng),
    }


def roll(n: int, noise: float, rng: np.random.Generator) -> Array:
    """Return n points (s cos s, s sin s)/7.5 ``[n, 2]`` with s ~ U[1.5 π, 4.5 π] and noise."""
    angle = 1.5 * np.pi * (1 + 2 * rng.random(n))
    points = np.column_stack([angle * np.cos(angle), angle * np.sin(angle)])
    return (points + noise * rng.normal(size=(n, 2))) / SHRINK
