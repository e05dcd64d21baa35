"""Distances between two samples: energy distance, maximum mean discrepancy, earth mover's distance, and the
entropy of a sample by its nearest neighbours.

Samples are ``[n, D]``. References: Székely, Rizzo, "Energy statistics: a class of statistics based on
distances", Journal of Statistical Planning and Inference 143 (2013); Gretton et al., "A kernel two-sample
test", JMLR 13 (2012); Kozachenko, Leonenko, Problems of Information Transmission 23 (1987).
"""

from __future__ import annotations

from typing import Literal

import numpy as np

from problems.checking import check_choice, check_integer, check_number, checked_array
from problems.contract import Array
from problems.errors import ProblemError

ROWS = 2048  # of one block of distances, so that memory stays bounded


def mean_distance(x: Array, y: Array) -> float:
    """Return the mean Euclidean distance over all pairs, blocks of rows at a time."""
    from scipy.spatial.distance import cdist

    total = sum(float(cdist(x[at : at + ROWS], y).sum()) for at in range(0, len(x), ROWS))
    return total / (len(x) * len(y))


def energy_distance(x: Array, y: Array, *, unbiased: bool = False) -> float:
    """Return 2 E|X − Y| − E|X − X'| − E|Y − Y'|, which is zero for equal laws and positive otherwise.

    Args:
        x: ``[n, D]``.
        y: ``[m, D]``.
        unbiased: Leave out the pairs of a point with itself; the estimate may then be below zero.

    Raises:
        ProblemError: If the samples are no finite ``[n, D]`` and ``[m, D]`` of two points at least.
    """
    x, y = _checked(x, y)
    within_x, within_y = mean_distance(x, x), mean_distance(y, y)
    if unbiased:
        within_x *= len(x) / (len(x) - 1)
        within_y *= len(y) / (len(y) - 1)
    return 2 * mean_distance(x, y) - within_x - within_y


def energy_coefficient(x: Array, y: Array) -> float:
    """Return the energy distance over 2 E|X − Y|: 0 for equal samples, at most 1, free of units."""
    x, y = _checked(x, y)
    between = 2 * mean_distance(x, y)
    if between == 0:
        return 0.0
    return max(between - mean_distance(x, x) - mean_distance(y, y), 0.0) / between


def maximum_mean_discrepancy(
    x: Array, y: Array, kernel: Literal["distance", "gaussian"] = "distance", bandwidth: float = 1.0
) -> float:
    """Return the maximum mean discrepancy between two samples (the root of the biased V-statistic).

    Args:
        x: ``[n, D]``.
        y: ``[m, D]``.
        kernel: "distance": ½ (|x| + |y| − |x − y|), of which the square is half the energy distance;
            "gaussian": exp(−|x − y|² / 2 h²).
        bandwidth: h, in the units of the data; without meaning for the distance kernel.
    """
    check_choice("kernel", kernel, ("distance", "gaussian"))
    x, y = _checked(x, y)
    if kernel == "distance":
        return float(np.sqrt(max(energy_distance(x, y), 0.0) / 2))
    check_number("bandwidth", bandwidth, 0.0, open_low=True)
    square = _gaussian_mean(x, x, bandwidth) + _gaussian_mean(y, y, bandwidth)
    return float(np.sqrt(max(square - 2 * _gaussian_mean(x, y, bandwidth), 0.0)))


def earth_movers_distance(x: Array, y: Array) -> float:
    """Return the mean distance of the best matching of two samples of one size, in O(n³)."""
    from scipy.optimize import linear_sum_assignment
    from scipy.spatial.distance import cdist

    x, y = _checked(x, y)
    if len(x) != len(y):
        raise ProblemError("the length of y", len(y), f"{len(x)}, as for x", "take as many points of each")
    costs = cdist(x, y)
    rows, columns = linear_sum_assignment(costs)
    return float(costs[rows, columns].mean())


def neighbour_entropy(points: Array, neighbours: int = 3) -> float:
    """Estimate the differential entropy in nats of the law behind ``[n, D]`` points by nearest neighbours.

    ψ(n) − ψ(k) + log V_D + (D / n) Σ log ρ_k(i), with ρ_k the distance to the k-th neighbour. It is −∞ where
    points coincide, as for a law with atoms.
    """
    from scipy.spatial import KDTree
    from scipy.special import digamma, gammaln

    points = checked_array("points", points, shape=(None, None))
    check_integer("neighbours", neighbours, 1)
    n, dimension = points.shape
    if n <= neighbours:
        raise ProblemError("the length of points", n, f"more than {neighbours}")
    distances = KDTree(points).query(points, neighbours + 1)[0][:, -1]
    if np.any(distances == 0):
        return -np.inf
    ball = 0.5 * dimension * np.log(np.pi) - gammaln(0.5 * dimension + 1)
    return float(digamma(n) - digamma(neighbours) + ball + dimension * np.mean(np.log(distances)))


def _gaussian_mean(x: Array, y: Array, bandwidth: float) -> float:
    from scipy.spatial.distance import cdist

    blocks = (cdist(x[at : at + ROWS], y, "sqeuclidean") for at in range(0, len(x), ROWS))
    total = sum(float(np.exp(-squares / (2 * bandwidth**2)).sum()) for squares in blocks)
    return total / (len(x) * len(y))


def _checked(x: Array, y: Array) -> tuple[Array, Array]:
    """Both samples as float arrays of one dimension."""
    x = np.asarray(checked_array("x", x, shape=(None, None)), dtype=float)
    y = np.asarray(checked_array("y", y, shape=(None, x.shape[1])), dtype=float)
    for name, sample in (("x", x), ("y", y)):
        if len(sample) < 2:
            raise ProblemError(f"the length of {name}", len(sample), "two points at least")
    return x, y
