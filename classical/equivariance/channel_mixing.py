"""Linear maps of channels, one per degree: the only linear ones that commute with rotations."""

from __future__ import annotations

from math import sqrt
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp

from problems.numerics.spherical import block


class ChannelMixing(eqx.Module):
    """Mixes channels within each degree.

    Attributes:
        weights: ``[L + 1, in, out]``.
    """

    weights: Any

    def __call__(self, x: Any) -> Any:
        """Return ``[..., out, (L + 1)²]`` of ``[..., in, (L + 1)²]``."""
        parts = [
            jnp.einsum("...im,io->...om", x[..., block(degree)], weight)
            for degree, weight in enumerate(self.weights)
        ]
        return jnp.concatenate(parts, axis=-1)


def channel_mixing(lmax: int, channels: int, out: int, key: Any) -> ChannelMixing:
    """Return one in single precision with weights N(0, 1/in)."""
    return ChannelMixing(jax.random.normal(key, (lmax + 1, channels, out), jnp.float32) / sqrt(channels))


def scaled_by_degree(x: Any, factors: Any) -> Any:
    """Multiply coefficients ``[..., (L + 1)²]`` by a factor per degree ``[..., L + 1]``."""
    lmax = factors.shape[-1] - 1
    repeated = [
        jnp.broadcast_to(factors[..., degree : degree + 1], (*factors.shape[:-1], 2 * degree + 1))
        for degree in range(lmax + 1)
    ]
    return x * jnp.concatenate(repeated, axis=-1)
