"""What samples of a shrunk problem are worth: unfolded, judged as they are, then after repair."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from hybrid.graph_shrinking.repair import repaired_samples
from problems.contract import Array

Unfold = Callable[[Array], Array]


@dataclass(frozen=True, eq=False)
class Worth:
    """The best of some samples in the problem's own terms.

    Attributes:
        raw: The best as it came ``[n]``.
        repaired: The best after repair ``[n]``; the same as ``raw`` where nothing was repaired.
        repair_edits: Bits by which ``repaired`` differs from the nearest sample.
        feasible_share: Of the samples as they came, each counted as often as it was drawn.
    """

    raw: Array
    repaired: Array
    repair_edits: int
    feasible_share: float


def worth_of(judge: Any, bits: Array, counts: Array, repair: bool) -> Worth:
    """Judge samples ``[S, n]`` of a problem that ranks and repairs bits."""
    ranks = judge.ranks(bits)
    raw = bits[_first(ranks)]
    share = float(counts[ranks[:, 0] == 0].sum() / counts.sum())
    if not repair:
        return Worth(raw, raw, 0, share)
    given, place = np.unique(bits, axis=0, return_inverse=True)
    repaired = repaired_samples(judge, given, np.bincount(place.reshape(-1), weights=counts))
    best = repaired[_first(judge.ranks(repaired))]
    return Worth(raw, best, int(np.count_nonzero(given != best, axis=1).min()), share)


def broken_rows(program: Any, bits: Array) -> int:
    """Return how many rows bits ``[n]`` break."""
    return int(np.count_nonzero(program.constraints.violations(bits)))


def uniform_bits(width: int, samples: int, seed: int) -> Array:
    """Return uniform random bits ``[samples, width]``: the null of every sampler."""
    return np.random.default_rng(seed).integers(0, 2, (samples, width), dtype=np.uint8)


def _first(ranks: Array) -> int:
    ranks = np.where(np.isnan(ranks), np.inf, ranks)
    return int(np.lexsort((ranks[:, 1], ranks[:, 0]))[0])
