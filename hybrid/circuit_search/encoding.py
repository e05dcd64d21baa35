"""A circuit as a binary tensor of moments, the form in which a network sees it.

Reference: Patel et al., arXiv 2402.03500, "tensor-based binary encoding". Angles are not part of it.
"""

from __future__ import annotations

import numba
import numpy as np

from hybrid.circuit_search.alphabet import Alphabet
from problems.contract import Array
from problems.errors import ProblemError
from problems.ground_state import Gate, GateSequence
from problems.ground_state.gate_sequence import ROTATIONS


def encode(circuit: GateSequence, alphabet: Alphabet, moments: int) -> Array:
    """Return the tensor uint8 ``[moments, n + 3, n]`` of a circuit.

    In the plane of a moment, row t < n has a one in column c for an entangler of control c and target t; rows
    n, n + 1, n + 2 have one in column q for a rotation of qubit q about X, Y, Z. A gate is placed in the
    earliest moment in which its qubits are free.

    Raises:
        ProblemError: If the circuit is deeper than ``moments`` or has a gate outside the alphabet.
    """
    if circuit.depth > moments:
        raise ProblemError("the depth of circuit", circuit.depth, f"at most {moments} moments")
    n = alphabet.num_qubits
    actions = np.array([alphabet.action(gate) for gate in circuit.gates], dtype=np.int16)
    tensor = np.zeros((moments, n + 3, n), dtype=np.uint8)
    fill_tensor(actions, len(actions), alphabet.table, alphabet.num_pairs, tensor)
    return tensor


def decode(tensor: Array, alphabet: Alphabet) -> GateSequence:
    """Return the circuit of a tensor, moment by moment, with one free parameter for each rotation.

    Within a moment gates act on different qubits, so their order does not matter.

    Raises:
        ProblemError: If two gates of a moment share a qubit.
    """
    n, gates, parameter = alphabet.num_qubits, [], 0
    for moment, plane in enumerate(np.asarray(tensor)):
        busy: set[int] = set()
        for row, column in np.argwhere(plane).tolist():
            qubits = (column, row) if row < n else (column,)
            if busy & set(qubits):
                raise ProblemError(f"tensor[{moment}]", qubits, "gates on different qubits")
            busy |= set(qubits)
            if row < n:
                gates.append(Gate(alphabet.entangler, qubits))
            else:
                gates.append(Gate(ROTATIONS[row - n], qubits, parameter))  # pyright: ignore[reportArgumentType]
                parameter += 1
    return GateSequence(n, tuple(gates))


@numba.njit(cache=True, nogil=True)
def fill_tensor(actions, count, table, num_pairs, tensor):  # pragma: no cover - compiled
    """Write the ones of the first ``count`` actions into a tensor ``[moments, n + 3, n]`` of zeros."""
    n = tensor.shape[2]
    free = np.zeros(n, dtype=np.int64)
    for k in range(count):
        action = actions[k]
        q, r = table[action, 1], table[action, 2]
        moment = max(free[q], free[r])
        free[q] = free[r] = moment + 1
        row = r if action < num_pairs else n + (action - num_pairs) % 3
        tensor[moment, row, q] = 1


@numba.njit(cache=True, nogil=True)
def fill_tensors(actions, counts, table, num_pairs, tensors):  # pragma: no cover - compiled
    """Write tensors ``[B, moments, n + 3, n]`` of circuits int16 ``[B, G]`` with ``counts [B]`` gates."""
    tensors[:] = 0
    for b in range(len(counts)):
        fill_tensor(actions[b], counts[b], table, num_pairs, tensors[b])
