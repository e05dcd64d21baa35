"""The price of a random direction is the effective dimension, not the number of parameters."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from classical.distributed.one_byte import OneByteSpsa
from problems.contract import Array
from problems.distributed.decentralised import DecentralisedTraining
from problems.distributed.fleet import Fleet
from problems.minimisation import Minimisation, Values
from tests.claims.table import Row

EXPONENT = 6.0  # the loss falls by e^-6: above it the perturbation's own share is nothing


@dataclass(frozen=True, eq=False)
class FlatQuadratic(Minimisation):
    """½ Σ x² over the first ``rank`` of ``dimension`` coordinates.

    Attributes:
        dimension: P.
        rank: r.
    """

    dimension: int = 1000
    rank: int = 10
    optimum = 0.0

    @property
    def start(self) -> Array:  # pyright: ignore[reportIncompatibleVariableOverride]
        """All ones."""
        return np.ones(self.dimension)

    def evaluate(self, x: Array, seed: int, gradient: bool = False) -> Values:
        """Evaluate ``[B, P]``."""
        return Values(self.exact(x))

    def exact(self, x: Array) -> Array:
        """Return the values ``[B]``."""
        return 0.5 * np.sum(x[:, : self.rank] ** 2, axis=1)


def rows(quick: bool) -> Iterator[Row]:
    """All rows."""
    cases = ((10, 1), (10, 8)) if quick else ((10, 1), (10, 8), (100, 1), (100, 8))
    for rank, workers in cases:
        yield contraction(rank, workers, 100 if quick else 500)


def contraction(rank: int, workers: int, count: int) -> Row:
    """The mean ratio of losses of successive steps; by isotropy it does not depend on the point.

    With E (zᵀAz)(zᵀu)² = (r + 2)|u|² for a projector A of rank r, the best rate of W averaged directions is
    W / (r + 1 + W), and the loss shrinks by 1 − W / (r + 1 + W) a step, whatever P.
    """
    rate = workers / (rank + 1 + workers)
    problem = DecentralisedTraining(Fleet((FlatQuadratic(rank=rank),) * workers))
    steps = round(EXPONENT / rate)
    method = OneByteSpsa(10**9, steps, rate, epsilon=1e-5, codec="log8s")
    seen = []
    for seed in range(max(1, round(count / steps))):
        history = method.solve(problem, seed=seed, progress=False).history
        losses = np.array([row["objective"] for row in history])
        seen.append(losses[1:] / losses[:-1])
    ratios = np.concatenate(seen)
    mean, error = float(ratios.mean()), float(ratios.std() / np.sqrt(len(ratios)))
    # random rounding adds at most the variance of a coin between neighbours: (e^(1/8) − 1)²/4 of the square
    claim = (
        f"quadratic of rank {rank} in 1000 dimensions, {workers} workers: loss ratio as of {rank} dimensions"
    )
    theory = f"theory {1 - rate:.4f}; of 1000 {1 - workers / (1001 + workers):.4f}"
    holds = abs(mean - (1 - rate)) < 4 * error + 0.0045 * rate
    return Row(claim, "", theory, f"{mean:.4f} ± {error:.4f}", bool(holds))
