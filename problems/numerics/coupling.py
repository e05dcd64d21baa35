"""How strongly functions on the sphere couple: the Gaunt tensor as a multiple of the Clebsch–Gordan tensor.

Reference: Varshalovich, Moskalev, Khersonskii, Quantum Theory of Angular Momentum, section 5.9.
"""

from __future__ import annotations

from functools import lru_cache
from math import pi, sqrt

from problems.numerics.spherical import complex_clebsch_gordan


@lru_cache(maxsize=8192)
def gaunt_factor(l1: int, l2: int, l3: int) -> float:
    """Return the norm of the Gaunt tensor of three degrees, zero where their sum is odd.

    The tensor ∫ Y Y Y dΩ of real harmonics is this factor times ``clebsch_gordan``, whose sign makes it
    positive: √((2 l1 + 1)(2 l2 + 1)/4π) |⟨l1 0 l2 0 | l3 0⟩|.
    """
    if (l1 + l2 + l3) % 2 or not abs(l1 - l2) <= l3 <= l1 + l2:
        return 0.0
    middle = complex_clebsch_gordan(l1, l2, l3)[l1, l2, l3]
    return sqrt((2 * l1 + 1) * (2 * l2 + 1) / (4 * pi)) * abs(float(middle))
