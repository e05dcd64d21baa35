"""The surrogate of a composite problem: linear in the targets, kept near where its slope was paid for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from classical.minimisation.target_oracle import TargetOracle
from problems.contract import Array
from problems.minimisation.target_losses import kullback_leibler

Geometry = Literal["euclid", "newton", "mirror", "adagrad"]
GEOMETRIES = ("euclid", "newton", "mirror", "adagrad")
FLOOR = 1e-5  # added to a metric that may vanish


@dataclass(frozen=True, eq=False)
class Surrogate:
    """s(θ) = (1/b) Σ over a batch of ⟨gᵢ, fᵢ(θ) − zᵢ⟩ + Dᵢ(fᵢ(θ), zᵢ) / η.

    Dᵢ(z′, z) is ½ (z′ − z)ᵀ Mᵢ (z′ − z) with a diagonal metric M, or the Kullback-Leibler divergence of the
    softmaxes. Nothing here pays for the loss.

    Attributes:
        oracle: Counts calls of f.
        rows: The batch ``[b]``.
        theta: Where it was built ``[P]``.
        centre: z there ``[b, p]``.
        slopes: Each row's own g there ``[b, p]``.
        eta: η.
        metric: M ``[b, p]``, or None for the Kullback-Leibler divergence.
    """

    oracle: TargetOracle
    rows: Array
    theta: Array
    centre: Array
    slopes: Array
    eta: float
    metric: Array | None

    def targets(self, theta: Array) -> Array:
        """Return f(θ) ``[b, p]`` of the batch."""
        return self.oracle.targets(theta, self.rows)

    def value(self, z: Array) -> float:
        """Return s at targets ``[b, p]``; 0 at the centre."""
        moved = z - self.centre
        if self.metric is None:
            near = float(np.sum(kullback_leibler(self.centre, z)[0]))
        else:
            near = 0.5 * float(np.sum(self.metric * moved * moved))
        return (float(np.sum(self.slopes * moved)) + near / self.eta) / len(z)

    def gradient(self, theta: Array, z: Array) -> Array:
        """Return the gradient ``[P]`` of s at θ, whose targets are z ``[b, p]``."""
        mirrored = self.metric is None
        pull = kullback_leibler(self.centre, z)[1] if mirrored else self.metric * (z - self.centre)
        return self.oracle.pull_back(theta, self.rows, (self.slopes + pull / self.eta) / len(z))

    def bend(self, along: Array) -> float:
        """Return the second derivative of s along targets ``[b, p]``, the same everywhere with a metric."""
        assert self.metric is not None
        return float(np.sum(self.metric * along * along)) / (self.eta * len(along))


def metric_of(
    geometry: Geometry, oracle: TargetOracle, centre: Array, rows: Array, squares: Array | None
) -> Array | None:
    """Return the metric M ``[b, p]`` of a geometry, None for the divergence of "mirror".

    Args:
        geometry: "euclid": ones; "newton": second derivatives plus 1e-5; "adagrad": roots of summed squares.
        oracle: Knows the problem.
        centre: Targets ``[b, p]``.
        rows: The batch ``[b]``.
        squares: Squares of all slopes of these rows so far ``[b, p]``, for "adagrad".
    """
    if geometry == "mirror":
        return None
    if geometry == "newton":
        return oracle.problem.target_curvature(centre, rows) + FLOOR
    if geometry == "adagrad":
        assert squares is not None
        return np.sqrt(squares) + FLOOR
    return np.ones_like(centre)
