"""Circuits and their noise as the table of operations that the kernels interpret."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from backends.pauli_transfer.kinds import CX, FINISH, FIXED, JOIN, RX, RY, RZ
from problems.contract import Array
from problems.ground_state import Gate, GateSequence
from problems.ground_state.noise import NoiseModel

TURNS = {"rx": RX, "ry": RY, "rz": RZ}
HADAMARD = np.array([[1, 0, 0, 0], [0, 0, 0, 1], [0, 0, -1, 0], [0, 1, 0, 0]], dtype=float)


class Operations(NamedTuple):
    """Circuits as the kernels take them.

    Attributes:
        lines: int64 ``[C, G, 6]``: kind (0 pads), place or control, target, parameter or −1, and the fixed
            matrices that follow, on the place or control and on the target.
        turns: ``[C, G, 2]``: twice a factor and an angle.
        fixed: ``[16 F]``: matrices, the identity first.
        places: int64 ``[C, n]``: where each qubit lies in the vector, in the order in which qubits meet.
    """

    lines: Array
    turns: Array
    fixed: Array
    places: Array

    def room(self) -> int:
        """Return how many numbers the vectors take that the way back needs, in the largest circuit."""
        kinds = self.lines[:, :, 0]
        widths = np.cumsum(kinds == JOIN, axis=1)
        passes = (kinds == CX) | (kinds == FINISH)
        return int(np.max(np.sum(np.where(passes, 1 << (2 * widths), 0), axis=1))) + (
            1 << (2 * self.places.shape[1])
        )


class Matrices:
    """The fixed matrices of one width: what follows gates, alone or behind a Hadamard gate.

    Args:
        noise: None for none.
        n: Width.

    Raises:
        ProblemError: If the figures are those of another width.
    """

    def __init__(self, noise: NoiseModel | None, n: int):
        self._all = [np.eye(4)]
        self._known = {np.eye(4).tobytes(): 0}
        after = np.broadcast_to(np.eye(4), (2, n, 4, 4)) if noise is None else noise.transfer(n)
        self.single, self.pair = ([self._index(m) for m in after[width]] for width in (0, 1))
        self.single_hadamard, self.pair_hadamard = (
            [self._index(m @ HADAMARD) for m in after[width]] for width in (0, 1)
        )
        self.hadamard = self._index(HADAMARD)

    @property
    def fixed(self) -> Array:
        """All matrices ``[16 F]``."""
        return np.ravel(self._all)

    def _index(self, matrix: Array) -> int:
        key = (matrix + 0.0).tobytes()  # −0 becomes 0
        if key not in self._known:
            self._known[key] = len(self._all)
            self._all.append(matrix)
        return self._known[key]


def pack(circuits: Sequence[GateSequence], matrices: Matrices) -> Operations:
    """Write circuits of one width as a table, padded to the longest."""
    lowered = [lower(circuit, matrices) for circuit in circuits]
    longest = max(len(lines) for lines, _, _ in lowered)
    lines = np.zeros((len(circuits), longest, 6), dtype=np.int64)
    lines[:, :, 3] = -1
    turns = np.zeros((len(circuits), longest, 2))
    for c, (own, angles, _) in enumerate(lowered):
        lines[c, : len(own)], turns[c, : len(own)] = own, angles
    return Operations(lines, turns, matrices.fixed, np.array([places for _, _, places in lowered]))


def lower(
    circuit: GateSequence, matrices: Matrices
) -> tuple[list[tuple[int, ...]], list[tuple[float, float]], list[int]]:
    """Return the lines, the turns and the places of one circuit; places are in the order of meeting."""
    met = [q for gate in circuit.gates if len(gate.qubits) == 2 for q in gate.qubits]
    order = list(dict.fromkeys((*met, *range(circuit.num_qubits))))
    place = {q: p for p, q in enumerate(order)}
    lines: list[tuple[int, ...]] = []
    turns: list[tuple[float, float]] = []
    joined = 0
    for gate in circuit.gates:
        if len(gate.qubits) == 2:
            needed = max(joined, 1 + max(place[q] for q in gate.qubits))
            lines += [_plain(JOIN, p) for p in range(joined, needed)]
            joined = needed
        lines += _lines_of(gate, place, matrices)
        turns += [(0.0, 0.0)] * (len(lines) - len(turns))
        turns[-1] = 2 * gate.factor, 2 * gate.angle  # read at rotations alone, which are one line
    lines += [_plain(JOIN, p) for p in range(joined, circuit.num_qubits)]
    lines += [_plain(FINISH, p) for p in range(joined)]
    turns += [(0.0, 0.0)] * (len(lines) - len(turns))
    return lines, turns, [place[q] for q in range(circuit.num_qubits)]


def _lines_of(gate: Gate, place: dict[int, int], matrices: Matrices) -> list[tuple[int, ...]]:
    """Return the lines of one gate.

    CZ is CX between two Hadamard gates on its target; those are no gates of the circuit and have no noise.
    """
    q, r = gate.qubits[0], gate.qubits[-1]
    if gate.kind in TURNS:
        source = -1 if gate.parameter is None else gate.parameter
        return [(TURNS[gate.kind], place[q], 0, source, matrices.single[q], 0)]
    if gate.kind == "h":
        return [_plain(FIXED, place[q], matrices.single_hadamard[q])]
    if gate.kind == "cx":
        return [(CX, place[q], place[r], -1, matrices.pair[q], matrices.pair[r])]
    before = _plain(FIXED, place[r], matrices.hadamard)
    return [before, (CX, place[q], place[r], -1, matrices.pair[q], matrices.pair_hadamard[r])]


def _plain(kind: int, place: int, matrix: int = 0) -> tuple[int, ...]:
    return kind, place, 0, -1, matrix, 0
