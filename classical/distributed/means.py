"""Means: the rule that trusts everyone, and the one that trusts everyone equally much."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from classical.distributed.aggregator import Aggregator
from problems.contract import Array


@dataclass(frozen=True)
class Mean(Aggregator):
    """The mean of the gradients; one worker can move it anywhere."""

    def combine(self, gradients: Array, faulty: int | None) -> tuple[Array, Array | None]:
        """Return the mean, without scores."""
        return gradients.mean(axis=0), None


@dataclass(frozen=True)
class NormalisedMean(Aggregator):
    """The mean of the gradients' directions times their median length; zero gradients are left out.

    A worker moves it by no more than its share. The flag aggregator keeps part of this mean, so whatever it
    does better is due to the subspace.
    """

    def combine(self, gradients: Array, faulty: int | None) -> tuple[Array, Array | None]:
        """Return that mean, without scores."""
        units, lengths = directions(gradients)
        return np.median(lengths) * units.mean(axis=0), None


def directions(gradients: Array) -> tuple[Array, Array]:
    """Return the unit vectors ``[k, P]`` of the k rows that are not zero, and their lengths ``[k]``."""
    lengths = np.linalg.norm(gradients, axis=1)
    present = lengths > 0
    return gradients[present] / lengths[present, None], lengths[present]
