"""Correlations from samples of any QUBO solver: QAOA on a backend, or any other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np

from hybrid.graph_shrinking.correlations.source import Correlations, CorrelationSource, Helper
from hybrid.graph_shrinking.state import ShrinkingState
from hybrid.qaoa import Qaoa
from problems.binary.qubo import Qubo
from problems.contract import Array, Solver
from problems.fitting import refusal


@dataclass(frozen=True)
class SampledCorrelation(CorrelationSource):
    """Means of s_a s_b over the samples of a solver; the error is about 1/√samples.

    Attributes:
        sampler: Solves the QUBO that is left; its candidates with their counts are the samples.
    """

    sampler: Solver[Qubo, Array] = field(default_factory=lambda: Qaoa(layers=3))
    least: ClassVar[float] = 0.05

    def unsuitable(self, state: ShrinkingState) -> str | None:
        """Ask the sampler."""
        why = refusal(self.sampler, state.qubo())
        if why is None:
            return None
        return (
            f"its sampler {type(self.sampler).__name__} says: {why}; SingleLayerCorrelation takes any width"
        )

    def correlations(self, state: ShrinkingState, helper: Helper) -> Correlations:
        """Return the means, those with the reference being of the spins themselves."""
        result = helper.solve(self.sampler, state.qubo())
        bits = result.solution[None] if result.candidates is None else result.candidates
        counts = np.ones(len(bits)) if result.counts is None else result.counts
        return Correlations(sample_correlations(bits, counts))

    def price(self, state: ShrinkingState, seed: int) -> Mapping[str, float]:
        """Ask the sampler for its estimate."""
        return self.sampler.estimate(state.qubo(), seed=seed)


def sample_correlations(bits: Array, counts: Array) -> Array:
    """Return the weighted means ``[n+1, n+1]`` of s_a s_b over bits ``[S, n]``, the last spin being +1."""
    spins = np.concatenate([1.0 - 2.0 * bits, np.ones((len(bits), 1))], axis=1)
    matrix = (spins * (counts / counts.sum())[:, None]).T @ spins
    np.fill_diagonal(matrix, 0.0)
    return np.clip(matrix, -1.0, 1.0)
