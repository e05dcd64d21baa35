"""Losses of targets with their slopes and curvatures: logistic, softmax, squared."""

from __future__ import annotations

from typing import Literal

import numpy as np

from problems.contract import Array

TargetLoss = Literal["logistic", "softmax", "squared"]
LOSSES = ("logistic", "softmax", "squared")


def losses(kind: TargetLoss, z: Array, labels: Array) -> Array:
    """Return the losses ``[b]`` of targets ``[b, p]``.

    Args:
        kind: "logistic": log(1 + e^z) − y z with y in {0, 1} and p = 1; "softmax": the cross-entropy of
            classes 0 … p − 1; "squared": half the squared distance.
        z: ``[b, p]``.
        labels: ``[b]``, or ``[b, p]`` for "squared".
    """
    if kind == "logistic":
        return np.logaddexp(0.0, z[:, 0]) - labels * z[:, 0]
    if kind == "softmax":
        return log_sum_exp(z) - z[np.arange(len(z)), labels.astype(np.int64)]
    return 0.5 * np.sum((z - labels) ** 2, axis=1)


def slopes(kind: TargetLoss, z: Array, labels: Array) -> Array:
    """Return each row's gradient ``[b, p]``; arguments as of ``losses``."""
    if kind == "squared":
        return z - labels
    chances = probabilities(z)
    if kind == "logistic":
        return chances - labels[:, None]
    chances[np.arange(len(z)), labels.astype(np.int64)] -= 1.0
    return chances


def curvatures(kind: TargetLoss, z: Array) -> Array:
    """Return the diagonal second derivatives ``[b, p]``: p (1 − p), or ones."""
    if kind == "squared":
        return np.ones_like(z)
    chances = probabilities(z)
    return chances * (1 - chances)


def smoothness_of(kind: TargetLoss, width: int) -> float:
    """Return the largest eigenvalue that the second derivatives in the targets can have.

    1/4 for the logistic loss, 1 for half the squared distance. The Hessian diag(p) − p pᵀ of the
    cross-entropy stays below max 2 pₖ (1 − pₖ) ≤ 1/2, whatever the number of classes; 1 is the common
    figure and is kept for more than two.
    """
    if kind == "logistic":
        return 0.25
    return 0.5 if kind == "softmax" and width == 2 else 1.0


def probabilities(z: Array) -> Array:
    """Return the softmax ``[b, p]``; of a single target its sigmoid."""
    if z.shape[1] == 1:
        return np.exp(-np.logaddexp(0.0, -z))
    return np.exp(z - log_sum_exp(z)[:, None])


def log_sum_exp(z: Array) -> Array:
    """Return log Σ e^z ``[b]``; of a single target log(1 + e^z)."""
    if z.shape[1] == 1:
        return np.logaddexp(0.0, z[:, 0])
    top = z.max(axis=1)
    return top + np.log(np.exp(z - top[:, None]).sum(axis=1))


def kullback_leibler(centre: Array, z: Array) -> tuple[Array, Array]:
    """Return KL(softmax(centre) ‖ softmax(z)) ``[b]`` and its gradient in z ``[b, p]``.

    It is the Bregman divergence of log Σ e^z from the centre to z, so the cross-entropy at z is its linear
    model at the centre plus this, without remainder.
    """
    old = probabilities(centre)
    value = log_sum_exp(z) - log_sum_exp(centre) - np.sum(old * (z - centre), axis=1)
    return value, probabilities(z) - old
