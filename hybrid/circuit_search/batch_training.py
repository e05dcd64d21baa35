"""Training the angles of many different circuits in one compiled call."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from hybrid.circuit_search import descent_kernels
from hybrid.circuit_search.angles import ExactDescent
from hybrid.circuit_search.energies import CircuitEnergies, plain_turns
from problems.contract import Array


@dataclass(frozen=True, eq=False)
class Candidate:
    """A circuit as actions, with its angles and what they reach.

    Attributes:
        actions: int16 ``[L]``.
        angles: Of the rotations among them, in order.
        energy: At these angles, shift included; NaN before it is known.
    """

    actions: Array
    angles: Array
    energy: float = float("nan")

    @property
    def gates(self) -> int:
        """L."""
        return len(self.actions)


def train_candidates(
    energies: CircuitEnergies,
    candidates: list[Candidate],
    descent: ExactDescent,
    rng: np.random.Generator,
    fresh: list[int] | None = None,
) -> tuple[list[Candidate], int]:
    """Train each from its own angles; returns the trained ones in order, and the energies that took.

    Args:
        energies: Of the problem.
        candidates: At least one.
        descent: How; its kick moves the angles first.
        rng: For the kicks.
        fresh: For each the index of an angle that goes to its exact minimum first, or −1.
    """
    longest = max(candidate.gates for candidate in candidates)
    gates = np.zeros((len(candidates), longest, 4), dtype=np.int64)
    counts = np.zeros((len(candidates), 2), dtype=np.int64)
    rows = np.zeros((len(candidates), max(longest, 1)))
    for b, candidate in enumerate(candidates):
        lines, width = energies.gates(candidate.actions)
        gates[b, : len(lines)] = lines
        counts[b] = len(lines), width
        rows[b, :width] = candidate.angles
    kicks = descent.kick * rng.standard_normal(rows.shape) if descent.kick else np.zeros(rows.shape)
    levels = np.empty(len(candidates))
    new = np.full(len(candidates), -1, dtype=np.int64) if fresh is None else np.array(fresh, dtype=np.int64)
    used = descent_kernels.train_all(
        gates, counts, plain_turns(longest), rows, new, kicks, energies.groups, energies.size,
        descent.evaluations, descent.flat, descent.little, levels,
    )  # fmt: skip
    levels += energies.problem.energy_shift
    trained = [
        Candidate(candidate.actions, rows[b, : counts[b, 1]].copy(), float(levels[b]))
        for b, candidate in enumerate(candidates)
    ]
    return trained, int(used)
