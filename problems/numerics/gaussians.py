"""Gaussians and mixtures of them: moments, draws, densities and the Bures–Wasserstein distance.

Covariances are ``[..., D, D]``, or ``[..., D]`` for diagonal ones where a function says so.
References: Bhatia, Jain, Lim, "On the Bures–Wasserstein distance between positive definite matrices",
Expositiones Mathematicae 37 (2019); Janati et al., "Entropic optimal transport between unbalanced Gaussian
measures has a closed form", NeurIPS 2020.
"""

from __future__ import annotations

import numpy as np

from problems.checking import checked_array
from problems.contract import Array
from problems.errors import ProblemError


def symmetric_root(covariances: Array) -> Array:
    """Return the positive semidefinite square roots ``[..., D, D]`` of symmetric matrices.

    Eigenvalues below zero, which rounding leaves in singular matrices, count as zero.

    Raises:
        ProblemError: If the matrices are not square or not finite.
    """
    covariances = checked_array("covariances", covariances)
    if covariances.ndim < 2 or covariances.shape[-1] != covariances.shape[-2]:
        raise ProblemError("the shape of covariances", covariances.shape, "(..., D, D)")
    values, vectors = np.linalg.eigh(covariances)
    roots = np.sqrt(np.maximum(values, 0.0))
    return (vectors * roots[..., None, :]) @ np.swapaxes(vectors, -1, -2)


def fidelity_trace(root: Array, covariances: Array) -> Array:
    """Return Tr (Σ₁^½ Σ₂ Σ₁^½)^½ ``[...]`` from the root Σ₁^½ and Σ₂, both ``[..., D, D]``."""
    inner = root @ covariances @ root
    values = np.linalg.eigvalsh((inner + np.swapaxes(inner, -1, -2)) / 2)
    return np.sqrt(np.maximum(values, 0.0)).sum(axis=-1)


def bures_wasserstein(mean: Array, covariance: Array, other_mean: Array, other_covariance: Array) -> Array:
    """Return ½ W₂² between Gaussians, for batches ``[..., D]`` and ``[..., D, D]``.

    ½ ||m₁ − m₂||² + ½ Tr Σ₁ + ½ Tr Σ₂ − Tr (Σ₁^½ Σ₂ Σ₁^½)^½; singular covariances are allowed, and what
    rounding leaves below zero is zero.
    """
    root = symmetric_root(covariance)
    return bures_wasserstein_from_root(mean, covariance, root, other_mean, other_covariance)


def bures_wasserstein_from_root(
    mean: Array, covariance: Array, root: Array, other_mean: Array, other_covariance: Array
) -> Array:
    """Return ``bures_wasserstein`` where the first covariance's symmetric root is known already."""
    apart = np.sum((np.asarray(mean) - other_mean) ** 2, axis=-1)
    traces = np.trace(covariance, axis1=-2, axis2=-1) + np.trace(other_covariance, axis1=-2, axis2=-1)
    return np.maximum(0.5 * (apart + traces) - fidelity_trace(root, other_covariance), 0.0)


def mixture_moments(weights: Array, means: Array, covariances: Array) -> tuple[Array, Array]:
    """Return the means ``[m, D]`` and covariances ``[m, D, D]`` of m mixtures of K Gaussians.

    Args:
        weights: ``[m, K]``, rows sum to one.
        means: ``[m, K, D]``, or ``[1, K, D]`` where all mixtures share them.
        covariances: ``[K, D]`` diagonals or ``[K, D, D]``, shared by all mixtures.
    """
    dimension = means.shape[-1]
    if len(means) == 1:
        mean = weights @ means[0]
        centred = means[0] - mean.mean(axis=0)  # shifted, so that the subtraction below loses little
        products = (centred[:, :, None] * centred[:, None, :]).reshape(len(centred), -1)
        shift = mean - mean.mean(axis=0)
        between = (weights @ products).reshape(-1, dimension, dimension) - shift[:, :, None] * shift[:, None]
    else:
        mean = np.einsum("mk,mkd->md", weights, means)
        spread = (means - mean[:, None]) * np.sqrt(weights)[..., None]
        between = np.swapaxes(spread, 1, 2) @ spread
    within = (weights @ covariances.reshape(len(covariances), -1)).reshape(len(mean), *covariances.shape[1:])
    if within.ndim == 2:
        within = within[:, :, None] * np.eye(dimension)
    return mean, between + within


def mixture_draws(weights: Array, means: Array, covariances: Array, rng: np.random.Generator) -> Array:
    """Draw one point ``[m, D]`` from each of m mixtures; the arguments are those of ``mixture_moments``."""
    chosen = chosen_components(weights, rng)
    means = np.broadcast_to(means, (len(weights), *means.shape[1:]))
    centre = means[np.arange(len(weights)), chosen]
    noise = rng.normal(size=centre.shape)
    if covariances.ndim == 2:
        return centre + np.sqrt(covariances)[chosen] * noise
    roots = symmetric_root(covariances)
    return centre + np.einsum("mij,mj->mi", roots[chosen], noise)


def chosen_components(weights: Array, rng: np.random.Generator) -> Array:
    """Draw one component per row of ``weights`` ``[m, K]``, as integers ``[m]``."""
    cumulative = np.cumsum(weights, axis=1)
    drawn = rng.random(len(weights))[:, None] * cumulative[:, -1:]
    return np.minimum(np.sum(cumulative <= drawn, axis=1), weights.shape[1] - 1)


def mixture_log_density(points: Array, weights: Array, means: Array, covariances: Array) -> Array:
    """Return log densities ``[m]`` of one point ``[m, D]`` under each of m mixtures with positive definite
    covariances; the other arguments are those of ``mixture_moments``.
    """
    from scipy.special import logsumexp

    offsets = points[:, None] - means
    if covariances.ndim == 2:
        squares = np.sum(offsets**2 / covariances, axis=-1)
        log_determinants = np.log(covariances).sum(axis=-1)
    else:
        factors = np.linalg.cholesky(np.linalg.inv(covariances))
        squares = np.sum(np.einsum("kij,mki->mkj", factors, offsets) ** 2, axis=-1)
        log_determinants = np.linalg.slogdet(covariances)[1]
    constant = points.shape[1] * np.log(2 * np.pi)
    logs = -0.5 * (squares + log_determinants + constant)
    return np.asarray(logsumexp(logs, b=weights, axis=1))


def gaussian_bridge_covariance(source_variance: Array, target_variance: Array, epsilon: float) -> Array:
    """Return Cov(x, y) under the entropic plan between Gaussians whose covariances commute, by eigenvalue.

    C = ½ (√(4 σ₀² σ₁² + ε²) − ε), for the cost ½ ||x − y||² + ε KL. It is evaluated as
    2 σ₀² σ₁² / (√(4 σ₀² σ₁² + ε²) + ε), which loses no digits for large ε.
    """
    product = np.asarray(source_variance, dtype=float) * target_variance
    return 2 * product / (np.sqrt(4 * product + epsilon**2) + epsilon)
