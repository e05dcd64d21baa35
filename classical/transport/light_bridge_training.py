"""The compiled training of a mixture potential: Adam on independent batches, whole chunks in one scan."""

from __future__ import annotations

from functools import partial
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
import optax
from jax.scipy.special import logsumexp

from problems.contract import Array

Parameters = dict[str, Any]


class State(NamedTuple):
    """Parameters, Adam's moments, and the running mean of the parameters."""

    parameters: Parameters
    moments: Any
    mean: Parameters
    counted: Any

    def averaged(self) -> Parameters:
        """The mean of the parameters, or the last ones where none was counted yet."""
        return self.mean if int(self.counted) else self.parameters


def begin(start: dict[str, Array]) -> State:
    """Return the state before the first step, in float32."""
    parameters = {name: jnp.asarray(value, jnp.float32) for name, value in start.items()}
    return State(parameters, _adam().init(parameters), parameters, jnp.zeros((), jnp.float32))


def clouds(source: Array, target: Array) -> tuple[jax.Array, jax.Array]:
    """Return both clouds in float32."""
    return jnp.asarray(source, jnp.float32), jnp.asarray(target, jnp.float32)


def loss(parameters: Parameters, x: jax.Array, y: jax.Array, epsilon: Any) -> jax.Array:
    """Return mean log c(x) − mean log v(y) for x and y ``[B, D]`` that are independent of each other."""
    log_weights, centres = parameters["scaled_log_weights"] / epsilon, parameters["centres"]
    scales = jnp.exp(parameters["log_scales"])
    offsets = y[:, None] - centres  # [B, K, D]; differences first, for a small ε leaves no digits otherwise
    if "skews" in parameters:
        rotations = _cayley(parameters["skews"])
        inside = jnp.einsum("bi,kij->bkj", x, rotations)
        quadratic = jnp.einsum("bkj,kj->bk", inside**2, scales)
        offsets = jnp.einsum("bki,kij->bkj", offsets, rotations)
    else:
        quadratic = x**2 @ scales.T
    normaliser = logsumexp(log_weights + (quadratic + 2 * x @ centres.T) / (2 * epsilon), axis=1)
    squares = jnp.sum(offsets**2 / scales, axis=2) / epsilon
    determinants = jnp.sum(parameters["log_scales"] + jnp.log(2 * jnp.pi * epsilon), axis=1)
    potential = logsumexp(log_weights - 0.5 * (squares + determinants), axis=1)
    return jnp.mean(normaliser) - jnp.mean(potential)


def descend(
    state: State, data: tuple[jax.Array, jax.Array], key: Any, done: int, stop: int, first: int, rate: float,
    epsilon: float, batch: int, length: int,
) -> tuple[State, jax.Array]:  # fmt: skip
    """Take up to ``length`` steps after ``done`` ones, to ``stop`` at most; parameters after ``first`` steps
    enter the mean.

    Returns:
        The state, and the mean loss of the steps' batches.
    """
    figures = np.int32(done), np.int32(stop), np.int32(first), np.float32(rate), np.float32(epsilon)
    return _scan(state, data, key, *figures, batch, length)


@partial(jax.jit, static_argnums=(8, 9))
def _scan(
    state: State, data: Any, key: Any, done: Any, stop: Any, first: Any, rate: Any, epsilon: Any,
    batch: int, length: int,
) -> tuple[State, jax.Array]:  # fmt: skip
    source, target = data
    left, right = jax.random.split(jax.random.fold_in(key, done))  # the clouds' batches are independent
    rows = jax.random.randint(left, (length, batch), 0, len(source), jnp.int32)
    columns = jax.random.randint(right, (length, batch), 0, len(target), jnp.int32)

    def advance(state: State, number: Any, row: Any, column: Any) -> tuple[State, jax.Array]:
        value, slopes = jax.value_and_grad(loss)(state.parameters, source[row], target[column], epsilon)
        directions, moments = _adam().update(slopes, state.moments)
        parameters = jax.tree.map(lambda p, d: p - rate * d, state.parameters, directions)
        counted = state.counted + (number >= first)
        share = jnp.where(number >= first, 1 / jnp.maximum(counted, 1), 0.0)
        mean = jax.tree.map(lambda m, p: (1 - share) * m + share * p, state.mean, parameters)
        return State(parameters, moments, mean, counted), value

    def step(state: State, entry: Any) -> tuple[State, jax.Array]:
        past = entry[0] >= stop  # one compiled length serves every number of steps
        return jax.lax.cond(past, lambda s, *_: (s, jnp.float32(0)), advance, state, *entry)

    numbers = done + jnp.arange(length, dtype=jnp.int32)
    state, values = jax.lax.scan(step, state, (numbers, rows, columns))
    return state, jnp.sum(values) / jnp.minimum(stop - done, length)


def _adam() -> optax.GradientTransformation:
    """Adam's direction without its rate, which is an argument of the compiled scan."""
    return optax.scale_by_adam()


def _cayley(matrices: jax.Array) -> jax.Array:
    skew = matrices - jnp.swapaxes(matrices, -1, -2)
    identity = jnp.eye(matrices.shape[-1], dtype=matrices.dtype)
    return jnp.linalg.solve(identity - skew, identity + skew)
