"""The Thomas–Fermi atom, a start for self-consistent fields.

Reference: the rational-exponential fit used by Oulne, "Variation and series approach to the Thomas–Fermi
equation", Appl. Math. Comput. 218 (2011) 303.
"""

from __future__ import annotations

import numpy as np

from problems.contract import Array

A, B, G = 0.7280642371, -0.5430794693, 0.3612163121


def effective_charge(r: Array, charge: int) -> Array:
    """Return Z_eff ≥ 1 of V = −Z_eff / r at radii in Bohr; far out one electron sees a single charge."""
    x = r * (128 * charge / (9 * np.pi**2)) ** (1 / 3)
    root = np.sqrt(x)
    shape = (1 + A * root + B * x * np.exp(-G * root)) * np.exp(-A * root)
    return np.maximum(charge * shape**2, 1.0)
