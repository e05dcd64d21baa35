"""Real spherical harmonics and what couples them: rotations, Clebsch–Gordan and Gaunt coefficients.

Harmonics are real and orthonormal, ∫ Y² dΩ = 1, the polar axis is z, and there is no Condon–Shortley phase:
for degree 1 they are √(3/4π) (y, z, x) at orders m = −1, 0, 1. A set of all degrees up to L is one axis of
(L + 1)² coefficients with index l² + l + m. (e3nn lists the components of degree 1 as x, y, z: its polar axis
is y, and its component at (x, y, z) is ours at (z, x, y).)

Reference: Varshalovich, Moskalev, Khersonskii, Quantum Theory of Angular Momentum, chapters 5 and 8.
"""

from __future__ import annotations

from functools import lru_cache
from math import factorial, lcm, sqrt

import numpy as np

from problems.contract import Array


def size(lmax: int) -> int:
    """Return the number of coefficients of all degrees up to ``lmax``."""
    return (lmax + 1) ** 2


def block(degree: int) -> slice:
    """Return where the 2l + 1 coefficients of a degree lie."""
    return slice(degree**2, (degree + 1) ** 2)


def degrees(lmax: int) -> Array:
    """Return the degree of each coefficient, int ``[(L + 1)²]``."""
    return np.repeat(np.arange(lmax + 1), 2 * np.arange(lmax + 1) + 1)


def associated_legendre(cosines: Array, lmax: int) -> Array:
    """Return ``[..., L + 1, L + 1]``: P_l^m(cos θ) for 0 <= m <= l at [l, m], normalised, without phase.

    Normalised so that ∫ P² sin θ dθ = 1/(2π): times √2 cos mφ, √2 sin mφ or 1 they are the harmonics. The
    upward recursion in l at fixed m is stable.
    """
    z = np.asarray(cosines, dtype=float)
    sines = np.sqrt(np.maximum(0.0, (1.0 - z) * (1.0 + z)))
    values = np.zeros((*z.shape, lmax + 1, lmax + 1))
    values[..., 0, 0] = sqrt(1 / (4 * np.pi))
    for m in range(1, lmax + 1):
        values[..., m, m] = sqrt((2 * m + 1) / (2 * m)) * sines * values[..., m - 1, m - 1]
    for m in range(lmax):
        values[..., m + 1, m] = sqrt(2 * m + 3) * z * values[..., m, m]
        for degree in range(m + 2, lmax + 1):
            a = sqrt((4 * degree**2 - 1) / (degree**2 - m**2))
            b = sqrt(((degree - 1) ** 2 - m**2) / (4 * (degree - 1) ** 2 - 1))
            values[..., degree, m] = a * (z * values[..., degree - 1, m] - b * values[..., degree - 2, m])
    return values


def harmonics(directions: Array, lmax: int) -> Array:
    """Return the harmonics ``[..., (L + 1)²]`` of vectors ``[..., 3]``, whatever their positive length."""
    vectors = np.asarray(directions, dtype=float)
    x, y, z = np.moveaxis(vectors / np.linalg.norm(vectors, axis=-1, keepdims=True), -1, 0)
    legendre, azimuth = associated_legendre(z, lmax), np.arctan2(y, x)
    values = np.empty((*z.shape, size(lmax)))
    for degree in range(lmax + 1):
        middle = degree**2 + degree
        values[..., middle] = legendre[..., degree, 0]
        for m in range(1, degree + 1):
            values[..., middle + m] = sqrt(2) * legendre[..., degree, m] * np.cos(m * azimuth)
            values[..., middle - m] = sqrt(2) * legendre[..., degree, m] * np.sin(m * azimuth)
    return values


def sphere_grid(polar: int, azimuthal: int) -> tuple[Array, Array]:
    """Return directions ``[polar, azimuthal, 3]`` and weights ``[polar, azimuthal]``.

    Gauss–Legendre in cos θ, uniform in φ: functions of band limit D are integrated exactly where
    ``polar`` >= (D + 1)/2 and ``azimuthal`` >= D + 1.
    """
    cosines, weights = np.polynomial.legendre.leggauss(polar)
    sines = np.sqrt(1 - cosines**2)
    azimuth = 2 * np.pi * np.arange(azimuthal) / azimuthal
    directions = np.stack(
        [
            sines[:, None] * np.cos(azimuth),
            sines[:, None] * np.sin(azimuth),
            np.broadcast_to(cosines[:, None], (polar, azimuthal)),
        ],
        axis=-1,
    )
    return directions, np.repeat(weights[:, None] * 2 * np.pi / azimuthal, azimuthal, axis=1)


def rotation_of_coefficients(rotation: Array, lmax: int) -> Array:
    """Return D ``[(L + 1)², (L + 1)²]`` with Y(R r) = D Y(r), for proper and improper R ``[3, 3]``.

    By exact quadrature of ∫ Y(R r) Y(r)ᵀ dΩ; blocks of different degrees are zero exactly.
    """
    directions, weights = sphere_grid(lmax + 1, 2 * lmax + 1)
    before = harmonics(directions, lmax).reshape(-1, size(lmax))
    after = harmonics(directions @ np.asarray(rotation, dtype=float).T, lmax).reshape(-1, size(lmax))
    matrix = np.zeros((size(lmax), size(lmax)))
    for degree in range(lmax + 1):
        own = block(degree)
        matrix[own, own] = (after[:, own] * weights.reshape(-1, 1)).T @ before[:, own]
    return matrix


def complex_clebsch_gordan(l1: int, l2: int, l3: int) -> Array:
    """Return ⟨l1 m1 l2 m2 | l3 m3⟩ ``[2 l1 + 1, 2 l2 + 1, 2 l3 + 1]`` (Racah's formula in exact integers)."""
    table = np.zeros((2 * l1 + 1, 2 * l2 + 1, 2 * l3 + 1))
    if not abs(l1 - l2) <= l3 <= l1 + l2:
        return table
    shared = (
        (2 * l3 + 1) * factorial(l3 + l1 - l2) * factorial(l3 - l1 + l2) * factorial(l1 + l2 - l3),
        factorial(l1 + l2 + l3 + 1),
    )
    for m1 in range(-l1, l1 + 1):
        for m2 in range(max(-l2, -l3 - m1), min(l2, l3 - m1) + 1):
            table[l1 + m1, l2 + m2, l3 + m1 + m2] = _racah(l1, m1, l2, m2, l3, shared)
    return table


def _racah(l1: int, m1: int, l2: int, m2: int, l3: int, shared: tuple[int, int]) -> float:
    m3 = m1 + m2
    outer = shared[0] * factorial(l3 + m3) * factorial(l3 - m3)
    outer *= factorial(l1 - m1) * factorial(l1 + m1) * factorial(l2 - m2) * factorial(l2 + m2)
    first, last = max(0, l2 - l3 - m1, l1 - l3 + m2), min(l1 + l2 - l3, l1 - m1, l2 + m2)
    terms = [
        factorial(k) * factorial(l1 + l2 - l3 - k) * factorial(l1 - m1 - k) * factorial(l2 + m2 - k)
        * factorial(l3 - l2 + m1 + k) * factorial(l3 - l1 - m2 + k)
        for k in range(first, last + 1)
    ]  # fmt: skip
    common = lcm(*terms)
    total = sum((-1) ** k * (common // term) for k, term in zip(range(first, last + 1), terms, strict=True))
    # a ratio of whole numbers: no digit is lost before the root
    return (1 if total >= 0 else -1) * sqrt((outer * total * total) / (shared[1] * common * common))


def real_basis(degree: int) -> Array:
    """Return U ``[2l + 1, 2l + 1]``: real harmonics are U times the complex ones (Condon–Shortley phase)."""
    matrix = np.zeros((2 * degree + 1, 2 * degree + 1), dtype=complex)
    matrix[degree, degree] = 1.0
    for m in range(1, degree + 1):
        sign = (-1) ** m
        matrix[degree + m, degree + m], matrix[degree + m, degree - m] = sign / sqrt(2), 1 / sqrt(2)
        matrix[degree - m, degree + m], matrix[degree - m, degree - m] = -1j * sign / sqrt(2), 1j / sqrt(2)
    return matrix


@lru_cache(maxsize=4096)
def clebsch_gordan(l1: int, l2: int, l3: int) -> Array:
    """Return the real, rotation-invariant tensor ``[2 l1 + 1, 2 l2 + 1, 2 l3 + 1]`` of unit Frobenius norm.

    Zeros where the triangle rule fails. It is unique up to a sign, which is chosen so that its product with
    the Gaunt tensor is positive where that is not zero, and so that its first entry that is not zero is
    positive elsewhere.
    """
    first, second, third = real_basis(l1), real_basis(l2), real_basis(l3)
    # vectors of complex components transform by U, and the third index is a bra
    tensor = np.einsum(
        "ia,jb,kc,abc->ijk", first.conj(), second.conj(), third, complex_clebsch_gordan(l1, l2, l3),
        optimize=True,
    )  # fmt: skip
    real = tensor.imag if (l1 + l2 + l3) % 2 else tensor.real
    norm = np.linalg.norm(real)
    if norm > 0:
        real = real / norm
        real[np.abs(real) < 1e-15] = 0.0
        # the Gaunt coefficient of three m = 0 is a square, so it is positive
        real = real * np.sign(real[np.nonzero(real)][0] if (l1 + l2 + l3) % 2 else real[l1, l2, l3])
    real.setflags(write=False)
    return real


@lru_cache(maxsize=64)
def gaunt(lmax1: int, lmax2: int, lmax3: int) -> Array:
    """Return ∫ Y_i Y_j Y_k dΩ ``[(L1 + 1)², (L2 + 1)², (L3 + 1)²]`` by exact quadrature; round-off is 0."""
    band = lmax1 + lmax2 + lmax3
    directions, weights = sphere_grid(band // 2 + 1, band + 1)
    values = harmonics(directions, max(lmax1, lmax2, lmax3)).reshape(-1, size(max(lmax1, lmax2, lmax3)))
    first, second, third = (values[:, : size(lmax)] for lmax in (lmax1, lmax2, lmax3))
    pairs = np.einsum("ni,nj->nij", first * weights.reshape(-1, 1), second).reshape(len(values), -1)
    tensor = (pairs.T @ third).reshape(size(lmax1), size(lmax2), size(lmax3))
    tensor[np.abs(tensor) < 1e-14] = 0.0
    tensor.setflags(write=False)
    return tensor
