"""Rotations of coefficients that take directions to the pole, in O(L³) and without matrix exponentials.

D(α, β, γ) = Z(α) J Z(β) J Z(γ): turns about the polar axis mix the orders ±m alone, and J, which exchanges
the axes y and z, is a constant. J is an involution and orthogonal.

Reference: Pinchon, Hoggan, "Rotation matrices for real spherical harmonics: general rotations of atomic
orbitals in space-fixed axes", J. Phys. A 40 (2007) 1597.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np

from problems.checking import read_only
from problems.contract import Array
from problems.equivariance.coupling_measures import INDEX
from problems.numerics.spherical import block, degrees, rotation_of_coefficients, size

EXCHANGE = np.array([[1.0, 0.0, 0.0], [0.0, 0.0, 1.0], [0.0, 1.0, 0.0]])
POLAR_CAP = 0.81  # cos² of the angle inside which the azimuth is taken about another axis


def exchange(x: Any, lmax: int) -> Any:
    """Return J times ``[(L+1)², B]``, all degrees in one padded step."""
    import jax.numpy as jnp

    tables, places, order = _exchange(lmax)
    found = jnp.einsum("lij,ljb->lib", jnp.asarray(tables, x.dtype), x[places])
    return found.reshape(-1, x.shape[-1])[order]


def turn(x: Any, angle: Any, lmax: int) -> Any:
    """Return ``[(L+1)², B]`` turned about the polar axis by angles ``[B]``."""
    import jax.numpy as jnp

    orders, mirror = _orders(lmax)
    waves = jnp.arange(lmax + 1, dtype=x.dtype)[:, None] * angle
    signs = jnp.asarray(-np.sign(orders)[:, None], x.dtype)
    return jnp.cos(waves)[np.abs(orders)] * x + signs * jnp.sin(waves)[np.abs(orders)] * x[mirror]


class PoleFrame:
    """Angles that take each of the directions ``[3, B]`` to the pole, smooth for all directions.

    Directions near the poles are first mirrored by J, because the azimuth has no derivative there.
    """

    def __init__(self, directions: Any):
        import jax.numpy as jnp

        square = jnp.sum(directions**2, axis=0)
        self.near = directions[2] ** 2 > POLAR_CAP * square
        own = jnp.where(self.near, directions[np.array([0, 2, 1])], directions)
        flat = jnp.sqrt(own[0] ** 2 + own[1] ** 2)
        self.azimuth = jnp.arctan2(own[1], own[0])
        self.polar = jnp.arctan2(flat, own[2])

    def to_pole(self, x: Any, lmax: int) -> Any:
        """Return coefficients ``[(L+1)², B]`` in the frames where the directions are the pole."""
        import jax.numpy as jnp

        x = jnp.where(self.near, exchange(x, lmax), x)
        x = exchange(turn(x, -self.azimuth, lmax), lmax)
        return exchange(turn(x, self.polar, lmax), lmax)

    def from_pole(self, x: Any, lmax: int) -> Any:
        """Undo ``to_pole``."""
        import jax.numpy as jnp

        x = exchange(turn(exchange(x, lmax), -self.polar, lmax), lmax)
        x = turn(x, self.azimuth, lmax)
        return jnp.where(self.near, exchange(x, lmax), x)


@lru_cache(maxsize=32)
def _exchange(lmax: int) -> tuple[Array, Array, Array]:
    """J by degree ``[L+1, 2L+1, 2L+1]``, zero outside each block, where inputs lie, and its rows."""
    whole, width = rotation_of_coefficients(EXCHANGE, lmax), 2 * lmax + 1
    tables, places = np.zeros((lmax + 1, width, width)), np.zeros((lmax + 1, width), dtype=INDEX)
    for degree in range(lmax + 1):
        own, inside = block(degree), slice(0, 2 * degree + 1)
        tables[degree, inside, inside] = whole[own, own]
        places[degree, inside] = np.r_[own]
    tables[np.abs(tables) < 1e-15] = 0.0
    order = [degree * width + k for degree in range(lmax + 1) for k in range(2 * degree + 1)]
    return read_only(tables), read_only(places), read_only(np.array(order, dtype=INDEX))


@lru_cache(maxsize=32)
def _orders(lmax: int) -> tuple[Array, Array]:
    """The order m of each coefficient, and the place of its partner −m."""
    own = degrees(lmax)
    orders = np.arange(size(lmax)) - own**2 - own
    return read_only(orders), read_only((own**2 + own - orders).astype(INDEX))
