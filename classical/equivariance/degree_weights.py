"""Weights per degree, which scale the inputs and outputs of an operation outside."""

from __future__ import annotations

from math import isqrt
from typing import Any

from problems.equivariance.coupling_measures import INDEX
from problems.errors import ProblemError
from problems.numerics.spherical import degrees


def scale_degrees(coefficients: Any, weights: Any) -> Any:
    """Return ``[..., (L+1)²]`` times the weight ``[..., L+1]`` of each coefficient's degree.

    Raises:
        ProblemError: If the last axes do not belong to one highest degree.
    """
    width = coefficients.shape[-1]
    lmax = isqrt(width) - 1
    if (lmax + 1) ** 2 != width or weights.shape[-1] != lmax + 1:
        raise ProblemError(
            "the shape of weights", tuple(weights.shape), f"(..., {lmax + 1}) for {width} coefficients"
        )
    return coefficients * weights[..., degrees(lmax).astype(INDEX)]
