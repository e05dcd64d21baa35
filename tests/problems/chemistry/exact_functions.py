"""Hydrogen-like functions in closed form, put on elements, for the tests of the judges."""

import numpy as np

from problems.chemistry.exact_levels import asymptotic_exponent, coulomb_level, sommerfeld_level
from problems.chemistry.piecewise_polynomial import PiecewisePolynomial
from problems.chemistry.solutions import RadialStates
from problems.numerics.quadrature import gauss_lobatto_legendre

SHAPES = {
    (1, 0): lambda x: 2 * x * np.exp(-x),
    (2, 0): lambda x: x * (1 - x / 2) * np.exp(-x / 2) / np.sqrt(2),
    (2, 1): lambda x: x**2 * np.exp(-x / 2) / np.sqrt(24),
}
ENDS = np.array([0.0, 0.3, 1.0, 3.0, 8.0, 20.0, 50.0])
NODES = gauss_lobatto_legendre(31)[0]


def on_elements(ends, function):
    """Values [E, q] of a function at the nodes."""
    half = np.diff(ends)[:, None] / 2
    return function(ends[:-1, None] + half * (1 + NODES))


def hydrogenic(charge=1.0, shells=tuple(SHAPES)):
    """The exact Schrödinger states of a nucleus."""
    ends = ENDS / charge
    values = [
        on_elements(ends, lambda r, shell=shell: np.sqrt(charge) * SHAPES[shell](charge * r))
        for shell in shells
    ]
    return RadialStates(
        "schroedinger",
        np.array([n for n, _ in shells]),
        np.array([momentum for _, momentum in shells]),
        np.array([coulomb_level(n, charge) for n, _ in shells]),
        PiecewisePolynomial(ends, NODES[None], np.array(values)),
        None,
        np.zeros(len(shells)),
    )


def relativistic_ground_state(charge, c):
    """The exact 1s state of Dirac's equation: P and Q ∝ r^β e^{−Z r}."""
    from scipy.special import gamma

    beta = asymptotic_exponent(-1, charge, c)
    ends = ENDS / charge
    norm = np.sqrt((2 * charge) ** (2 * beta + 1) / gamma(2 * beta + 1))
    decay = on_elements(ends, lambda r: norm * np.exp(-charge * r))
    parts = [np.sqrt((1 + beta) / 2), -np.sqrt((1 - beta) / 2)]
    large, small = (PiecewisePolynomial(ends, NODES[None], (part * decay)[None]) for part in parts)
    one = np.array([1])
    energy = np.array([sommerfeld_level(1, -1, charge, c)])
    return RadialStates("dirac", one, -one, energy, large, small, np.array([beta]))
