"""Costs without fields, such as cuts: half the states, since flipping all spins changes nothing."""

from __future__ import annotations

import numpy as np

from backends.qaoa_ansatz import QaoaAnsatz
from backends.statevector.rows import LEAST
from backends.statevector.simulation import Precision
from backends.statevector.transverse import TransverseSimulator
from backends.workload import Observable
from problems.contract import Array

LARGEST = np.pi / 4  # of β: beyond, the kernels flip bits, which folding does not follow


class FoldedSimulator(TransverseSimulator):
    """The last spin is kept out of the state; rows with an angle |β| > π/4 go the plain way."""

    folded = True

    def __init__(self, ansatz: QaoaAnsatz, precision: Precision = "double"):
        super().__init__(ansatz, precision)
        self._plain = TransverseSimulator(ansatz, precision)

    def expectations(
        self, rows: Array, observables: tuple[Observable, ...], gradient: bool = False, share: float = 1.0
    ) -> tuple[Array, Array | None]:
        """Return means ``[B, K]`` and gradients ``[B, K, P]``."""
        if self._turns_far(rows) or not self._is_folded_for(observables, share):
            return self._plain.expectations(rows, observables, gradient, share)
        return super().expectations(rows, observables, gradient, share)

    def state(self, row: Array) -> Array:
        """Return the final state, complex ``[2^n]``."""
        if self._turns_far(row[None]):
            return self._plain.state(row)
        half = super().state(row) / np.sqrt(2)
        return np.concatenate([half, half[::-1]])

    def sample(self, rows: Array, shots: int, seed: int) -> Array:
        """Draw bits uint8 ``[B, S, n]``; row k draws its uniform numbers, then its flips, from (seed, k)."""
        if self._turns_far(rows):
            return self._plain.sample(rows, shots, seed)
        bits = super().sample(rows, shots, seed)
        for k in range(len(rows)):
            bits[k] ^= np.random.default_rng([seed, k, 1]).integers(0, 2, (shots, 1), dtype=np.uint8)
        return bits

    def pull_back(self, row: Array, state: Array, left: Array) -> Array:
        """Return the gradient ``[P]`` by the plain way."""
        return self._plain.pull_back(row, state, left)

    def _turns_far(self, rows: Array) -> bool:
        return bool(np.any(np.abs(rows[:, : self._ansatz.layers]) > LARGEST))

    def _is_folded_for(self, observables: tuple[Observable, ...], share: float) -> bool:
        return share == 1 and all(observable is self._ansatz.cost for observable in observables)


def folds(ansatz: QaoaAnsatz) -> bool:
    """Whether a cost has no fields and is wide enough."""
    return not ansatz.multi_angle and ansatz.num_qubits > LEAST and not np.any(ansatz.cost.form.linear)
