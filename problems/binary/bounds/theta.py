"""Lovász's theta number: a bound on every independent set, by a semidefinite relaxation.

For any multipliers y on the edges the greatest eigenvalue λ of M = √w√wᵀ − Σ y_ij E_ij bounds the weight of
every independent set S from above: with x = Σ_S √w_i e_i, where the edges do not count, w(S)² = xᵀMx ≤ λ
xᵀx = λ w(S) (Lovász, IEEE Transactions on Information Theory 25 (1979); weighted by Grötschel, Lovász and
Schrijver, Geometric Algorithms and Combinatorial Optimization, 1988, chapter 9). In floating point, where
off the edges M_ij = √w_i√w_j (1 + δ) with |δ| < 4u, this becomes w(S) ≤ λ/(1 − 4u). The theta number adds
over connected components, so each is bounded by itself.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from problems.binary.bounds.certified import UNIT, float_above, float_below, greatest_eigenvalue_bound
from problems.binary.bounds.lattice import rounded_up
from problems.binary.bounds.semidefinite import SemidefiniteBound
from problems.binary.bounds.theta_program import ThetaProgram, solve_theta
from problems.binary.independent_set import IndependentSet
from problems.binary.quadratic import QuadraticForm
from problems.checking import check_number
from problems.errors import ProblemError

Array = np.ndarray
TOLERANCE = 1e-6
NEGLIGIBLE = 2.0**-200  # share of the greatest weight below which a node is counted in full
MOST_NODES = 2000  # of one component, whose full matrix is decomposed in every iteration


def never() -> bool:
    """Say that there is time left."""
    return False


def theta_bound(
    problem: IndependentSet, *, tolerance: float = TOLERANCE, out_of_time: Callable[[], bool] = never
) -> SemidefiniteBound:
    """Bound the weight of every independent set from above by the theta number.

    The vectors ``[n, r]`` of joined nodes are orthogonal, their squared lengths add to 1 in each component,
    and ``primal`` is ‖Σ √w_i v_i‖². The dual is y ``[K]`` on the problem's edges, for each component by
    itself. Nodes of weight ≤ 0 are in no best set and are left out. Up to 1500 edges in a component take
    seconds; with more of them an iteration costs O(n³) for n nodes, and some hundreds are needed for random
    graphs, thousands for graphs full of symmetry.

    Args:
        problem: No component may have more than 2000 nodes.
        tolerance: Relative gap at which a component counts as solved.
        out_of_time: Asked again and again; once it is true, the bound is certified as it stands.

    Raises:
        ProblemError: On a tolerance that is not positive, or a component that is too large.
    """
    check_number("tolerance", tolerance, 0.0, open_low=True)
    weights = np.asarray(problem.weights)
    exponent = int(np.frexp(weights.max())[1])
    scaled = np.ldexp(np.maximum(weights, 0.0), -exponent)
    heavy = scaled > NEGLIGIBLE
    scale, total, primal = Fraction(2) ** exponent, Fraction(0), 0.0
    blocks, dual = [], np.zeros(len(problem.edges))
    for nodes, places in components(problem, heavy):
        first, second = np.searchsorted(nodes, problem.edges[places]).T
        bound, worth, vectors, dual[places] = _component(scaled[nodes], first, second, tolerance, out_of_time)
        total, primal = total + bound, primal + worth
        blocks.append((nodes, vectors))
    light = weights[~heavy & (weights > 0)]  # they may underflow when scaled
    above = total * scale + sum(map(Fraction, light.tolist()), Fraction(0))
    return SemidefiniteBound(
        float_above(above),
        -float_below(rounded_up(-above, QuadraticForm(-np.maximum(weights, 0.0)))),
        float_above(Fraction(primal) * scale),
        _side_by_side(problem.num_nodes, blocks),
        np.ldexp(dual, exponent),
    )


def theta_number(
    num_nodes: int,
    edges: Any,
    weights: Any = None,
    *,
    tolerance: float = TOLERANCE,
    out_of_time: Callable[[], bool] = never,
) -> SemidefiniteBound:
    """Bound the theta number of a graph given by edges ``[K, 2]`` and node weights ``[n]``, ones by default.

    It bounds the cliques of the complement: for those of a graph, give the edges that it lacks. The dual
    follows the edges in order, the smaller node first, each once.

    Raises:
        ProblemError: As ``theta_bound``, and if there is no such graph.
    """
    graph = IndependentSet(num_nodes, edges, weights)
    return theta_bound(graph, tolerance=tolerance, out_of_time=out_of_time)


def components(problem: IndependentSet, kept: Array) -> list[tuple[Array, Array]]:
    """Return the nodes, in order, and the places of the edges of each component of the nodes that are kept.

    Raises:
        ProblemError: If one of them has more than ``MOST_NODES`` nodes.
    """
    n, (first, second) = problem.num_nodes, problem.edges.T
    inside = np.flatnonzero(kept[first] & kept[second])
    joined = csr_array((np.ones(len(inside)), (first[inside], second[inside])), shape=(n, n))
    count, label = connected_components(joined, directed=False)
    sizes = np.bincount(label[kept], minlength=count)
    if sizes.max(initial=0) > MOST_NODES:
        raise ProblemError("the largest component", f"{sizes.max()} nodes", f"at most {MOST_NODES}")
    order = np.flatnonzero(kept)[np.argsort(label[kept], kind="stable")]
    nodes = np.split(order, np.cumsum(sizes)[:-1])
    of_edge = label[first[inside]]
    places = np.split(
        inside[np.argsort(of_edge, kind="stable")], np.cumsum(np.bincount(of_edge, minlength=count))[:-1]
    )
    return [pair for pair in zip(nodes, places, strict=True) if len(pair[0])]


def _component(
    weights: Array, first: Array, second: Array, tolerance: float, out_of_time: Callable[[], bool]
) -> tuple[Fraction, float, Array, Array]:
    """Return a certified bound on theta, its primal value, vectors and multipliers of one component."""
    if len(weights) == 1:
        return Fraction(float(weights[0])), float(weights[0]), np.ones((1, 1)), np.zeros(0)
    size = float(weights.sum())
    program = ThetaProgram(np.sqrt(weights / size), first, second)
    point = solve_theta(program, tolerance, out_of_time)
    roots = np.sqrt(weights)
    matrix, multipliers = np.outer(roots, roots), size * point.multipliers
    matrix[first, second] -= multipliers
    matrix[second, first] = matrix[first, second]
    greatest = Fraction(greatest_eigenvalue_bound(matrix))
    values, axes = np.linalg.eigh(point.gram)
    seen = values > len(values) * UNIT * values[-1]
    vectors = axes[:, seen] * np.sqrt(values[seen])
    return greatest / (1 - 4 * Fraction(UNIT)), size * point.primal, vectors, multipliers


def _side_by_side(n: int, blocks: list[tuple[Array, Array]]) -> Array:
    """Return vectors ``[n, r]`` with those of each block in columns of its own; zero for all other nodes."""
    vectors = np.zeros((n, sum(block.shape[1] for _, block in blocks)))
    column = 0
    for nodes, block in blocks:
        vectors[nodes, column : column + block.shape[1]] = block
        column += block.shape[1]
    return vectors
