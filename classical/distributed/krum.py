"""Krum and its kin: rules that look for the gradients that have close neighbours.

References: Blanchard et al., arXiv 1703.02757 (Krum, Multi-Krum); El Mhamdi, Guerraoui, Rouault, arXiv
1802.07927 (Bulyan).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from classical.distributed.aggregator import Aggregator, told
from classical.distributed.medians import mean_of_nearest
from problems.contract import Array


@dataclass(frozen=True)
class Krum(Aggregator):
    """The one gradient whose p − f − 2 nearest neighbours are nearest; needs p ≥ 2f + 3.

    The scores are the negative sums of those squared distances.
    """

    def unsuitable(self, workers: int, faulty: int | None) -> str | None:
        """Refuse an unknown f, and too few workers for it."""
        return told(workers, faulty, 2 * (faulty or 0) + 3, "Krum")

    def combine(self, gradients: Array, faulty: int | None) -> tuple[Array, Array | None]:
        """Return that gradient and the scores."""
        costs = neighbour_costs(squared_distances(gradients), faulty or 0)
        return gradients[int(np.argmin(costs))].copy(), -costs


@dataclass(frozen=True)
class MultiKrum(Aggregator):
    """The mean of the p − f − 2 gradients that Krum ranks first; needs p ≥ 2f + 3."""

    def unsuitable(self, workers: int, faulty: int | None) -> str | None:
        """Refuse an unknown f, and too few workers for it."""
        return told(workers, faulty, 2 * (faulty or 0) + 3, "MultiKrum")

    def combine(self, gradients: Array, faulty: int | None) -> tuple[Array, Array | None]:
        """Return the mean and Krum's scores."""
        costs = neighbour_costs(squared_distances(gradients), faulty or 0)
        kept = np.argsort(costs, kind="stable")[: len(gradients) - (faulty or 0) - 2]
        return gradients[kept].mean(axis=0), -costs


@dataclass(frozen=True)
class Bulyan(Aggregator):
    """Krum's choice, taken p − 2f times without replacement, then a mean around the median; needs p ≥ 4f + 3.

    The mean takes the p − 4f chosen values of each coordinate that are nearest to their median. The scores
    are 1 for the chosen gradients and 0 for the others.
    """

    def unsuitable(self, workers: int, faulty: int | None) -> str | None:
        """Refuse an unknown f, and too few workers for it."""
        return told(workers, faulty, 4 * (faulty or 0) + 3, "Bulyan")

    def combine(self, gradients: Array, faulty: int | None) -> tuple[Array, Array | None]:
        """Return that mean and who was chosen."""
        f, workers = faulty or 0, len(gradients)
        distances = squared_distances(gradients)
        left, chosen = list(range(workers)), []
        for _ in range(workers - 2 * f):
            apart = distances[np.ix_(left, left)]
            # where one neighbour counts, the closest two tie: the one nearer to all the others goes first
            order = np.lexsort((apart.sum(axis=1), neighbour_costs(apart, f)))
            chosen.append(left.pop(int(order[0])))
        kept = gradients[chosen]
        scores = np.zeros(workers)
        scores[chosen] = 1.0
        return mean_of_nearest(kept, np.median(kept, axis=0), workers - 4 * f), scores


def squared_distances(gradients: Array) -> Array:
    """Return the squared distances ``[p, p]`` between rows, with zeros on the diagonal."""
    products = gradients @ gradients.T
    squares = np.diag(products)
    distances = np.maximum(squares[:, None] + squares[None] - 2 * products, 0.0)
    np.fill_diagonal(distances, 0.0)
    return distances


def neighbour_costs(distances: Array, faulty: int) -> Array:
    """Return the sums ``[p]`` of the p − f − 2 least squared distances to others, one at least."""
    workers = len(distances)
    count = min(max(1, workers - faulty - 2), workers - 1)
    return np.sort(distances, axis=1)[:, 1 : 1 + count].sum(axis=1)
