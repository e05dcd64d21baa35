"""Correlations from the semidefinite relaxation of the graph, by the mixing method.

min ½⟨A, X⟩ over positive semidefinite X with unit diagonal; the correlations are X itself, inner products of
the unit vectors. Goemans and Williamson, Journal of the ACM 42 (1995); Wang, Chang and Kolter, arXiv
1706.00476.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array

from hybrid.graph_shrinking.correlations.source import (
    Correlations,
    CorrelationSource,
    Helper,
    zeroed_where_isolated,
)
from hybrid.graph_shrinking.state import ShrinkingState
from problems.binary.bounds.mixing import mix, multipliers, random_vectors
from problems.checking import check_integer, check_number

Array = np.ndarray
SWEEPS = 20  # between two looks at the value


@dataclass(frozen=True)
class SemidefiniteCorrelation(CorrelationSource):
    """X of the unit-diagonal relaxation, loosely or tightly solved: a ranking, not a bound.

    Attributes:
        rank: Length of the vectors, by default the least above √(2n), plus one.
        tolerance: Relative change of the value per 20 sweeps at which the vectors count as settled.
        sweeps: The most.
    """

    rank: int | None = None
    tolerance: float = 1e-9
    sweeps: int = 5000

    def __post_init__(self):
        if self.rank is not None:
            check_integer("rank", self.rank, 1)
        check_integer("sweeps", self.sweeps, 1)
        check_number("tolerance", self.tolerance, 0.0, open_low=True)

    def correlations(self, state: ShrinkingState, helper: Helper) -> Correlations:
        """Return X."""
        matrix = state.graph.couplings()
        vectors = self.vectors(matrix, helper)
        return Correlations(zeroed_where_isolated(vectors @ vectors.T, matrix))

    def vectors(self, matrix: Array, helper: Helper) -> Array:
        """Return unit vectors ``[K, r]`` that solve the relaxation of couplings ``[K, K]``."""
        scale = float(np.abs(matrix).max(initial=0.0)) or 1.0
        sparse = csr_array(matrix / scale)
        rank = sufficient_rank(len(matrix)) if self.rank is None else self.rank
        vectors = random_vectors(len(matrix), rank, helper.seed())
        value = np.inf
        for done in range(0, self.sweeps, SWEEPS):
            if not mix(sparse, vectors, min(SWEEPS, self.sweeps - done), helper.out_of_time):
                break
            before, value = value, multipliers(sparse, vectors)[1]
            if before - value <= self.tolerance * max(1.0, abs(value)):
                break
        return vectors


def sufficient_rank(n: int) -> int:
    """Return ⌈√(2n)⌉ + 1."""
    return int(np.ceil(np.sqrt(2.0 * n))) + 1
