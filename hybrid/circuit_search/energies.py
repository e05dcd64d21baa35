"""Exact energies of many short circuits of one problem, straight from the compiled kernels."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from backends.statevector.gate_kernels import LEAST_BITS
from backends.statevector.pauli_groups import GroupArrays, PauliGroups
from hybrid.circuit_search import descent_kernels
from hybrid.circuit_search.alphabet import Alphabet
from problems.contract import Array
from problems.ground_state import GroundState


@dataclass(frozen=True, eq=False)
class CircuitEnergies:
    """The noiseless energy of circuits written as actions.

    Attributes:
        problem: Its Hamiltonian and shift.
        alphabet: What the actions stand for.
    """

    problem: GroundState
    alphabet: Alphabet

    @cached_property
    def groups(self) -> GroupArrays:
        """The Hamiltonian as the kernels take it."""
        return PauliGroups(self.problem.n, (self.problem.hamiltonian,)).arrays

    @property
    def size(self) -> int:
        """Amplitudes of a state in the kernels."""
        return 1 << max(self.problem.n, LEAST_BITS)

    def gates(self, actions: Array) -> tuple[Array, int]:
        """Return the gates ``[L, 4]`` of actions and how many angles they have."""
        rows = np.zeros((len(actions), 4), dtype=np.int64)
        alphabet = self.alphabet
        numbers = np.asarray(actions, dtype=np.int16)
        width = descent_kernels.write_gates(numbers, len(rows), alphabet.table, alphabet.num_pairs, rows)
        return rows, int(width)

    def energy(self, actions: Array, angles: Array) -> float:
        """Return the energy, shift included, of actions ``[L]`` at the angles of their rotations."""
        rows, _ = self.gates(actions)
        x = np.array(angles, dtype=float)
        return self.problem.energy_shift + float(
            descent_kernels.energy(rows, plain_turns(len(rows)), x, self.groups, self.size)
        )

    @cached_property
    def zero_energy(self) -> float:
        """The energy of |0…0⟩."""
        return self.energy(np.zeros(0, dtype=np.int16), np.zeros(0))


def plain_turns(length: int) -> Array:
    """Return factor 1 and angle 0 for each of so many gates, ``[length, 2]``."""
    turns = np.zeros((length, 2))
    turns[:, 0] = 1.0
    return turns
