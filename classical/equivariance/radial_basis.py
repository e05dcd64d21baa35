"""Functions of a distance: spherical Bessel waves that end smoothly at a cutoff, and a perceptron of them.

Reference: Gasteiger, Groß, Günnemann, "Directional message passing for molecular graphs", ICLR 2020, arXiv
2003.03123, equations 7 and 8.
"""

from __future__ import annotations

from math import pi, sqrt
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp


def bessel(distances: Any, count: int, cutoff: float) -> Any:
    """Return √(2/c) sin(k π r/c)/r for k = 1 … ``count``, ``[..., count]``, of distances r > 0."""
    waves = jnp.arange(1, count + 1, dtype=distances.dtype) * (pi / cutoff)
    r = distances[..., None]
    return sqrt(2 / cutoff) * jnp.sin(waves * r) / r


def polynomial_cutoff(distances: Any, cutoff: float, power: int = 5) -> Any:
    """Return a function that is 1 at 0 and reaches 0 at the cutoff with two derivatives that vanish there."""
    u, p = distances / cutoff, power
    value = 1 - (p + 1) * (p + 2) / 2 * u**p + p * (p + 2) * u ** (p + 1) - p * (p + 1) / 2 * u ** (p + 2)
    return jnp.where(u < 1, value, 0.0)


class Perceptron(eqx.Module):
    """Dense layers with the sigmoid linear unit between them, on the last axis.

    Attributes:
        weights: Of each layer ``[in, out]``.
        biases: Of each layer ``[out]``.
    """

    weights: tuple[Any, ...]
    biases: tuple[Any, ...]

    def __call__(self, x: Any) -> Any:
        """Return ``[..., out]`` of ``[..., in]``."""
        for weight, bias in zip(self.weights[:-1], self.biases[:-1], strict=True):
            x = jax.nn.silu(x @ weight + bias)
        return x @ self.weights[-1] + self.biases[-1]


def perceptron(widths: tuple[int, ...], key: Any) -> Perceptron:
    """Return one in single precision with weights N(0, 1/in) and biases 0."""
    keys = jax.random.split(key, len(widths) - 1)
    pairs = list(zip(widths[:-1], widths[1:], strict=True))
    weights = [
        jax.random.normal(k, pair, jnp.float32) / sqrt(pair[0]) for k, pair in zip(keys, pairs, strict=True)
    ]
    return Perceptron(tuple(weights), tuple(jnp.zeros(out, jnp.float32) for _, out in pairs))
