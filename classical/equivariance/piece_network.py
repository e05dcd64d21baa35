"""Message passing with a tensor product of one's choice: from block positions to a score for each piece.

A message is the product of the harmonics of a bond with the neighbour's features, each degree scaled by a
function of the distance. Features hold coefficients of natural parity (−1)^l and, where an operation gives
them, of the other parity; pseudo-scalars are what tells a shape from its mirror image.

Reference: Xie, Daigavane, Kotak, Smidt, arXiv 2506.13523, section 5 (pieces of four blocks).
"""

from __future__ import annotations

from math import pi, sqrt
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np

from classical.equivariance.channel_mixing import ChannelMixing, channel_mixing, scaled_by_degree
from classical.equivariance.directions import bonds, harmonics_of_units
from classical.equivariance.operation import SphericalOperation
from classical.equivariance.radial_basis import Perceptron, bessel, perceptron
from problems.contract import Array
from problems.numerics.precision import double_precision
from problems.numerics.spherical import degrees

WAVES = 8
SIGNS = ((0, 0), (0, 1), (1, 0))  # the signs under inversion of the two factors, 0 for even


class MessageLayer(eqx.Module):
    """One round of messages, a gate, and a mixing with what was there before.

    Attributes:
        radial: From Bessel waves to a factor for each channel and degree of both parts of the messages.
        gates: From the scalars to a factor for each channel and degree above 0 of both parts.
        natural: Mixes old and new features of natural parity.
        pseudo: Mixes old and new features of the other parity; None where there are none.
    """

    radial: Perceptron
    gates: Perceptron
    natural: ChannelMixing
    pseudo: ChannelMixing | None


class PieceNetwork(eqx.Module):
    """A rotation-invariant classifier of shapes; ``scores`` computes in double precision.

    Attributes:
        embedding: Scalars that every block begins with ``[channels]``.
        layers: Rounds of messages.
        readout: From mean scalars and pseudo-scalars to scores ``[in, 8]``.
        operation: The tensor product.
        separate: Whether products of factors of different signs under inversion are kept apart.
        radius: Which blocks are neighbours.
    """

    embedding: Any
    layers: tuple[MessageLayer, ...]
    readout: Any
    operation: SphericalOperation = eqx.field(static=True)
    separate: bool = eqx.field(static=True)
    radius: float = eqx.field(static=True)

    def scores(self, positions: Array) -> Array:
        """Return scores ``[B, 8]`` of block centres ``[B, 4, 3]``, computed in float64."""
        with double_precision():
            network = jax.tree.map(lambda leaf: jnp.asarray(leaf, dtype=jnp.float64), self)
            return np.asarray(_compiled_scores(network, jnp.asarray(positions, dtype=jnp.float64)))


@eqx.filter_jit
def _compiled_scores(network: PieceNetwork, positions: Any) -> Any:
    return scores_of(network, positions)


def scores_of(network: PieceNetwork, positions: Any) -> Any:
    """Return scores ``[B, 8]`` of ``[B, n, 3]`` in the precision of both."""
    distances = jnp.linalg.norm(positions[:, :, None] - positions[:, None] + 1e-12, axis=-1)
    connected = (distances <= network.radius) & ~jnp.eye(positions.shape[1], dtype=bool)
    units, distances = bonds(positions, connected)
    lmax = network.operation.lmax1
    harmonics = sqrt(4 * pi) * harmonics_of_units(units, lmax)[..., None, :]  # [B, i, j, 1, coefficients]
    waves = bessel(distances, WAVES, network.radius)
    start = jnp.zeros((*positions.shape[:2], len(network.embedding), (lmax + 1) ** 2), positions.dtype)
    features = (start.at[..., 0].set(network.embedding), None)
    for layer in network.layers:
        messages = _messages(network, harmonics, features)
        scaled = _scaled(messages, layer.radial(waves))
        features = _updated(layer, features, _mean_over(scaled, connected))
    scalars = jnp.concatenate([part[..., 0] for part in features if part is not None], axis=-1)
    return scalars.mean(axis=1) @ network.readout


Features = tuple[Any, Any | None]  # natural parity and the other one, [..., channels, coefficients]


def _messages(network: PieceNetwork, harmonics: Any, features: Features) -> Features:
    """All products of bonds with their far ends, ``[B, i, j, channels, coefficients]``."""
    operation = network.operation
    ends, far, parities = [], [], []
    for first, second in SIGNS if network.separate else ((None, None),):
        for flag, part in enumerate(features):
            if part is not None:
                there = _only(part, second, flag, operation.lmax2)[:, None]
                far.append(there)
                ends.append(jnp.broadcast_to(_only(harmonics, first, 0, operation.lmax1), (
                    *harmonics.shape[:-2], *there.shape[-2:])))  # fmt: skip
                parities += [flag] * part.shape[-2]
    # all products in one call: a program of many small calls takes long to compile
    even, odd = operation.apply(jnp.concatenate(ends, axis=-2), jnp.concatenate(far, axis=-2))
    kept = [np.flatnonzero(np.array(parities) == flag) for flag in (0, 1)]
    found = [[even[..., own, :]] if len(own) else [] for own in kept]
    if odd is not None:
        for flag in (0, 1):
            found[1 - flag] += [odd[..., kept[flag], :]] if len(kept[flag]) else []
    natural, pseudo = (jnp.concatenate(parts, axis=-2) if parts else None for parts in found)
    return natural, pseudo


def _only(x: Any, sign: int | None, flag: int, lmax: int) -> Any:
    """The part of coefficients with one sign under inversion; ``flag`` is 1 for the other parity."""
    if sign is None:
        return x
    return x * jnp.asarray((degrees(lmax) + flag) % 2 == sign, x.dtype)


def _scaled(messages: Features, factors: Any) -> Features:
    """Messages with each channel and degree times its factor of the distance."""
    width = [0 if part is None else part.shape[-2] for part in messages]
    factors = factors.reshape(*factors.shape[:-1], sum(width), -1)
    split = (factors[..., : width[0], :], factors[..., width[0] :, :])
    natural, pseudo = (
        None if part is None else scaled_by_degree(part, factor)
        for part, factor in zip(messages, split, strict=True)
    )
    return natural, pseudo


def _mean_over(messages: Features, connected: Any) -> Features:
    """The mean over a block's neighbours."""
    weights = connected / jnp.sum(connected, axis=-1, keepdims=True)
    natural, pseudo = (
        None if part is None else jnp.einsum("bij,bijcm->bicm", weights.astype(part.dtype), part)
        for part in messages
    )
    return natural, pseudo


def _updated(layer: MessageLayer, features: Features, messages: Features) -> Features:
    """Gated messages beside the old features, mixed."""
    assert messages[0] is not None
    gates = jax.nn.sigmoid(layer.gates(messages[0][..., 0]))
    at, mixed = 0, []
    for old, new, mixing, activation in zip(
        features, messages, (layer.natural, layer.pseudo), (jax.nn.silu, jnp.tanh), strict=True
    ):
        if new is None or mixing is None:
            mixed.append(None)
            continue
        channels, lmax = new.shape[-2], mixing.weights.shape[0] - 1
        own = gates[..., at : at + channels * lmax].reshape(*gates.shape[:-1], channels, lmax)
        at += channels * lmax
        scalars = activation(new[..., :1])  # tanh is odd: a mirror image still flips the sign
        higher = scaled_by_degree(new, jnp.concatenate([jnp.ones_like(own[..., :1]), own], axis=-1))
        gated = jnp.concatenate([scalars, higher[..., 1:]], axis=-1)
        mixed.append(mixing(gated if old is None else jnp.concatenate([old, gated], axis=-2)))
    return mixed[0], mixed[1]


def piece_network(
    operation: SphericalOperation, multiplicity: int, layers: int, hidden: int, embedding: int,
    separate: bool, radius: float, pieces: int, key: Any,
) -> PieceNetwork:  # fmt: skip
    """Return an untrained network in single precision; weights are normal, scaled by the number of inputs."""
    lmax, combinations, odd = operation.lmax1, len(SIGNS) if separate else 1, operation.couples_odd
    natural, pseudo, built = embedding, 0, []
    keys = jax.random.split(key, layers + 2)
    for layer_key in keys[:layers]:
        ks = jax.random.split(layer_key, 4)
        first = combinations * (natural + (pseudo if odd else 0))  # channels of the messages
        second = combinations * (pseudo + natural) if odd else 0
        radial = perceptron((WAVES, hidden, (first + second) * (lmax + 1)), ks[0])
        gates = perceptron((first, (first + second) * lmax), ks[1])
        mixing = channel_mixing(lmax, natural + first, multiplicity, ks[2])
        other = channel_mixing(lmax, pseudo + second, multiplicity, ks[3]) if odd else None
        built.append(MessageLayer(radial, gates, mixing, other))
        natural, pseudo = multiplicity, multiplicity if odd else 0
    readout = jax.random.normal(keys[-1], (natural + pseudo, pieces), jnp.float32) / sqrt(natural + pseudo)
    start = jax.random.normal(keys[-2], (embedding,), jnp.float32)
    return PieceNetwork(start, tuple(built), readout, operation, separate, radius)
