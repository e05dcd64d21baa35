"""Flag aggregator: average the gradients inside the subspace that reconstructs them best.

Reference: Almasi, Mishra, Vamanan, Ravi, "Flag aggregator: scalable distributed training under failures and
augmented losses using convex optimization", ICLR 2024, arXiv 2302.05865. The work is done on the products of
the gradients, which is exact and costs O(P p²).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from classical.distributed.aggregator import Aggregator
from classical.distributed.flag_subspace import Span, leading, objective, reweighted
from classical.distributed.means import directions
from problems.checking import check_choice, check_integer, check_number
from problems.contract import Array

SETTLED = 1e-10  # an objective that falls by less has settled


@dataclass(frozen=True)
class FlagAggregator(Aggregator):
    """Average the gradients inside the subspace that reconstructs them best; who is faulty is not told.

    Of all m-dimensional subspaces it seeks the one with the least Σ √(1 − v_i), where v_i = ||Yᵀ g_i||² for
    the unit gradients g_i.

    The scores are v_i: the share of a worker's gradient that the subspace reconstructs, 0 for zero gradients.
    With m near p / 2 every independent attacker has a dimension to itself: the rule then acts like the
    normalised mean, and the scores may even favour the attackers. With m of 1 or 2 it rejects outliers, but
    a minority that agrees on one direction may win the subspace when the honest gradients are noisy.

    Attributes:
        subspace: m; None for ⌈(p + 1) / 2⌉.
        pairwise_weight: λ of the term that looks at differences of gradients.
        iterations: Steps of reweighting at most; the first is a principal component analysis.
        epsilon: Keeps the weight of a perfectly reconstructed gradient finite.
        rescale: Whether the direction is multiplied by the median length of the gradients, or has none of it.
    """

    subspace: int | None = None
    pairwise_weight: float = 0.0
    iterations: int = 5
    epsilon: float = 1e-7
    rescale: Literal["median_norm", "none"] = "median_norm"

    def __post_init__(self):
        if self.subspace is not None:
            check_integer("subspace", self.subspace, 1)
        check_number("pairwise_weight", self.pairwise_weight, 0.0)
        check_integer("iterations", self.iterations, 1)
        check_number("epsilon", self.epsilon, 0.0, open_low=True)
        check_choice("rescale", self.rescale, ("median_norm", "none"))

    def unsuitable(self, workers: int, faulty: int | None) -> str | None:
        """Refuse a subspace larger than the number of workers."""
        return size_unsuitable(self.subspace, workers) or super().unsuitable(workers, faulty)

    def combine(self, gradients: Array, faulty: int | None) -> tuple[Array, Array | None]:
        """Return the mean inside the subspace and the reconstructed shares."""
        units, lengths = directions(gradients)
        span = Span.of(units)
        subspace, _ = self.fit(span, self.subspace or default_size(len(gradients)))
        inside = subspace @ (subspace.T @ span.coordinates.mean(axis=0))
        scale = float(np.median(lengths)) if self.rescale == "median_norm" else 1.0
        return scale * span.vector(inside), scattered(span.qualities(subspace), gradients)

    def fit(self, span: Span, size: int) -> tuple[Array, list[float]]:
        """Return the subspace ``[q, m]`` in the span's coordinates, and the objective after every step."""
        subspace = reweighted(span, None, size, self.pairwise_weight, self.epsilon)
        values = [objective(span, subspace, self.pairwise_weight, self.epsilon)]
        for _ in range(self.iterations - 1):
            subspace = reweighted(span, subspace, size, self.pairwise_weight, self.epsilon)
            values.append(objective(span, subspace, self.pairwise_weight, self.epsilon))
            if values[-2] - values[-1] < SETTLED:
                break
        return subspace, values


@dataclass(frozen=True)
class PublishedFlagAggregator(Aggregator):
    """The flag aggregator with the formulas of its published code, for comparison.

    One step of reweighting from a random subspace, where all weights are nearly equal; differences are not
    divided by their length, λ / (p (p − 1)) scales a column and not its square, and the sum is divided by m.

    Attributes:
        subspace: m; None for ⌈(p + 1) / 2⌉.
        pairwise_weight: λ.
        epsilon: Added to 1 − v.
        seed: Draws the random subspace.
    """

    subspace: int | None = None
    pairwise_weight: float = 0.0
    epsilon: float = 1e-7
    seed: int = 0

    def __post_init__(self):
        if self.subspace is not None:
            check_integer("subspace", self.subspace, 1)
        check_number("pairwise_weight", self.pairwise_weight, 0.0)
        check_number("epsilon", self.epsilon, 0.0, open_low=True)
        check_integer("seed", self.seed, 0)

    def unsuitable(self, workers: int, faulty: int | None) -> str | None:
        """Refuse a subspace larger than the number of workers."""
        return size_unsuitable(self.subspace, workers) or super().unsuitable(workers, faulty)

    def combine(self, gradients: Array, faulty: int | None) -> tuple[Array, Array | None]:
        """Return the sum inside the subspace over m, and the reconstructed shares."""
        units, _ = directions(gradients)
        span, workers = Span.of(units), len(units)
        size = min(self.subspace or default_size(len(gradients)), units.shape[1])
        drawn = np.linalg.qr(np.random.default_rng(self.seed).normal(size=(units.shape[1], size)))[0]
        inside = units @ drawn  # [p, m]
        weights = self._column_weights(np.sum(inside**2, axis=1)) ** 2
        pairs = None
        if self.pairwise_weight > 0 and workers > 1:
            moved = np.sum((inside[:, None] - inside[None]) ** 2, axis=2)
            share = self.pairwise_weight / (workers * (workers - 1))
            pairs = (share * self._column_weights(moved)) ** 2
        subspace = leading(span, weights, pairs, size)
        total = subspace @ (subspace.T @ span.coordinates.sum(axis=0))
        return span.vector(total) / size, scattered(span.qualities(subspace), gradients)

    def _column_weights(self, qualities: Array) -> Array:
        return (np.maximum(1 - qualities, 0.0) + self.epsilon) ** -0.25


def default_size(workers: int) -> int:
    """Return ⌈(p + 1) / 2⌉, the dimension that the paper's experiments use."""
    return (workers + 2) // 2


def size_unsuitable(size: int | None, workers: int) -> str | None:
    """Return why a subspace is too large, or None."""
    if size is not None and size > workers:
        return f"{workers} gradients span no subspace of {size} dimensions"
    return None


def scattered(qualities: Array, gradients: Array) -> Array:
    """Return one score per row ``[p]``: its quality, and 0 for zero rows."""
    scores = np.zeros(len(gradients))
    scores[np.any(gradients != 0, axis=1)] = qualities
    return scores
