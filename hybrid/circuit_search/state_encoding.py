"""How the network sees a circuit: the tensor of moments alone, or with the angles, or a list of gates.

References: Patel et al., arXiv 2402.03500, for the tensor, which shows no angles; Ostaszewski et al., arXiv
2103.16089, for the list of gates with their angles that came before it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numba
import numpy as np

from hybrid.circuit_search.alphabet import Alphabet
from hybrid.circuit_search.encoding import fill_tensors
from problems.contract import Array

Encoding = Literal["tensor", "tensor_with_angles", "list_with_angles"]
ENCODINGS = ("tensor", "tensor_with_angles", "list_with_angles")
LISTED = 5  # control, target, qubit and axis of a rotation, angle


@dataclass(frozen=True, eq=False)
class StateEncoding:
    """Writes circuits as rows of numbers.

    "tensor" is uint8: the tensor of ``encoding.encode``, flattened. "tensor_with_angles" appends the angles
    ``[moments, 3, n]`` of the rotations where they stand, in units of π, brought into [−1, 1).
    "list_with_angles" has for each place of the circuit control and target of an entangler, qubit and axis of
    a rotation, and such an angle; the numbers are divided by those of qubits and axes, and 1 says none.

    Attributes:
        kind: Which.
        alphabet: What actions stand for.
        max_gates: Moments of the tensor, places of the list.
    """

    kind: Encoding
    alphabet: Alphabet
    max_gates: int

    @property
    def with_angles(self) -> bool:
        """Whether rows depend on angles."""
        return self.kind != "tensor"

    @property
    def size(self) -> int:
        """Numbers of a row."""
        n = self.alphabet.num_qubits
        rows = {"tensor": (n + 3) * n, "tensor_with_angles": (n + 6) * n, "list_with_angles": LISTED}
        return self.max_gates * rows[self.kind]

    def rows(self, actions: Array, counts: Array, angles: Array | None = None) -> Array:
        """Return rows ``[B, size]`` of circuits.

        Args:
            actions: int16 ``[B, max_gates]``.
            counts: How many of them are placed, ``[B]``.
            angles: Of their rotations, in order, ``[B, max_gates]``; not looked at where none are shown.
        """
        table, pairs, n = self.alphabet.table, self.alphabet.num_pairs, self.alphabet.num_qubits
        shape = (len(counts), self.max_gates)
        if self.kind == "list_with_angles":
            listed = np.empty((*shape, LISTED), dtype=np.float32)
            fill_lists(actions, counts, angles, table, pairs, n, listed)
            return listed.reshape(len(counts), -1)
        tensors = np.empty((*shape, n + 3, n), dtype=np.uint8)
        fill_tensors(actions, counts, table, pairs, tensors)
        flat = tensors.reshape(len(counts), -1)
        if not self.with_angles:
            return flat
        turned = np.empty((*shape, 3, n), dtype=np.float32)
        fill_angles(actions, counts, angles, table, pairs, turned)
        return np.concatenate([flat.astype(np.float32), turned.reshape(len(counts), -1)], axis=1)


@numba.njit(cache=True, nogil=True)
def wrapped(angle):  # pragma: no cover - compiled
    """Return an angle in units of π, in [−1, 1)."""
    return (angle / np.pi + 1.0) % 2.0 - 1.0


@numba.njit(cache=True, nogil=True)
def fill_angles(actions, counts, angles, table, num_pairs, turned):  # pragma: no cover - compiled
    """Write angles ``[B, moments, 3, n]`` to the moments that ``fill_tensors`` gives their rotations."""
    turned[:] = 0.0
    free = np.empty(turned.shape[3], dtype=np.int64)
    for b in range(len(counts)):
        free[:] = 0
        rotation = 0
        for k in range(counts[b]):
            action = actions[b, k]
            q, r = table[action, 1], table[action, 2]
            moment = max(free[q], free[r])
            free[q] = free[r] = moment + 1
            if action >= num_pairs:
                turned[b, moment, (action - num_pairs) % 3, q] = wrapped(angles[b, rotation])
                rotation += 1


@numba.njit(cache=True, nogil=True)
def fill_lists(actions, counts, angles, table, num_pairs, n, listed):  # pragma: no cover - compiled
    """Write lists ``[B, max_gates, 5]``."""
    listed[:, :, :4] = 1.0
    listed[:, :, 4] = 0.0
    for b in range(len(counts)):
        rotation = 0
        for k in range(counts[b]):
            action = actions[b, k]
            if action < num_pairs:
                listed[b, k, 0], listed[b, k, 1] = table[action, 1] / n, table[action, 2] / n
            else:
                listed[b, k, 2] = table[action, 1] / n
                listed[b, k, 3] = ((action - num_pairs) % 3) / 3
                listed[b, k, 4] = wrapped(angles[b, rotation])
                rotation += 1
