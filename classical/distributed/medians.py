"""Medians and their kin: rules that look at what most workers say, coordinate by coordinate or as vectors.

References: Yin et al., arXiv 1803.01498 (median, trimmed mean); Xie et al., arXiv 1802.10116 (mean around the
median) and arXiv 1805.09682 (Phocas); Chen, Su, Xu, arXiv 1705.05491 (geometric median); Weiszfeld 1937.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from classical.distributed.aggregator import Aggregator, told
from problems.checking import check_integer, check_number
from problems.contract import Array


@dataclass(frozen=True)
class CoordinateMedian(Aggregator):
    """The median of each coordinate."""

    def combine(self, gradients: Array, faulty: int | None) -> tuple[Array, Array | None]:
        """Return the medians, without scores."""
        return np.median(gradients, axis=0), None


@dataclass(frozen=True)
class TrimmedMean(Aggregator):
    """The mean of each coordinate without its f largest and f smallest values."""

    def unsuitable(self, workers: int, faulty: int | None) -> str | None:
        """Refuse an unknown f, and more than fewer than half."""
        return told(workers, faulty, 2 * (faulty or 0) + 1, "TrimmedMean")

    def combine(self, gradients: Array, faulty: int | None) -> tuple[Array, Array | None]:
        """Return the trimmed means, without scores."""
        return trimmed_mean(gradients, faulty or 0), None


@dataclass(frozen=True)
class MeanAroundMedian(Aggregator):
    """The mean of the p − f values of each coordinate that are nearest to its median (MeaMed)."""

    def unsuitable(self, workers: int, faulty: int | None) -> str | None:
        """Refuse an unknown f, and half or more."""
        return told(workers, faulty, 2 * (faulty or 0) + 1, "MeanAroundMedian")

    def combine(self, gradients: Array, faulty: int | None) -> tuple[Array, Array | None]:
        """Return those means, without scores."""
        return mean_of_nearest(gradients, np.median(gradients, axis=0), len(gradients) - (faulty or 0)), None


@dataclass(frozen=True)
class Phocas(Aggregator):
    """The mean of the p − f values of each coordinate that are nearest to its trimmed mean."""

    def unsuitable(self, workers: int, faulty: int | None) -> str | None:
        """Refuse an unknown f, and half or more."""
        return told(workers, faulty, 2 * (faulty or 0) + 1, "Phocas")

    def combine(self, gradients: Array, faulty: int | None) -> tuple[Array, Array | None]:
        """Return those means, without scores."""
        centre = trimmed_mean(gradients, faulty or 0)
        return mean_of_nearest(gradients, centre, len(gradients) - (faulty or 0)), None


@dataclass(frozen=True)
class GeometricMedian(Aggregator):
    """The point with the least sum of distances to the gradients, by Weiszfeld's iteration.

    Every iterate is a weighted mean with weights 1 / distance; the scores are the last weights, whose sum is
    1. The work is done on the p x p products of the gradients.

    Attributes:
        iterations: At most.
        tolerance: Stops when the weights change by less in all.
    """

    iterations: int = 1000
    tolerance: float = 1e-10

    def __post_init__(self):
        check_integer("iterations", self.iterations, 1)
        check_number("tolerance", self.tolerance, 0.0)

    def combine(self, gradients: Array, faulty: int | None) -> tuple[Array, Array | None]:
        """Return the geometric median and the weights of its mean."""
        weights = weiszfeld_weights(gradients, self.iterations, self.tolerance)
        return weights @ gradients, weights


def trimmed_mean(gradients: Array, trimmed: int) -> Array:
    """Return the mean of each coordinate without its extreme values, ``trimmed`` on either side."""
    return np.sort(gradients, axis=0)[trimmed : len(gradients) - trimmed].mean(axis=0)


def mean_of_nearest(gradients: Array, centre: Array, count: int) -> Array:
    """Return the mean of the ``count`` values of each coordinate that are nearest to a centre ``[P]``."""
    nearest = np.argsort(np.abs(gradients - centre), axis=0, kind="stable")[:count]
    return np.take_along_axis(gradients, nearest, axis=0).mean(axis=0)


def weiszfeld_weights(gradients: Array, iterations: int, tolerance: float) -> Array:
    """Return the weights ``[p]`` with which the geometric median is a mean of the rows."""
    products = gradients @ gradients.T
    squares = np.diag(products)
    scale = float(squares.max())
    floor = 1e-24 * scale if scale > 0 else 1.0  # a row that the median falls on keeps a finite weight
    weights = np.full(len(gradients), 1 / len(gradients))
    for _ in range(iterations):
        distances = squares - 2 * products @ weights + weights @ products @ weights
        fresh = 1 / np.sqrt(np.maximum(distances, floor))
        fresh /= fresh.sum()
        change, weights = float(np.abs(fresh - weights).sum()), fresh
        if change <= tolerance:
            break
    return weights
