"""Local exchange and correlation of the unpolarised electron gas, and what relativity does to exchange.

References: Vosko, Wilk, Nusair 1980, equation 4.4 with the paramagnetic parameters ("VWN5"); MacDonald and
Vosko 1979 for the relativistic factors. Atomic units: densities per cubic Bohr, energies in Hartree.
"""

from __future__ import annotations

import math

import numpy as np

from problems.contract import Array

A, Y0, B, C = 0.0621814, -0.10498, 3.72744, 12.9352  # Vosko, Wilk, Nusair, table 5; A in Rydberg
SERIES_BELOW = 0.05  # of β; there the closed forms of the relativistic factors lose digits


def exchange_correlation(density: Array, speed_of_light: float | None = None) -> tuple[Array, Array]:
    """Return the energy per electron and the potential at densities n ≥ 0, both 0 where n is 0.

    Args:
        density: Electrons per cubic Bohr.
        speed_of_light: With it, exchange is relativistic.
    """
    energy, potential = np.zeros(np.shape(density)), np.zeros(np.shape(density))
    there = np.asarray(density) > 0
    n = np.asarray(density)[there]
    exchange, exchange_potential = exchange_of(n, speed_of_light)
    correlation, correlation_potential = correlation_of(n)
    energy[there] = exchange + correlation
    potential[there] = exchange_potential + correlation_potential
    return energy, potential


def exchange_of(density: Array, speed_of_light: float | None = None) -> tuple[Array, Array]:
    """Return e_x = −(3/4π)(3π² n)^{1/3} and V_x = 4/3 e_x, with the relativistic factors if asked for."""
    energy = -3 / (4 * np.pi) * np.cbrt(3 * np.pi**2 * density)
    potential = 4 / 3 * energy
    if speed_of_light is None:
        return energy, potential
    on_energy, on_potential = relativistic_factors(-4 * np.pi * energy / (3 * speed_of_light))
    return energy * on_energy, potential * on_potential


def relativistic_factors(beta: Array) -> tuple[Array, Array]:
    """Return the factors on e_x and on V_x at β = k_F / c.

    1 − (3/2) ((β μ − asinh β) / β²)² and (3/2) asinh β / (β μ) − 1/2, with μ = √(1 + β²).
    """
    small = beta < SERIES_BELOW
    b = np.where(small, 1.0, beta)
    mu = np.sqrt(1 + b**2)
    ratio = (b * mu - np.arcsinh(b)) / b**2
    x = np.where(small, beta, 0.0) ** 2
    # (β μ − asinh β)/β² = β (2/3 − β²/5 + 3β⁴/28 − 5β⁶/72 + 35β⁸/704 − …), from ∫ 2 t²/√(1 + t²) dt
    series = np.sqrt(x) * (2 / 3 - x * (1 / 5 - x * (3 / 28 - x * (5 / 72 - x * (35 / 704 - x * 63 / 1664)))))
    # asinh β / (β μ) = 1 − 2β²/3 + 8β⁴/15 − 16β⁶/35 + 128β⁸/315 − …
    slope = 1 - x * (2 / 3 - x * (8 / 15 - x * (16 / 35 - x * (128 / 315 - x * 256 / 693))))
    ratio = np.where(small, series, ratio)
    share = np.where(small, slope, np.arcsinh(b) / (b * mu))
    return 1 - 1.5 * ratio**2, 1.5 * share - 0.5


def correlation_of(density: Array) -> tuple[Array, Array]:
    """Return the correlation energy per electron and its potential."""
    y = np.sqrt(np.cbrt(3 / (4 * np.pi * density)))  # √r_s
    q = math.sqrt(4 * C - B**2)
    whole, at_zero = y**2 + B * y + C, Y0**2 + B * Y0 + C
    angle = np.arctan(q / (2 * y + B))
    pole = np.log((y - Y0) ** 2 / whole) + 2 * (B + 2 * Y0) / q * angle
    energy = A / 2 * (np.log(y**2 / whole) + 2 * B / q * angle - B * Y0 / at_zero * pole)
    potential = energy - A / 6 * (C * (y - Y0) - B * Y0 * y) / ((y - Y0) * whole)
    return energy, potential
