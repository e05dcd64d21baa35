"""Gaussian quadrature on [-1, 1], and polynomials by their values at nodes.

References: Golub and Welsch 1969 for the rules; Berrut and Trefethen, "Barycentric Lagrange interpolation",
SIAM Review 46 (2004), for the evaluation, which stays stable at any degree on the nodes of such rules.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.polynomial import legendre

from problems.checking import check_integer, check_number, read_only

Array = np.ndarray
Rule = tuple[Array, Array]


@lru_cache(maxsize=64)
def gauss_legendre(points: int) -> Rule:
    """Return nodes and weights ``[n]`` exact for polynomials of degree 2n − 1.

    Raises:
        ProblemError: If there is no point.
    """
    check_integer("points", points, 1)
    nodes, weights = legendre.leggauss(points)
    return read_only(nodes), read_only(weights)


@lru_cache(maxsize=64)
def gauss_lobatto_legendre(points: int) -> Rule:
    """Return nodes and weights ``[n]`` with both ends among the nodes, exact up to degree 2n − 3.

    Raises:
        ProblemError: If there are fewer than two points.
    """
    from scipy.special import eval_legendre, roots_jacobi

    check_integer("points", points, 2)
    inner = roots_jacobi(points - 2, 1.0, 1.0)[0] if points > 2 else np.zeros(0)
    nodes = np.concatenate([[-1.0], (inner - inner[::-1]) / 2, [1.0]])
    weights = 2.0 / (points * (points - 1) * eval_legendre(points - 1, nodes) ** 2)
    return read_only(nodes), read_only(weights)


@lru_cache(maxsize=256)
def gauss_jacobi(points: int, exponent: float) -> Rule:
    """Return nodes and weights ``[n]`` of ∫ (1 + x)^a f(x) dx, exact for f of degree 2n − 1.

    Raises:
        ProblemError: If there is no point, or a ≤ −1, where the integral diverges.
    """
    from scipy.special import roots_jacobi

    check_integer("points", points, 1)
    check_number("exponent", exponent, -1.0, open_low=True)
    nodes, weights = roots_jacobi(points, 0.0, exponent)
    return read_only(nodes), read_only(weights)


def barycentric_weights(nodes: Array) -> Array:
    """Return 1 / Π_k 2 (x_j − x_k) ``[n]``; the factor 2 is the inverse capacity of [-1, 1], against
    underflow.
    """
    differences = 2.0 * (nodes[:, None] - nodes[None])
    np.fill_diagonal(differences, 1.0)
    return 1.0 / np.prod(differences, axis=1)


def interpolation_matrix(nodes: Array, targets: Array) -> Array:
    """Return the Lagrange polynomials of ``nodes`` ``[n]`` at ``targets``: ``[m, n]``."""
    differences = targets[:, None] - nodes[None]
    hit = differences == 0.0
    differences[hit] = 1.0
    terms = barycentric_weights(nodes) / differences
    matrix = terms / np.sum(terms, axis=1, keepdims=True)
    rows = np.any(hit, axis=1)
    matrix[rows] = hit[rows]
    return matrix


def differentiation_matrix(nodes: Array) -> Array:
    """Return D ``[n, n]`` that takes values at the nodes to values of the derivative there."""
    weights = barycentric_weights(nodes)
    differences = nodes[:, None] - nodes[None]
    np.fill_diagonal(differences, 1.0)
    matrix = weights[None] / weights[:, None] / differences
    np.fill_diagonal(matrix, 0.0)
    np.fill_diagonal(matrix, -np.sum(matrix, axis=1))  # a constant has no slope, exactly
    return matrix


@lru_cache(maxsize=16)
def cumulative_matrix(points: int) -> Array:
    """Return C ``[n, n]`` that takes values at Gauss–Legendre nodes to integrals from −1 to each node."""
    nodes, weights = gauss_legendre(points)
    values = legendre.legvander(nodes, points)  # [n, degree]
    integrals = np.empty((points, points))
    integrals[:, 0] = nodes + 1.0
    degrees = np.arange(1, points)
    integrals[:, 1:] = (values[:, 2:] - values[:, :-2]) / (2 * degrees + 1)
    norms = (2 * np.arange(points) + 1) / 2
    return read_only(integrals @ (norms[:, None] * values[:, :points].T * weights))
