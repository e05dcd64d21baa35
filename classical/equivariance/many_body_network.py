"""A network of many-body messages: an atom's neighbours are summed, and the sum is multiplied with itself.

Reference: Batatia, Kovács, Simm, Ortner, Csányi, NeurIPS 2022, arXiv 2206.07697, equations 8 to 13, with the
symmetric contraction or its Gaunt form.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import pi, sqrt
from typing import Any, Literal

import equinox as eqx
import jax
import jax.numpy as jnp

from classical.equivariance.channel_mixing import ChannelMixing, channel_mixing, scaled_by_degree
from classical.equivariance.clebsch_gordan_product import ClebschGordanProduct
from classical.equivariance.directions import bonds, harmonics_of_units
from classical.equivariance.gaunt_product import GauntProduct
from classical.equivariance.many_body_product import ManyBodyProduct
from classical.equivariance.radial_basis import Perceptron, bessel, perceptron, polynomial_cutoff
from problems.numerics.spherical import block, size


@dataclass(frozen=True)
class Architecture:
    """The sizes of a network of many-body messages.

    Attributes:
        lmax: Highest degree of the bonds' harmonics and of the summed messages.
        hidden_lmax: Highest degree of an atom's features between layers.
        channels: Copies of each feature.
        correlation: Factors of a many-body feature at most.
        layers: Rounds of messages.
        product: "cg" or "gaunt", for messages and many-body features alike.
        method: How Gaunt products are computed.
        cutoff: Å within which atoms see each other.
        waves: Bessel waves of a distance.
        hidden: Widths of the perceptron that reads distances and of the last readout.
    """

    lmax: int = 2
    hidden_lmax: int = 1
    channels: int = 16
    correlation: int = 3
    layers: int = 2
    product: Literal["gaunt", "cg"] = "gaunt"
    method: Literal["grid", "fourier", "reference"] = "grid"
    cutoff: float = 5.0
    waves: int = 8
    hidden: tuple[int, int] = (32, 16)

    def lmax_before(self, layer: int) -> int:
        """The highest degree that a layer's atoms begin with: scalars in the first."""
        return self.hidden_lmax if layer else 0

    def lmax_after(self, layer: int) -> int:
        """The highest degree that a layer ends with: scalars in the last."""
        return self.hidden_lmax if layer < self.layers - 1 else 0

    def many_body(self, layer: int) -> ManyBodyProduct:
        """The many-body product of a layer."""
        return ManyBodyProduct(self.lmax, self.lmax_after(layer), self.correlation, self.product, self.method)

    def message(self, layer: int) -> ClebschGordanProduct | GauntProduct:
        """The product of a bond's harmonics with the neighbour's features."""
        degrees = (self.lmax, self.lmax_before(layer), self.lmax)
        if self.product == "cg":
            return ClebschGordanProduct(*degrees)
        return GauntProduct(*degrees, method=self.method)

    def radial_factors(self, layer: int) -> int:
        """How many functions of the distance each channel of a layer has."""
        message = self.message(layer)
        if self.lmax_before(layer) == 0:
            return self.lmax + 1
        if isinstance(message, ClebschGordanProduct):
            return len(message.weighted_paths)
        return 2 * (self.lmax + 1)


class ManyBodyLayer(eqx.Module):
    """One round of messages.

    Attributes:
        radial: From Bessel waves to the factors of each channel.
        before: Mixes the neighbours' features.
        gathered: Mixes the sum over neighbours.
        weights: Of the many-body product, for each element and channel ``[elements, channels, weights]``.
        after: Mixes the many-body features.
        skip: Mixes the features that the layer began with, to be added.
        readout: From scalars to energy ``[channels]``, or a perceptron in the last layer.
    """

    radial: Perceptron
    before: ChannelMixing
    gathered: ChannelMixing
    weights: Any
    after: ChannelMixing
    skip: ChannelMixing
    readout: Any


class ManyBodyNetwork(eqx.Module):
    """From positions to energies in units of its own.

    Attributes:
        embedding: The scalars that an atom of each element begins with ``[elements, channels]``.
        layers: Rounds of messages.
        elements: The element of each atom, as an index.
        architecture: The sizes.
    """

    embedding: Any
    layers: tuple[ManyBodyLayer, ...]
    elements: tuple[int, ...] = eqx.field(static=True)
    architecture: Architecture = eqx.field(static=True)

    def __call__(self, positions: Any) -> Any:
        """Return energies ``[B]`` of ``[B, n, 3]`` in the precision of both."""
        shape, elements = self.architecture, jnp.asarray(self.elements, jnp.int32)
        connected = jnp.broadcast_to(
            ~jnp.eye(len(self.elements), dtype=bool), (len(positions), *2 * (len(self.elements),))
        )
        units, distances = bonds(positions, connected)
        harmonics = sqrt(4 * pi) * harmonics_of_units(units, shape.lmax)
        fade = polynomial_cutoff(distances, shape.cutoff) * connected
        waves = bessel(distances, shape.waves, shape.cutoff) * fade[..., None]
        one_hot = jax.nn.one_hot(elements, len(self.embedding), dtype=positions.dtype)
        features = jnp.broadcast_to(
            (one_hot @ self.embedding)[None, ..., None], (*positions.shape[:2], shape.channels, 1)
        )
        energy = jnp.zeros(len(positions), positions.dtype)
        for index, layer in enumerate(self.layers):
            features = self._layer(index, layer, features, harmonics, waves, fade, one_hot)
            scalars = features[..., 0]
            last = isinstance(layer.readout, Perceptron)
            local = layer.readout(scalars)[..., 0] if last else scalars @ layer.readout
            energy += local.sum(axis=1)
        return energy

    def _layer(
        self, index: int, layer: ManyBodyLayer, features: Any, harmonics: Any, waves: Any, fade: Any,
        one_hot: Any,
    ) -> Any:  # fmt: skip
        """New features ``[B, n, channels, coefficients]``."""
        shape = self.architecture
        factors = layer.radial(waves) * fade[..., None]
        factors = factors.reshape(*factors.shape[:-1], shape.channels, -1)
        summed = _summed(shape, index, harmonics, factors, layer.before(features))
        gathered = layer.gathered(summed / sqrt(len(self.elements) - 1))
        weights = jnp.einsum("nz,zcw->ncw", one_hot, layer.weights)
        many = shape.many_body(index)(gathered, weights)
        kept = size(min(shape.lmax_before(index), shape.lmax_after(index)))
        return layer.after(many).at[..., :kept].add(layer.skip(features[..., :kept]))


def _summed(shape: Architecture, index: int, harmonics: Any, factors: Any, features: Any) -> Any:
    """The sum over neighbours j of bonds times features, ``[B, i, channels, (L + 1)²]``."""
    if shape.lmax_before(index) == 0:
        scaled = factors * features[:, None, :, :, 0, None]  # [B, i, j, channels, L + 1]
        parts = [
            jnp.einsum("bijc,bijm->bicm", scaled[..., degree], harmonics[..., block(degree)])
            for degree in range(shape.lmax + 1)
        ]
        return jnp.concatenate(parts, axis=-1)
    message, there = shape.message(index), features[:, None]
    if isinstance(message, ClebschGordanProduct):
        even, _ = message.apply_weighted(harmonics[..., None, :], there, factors)
        return even.sum(axis=2)
    first, second = jnp.split(factors, 2, axis=-1)
    product = message.even(scaled_by_degree(harmonics[..., None, :], first), there)
    return scaled_by_degree(sqrt(4 * pi) * product, second).sum(axis=2)


def many_body_network(shape: Architecture, elements: tuple[int, ...], key: Any) -> ManyBodyNetwork:
    """Return an untrained network in single precision; weights are normal, scaled by the number of inputs."""
    kinds, channels, built = max(elements) + 1, shape.channels, []
    keys = jax.random.split(key, shape.layers + 1)
    for index, layer_key in enumerate(keys[:-1]):
        ks = jax.random.split(layer_key, 7)
        before, after = shape.lmax_before(index), shape.lmax_after(index)
        many = shape.many_body(index).weights
        widths = (shape.waves, shape.hidden[0], channels * shape.radial_factors(index))
        last = index == shape.layers - 1
        readout = (
            perceptron((channels, shape.hidden[1], 1), ks[6])
            if last
            else jax.random.normal(ks[6], (channels,), jnp.float32) / sqrt(channels)
        )
        built.append(
            ManyBodyLayer(
                perceptron(widths, ks[0]),
                channel_mixing(before, channels, channels, ks[1]),
                channel_mixing(shape.lmax, channels, channels, ks[2]),
                jax.random.normal(ks[3], (kinds, channels, many), jnp.float32) / sqrt(many),
                channel_mixing(after, channels, channels, ks[4]),
                channel_mixing(min(before, after), channels, channels, ks[5]),
                readout,
            )
        )
    embedding = jax.random.normal(keys[-1], (kinds, channels), jnp.float32)
    return ManyBodyNetwork(embedding, tuple(built), elements, shape)
