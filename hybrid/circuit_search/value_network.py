"""The network that values actions, and one step of its training, compiled by JAX in single precision.

Double Q-learning after van Hasselt, Guez, Silver, arXiv 1509.06461: the online network chooses the next
action among the legal ones, the target network values it.
"""

from __future__ import annotations

from functools import partial
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import optax

from problems.contract import Array

SLOPE = 0.01  # of the leaky rectifier below 0


class ValueNetwork(eqx.Module):
    """A perceptron with leaky rectifiers: the tensor and a scalar in, a value for each action out.

    Attributes:
        layers: Linear maps.
    """

    layers: list[eqx.nn.Linear]

    def __init__(self, inputs: int, hidden: tuple[int, ...], outputs: int, key: Any):
        widths = (inputs, *hidden, outputs)
        keys = jax.random.split(key, len(widths) - 1)
        self.layers = [
            eqx.nn.Linear(a, b, key=k) for a, b, k in zip(widths[:-1], widths[1:], keys, strict=True)
        ]

    def __call__(self, states: jax.Array, features: jax.Array) -> jax.Array:
        """Return the values ``[B, A]`` of states ``[B, F]`` with a scalar each ``[B]``."""
        x = jnp.concatenate([states.astype(jnp.float32), features[:, None]], axis=1)
        for layer in self.layers[:-1]:
            x = jax.nn.leaky_relu(_affine(layer, x), SLOPE)
        return _affine(self.layers[-1], x)


def _affine(layer: eqx.nn.Linear, x: jax.Array) -> jax.Array:
    assert layer.bias is not None
    return x @ layer.weight.T + layer.bias


def values_of(weights: list[tuple[Array, Array]], state: Array, feature: float) -> Array:
    """Return the values ``[A]`` of one state ``[F]`` in numpy: a call into JAX would take longer."""
    x = np.append(state, feature).astype(np.float32)
    for weight, bias in weights[:-1]:
        x = weight @ x + bias
        x = np.where(x > 0, x, np.float32(SLOPE) * x)
    weight, bias = weights[-1]
    return weight @ x + bias


def weights_of(network: ValueNetwork) -> list[tuple[Array, Array]]:
    """Return the weights and biases for ``values_of``."""
    return [(np.asarray(layer.weight), np.asarray(layer.bias)) for layer in network.layers]


@partial(jax.jit, static_argnums=(0, 1, 2))
def fresh(inputs: int, hidden: tuple[int, ...], outputs: int, key: Any) -> tuple[ValueNetwork, Any]:
    """Return a network with random weights and Adam's averages before its first step."""
    network = ValueNetwork(inputs, hidden, outputs, key)
    return network, optax.scale_by_adam().init(network)  # pyright: ignore[reportArgumentType]


@jax.jit
def improve(
    online: ValueNetwork, target: ValueNetwork, moments: Any, batch: Any, rate: Any
) -> tuple[ValueNetwork, Any, jax.Array]:
    """Return the online network and Adam's averages after one step, and the Huber loss before it."""
    chosen = jnp.argmax(
        jnp.where(batch.next_legal, online(batch.next_states, batch.next_features), -jnp.inf), 1
    )
    ahead = target(batch.next_states, batch.next_features)
    worth = jnp.take_along_axis(ahead, chosen[:, None], 1)[:, 0]
    goals = jax.lax.stop_gradient(batch.returns + batch.discounts * worth)

    def loss(network: ValueNetwork) -> jax.Array:
        seen = network(batch.states, batch.features)
        valued = jnp.take_along_axis(seen, batch.actions[:, None], 1)[:, 0]
        return optax.huber_loss(valued, goals).mean()

    level, slopes = jax.value_and_grad(loss)(online)
    steps, moments = optax.scale_by_adam().update(slopes, moments)
    online = jax.tree.map(lambda w, s: w - rate * s, online, steps)
    return online, moments, level
