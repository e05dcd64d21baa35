"""The rival of the Pauli transfer simulator: a compiled loop of Kraus operators over density matrices."""

from __future__ import annotations

from collections.abc import Sequence

import numba
import numpy as np

from problems.ground_state import GateSequence, NoiseModel, PauliSum, channels
from problems.ground_state.gate_sequence import ROTATIONS, gate_matrix

Array = np.ndarray
MOST = 4  # Kraus operators after a gate: relaxation and depolarizing together have four


class KrausLoop:
    """Noisy energies of circuits, prepared once: each gate's unitary, then the Kraus operators of its qubits.

    Args:
        circuits: Without free parameters, of one width and length.
        noise: After every gate.
        hamiltonian: Read through the noise's readout.
    """

    def __init__(self, circuits: Sequence[GateSequence], noise: NoiseModel, hamiltonian: PauliSum):
        n, length = circuits[0].num_qubits, len(circuits[0].gates)
        self.unitaries = np.zeros((len(circuits), length, 4, 4), dtype=complex)
        self.places = np.full((len(circuits), length, 2), -1, dtype=np.int64)
        for b, circuit in enumerate(circuits):
            for k, gate in enumerate(circuit.gates):
                matrix = gate_matrix(gate.kind, gate.angle if gate.kind in ROTATIONS else 0.0)
                self.unitaries[b, k, : len(matrix), : len(matrix)] = matrix
                self.places[b, k, : len(gate.qubits)] = gate.qubits
        self.kraus = _after(noise, n)
        self.masks, self.values = hamiltonian.masks, noise.measured(hamiltonian).coefficients
        self.size = 2**n

    def energies(self) -> Array:
        """Return the energy of each circuit."""
        x, z = self.masks
        return energies(self.unitaries, self.places, self.kraus, x, z, self.values, self.size)


def _after(noise: NoiseModel, n: int) -> Array:
    """The Kraus operators ``[2, n, 4, 2, 2]`` of what follows gates on one and on two qubits."""
    operators = np.zeros((2, n, MOST, 2, 2), dtype=complex)
    population = np.broadcast_to(noise.excited_population, n)
    for width, gate in enumerate((noise.single, noise.pair)):
        for q, (decay, dephasing, p) in enumerate(gate.figures(n).T):
            relaxing = channels.thermal_relaxation(decay, dephasing, float(population[q]))
            both = np.array([a @ b for a in channels.depolarizing(p) for b in relaxing])
            least = channels.kraus_of_choi(channels.choi_matrix(both))
            operators[width, q, : len(least)] = least
    return operators


@numba.njit(cache=True, nogil=True)
def energies(unitaries, places, kraus, x, z, values, size):  # pragma: no cover - compiled
    """Return tr(Hρ) of every circuit."""
    found = np.empty(len(unitaries))
    for b in range(len(unitaries)):
        density = np.zeros((size, size), dtype=np.complex128)
        density[0, 0] = 1.0
        for k in range(len(places[b])):
            first, second = places[b, k]
            if second < 0:
                _turn(density, unitaries[b, k, :2, :2], first)
                density = _spread(density, kraus[0, first], first)
            else:
                _turn_pair(density, unitaries[b, k], first, second)
                density = _spread(density, kraus[1, first], first)
                density = _spread(density, kraus[1, second], second)
        found[b] = _trace(density, x, z, values)
    return found


@numba.njit(cache=True, nogil=True)
def _turn(density, matrix, q):  # pragma: no cover - compiled
    """U ρ U† on one qubit, in place."""
    bit, size = 1 << q, len(density)
    for i in range(size):
        if i & bit:
            continue
        for j in range(size):
            a, b = density[i, j], density[i | bit, j]
            density[i, j] = matrix[0, 0] * a + matrix[0, 1] * b
            density[i | bit, j] = matrix[1, 0] * a + matrix[1, 1] * b
    for i in range(size):
        for j in range(size):
            if j & bit:
                continue
            a, b = density[i, j], density[i, j | bit]
            density[i, j] = matrix[0, 0].conjugate() * a + matrix[0, 1].conjugate() * b
            density[i, j | bit] = matrix[1, 0].conjugate() * a + matrix[1, 1].conjugate() * b


@numba.njit(cache=True, nogil=True)
def _turn_pair(density, matrix, q, r):  # pragma: no cover - compiled
    """U ρ U† on two qubits, the first the lower bit of the matrix, in place."""
    low, high, size = 1 << q, 1 << r, len(density)
    old = np.empty(4, dtype=np.complex128)
    for side in range(2):
        for i in range(size):
            if i & low or i & high:
                continue
            spots = (i, i | low, i | high, i | low | high)
            for j in range(size):
                for s in range(4):
                    old[s] = density[spots[s], j] if side == 0 else density[j, spots[s]]
                for s in range(4):
                    total = 0.0 + 0.0j
                    for t in range(4):
                        entry = matrix[s, t]
                        total += (entry if side == 0 else entry.conjugate()) * old[t]
                    if side == 0:
                        density[spots[s], j] = total
                    else:
                        density[j, spots[s]] = total


@numba.njit(cache=True, nogil=True)
def _spread(density, kraus, q):  # pragma: no cover - compiled
    """Σ K ρ K† on one qubit."""
    total = np.zeros_like(density)
    for k in range(len(kraus)):
        if not np.any(kraus[k] != 0):
            continue
        part = density.copy()
        _turn(part, kraus[k], q)
        total += part
    return total


@numba.njit(cache=True, nogil=True)
def _trace(density, x, z, values):  # pragma: no cover - compiled
    total = 0.0
    for k in range(len(values)):
        both, ys, part = x[k] & z[k], 0, 0.0 + 0.0j
        while both:
            ys += both & 1
            both >>= 1
        for i in range(len(density)):
            overlap, sign = i & z[k], 1.0
            while overlap:
                sign = -sign if overlap & 1 else sign
                overlap >>= 1
            part += sign * density[i, i ^ x[k]]
        total += values[k] * (1j**ys * part).real
    return total
