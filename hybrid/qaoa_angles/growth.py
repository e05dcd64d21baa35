"""Angles for one layer more, from those of a trained depth."""

from __future__ import annotations

import numpy as np

from problems.contract import Array


def interpolate(angles: Array) -> Array:
    """Stretch angles ``[2d]`` linearly to ``[2(d + 1)]``.

    The k-th of the new ones, k = 1 … d + 1, is ((k − 1) θ_{k−1} + (d − k + 1) θ_k) / d, for β and for γ:
    INTERP of Zhou et al., PRX 10, 021067 (2020), appendix B.
    """
    return np.concatenate([_stretched(part) for part in np.split(np.asarray(angles, dtype=float), 2)])


def _stretched(part: Array) -> Array:
    depth, k = len(part), np.arange(len(part) + 1)
    return (k * np.append(0.0, part) + (depth - k) * np.append(part, 0.0)) / depth
