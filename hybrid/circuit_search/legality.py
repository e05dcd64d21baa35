"""Which gates may come next: none that repeats the last gate on its qubits, none that the device lacks.

A gate equal to the last one on all its qubits cancels or merges with it (Patel et al., arXiv 2402.03500,
"illegal actions").
"""

from __future__ import annotations

import numpy as np

from hybrid.circuit_search.alphabet import Alphabet
from problems.contract import Array
from problems.ground_state import GroundState
from problems.ground_state.gate_sequence import ROTATIONS


def allowed_by(problem: GroundState, alphabet: Alphabet) -> Array:
    """Return which actions ``[A]`` keep the problem's couplings and gate set; of "cz" one order of a pair."""
    allowed = np.ones(alphabet.size, dtype=bool)
    for action in range(alphabet.size):
        gate = alphabet.gate(action)
        if problem.gate_set is not None and gate.kind not in problem.gate_set:
            allowed[action] = False
        if gate.kind in ROTATIONS:
            continue
        if problem.couplings is not None:
            pairs = {frozenset(pair) for pair in problem.couplings}
            allowed[action] &= frozenset(gate.qubits) in pairs
        if gate.kind == "cz":
            allowed[action] &= gate.qubits[0] < gate.qubits[1]
    return allowed


def last_actions(actions: Array, alphabet: Alphabet) -> Array:
    """Return the number of the last action on each qubit ``[n]``, −1 where there is none."""
    last = np.full(alphabet.num_qubits, -1, dtype=np.int64)
    for action in actions:
        last[alphabet.table[action, 1:]] = action
    return last


def legal(last: Array, allowed: Array, alphabet: Alphabet) -> Array:
    """Return which actions ``[..., A]`` may follow.

    Args:
        last: The last action on each qubit, ``[..., n]``, −1 where there is none.
        allowed: Of ``allowed_by``.
        alphabet: Of both.
    """
    numbers = np.arange(alphabet.size)
    first, second = alphabet.table[:, 1], alphabet.table[:, 2]
    repeated = (last[..., first] == numbers) & (last[..., second] == numbers)
    return allowed & ~repeated
