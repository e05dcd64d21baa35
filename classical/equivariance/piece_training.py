"""Training of a classifier of shapes on randomly turned shapes, compiled by JAX in single precision."""

from __future__ import annotations

from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import optax

from classical.equivariance.piece_network import PieceNetwork, scores_of


def random_turns(key: Any, count: int) -> Any:
    """Return uniform rotations ``[count, 3, 3]`` (Shoemake: unit quaternions)."""
    q = jax.random.normal(key, (count, 4), jnp.float32)
    w, x, y, z = (q / jnp.linalg.norm(q, axis=1, keepdims=True)).T
    rows = (
        (1 - 2 * (y * y + z * z), 2 * (x * y - w * z), 2 * (x * z + w * y)),
        (2 * (x * y + w * z), 1 - 2 * (x * x + z * z), 2 * (y * z - w * x)),
        (2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y)),
    )
    return jnp.stack([jnp.stack(row, axis=-1) for row in rows], axis=-2)


def cross_entropy(network: PieceNetwork, positions: Any) -> Any:
    """Return the mean cross-entropy in nats of one shape of each kind ``[8, n, 3]``."""
    chances = jax.nn.log_softmax(scores_of(network, positions))
    return -jnp.mean(jnp.diagonal(chances))


@eqx.filter_jit
def fresh_moments(network: PieceNetwork) -> Any:
    """Return Adam's averages before the first step."""
    return optax.scale_by_adam().init(eqx.filter(network, eqx.is_array))


@eqx.filter_jit
def train(network: PieceNetwork, moments: Any, positions: Any, keys: Any, rates: Any) -> Any:
    """Take a step for each key ``[T]`` and learning rate ``[T]``; returns network, averages and losses."""
    weights, fixed = eqx.partition(network, eqx.is_array)

    def step(state: Any, drawn: Any) -> Any:
        (weights, moments), (key, rate) = state, drawn
        turned = jnp.einsum("pij,pbj->pbi", random_turns(key, len(positions)), positions)

        def loss(weights: Any) -> Any:
            return cross_entropy(eqx.combine(weights, fixed), turned)

        value, slope = jax.value_and_grad(loss)(weights)
        direction, moments = optax.scale_by_adam().update(slope, moments)
        weights = jax.tree.map(lambda w, d: w - rate * d, weights, direction)
        return (weights, moments), value

    (weights, moments), losses = jax.lax.scan(step, (weights, moments), (keys, rates))
    return eqx.combine(weights, fixed), moments, losses
