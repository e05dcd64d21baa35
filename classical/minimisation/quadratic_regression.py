"""Quadratic regression from few and noisy values: what they don't fix is kept small, by maximum likelihood.

Coefficients have a rotation-invariant Gaussian prior: a slope g ~ N(0, v) and a Hessian κI + G with G of the
Gaussian orthogonal ensemble, which makes the values a Gaussian process with covariance v(u·u' + ½τ(u·u')²)
around a constant and ½κ|u|². The weights of prior and noise maximise the restricted likelihood (Patterson,
Thompson, 1971), for which one eigendecomposition serves all noise levels.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from problems.contract import Array

BENDING = (0.01, 0.1, 1.0, 10.0)  # τ, the variances of the Hessian's entries tried, in units of the slope's
NOISE = np.logspace(-10, 4, 57)  # the noise variances tried, likewise
FIXED = 2  # coefficients without a prior: the constant and κ
LEAST_ROWS = FIXED + 2


@dataclass(frozen=True, eq=False)
class Quadratic:
    """The function a + g·u + ½u·Hu.

    Attributes:
        constant: a.
        slope: g ``[P]``.
        hessian: H ``[P, P]``.
        noise: Standard deviation of the values around it, where their weight is one.
    """

    constant: float
    slope: Array
    hessian: Array
    noise: float

    def value(self, u: Array) -> float:
        """Return the value at a point ``[P]``."""
        return float(self.constant + u @ self.slope + 0.5 * u @ self.hessian @ u)

    def gradient(self, u: Array) -> Array:
        """Return the gradient ``[P]`` at a point ``[P]``."""
        return self.slope + self.hessian @ u


def fit_quadratic(u: Array, values: Array, weights: Array) -> Quadratic:
    """Return the most likely quadratic through weighted values.

    Args:
        u: Points ``[m, P]`` of lengths around one and below; m is 4 at least.
        values: ``[m]``.
        weights: ``[m]``: inverse variances of the values, in units of the one to be found.
    """
    root = np.sqrt(weights)
    fixed = root[:, None] * np.stack([np.ones(len(u)), 0.5 * np.sum(u**2, axis=1)], axis=1)
    outside = np.linalg.qr(fixed, mode="complete")[0][:, FIXED:]
    target = outside.T @ (root * values)
    inner = u @ u.T
    best, least = None, np.inf
    for bending in BENDING:
        covariance = root[:, None] * (inner + 0.5 * bending * inner**2) * root
        spectrum, basis = np.linalg.eigh(outside.T @ covariance @ outside)
        seen = basis.T @ target
        variances = np.maximum(spectrum, 0.0) + NOISE[:, None]
        scales = np.mean(seen**2 / variances, axis=1)
        costs = len(target) * np.log(np.maximum(scales, np.finfo(float).tiny)) + np.log(variances).sum(axis=1)
        k = int(np.argmin(costs))
        if costs[k] < least:
            dual = outside @ (basis @ (seen / variances[k]))
            least, best = costs[k], (bending, covariance, dual, NOISE[k], scales[k])
    assert best is not None
    bending, covariance, dual, noise, scale = best
    rest = root * values - covariance @ dual - noise * dual
    constant, curvature = np.linalg.lstsq(fixed, rest, rcond=None)[0]
    pull = root * dual
    hessian = curvature * np.eye(u.shape[1]) + bending * (u.T * pull) @ u
    return Quadratic(float(constant), pull @ u, hessian, float(np.sqrt(noise * scale)))
