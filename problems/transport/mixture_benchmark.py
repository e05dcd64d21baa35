"""Pairs of distributions whose entropic plan is known, built from a potential that is a mixture of Gaussians.

Reference: the idea of Gushchin et al., "Building the bridge of Schrödinger", NeurIPS 2023, arXiv 2306.10161:
choose the potential, let it carry the source, and the plan is optimal between the two ends.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from problems.checking import check_integer, check_number
from problems.contract import Array
from problems.transport.mixture_potential import GaussianMixturePotential

SOURCE_DEVIATION = 4.0
RADIUS = 5.0  # of the sphere with the centres of the potential
VARIANCES = (0.5, 2.0)  # of its components


def mixture_benchmark(
    dimension: int, epsilon: float, n: int, components: int, rotated: bool, test_points: int, seed: int
) -> dict[str, Any]:
    """Return the parts of a ``Bridge`` from N(0, 16 I), by π(y|x) ∝ exp(−||x − y||²/2ε) Σ_k N(y; b_k, Σ_k)/K.

    Args:
        dimension: D.
        epsilon: ε.
        n: Of each cloud; targets are drawn for sources of their own.
        components: K; centres b_k lie evenly on a sphere of radius 5.
        rotated: Whether the covariances Σ_k, with eigenvalues U[0.5, 2], have axes of their own.
        test_points: Of each test cloud.
        seed: Of everything.
    """
    check_integer("dimension", dimension, 1)
    check_number("epsilon", epsilon, 0.0, open_low=True)
    for name, value, low in (("n", n, 2), ("components", components, 1), ("test_points", test_points, 2)):
        check_integer(name, value, low)
    check_integer("seed", seed, 0)
    rng = np.random.default_rng(seed)
    centres = rng.normal(size=(components, dimension))
    centres *= RADIUS / np.linalg.norm(centres, axis=1, keepdims=True)
    variances = rng.uniform(*VARIANCES, size=(components, dimension))
    rotations = _rotations(components, dimension, rng) if rotated else None
    truth = adjusted_potential(centres, variances, rotations, epsilon)
    sources = [SOURCE_DEVIATION * rng.normal(size=(size, dimension)) for size in (n, n, test_points)]
    behind_test = SOURCE_DEVIATION * rng.normal(size=(test_points, dimension))
    return {
        "source": sources[0],
        "target": truth.sample(sources[1], seed),
        "epsilon": epsilon,
        "truth": truth,
        "test_source": sources[2],
        "test_target": truth.sample(behind_test, seed + 1),
    }


def adjusted_potential(
    centres: Array, variances: Array, rotations: Array | None, epsilon: float
) -> GaussianMixturePotential:
    """Return v(y) = exp(−||y||²/2ε) Σ_k N(y; b_k, Σ_k), up to a factor, as a mixture of Gaussians.

    S_k = (I + ε Σ_k⁻¹)⁻¹, r_k = (I − S_k) b_k and log α_k = −½ log det(I + Σ_k/ε) − ½ b_kᵀ (Σ_k + ε I)⁻¹ b_k.

    Args:
        centres: b ``[K, D]``.
        variances: The eigenvalues of Σ ``[K, D]``.
        rotations: Their axes ``[K, D, D]``; None for the coordinates.
        epsilon: ε.
    """
    scales = variances / (variances + epsilon)
    inside = centres if rotations is None else np.einsum("kij,ki->kj", rotations, centres)
    log_weights = -0.5 * np.log1p(variances / epsilon).sum(axis=1)
    log_weights -= 0.5 * (inside**2 / (variances + epsilon)).sum(axis=1)
    moved = (1 - scales) * inside
    if rotations is not None:
        moved = np.einsum("kij,kj->ki", rotations, moved)
    return GaussianMixturePotential(log_weights - log_weights.max(), moved, scales, epsilon, rotations)


def _rotations(components: int, dimension: int, rng: np.random.Generator) -> Array:
    """Orthogonal matrices by Haar's measure."""
    factors, triangles = np.linalg.qr(rng.normal(size=(components, dimension, dimension)))
    return factors * np.sign(np.diagonal(triangles, axis1=1, axis2=2))[:, None, :]
