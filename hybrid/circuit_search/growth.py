"""A circuit that grows gate by gate, with all that its next training starts from."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from hybrid.circuit_search.alphabet import Alphabet
from hybrid.circuit_search.descent_kernels import enlarge
from hybrid.circuit_search.energies import CircuitEnergies, plain_turns
from hybrid.circuit_search.legality import legal
from problems.contract import Array


class Growth:
    """A circuit of at most ``max_gates`` gates; everything is kept in arrays of that length.

    Attributes:
        energies: Of the problem.
        allowed: Which actions the device has, ``[A]``.
        actions: int16 ``[max_gates]``; the first ``count`` are placed.
        count: Gates placed.
        angles: ``[max_gates]``; the first ``width`` are those of the rotations, in order.
        width: Rotations placed.
        inverse: The inverse Hessian of the energy over the angles, as far as training has learnt it.
        last: The last action on each qubit ``[n]``, −1 where there is none.
        energy: After the last training, shift included.
    """

    def __init__(self, energies: CircuitEnergies, allowed: Array, max_gates: int):
        self.energies, self.allowed = energies, allowed
        self.gates = np.zeros((max_gates, 4), dtype=np.int64)
        self.turns = plain_turns(max_gates)
        self.actions = np.zeros(max_gates, dtype=np.int16)
        self.angles = np.zeros(max_gates)
        self.inverse = np.eye(max_gates)
        self.last = np.full(energies.problem.n, -1, dtype=np.int64)
        self.clear()

    @property
    def alphabet(self) -> Alphabet:
        """What the actions stand for."""
        return self.energies.alphabet

    @property
    def max_gates(self) -> int:
        """The most gates there is room for."""
        return len(self.actions)

    def clear(self) -> None:
        """Start again from |0…0⟩."""
        self.count = self.width = 0
        self.last[:] = -1
        self.energy = self.energies.zero_energy

    def place(self, action: int) -> int:
        """Place a gate, a rotation with angle 0; returns the index of its angle, −1 if it has none."""
        k = self.count
        self.actions[k] = action
        kind, q, r = self.alphabet.table[action].tolist()
        turns = action >= self.alphabet.num_pairs
        self.gates[k] = kind, q, r, self.width if turns else -1
        self.last[q] = self.last[r] = action
        self.count += 1
        if not turns:
            return -1
        self.angles[self.width] = 0.0
        enlarge(self.inverse, self.width)
        self.width += 1
        return self.width - 1

    def rebuild(self, actions: Array | Sequence[int], angles: Array, energy: float) -> None:
        """Become the circuit of actions ``[L]`` at given angles."""
        self.clear()
        for action in actions:
            self.place(int(action))
        self.angles[: self.width] = angles
        self.energy = energy

    def legal(self) -> Array:
        """Return which actions ``[A]`` may follow."""
        return legal(self.last, self.allowed, self.alphabet)
