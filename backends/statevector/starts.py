"""Starts of QAOA as states of the full space."""

from __future__ import annotations

import numpy as np

from backends.mixers import DickeStart, FeasibleStart, OneHotStart, ProductStart, Start
from problems.contract import Array


def start_state(start: Start, n: int) -> Array:
    """Return the state, complex ``[2^n]``."""
    if isinstance(start, DickeStart):
        ones = np.zeros(1 << n, dtype=np.int64)
        for q in range(n):
            ones[1 << q : 2 << q] = ones[: 1 << q] + 1
        chosen = ones == start.weight
        return chosen / np.sqrt(np.count_nonzero(chosen)) + 0j
    if isinstance(start, ProductStart):
        state = np.ones(1)
        for c in start.probabilities:
            state = np.concatenate([state * np.sqrt(1 - c), state * np.sqrt(c)])
        return state + 0j
    if isinstance(start, FeasibleStart):
        state = np.zeros(1 << n, dtype=complex)
        state[start.states.astype(np.int64) @ (1 << np.arange(n))] = len(start.states) ** -0.5
        return state
    blocks = start.blocks if isinstance(start, OneHotStart) else ()
    places = np.zeros(1, dtype=np.int64)
    for block in blocks:
        places = (places[:, None] | (1 << np.array(block, dtype=np.int64))).reshape(-1)
    for q in set(range(n)) - {q for block in blocks for q in block}:
        places = np.concatenate([places, places | (1 << q)])
    state = np.zeros(1 << n, dtype=complex)
    state[places] = 1 / np.sqrt(len(places))
    return state
