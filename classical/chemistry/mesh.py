"""Meshes of a few long elements along the radius, and the polynomials on them.

Reference: Čertík et al., Comput. Phys. Commun. 297 (2024) 109051, sections 3 and 4.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from problems.checking import check_integer, check_number, read_only
from problems.contract import Array
from problems.errors import ProblemError
from problems.numerics.quadrature import (
    differentiation_matrix,
    gauss_legendre,
    gauss_lobatto_legendre,
    interpolation_matrix,
)


@dataclass(frozen=True)
class ExponentialMesh:
    """Elements that grow by one factor from the nucleus outwards.

    Attributes:
        elements: N.
        grading: Length of the last over the first of the growing elements; 1 makes them equal.
        first: Length in Bohr of an element set before the growing ones, counted in N; None for none.
    """

    elements: int = 4
    grading: float = 200.0
    first: float | None = None

    def __post_init__(self):
        check_integer("elements", self.elements, 1 if self.first is None else 2)
        check_number("grading", self.grading, 0.0, open_low=True)
        if self.first is not None:
            check_number("first", self.first, 0.0, open_low=True)

    def ends(self, r_max: float) -> Array:
        """Return the element ends ``[N + 1]`` from 0 to r_max.

        Raises:
            ProblemError: If the first element leaves no room for the others.
        """
        if self.first is None:
            return exponential_ends(0.0, r_max, self.elements, self.grading)
        if self.first >= r_max:
            raise ProblemError("first", self.first, f"less than r_max = {r_max:g}")
        grown = exponential_ends(self.first, r_max, self.elements - 1, self.grading)
        return np.concatenate([[0.0], grown])


def exponential_ends(low: float, high: float, elements: int, grading: float) -> Array:
    """Return r_i = low + (high − low)(e^{b i} − 1)/(e^{b N} − 1), ``[N + 1]``, with b = ln a / (N − 1)."""
    if elements == 1 or math.log(grading) == 0:
        return np.linspace(low, high, elements + 1)
    rate = math.log(grading) / (elements - 1)
    ends = low + (high - low) * np.expm1(rate * np.arange(elements + 1)) / np.expm1(rate * elements)
    ends[-1] = high
    return ends


@dataclass(frozen=True, eq=False)
class ElementBasis:
    """Lagrange polynomials on Gauss–Lobatto–Legendre nodes, at quadrature points of the reference element.

    Attributes:
        nodes: ``[p + 1]``.
        values: ``[Q, p + 1]``.
        slopes: ``[Q, p + 1]``, by the reference coordinate.
    """

    nodes: Array
    values: Array
    slopes: Array

    @classmethod
    def at(cls, degree: int, points: Array) -> ElementBasis:
        """Evaluate the basis at points ``[Q]`` of [-1, 1]."""
        nodes = gauss_lobatto_legendre(degree + 1)[0]
        values = interpolation_matrix(nodes, points)
        return cls(nodes, values, values @ differentiation_matrix(nodes))


@lru_cache(maxsize=32)
def legendre_basis(degree: int, points: int) -> ElementBasis:
    """Return the basis at the Gauss–Legendre points."""
    return ElementBasis.at(degree, gauss_legendre(points)[0])


@dataclass(frozen=True, eq=False)
class QuadraturePoints:
    """Points of all elements.

    Attributes:
        ends: ``[E + 1]``.
        reference: ``[E, Q]`` in [-1, 1], or ``[1, Q]`` for all elements alike.
        r: ``[E, Q]``, radii in Bohr.
        weights: ``[E, Q]`` of ∫ … dr.
    """

    ends: Array
    reference: Array
    r: Array
    weights: Array

    @classmethod
    def legendre(cls, ends: Array, points: int) -> QuadraturePoints:
        """Gauss–Legendre points on every element."""
        nodes, weights = gauss_legendre(points)
        half = np.diff(ends)[:, None] / 2
        return cls(ends, nodes[None], read_only(ends[:-1, None] + half * (1 + nodes)), half * weights)

    def integral(self, values: Array) -> float:
        """Return ∫ … dr of values ``[E, Q]``."""
        return float(np.sum(self.weights * values))


def assemble(blocks: Array) -> Array:
    """Add element matrices ``[E, p + 1, p + 1]`` of a continuous basis up to ``[E p + 1, E p + 1]``."""
    elements, size, _ = blocks.shape
    step = size - 1
    whole = np.zeros((elements * step + 1,) * 2)
    for e, block in enumerate(blocks):
        at = slice(e * step, e * step + size)
        whole[at, at] += block
    return whole


def assemble_vector(blocks: Array) -> Array:
    """Add element vectors ``[E, p + 1]`` up to ``[E p + 1]``."""
    elements, size = blocks.shape
    step = size - 1
    whole = np.zeros(elements * step + 1)
    for e, block in enumerate(blocks):
        whole[e * step : e * step + size] += block
    return whole


def scatter(coefficients: Array, elements: int) -> Array:
    """Return ``[..., E, p + 1]``, the values on each element of coefficients ``[..., E p + 1]``."""
    step = (coefficients.shape[-1] - 1) // elements
    index = np.arange(elements)[:, None] * step + np.arange(step + 1)
    return coefficients[..., index]


def check_degree(degree: int, points: int) -> None:
    """Refuse degrees below 2 and quadrature that would integrate too little.

    Raises:
        ProblemError: If p < 2 or there are fewer than p + 1 points.
    """
    check_integer("degree", degree, 2)
    if not isinstance(points, int) or points < degree + 1:
        raise ProblemError(
            "quadrature", points, f"an integer ≥ {degree + 1}, one more than the degree",
            "fewer points under-integrate; twice the degree and one is exact for polynomials",
        )  # fmt: skip
