"""Gate sequences on the full space."""

from __future__ import annotations

from functools import cached_property

import numpy as np

from backends.statevector import drawing, gate_tiles
from backends.statevector.buffers import aligned
from backends.statevector.circuit_batch import RESIDENT, circuit_energies, circuit_gradients, pack
from backends.statevector.gate_kernels import LEAST_BITS
from backends.statevector.pauli_groups import PauliGroups
from backends.statevector.pauli_kernels import weigh
from backends.statevector.simulation import Simulator, bits_of
from backends.workload import Observable
from problems.contract import Array
from problems.ground_state import GateSequence


class GateSimulator(Simulator):
    """Gates one after the other, in place, on states in real vectors.

    Up to 14 qubits all rows and observables are one compiled call. Wider states go by passes: each takes the
    gates on at most 12 qubits that can go next through the cache, tile by tile.
    """

    def __init__(self, ansatz: GateSequence):
        self.num_qubits = ansatz.num_qubits
        self._size = 1 << max(ansatz.num_qubits, LEAST_BITS)
        self._circuit = pack((ansatz,))
        self._groups: PauliGroups | None = None

    def expectations(
        self, rows: Array, observables: tuple[Observable, ...], gradient: bool = False, share: float = 1.0
    ) -> tuple[Array, Array | None]:
        """Return means ``[B, K]`` and gradients ``[B, K, P]`` or None."""
        if share < 1:
            return super().expectations(rows, observables, gradient, share)
        groups, rows = self._ready(observables), _own(rows)
        if self.num_qubits > RESIDENT:
            return self._wide_expectations(rows, groups, gradient)
        which = np.zeros(len(rows), dtype=np.int64)
        if gradient:
            return circuit_gradients(self._circuit, which, rows, groups)
        return circuit_energies(self._circuit, which, rows, groups), None

    def state(self, row: Array) -> Array:
        """Return the final state, complex ``[2^n]``."""
        return _joined(self._run(row), self._size, self.num_qubits)

    def pull_back(self, row: Array, state: Array, left: Array) -> Array:
        """Return the gradient ``[P]`` from the final state ψ and ``left`` = Hψ, both used up."""
        values, slopes = np.zeros(4 * self._size), np.empty(len(row))
        for place, part in enumerate((np.real(state), np.imag(state), np.real(left), np.imag(left))):
            values[place * self._size : place * self._size + len(state)] = part
        gate_tiles.pull_back_passes(*self._passes, _own(row), values, slopes)
        return slopes

    def sample(self, rows: Array, shots: int, seed: int) -> Array:
        """Draw bits uint8 ``[B, S, n]``; row k draws its uniform numbers from (seed, k)."""
        bits = np.empty((len(rows), shots, self.num_qubits), dtype=np.uint8)
        for k, row in enumerate(rows):
            values = self._run(row)
            index = drawing.shots(values[: self._size], values[self._size :], shots, [seed, k])
            bits[k] = bits_of(index, self.num_qubits)
        return bits

    @cached_property
    def _passes(self) -> gate_tiles.Passes:
        gates, turns = self._circuit
        return gate_tiles.passes_of(gates[0], turns[0], max(self.num_qubits, LEAST_BITS))

    def _ready(self, observables: tuple[Observable, ...]) -> PauliGroups:
        """Make observables ready, or take the last ones: an optimizer asks for the same again and again."""
        if self._groups is None or list(map(id, self._groups.observables)) != list(map(id, observables)):
            self._groups = PauliGroups(self.num_qubits, observables)
        return self._groups

    def _run(self, row: Array) -> Array:
        """Return the real parts, then the imaginary parts of the final state, ``[2 size]``."""
        values = aligned(2 * self._size)
        gate_tiles.run_passes(*self._passes, _own(row), values)
        return values

    def _wide_expectations(
        self, rows: Array, groups: PauliGroups, gradient: bool
    ) -> tuple[Array, Array | None]:
        spans = groups.arrays.spans
        means = np.empty((len(rows), len(spans)))
        slopes = np.empty((*means.shape, rows.shape[1])) if gradient else None
        values = aligned((4 if gradient else 2) * self._size)
        kept = np.empty(2 * self._size) if gradient and len(spans) > 1 else None
        for b, row in enumerate(rows):
            psi = values[: 2 * self._size]
            gate_tiles.run_passes(*self._passes, row, psi)
            if kept is not None:
                kept[:] = psi
            for k, span in enumerate(spans):
                if kept is not None and k > 0:
                    psi[:] = kept
                means[b, k] = weigh(values, self._size, span, *groups.arrays[1:])
                if slopes is not None:
                    gate_tiles.pull_back_passes(*self._passes, row, values, slopes[b, k])
        return means, slopes


def _own(rows: Array) -> Array:
    """Return a copy that may be written to: kernels would be compiled again for an array that may not."""
    return np.array(rows, dtype=float, order="C")


def _joined(values: Array, size: int, n: int) -> Array:
    state = np.empty(1 << n, dtype=complex)
    state.real, state.imag = values[: 1 << n], values[size : size + (1 << n)]
    return state


def bytes_needed(num_qubits: int, gradient: bool, observables: int) -> int:
    """Return the bytes at the peak, beside tables of at most 32 MiB: real vectors, one vector of energies per
    diagonal observable, and without a gradient the state as complex numbers where that is more.
    """
    if not gradient:
        return (16 + max(16, 8 * observables)) << num_qubits
    kept = 16 if observables > 1 else 0
    return (32 + kept + 8 * observables) << num_qubits
