"""Products and powers of functions on the sphere by contraction with Gaunt coefficients, in float64."""

from __future__ import annotations

from math import isqrt

import numpy as np

from problems.checking import read_only
from problems.contract import Array
from problems.numerics.spherical import degrees, gaunt, size

ROWS = 256  # pairs contracted at once, which bounds the memory of the outer products


def contracted(x: Array, y: Array, lmax_out: int) -> Array:
    """Return the product ``[..., (L_out+1)²]`` of ``[..., (L1+1)²]`` and ``[..., (L2+1)²]``."""
    lmax1, lmax2 = isqrt(x.shape[-1]) - 1, isqrt(y.shape[-1]) - 1
    table = gaunt(lmax1, lmax2, lmax_out).reshape(-1, size(lmax_out))
    lead = np.broadcast_shapes(x.shape[:-1], y.shape[:-1])
    first = np.broadcast_to(x, (*lead, x.shape[-1])).reshape(-1, x.shape[-1])
    second = np.broadcast_to(y, (*lead, y.shape[-1])).reshape(-1, y.shape[-1])
    found = np.empty((len(first), size(lmax_out)))
    for start in range(0, len(first), ROWS):
        own = slice(start, start + ROWS)
        outer = first[own, :, None] * second[own, None, :]
        found[own] = outer.reshape(len(outer), -1) @ table
    return found.reshape(*lead, size(lmax_out))


def weighted_powers(x: Array, factors: int, weights: Array | None, lmax_out: int) -> Array:
    """Return the weighted sum of the first ν powers of ``[B, C, (L+1)²]``, or the ν-th alone without weights.

    Powers between keep all their degrees. Weights are ``[ν, C, L_out+1]``.
    """
    lmax = isqrt(x.shape[-1]) - 1
    total = np.zeros((*x.shape[:-1], size(lmax_out)))
    power, rows = x, degrees(lmax_out)
    for k in range(1, factors + 1):
        if k > 1:
            # the last product alone may leave out degrees that nobody asks for
            power = contracted(power, x, lmax_out if k == factors and lmax_out < k * lmax else k * lmax)
        width = min(power.shape[-1], size(lmax_out))
        if weights is not None:
            total[..., :width] += weights[k - 1][:, rows[:width]] * power[..., :width]
        elif k == factors:
            total[..., :width] = power[..., :width]
    return read_only(total)
