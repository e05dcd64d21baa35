"""Correlations of one layer of QAOA in closed form: any number of spins, no simulation.

Angles are those of the least energy. Bravyi, Kliesch, Koenig and Tang, PRL 125, 260505 (2020), shrink by
these; the formulas with fields are in ``backends.closed_form``.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from backends.closed_form import best_angles, pair_correlations, single_correlations
from hybrid.graph_shrinking.correlations.source import (
    Correlations,
    CorrelationSource,
    Helper,
    zeroed_where_isolated,
)
from hybrid.graph_shrinking.state import ShrinkingState
from problems.checking import check_choice

Array = np.ndarray


@dataclass(frozen=True)
class SingleLayerCorrelation(CorrelationSource):
    """⟨Z_u Z_v⟩ and ⟨Z_u⟩ after one layer at the best angles.

    Attributes:
        pairs: "coupled" looks at pairs with a coupling, as the paper does; "all" at every pair, O(n³).
    """

    pairs: str = "coupled"

    def __post_init__(self):
        check_choice("pairs", self.pairs, ("coupled", "all"))

    def correlations(self, state: ShrinkingState, helper: Helper) -> Correlations:
        """Return the correlations; those with the reference are the ⟨Z_u⟩."""
        couplings = state.graph.couplings()
        matrix = np.zeros_like(couplings)
        if not couplings.any():
            return Correlations(matrix)
        cost = state.qubo().ising
        beta, gamma = best_angles(cost)
        seen = np.triu(np.ones(couplings[:-1, :-1].shape, dtype=bool), 1)
        if self.pairs == "coupled":
            seen &= couplings[:-1, :-1] != 0
        first, second = np.nonzero(seen)
        matrix[first, second] = pair_correlations(cost, beta, gamma, np.stack([first, second], axis=1))
        matrix[:-1, -1] = single_correlations(cost, beta, gamma)
        return Correlations(zeroed_where_isolated(matrix + matrix.T, couplings))
