"""Real spherical harmonics of bond vectors, traced and differentiated by JAX.

They are polynomials of the unit vector, so that no derivative is singular at the poles. Conventions are those
of ``problems.numerics.spherical``: orthonormal, polar axis z, no phase, index l² + l + m.

Reference: Varshalovich, Moskalev, Khersonskii, Quantum Theory of Angular Momentum, section 5.1.
"""

from __future__ import annotations

from math import pi, sqrt
from typing import Any

import jax.numpy as jnp


def harmonics_of_units(units: Any, lmax: int) -> Any:
    """Return ``[..., (L + 1)²]`` of unit vectors ``[..., 3]``, in their precision."""
    x, y, z = units[..., 0], units[..., 1], units[..., 2]
    polar = _polar(z, lmax)
    real, imaginary = [jnp.ones_like(x)], [jnp.zeros_like(x)]  # of (x + iy)^m
    for _ in range(lmax):
        a, b = real[-1], imaginary[-1]
        real.append(a * x - b * y)
        imaginary.append(a * y + b * x)
    columns = []
    for degree in range(lmax + 1):
        columns += [sqrt(2) * polar[degree, m] * imaginary[m] for m in range(degree, 0, -1)]
        columns.append(polar[degree, 0])
        columns += [sqrt(2) * polar[degree, m] * real[m] for m in range(1, degree + 1)]
    return jnp.stack(columns, axis=-1)


def _polar(z: Any, lmax: int) -> dict[tuple[int, int], Any]:
    """The normalised P_l^m(z) over sin^m θ, which are polynomials of z, by upward recursion in l."""
    found = {(0, 0): jnp.full_like(z, sqrt(1 / (4 * pi)))}
    for m in range(1, lmax + 1):
        found[m, m] = sqrt((2 * m + 1) / (2 * m)) * found[m - 1, m - 1]
    for m in range(lmax):
        found[m + 1, m] = sqrt(2 * m + 3) * z * found[m, m]
        for degree in range(m + 2, lmax + 1):
            a = sqrt((4 * degree**2 - 1) / (degree**2 - m**2))
            b = sqrt(((degree - 1) ** 2 - m**2) / (4 * (degree - 1) ** 2 - 1))
            found[degree, m] = a * (z * found[degree - 1, m] - b * found[degree - 2, m])
    return found


def bonds(positions: Any, connected: Any) -> tuple[Any, Any]:
    """Return unit vectors ``[..., n, n, 3]`` from i to j and distances ``[..., n, n]`` of ``[..., n, 3]``.

    Where ``connected`` ``[..., n, n]`` is False they are those of a point at (0, 0, 1), so that the distance
    of an atom from itself has a derivative.
    """
    away = positions[..., None, :, :] - positions[..., :, None, :]
    away = jnp.where(connected[..., None], away, jnp.array([0.0, 0.0, 1.0], dtype=positions.dtype))
    distances = jnp.sqrt(jnp.sum(away**2, axis=-1))
    return away / distances[..., None], distances
