"""Two Gaussians, between which the Schrödinger bridge has a closed form."""

from __future__ import annotations

from typing import Any

import numpy as np

from problems.checking import check_integer, check_number
from problems.numerics.gaussians import gaussian_bridge_covariance
from problems.transport.mixture_potential import GaussianMixturePotential

VARIANCES = (0.5, 2.0)  # of the target's coordinates


def gaussian_pair(dimension: int, epsilon: float, n: int, seed: int) -> dict[str, Any]:
    """Return the parts of a ``Bridge`` from N(0, I) to N(μ, diag σ²), with μ ~ N(0, I), σ² ~ U[0.5, 2].

    The truth has one component: S = C / σ₀² and r = μ, with the plan's covariance C between the ends.
    """
    check_integer("dimension", dimension, 1)
    check_number("epsilon", epsilon, 0.0, open_low=True)
    check_integer("n", n, 2)
    check_integer("seed", seed, 0)
    rng = np.random.default_rng(seed)
    mean, variances = rng.normal(size=dimension), rng.uniform(*VARIANCES, size=dimension)
    covariance = gaussian_bridge_covariance(np.ones(dimension), variances, epsilon)
    truth = GaussianMixturePotential(np.zeros(1), mean[None], covariance[None], epsilon)
    clouds = {
        name: centre + np.sqrt(spread) * rng.normal(size=(size, dimension))
        for name, size, centre, spread in (
            ("source", n, 0.0, 1.0), ("target", n, mean, variances),
            ("test_source", 1000, 0.0, 1.0), ("test_target", 1000, mean, variances),
        )
    }  # fmt: skip
    return {"epsilon": epsilon, "truth": truth, **clouds}
