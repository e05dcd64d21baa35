"""Energies of one electron in the point nucleus' field and in a parabola, in closed form (Hartree)."""

from __future__ import annotations

import math

SPEED_OF_LIGHT = 137.0359895  # CODATA 1986, on which the reference tables rest


def orbital_momentum(kappa: int) -> int:
    """Return l of the large component: κ for κ > 0, else −κ − 1."""
    return kappa if kappa > 0 else -kappa - 1


def asymptotic_exponent(kappa: int, charge: float, c: float = SPEED_OF_LIGHT) -> float:
    """Return β = √(κ² − (Z/c)²): P and Q vanish like r^β at a point nucleus."""
    return math.sqrt(kappa**2 - (charge / c) ** 2)


def coulomb_level(n: int, charge: float) -> float:
    """Return the Schrödinger energy −Z² / (2 n²)."""
    return -(charge**2) / (2 * n**2)


def sommerfeld_level(n: int, kappa: int, charge: float, c: float = SPEED_OF_LIGHT) -> float:
    """Return the Dirac energy c² / √(1 + (Z/c)² / (n − |κ| + β)²) − c², written without cancellation."""
    x = (charge / c / (n - abs(kappa) + asymptotic_exponent(kappa, charge, c))) ** 2
    root = math.sqrt(1 + x)
    return -(c**2) * x / (root * (1 + root))


def harmonic_level(n: int, momentum: int) -> float:
    """Return the Schrödinger energy 2 k + l + 3/2 in V = r²/2 for the state with k = n − l − 1 nodes."""
    return 2 * (n - momentum - 1) + momentum + 1.5
