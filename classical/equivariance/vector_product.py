"""The vector-signal product: cross products of vector fields on the sphere bring back what scalars lose.

Reference: Xie, Daigavane, Kotak, Smidt, "The price of freedom", ICML 2025, arXiv 2506.13523.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from math import sqrt
from typing import Any

import numpy as np

from classical.equivariance.gaunt_product import GauntProduct
from classical.equivariance.operation import SphericalOperation
from classical.equivariance.sphere_transform import Parts, SphereTransform, least_nodes, times
from problems.checking import read_only
from problems.contract import Array
from problems.equivariance.coupling_measures import INDEX, Degrees
from problems.numerics.spherical import block, clebsch_gordan, size


@dataclass(frozen=True)
class VectorProduct(SphericalOperation):
    """Couple even l1 + l2 + l3 by products of functions, odd ones by cross products of vector fields; O(L³).

    A coefficient of degree l stands for the vector spherical harmonics built from a vector and harmonics of
    degree l − 1 and l + 1, in equal parts, which have the natural parity. The cross product of two such
    fields is an axial field; its parts with harmonics of degree l ± 1 have the other parity. The cross
    product cannot make scalars of scalars: these are among the even couplings, by plain products.
    """

    @property
    def scalar(self) -> GauntProduct:
        """The product that gives the even couplings."""
        return GauntProduct(
            self.lmax1, self.lmax2, self.lmax_out, self.degrees1, self.degrees2, self.degrees_out
        )

    @property
    def transforms(self) -> tuple[SphereTransform, SphereTransform, SphereTransform]:
        """The transforms of the components of the two fields and of their cross product, on one grid."""
        highest = (self.lmax1, self.lmax2, self.highest)
        polar, azimuthal = least_nodes(sum(highest) + 3)
        first, second, third = (
            SphereTransform(top + 1, neighbours(kept), polar, azimuthal)
            for top, kept in zip(highest, self.present, strict=True)
        )
        return first, second, third

    def multiply_adds(self) -> int:
        """Count both products: three components' transforms, changes of basis, six products at each node."""
        forms = self.transforms
        field = 3 * sum(form.multiply_adds() for form in forms) + 24 * forms[0].nodes
        change = 0
        for k, kept in enumerate(self.present):
            values, _ = _slots(max(kept, default=0), kept, k == 2)
            change += values.size
        return self.scalar.multiply_adds() + field + change

    def _even(self, x: Any, y: Any) -> Any:
        return self.scalar._even(x, y)

    def _odd(self, x: Any, y: Any) -> Any:
        first, second, third = self.transforms
        one, two = _field(x, self.present[0], first), _field(y, self.present[1], second)
        cross = [_minus(times(one[i], two[j]), times(one[j], two[i])) for i, j in ((1, 2), (2, 0), (0, 1))]
        return _coefficients(cross, self.present[2], third, self.highest)


def neighbours(kept: Degrees) -> Degrees:
    """Return the degrees l ± 1 of the harmonics in fields of degrees l."""
    return tuple(sorted({degree + step for degree in kept for step in (-1, 1) if degree + step >= 0}))


def _field(coefficients: Any, kept: Degrees, transform: SphereTransform) -> list[Parts]:
    """Return the components ``3 × 2 × [φ, θ, B]`` of a field, in the order y, z, x."""
    batch, width = coefficients.shape[-1], size(transform.lmax)
    values, places = _slots(transform.lmax - 1, kept, False)
    parts = _sparse(values, places, coefficients)
    parts = parts.reshape(3, width, batch).transpose(1, 0, 2).reshape(width, 3 * batch)
    found = transform.values(parts)
    return [(found[0][..., own], found[1][..., own]) for own in _thirds(batch)]


def _thirds(batch: int) -> list[slice]:
    return [slice(k * batch, (k + 1) * batch) for k in range(3)]


def _minus(first: Parts, second: Parts) -> Parts:
    return first[0] - second[0], first[1] - second[1]


def _coefficients(cross: list[Parts], kept: Degrees, transform: SphereTransform, lmax: int) -> Any:
    """Return the coefficients ``[(L+1)², B]`` of a field given by its components' parts ``[φ, θ, B]``."""
    import jax.numpy as jnp

    batch = cross[0][0].shape[-1]
    whole = tuple(jnp.concatenate([part[q] for part in cross], axis=-1) for q in (0, 1))
    parts = transform.coefficients((whole[0], whole[1])).reshape(-1, 3, batch)
    flat = parts.transpose(1, 0, 2).reshape(-1, batch)
    values, places = _slots(lmax, kept, True)
    return _sparse(values, places, flat)


def _sparse(values: Array, places: Array, rows: Any) -> Any:
    """Return the product of a sparse table, by slots, with ``[rows, B]``."""
    import jax.numpy as jnp

    total = jnp.asarray(values[0], rows.dtype)[:, None] * rows[places[0]]
    for weight, place in zip(values[1:], places[1:], strict=True):
        total += jnp.asarray(weight, rows.dtype)[:, None] * rows[place]
    return total


@lru_cache(maxsize=32)
def vector_harmonics(lmax: int, kept: Degrees) -> Array:
    """Return ``[3 (L+2)², (L+1)²]``: the components of the field of each coefficient, zero for degrees that
    are not kept. Columns of kept degrees are orthonormal.
    """
    table = np.zeros((3, size(lmax + 1), size(lmax)))
    for degree in kept:
        inner = [degree + step for step in (-1, 1) if degree + step >= 0]
        for j in inner:
            table[:, block(j), block(degree)] = sqrt((2 * degree + 1) / len(inner)) * clebsch_gordan(
                1, j, degree
            )
    return read_only(table.reshape(-1, size(lmax)))


@lru_cache(maxsize=64)
def _slots(lmax: int, kept: Degrees, back: bool) -> tuple[Array, Array]:
    """Return the entries of each row that are not zero, ``[slots, rows]``, and their columns; ``back`` takes
    the transposed table.
    """
    table = vector_harmonics(lmax, kept)
    table = table.T if back else table
    slots = max(1, int(np.count_nonzero(table, axis=1).max()))
    order = np.argsort(-np.abs(table), axis=1, kind="stable")[:, :slots]
    return read_only(np.take_along_axis(table, order, axis=1).T.copy()), read_only(order.T.astype(INDEX))
