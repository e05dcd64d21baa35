"""Random correlations: the null that every source has to beat."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from hybrid.graph_shrinking.correlations.source import Correlations, CorrelationSource, Helper
from hybrid.graph_shrinking.state import ShrinkingState


@dataclass(frozen=True)
class RandomCorrelation(CorrelationSource):
    """Uniform numbers in [−1, 1], of a symmetric matrix."""

    def correlations(self, state: ShrinkingState, helper: Helper) -> Correlations:
        """Return a fresh draw."""
        size = state.qubits + 1
        upper = np.triu(np.random.default_rng(helper.seed()).uniform(-1.0, 1.0, (size, size)), 1)
        return Correlations(upper + upper.T)
