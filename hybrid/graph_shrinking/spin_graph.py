"""A QUBO as a weighted graph of spins, with one more spin in the place of all fields.

With x = (1 − s)/2 a form over bits is Σ_{i<j} A_ij s_i s_j + constant over spins, where the last spin, the
reference, stands for +1 and carries the fields as couplings. Tying a spin to the reference is fixing its bit:
sign + is bit 0, sign − is bit 1. One rule then does both. Barahona, Jünger and Reinelt, Mathematical
Programming 44 (1989), for the reference spin; Bravyi, Kliesch, Koenig and Tang, PRL 125 (2020), for merging.
"""

from __future__ import annotations

import numpy as np

from problems.binary.quadratic import QuadraticForm

Array = np.ndarray


class SpinGraph:
    """Couplings ``[N, N]`` between N − 1 spins and the reference, and what merging has made constant.

    A merge changes the arrays in place at O(N) cost and is exact as long as sums of the coefficients are:
    always for integers below 2^51.

    Attributes:
        matrix: Symmetric, with an empty diagonal.
        constant: What does not depend on any spin.
        active: ``[N]`` which spins are not tied to another one; the reference always is.
    """

    def __init__(self, matrix: Array, constant: float, active: Array):
        self.matrix, self.constant, self.active = matrix, constant, active

    @classmethod
    def from_form(cls, form: QuadraticForm) -> SpinGraph:
        """Return the graph of a form over n bits; spin n is the reference."""
        spins = form.on_spins()
        matrix = np.zeros((form.n + 1, form.n + 1))
        matrix[spins.first, spins.second] = spins.coupling
        matrix[:-1, -1] = spins.linear
        return cls(matrix + matrix.T, spins.offset, np.ones(form.n + 1, dtype=bool))

    @property
    def reference(self) -> int:
        """The spin that stands for +1."""
        return len(self.matrix) - 1

    def copy(self) -> SpinGraph:
        """Return an independent copy."""
        return SpinGraph(self.matrix.copy(), self.constant, self.active.copy())

    def merge(self, kept: int, gone: int, sign: int) -> None:
        """Impose s_gone = sign · s_kept; ``gone`` leaves the graph."""
        matrix = self.matrix
        self.constant += sign * float(matrix[kept, gone])
        row = matrix[kept] + sign * matrix[gone]
        row[kept] = row[gone] = 0.0
        matrix[gone] = 0.0
        matrix[:, gone] = 0.0
        matrix[kept] = row
        matrix[:, kept] = row
        self.active[gone] = False

    def nodes(self) -> Array:
        """Return the active spins in order; the reference is the last."""
        return np.flatnonzero(self.active)

    def couplings(self) -> Array:
        """Return the matrix ``[K, K]`` between the active spins."""
        nodes = self.nodes()
        return self.matrix[np.ix_(nodes, nodes)]

    def form(self) -> QuadraticForm:
        """Return the form over the bits of the active spins but the reference, constant included."""
        matrix = self.couplings()
        first, second = np.nonzero(np.triu(matrix[:-1, :-1], 1))
        return QuadraticForm(matrix[:-1, -1], first, second, matrix[first, second], self.constant).on_bits()

    def energies(self, spins: Array) -> Array:
        """Evaluate spins ``[..., N]`` of all nodes, the active ones being all that counts."""
        s = np.asarray(spins, dtype=float)
        return 0.5 * np.einsum("...i,ij,...j->...", s, self.matrix, s) + self.constant
