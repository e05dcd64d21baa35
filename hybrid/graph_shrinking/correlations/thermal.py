"""Correlations at a temperature, by Metropolis walks: is a quantum correlation worth its price?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numba import njit

from hybrid.graph_shrinking.correlations.source import (
    Correlations,
    CorrelationSource,
    Helper,
    zeroed_where_isolated,
)
from hybrid.graph_shrinking.state import ShrinkingState
from problems.checking import check_integer, check_number

Array = np.ndarray


@dataclass(frozen=True)
class ThermalCorrelation(CorrelationSource):
    """Boltzmann means of s_a s_b, from independent walkers cooled to a fixed temperature.

    Attributes:
        temperature: In units of the root mean square local field over random states.
        walkers: Independent chains, which the mean is taken over.
        sweeps: Times that each spin is tried; half of them cool down, over the others the mean is taken.
    """

    temperature: float = 0.4
    walkers: int = 64
    sweeps: int = 200

    def __post_init__(self):
        check_number("temperature", self.temperature, 0.0, open_low=True)
        check_integer("walkers", self.walkers, 1)
        check_integer("sweeps", self.sweeps, 2)

    def correlations(self, state: ShrinkingState, helper: Helper) -> Correlations:
        """Return the means."""
        couplings = state.graph.couplings()
        unit = float(np.sqrt((couplings**2).sum(axis=1).mean())) or 1.0
        rng = np.random.default_rng(helper.seed())
        spins = rng.choice(np.array([-1.0, 1.0]), (self.walkers, len(couplings)))
        spins[:, -1] = 1.0
        total = np.zeros_like(couplings)
        half = self.sweeps // 2
        schedule = np.concatenate([np.geomspace(10.0, 1.0, half), np.ones(self.sweeps - half)])
        for k, factor in enumerate(schedule):
            draws = rng.random(spins.shape)
            _sweep(np.ascontiguousarray(couplings), spins, self.temperature * unit * factor, draws)
            if k >= half:
                total += spins.T @ spins
        mean = total / (self.walkers * (self.sweeps - half))
        return Correlations(zeroed_where_isolated(mean, couplings))


@njit(cache=True, nogil=True)
def _sweep(couplings: Array, spins: Array, temperature: float, draws: Array) -> None:
    walkers, size = spins.shape
    for w in range(walkers):
        for i in range(size - 1):  # the last spin stands for +1
            field = 0.0
            for j in range(size):
                field += couplings[i, j] * spins[w, j]
            if draws[w, i] < np.exp(min(0.0, 2.0 * spins[w, i] * field / temperature)):
                spins[w, i] = -spins[w, i]
