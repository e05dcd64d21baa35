"""The best circuit of every length that a search has seen, and the shortest one that is good enough."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from hybrid.circuit_search.batch_training import Candidate, train_candidates
from hybrid.circuit_search.energies import CircuitEnergies
from hybrid.circuit_search.growth import Growth
from hybrid.circuit_search.pruning import POLISH, prune_candidate
from problems.contract import Array

PRUNED = 6  # so many of the shortest that are good enough are pruned, and the lowest


class Archive:
    """For each number of gates 0 … ``max_gates`` the lowest energy seen and its circuit.

    Attributes:
        energies: ``[max_gates + 1]``, infinite where there is none.
        actions: int16 ``[max_gates + 1, max_gates]``.
        angles: ``[max_gates + 1, max_gates]``.
        widths: How many angles count, ``[max_gates + 1]``.
    """

    def __init__(self, max_gates: int):
        self.energies = np.full(max_gates + 1, np.inf)
        self.actions = np.zeros((max_gates + 1, max_gates), dtype=np.int16)
        self.angles = np.zeros((max_gates + 1, max_gates))
        self.widths = np.zeros(max_gates + 1, dtype=np.int64)

    def see(self, growth: Growth, energy: float | None = None) -> bool:
        """Keep a circuit if it is the lowest of its length, by its own energy or the one given; returns
        whether it is.
        """
        k, level = growth.count, growth.energy if energy is None else energy
        if not level < self.energies[k]:
            return False
        self._keep(k, growth.actions[:k], growth.angles[: growth.width], level)
        return True

    def see_candidate(self, candidate: Candidate) -> bool:
        """As ``see``."""
        k = candidate.gates
        if not candidate.energy < self.energies[k]:
            return False
        self._keep(k, candidate.actions, candidate.angles, candidate.energy)
        return True

    def _keep(self, k: int, actions: Array, angles: Array, energy: float) -> None:
        self.energies[k], self.widths[k] = energy, len(angles)
        self.actions[k, :k] = actions
        self.angles[k, : len(angles)] = angles

    @property
    def lowest(self) -> float:
        """The lowest energy of any length, infinite before there is one."""
        return float(self.energies.min())

    def candidate(self, gates: int) -> Candidate:
        """Return the circuit kept for a number of gates."""
        angles = self.angles[gates, : self.widths[gates]].copy()
        return Candidate(self.actions[gates, :gates].copy(), angles, float(self.energies[gates]))

    def polish(self, energies: CircuitEnergies) -> int:
        """Train every circuit to the end without noise, so that energies that were measured or noisy become
        exact; returns the energies that took.
        """
        kept = [self.candidate(k) for k in np.flatnonzero(np.isfinite(self.energies)).tolist()]
        known = [replace(one, energy=energies.energy(one.actions, one.angles)) for one in kept]
        trained, used = train_candidates(energies, known, POLISH, np.random.default_rng(0))
        self.energies[:] = np.inf
        for one in (*known, *trained):
            self.see_candidate(one)
        return used + len(known)

    def answer(self, energies: CircuitEnergies, tolerance: float) -> tuple[Candidate, int]:
        """Return the shortest circuit, pruned, within ``tolerance`` of the lowest energy; of equally short
        ones the lowest. The second figure is the energies that pruning took.
        """
        ceiling = self.lowest + tolerance
        good = np.flatnonzero(self.energies <= ceiling).tolist()
        chosen = dict.fromkeys([*good[:PRUNED], int(np.argmin(self.energies))])
        pruned, used = [], 0
        for gates in chosen:
            shorter, more = prune_candidate(energies, self.candidate(gates), ceiling)
            pruned.append(shorter)
            used += more
        return min(pruned, key=lambda one: (one.gates, one.energy)), used
