"""Coefficients to values on a product grid of the sphere and back, separably: O(L³) and exact.

Gauss–Legendre in cos θ and uniform in φ. A function is kept as its parts of even and of odd parity under
inversion, on the northern half of the nodes: half the work in θ, and parity is exact. The order of the axes
is [φ, θ, batch], so that all steps are matrix products and nothing is transposed between them. Low degrees
take one matrix for both angles: as few multiplications there, and fewer steps.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from problems.checking import read_only
from problems.contract import Array
from problems.equivariance.coupling_measures import INDEX, Degrees, rows_of
from problems.numerics.spherical import associated_legendre, size

Parts = tuple[Any, Any]
ONE_STEP = 1.25  # what a single matrix may cost of two smaller ones, whose steps are less efficient


@dataclass(frozen=True)
class SphereTransform:
    """The transform between some degrees and a grid.

    Attributes:
        lmax: Highest degree of the coefficients' layout.
        kept: Degrees that are transformed.
        polar: Nodes in θ.
        azimuthal: Nodes in φ.
    """

    lmax: int
    kept: Degrees
    polar: int
    azimuthal: int

    def values(self, coefficients: Any) -> Parts:
        """Return the parts ``[φ, θ, B]`` of even and odd parity of coefficients ``[(L+1)², B]``."""
        import jax.numpy as jnp

        kind, batch = coefficients.dtype, coefficients.shape[-1]
        if self.one_step:
            tables, places, _ = _whole(self)
            even, odd = (
                (jnp.asarray(table, kind) @ coefficients[rows]).reshape(self.azimuthal, -1, batch)
                for table, rows in zip(tables, places, strict=True)
            )
            return even, odd
        legendre, places, waves, _ = _tables(self)
        even, odd = (
            jnp.einsum("mtl,mlb->mtb", jnp.asarray(legendre[:, q], kind), coefficients[places[:, q]])
            for q in (0, 1)
        )
        around = jnp.asarray(waves, kind)
        return jnp.einsum("pm,mtb->ptb", around, even), jnp.einsum("pm,mtb->ptb", around, odd)

    def coefficients(self, values: Parts) -> Any:
        """Return the integrals ``[(L+1)², B]`` of a function's parts ``[φ, θ, B]`` with each harmonic."""
        import jax.numpy as jnp

        kind, batch = values[0].dtype, values[0].shape[-1]
        if self.one_step:
            tables, places, weights = _whole(self)
            found = [
                jnp.asarray((table * weights[:, None]).T, kind) @ part.reshape(-1, batch)
                for table, part in zip(tables, values, strict=True)
            ]
            return self._placed(
                jnp.concatenate(found)[np.argsort(np.concatenate(places)).astype(INDEX)], batch
            )
        legendre, _, waves, weights = _tables(self)
        measure = jnp.asarray(waves.T * (2 * np.pi / self.azimuthal), kind)
        table = (legendre * weights[:, None]).transpose(0, 1, 3, 2)
        parts = [
            jnp.einsum(
                "mlt,mtb->mlb", jnp.asarray(table[:, q], kind), jnp.einsum("mp,ptb->mtb", measure, values[q])
            )
            for q in (0, 1)
        ]
        return self._placed(jnp.concatenate(parts).reshape(-1, batch)[_order(self.kept)], batch)

    def _placed(self, found: Any, batch: int) -> Any:
        """Put the coefficients of the kept degrees into the full layout."""
        import jax.numpy as jnp

        if len(self.kept) == self.lmax + 1:
            return found
        return jnp.zeros((size(self.lmax), batch), found.dtype).at[rows_of(self.kept)].set(found)

    @property
    def one_step(self) -> bool:
        """Whether one matrix for both angles costs no more than ``ONE_STEP`` times the two steps."""
        return self._one_step_cost() <= ONE_STEP * self._two_step_cost()

    def multiply_adds(self) -> int:
        """Return the multiplications of one transform of one function in either direction."""
        return self._one_step_cost() if self.one_step else self._two_step_cost()

    def _one_step_cost(self) -> int:
        return self.nodes * len(rows_of(self.kept))

    def _two_step_cost(self) -> int:
        orders, half = 2 * max(self.kept, default=0) + 1, self.nodes // self.azimuthal
        return 2 * orders * half * (by_parity(self.kept).shape[1] + self.azimuthal)

    @property
    def nodes(self) -> int:
        """The number of nodes of the northern half, the equator included."""
        return (self.polar + 1) // 2 * self.azimuthal


def times(first: Parts, second: Parts) -> Parts:
    """Return the product of two functions: even from equal parities, odd from others."""
    return (
        first[0] * second[0] + first[1] * second[1],
        first[0] * second[1] + first[1] * second[0],
    )


def least_nodes(band: int) -> tuple[int, int]:
    """Return the fewest nodes in θ and φ that integrate functions of a band limit exactly."""
    return band // 2 + 1, band + 1


def by_parity(kept: Degrees) -> Array:
    """Return the even and the odd degrees ``[2, n]``, the shorter list filled up by −1."""
    lists = [[degree for degree in kept if degree % 2 == parity] for parity in (0, 1)]
    longest = max(map(len, lists))
    return np.array([own + [-1] * (longest - len(own)) for own in lists], dtype=int)


@lru_cache(maxsize=256)
def _tables(grid: SphereTransform) -> tuple[Array, Array, Array, Array]:
    """Legendre functions ``[2M + 1, 2, θ, n]``, places of coefficients ``[2M + 1, 2, n]``, waves
    ``[φ, 2M + 1]`` and weights in θ, for orders −M to M; entries with |m| > l are zero.
    """
    cosines, weights = np.polynomial.legendre.leggauss(grid.polar)
    north = np.arange(grid.polar // 2, grid.polar)
    # the equator is its own mirror image, every other node stands for two
    weights = np.where((2 * north + 1 == grid.polar), 1.0, 2.0) * weights[north]
    top, own = max(grid.kept, default=0), by_parity(grid.kept)
    orders = np.arange(-top, top + 1)
    legendre = associated_legendre(cosines[north], top)[:, own][..., np.abs(orders)]
    inside = np.abs(orders)[:, None, None] <= own
    legendre = np.where(inside[:, :, None], legendre.transpose(3, 1, 0, 2), 0.0)
    places = np.where(inside, own**2 + own + orders[:, None, None], 0).astype(INDEX)
    angles = np.outer(2 * np.pi * np.arange(grid.azimuthal) / grid.azimuthal, np.abs(orders))
    waves = np.sqrt(2) * np.where(orders > 0, np.cos(angles), np.sin(angles))
    waves[:, top] = 1.0
    legendre = np.ascontiguousarray(legendre)
    return read_only(legendre), read_only(places), read_only(waves), read_only(weights)


@lru_cache(maxsize=256)
def _whole(grid: SphereTransform) -> tuple[tuple[Array, Array], tuple[Array, Array], Array]:
    """Harmonics of each parity at the northern nodes ``[φ θ, n]``, their coefficients' rows, and weights."""
    legendre, _, waves, weights = _tables(grid)
    top, own = max(grid.kept, default=0), by_parity(grid.kept)
    tables, places = [], []
    for parity in (0, 1):
        columns = [(m, j, int(d)) for j, d in enumerate(own[parity]) for m in range(-d, d + 1) if d >= 0]
        table = np.zeros((grid.azimuthal, len(legendre[0, 0]), len(columns)))
        for k, (m, j, _) in enumerate(columns):
            table[..., k] = waves[:, m + top, None] * legendre[m + top, parity, :, j]
        tables.append(read_only(table.reshape(grid.nodes, len(columns))))
        places.append(read_only(np.array([d * d + d + m for m, _, d in columns], dtype=INDEX)))
    measure = np.tile(weights * (2 * np.pi / grid.azimuthal), grid.azimuthal)
    return (tables[0], tables[1]), (places[0], places[1]), read_only(measure)


@lru_cache(maxsize=256)
def _order(kept: Degrees) -> Array:
    """Where the coefficients of the kept degrees, in order, lie in a flat ``[2, 2M + 1, n]``."""
    top, own = max(kept, default=0), by_parity(kept)
    width, column = (
        own.shape[1],
        {int(degree): k for row in own for k, degree in enumerate(row) if degree >= 0},
    )
    places = [
        (degree % 2 * (2 * top + 1) + m + top) * width + column[degree]
        for degree in kept
        for m in range(-degree, degree + 1)
    ]
    return read_only(np.array(places, dtype=INDEX))
