"""The bridge between two Gaussians, which one component holds exactly."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from classical.transport import IndependentCoupling, LightBridge
from problems.numerics.gaussians import gaussian_bridge_covariance
from problems.transport import Bridge
from tests.claims.table import Row

ONE = LightBridge(components=1, steps=3000, rate=0.01, averaging=0.5)


def rows(quick: bool) -> Iterator[Row]:
    """All rows."""
    yield self_consistency()
    yield one_component(100_000)


def self_consistency() -> Row:
    """σ₁² − C²/σ₀² = ε C/σ₀², over many sizes of all three."""
    rng = np.random.default_rng(0)
    source, target, epsilon = np.exp(rng.uniform(-3, 3, size=(3, 10_000)))
    covariance = np.array(
        [gaussian_bridge_covariance(*entry) for entry in zip(source, target, epsilon, strict=True)]
    )
    left, right = target - covariance**2 / source, epsilon * covariance / source
    worst = float(np.max(np.abs(left - right) / target))
    return Row(
        "Gaussian pair: σ₁² − C²/σ₀² = ε C/σ₀² to 1e-12 of σ₁²",
        "closed form",
        "",
        f"worst of 10 000: {worst:.1e}",
        worst <= 1e-12,
    )


def one_component(n: int) -> Row:
    """S and r of one trained component against the closed form."""
    problem = Bridge.gaussian_pair(2, 1.0, n=n, seed=1)
    found = ONE.solve(problem, seed=0, progress=False)
    truth = problem.truth
    assert truth is not None
    scales = np.abs(found.solution.scales / truth.scales - 1).max()
    centres = np.linalg.norm(found.solution.centres - truth.centres) / np.linalg.norm(truth.centres)
    null = IndependentCoupling().solve(problem, progress=False)
    return Row(
        "Gaussian pair: one component within 1% of the closed form after 3000 steps",
        "exact for K = 1",
        f"cBW²-UVP: independent {null.objective:.1f}%",
        f"S off by {scales:.2%}, r by {centres:.2%}; cBW²-UVP {found.objective:.4f}%",
        bool(max(scales, centres) <= 0.01),
        ""
        if max(scales, centres) <= 0.01
        else f"the means of {n} samples are off by {n**-0.5:.2%} themselves",
    )
