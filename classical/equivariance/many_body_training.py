"""Training of a force field on energies and forces, compiled by JAX in single precision.

The forces are the exact gradient of the energy, so that a step differentiates twice.
"""

from __future__ import annotations

from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import optax

from classical.equivariance.many_body_network import ManyBodyNetwork
from problems.contract import Array
from problems.numerics.precision import double_precision

BLOCK = 10  # geometries in one compiled evaluation


class ManyBodyModel(eqx.Module):
    """A trained force field: energies in eV, forces in eV/Å, computed in double precision.

    Attributes:
        network: From positions to energies in units of ``scale``, without ``offset``.
        offset: What is added to all energies, in eV.
        scale: The root mean square force of the training part, in eV/Å.
    """

    network: ManyBodyNetwork
    offset: Any
    scale: Any

    def energy(self, positions: Array) -> Array:
        """Return energies ``[B]`` in eV of positions ``[B, n, 3]`` in Å."""
        return self.both(positions)[0]

    def forces(self, positions: Array) -> Array:
        """Return forces ``[B, n, 3]`` in eV/Å, minus the exact gradient of the energy."""
        return self.both(positions)[1]

    def both(self, positions: Array) -> tuple[Array, Array]:
        """Return energies and forces."""
        positions = np.asarray(positions, dtype=float)
        padded = np.concatenate([positions, np.repeat(positions[-1:], -len(positions) % BLOCK, axis=0)])
        with double_precision():
            network = jax.tree.map(lambda leaf: jnp.asarray(leaf, jnp.float64), self.network)
            blocks = [
                _evaluated(network, jnp.asarray(padded[at : at + BLOCK]))
                for at in range(0, len(padded), BLOCK)
            ]
        energies = np.concatenate([np.asarray(energy) for energy, _ in blocks])[: len(positions)]
        forces = np.concatenate([np.asarray(force) for _, force in blocks])[: len(positions)]
        scale, offset = float(np.asarray(self.scale)), float(np.asarray(self.offset))
        return offset + scale * energies, scale * forces


@eqx.filter_jit
def _evaluated(network: ManyBodyNetwork, positions: Any) -> tuple[Any, Any]:
    return energies_and_forces(network, positions)


def energies_and_forces(network: ManyBodyNetwork, positions: Any) -> tuple[Any, Any]:
    """Return energies ``[B]`` and minus their gradients ``[B, n, 3]``, in the network's units."""

    def total(positions: Any) -> tuple[Any, Any]:
        energies = network(positions)
        return energies.sum(), energies

    slopes, energies = jax.grad(total, has_aux=True)(positions)
    return energies, -slopes


def misfit(network: ManyBodyNetwork, batch: tuple[Any, Any, Any], force_weight: Any) -> Any:
    """Return the mean squared error of energies per atom plus the weighted one of force components."""
    positions, energies, forces = batch
    guessed, slopes = energies_and_forces(network, positions)
    error = (guessed - energies) / positions.shape[1]
    return jnp.mean(error**2) + force_weight * jnp.mean((slopes - forces) ** 2)


@eqx.filter_jit
def fresh_moments(network: ManyBodyNetwork) -> Any:
    """Return the averages of AMSGrad before the first step."""
    return optax.scale_by_amsgrad().init(eqx.filter(network, eqx.is_array))


@eqx.filter_jit
def train(
    network: ManyBodyNetwork, averaged: ManyBodyNetwork, moments: Any, data: tuple[Any, Any, Any], rows: Any,
    rates: Any, force_weight: Any, decay: Any,
) -> Any:  # fmt: skip
    """Take a step for each batch of rows ``[T, b]`` and learning rate ``[T]``.

    Returns the network, its exponential average, AMSGrad's averages and the misfits ``[T]``.
    """
    weights, fixed = eqx.partition(network, eqx.is_array)
    smooth, _ = eqx.partition(averaged, eqx.is_array)

    def step(state: Any, drawn: Any) -> Any:
        (weights, smooth, moments), (chosen, rate) = state, drawn
        batch = (data[0][chosen], data[1][chosen], data[2][chosen])

        def loss(weights: Any) -> Any:
            return misfit(eqx.combine(weights, fixed), batch, force_weight)

        value, slope = jax.value_and_grad(loss)(weights)
        direction, moments = optax.scale_by_amsgrad().update(slope, moments)
        weights = jax.tree.map(lambda w, d: w - rate * d, weights, direction)
        smooth = jax.tree.map(lambda s, w: decay * s + (1 - decay) * w, smooth, weights)
        return (weights, smooth, moments), value

    state, losses = jax.lax.scan(step, (weights, smooth, moments), (rows, rates))
    return eqx.combine(state[0], fixed), eqx.combine(state[1], fixed), state[2], losses
