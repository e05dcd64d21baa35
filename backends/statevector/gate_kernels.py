"""Compiled kernels for gate sequences. Qubit q is bit q of the index; gates work in place.

One compilation serves every width and circuit: gates come as arrays of kinds, qubits and angles.
"""

from __future__ import annotations

import numpy as np
from numba import njit

H, RX, RY, RZ, CX, CZ = range(6)
KINDS = {"h": H, "rx": RX, "ry": RY, "rz": RZ, "cx": CX, "cz": CZ}


@njit(cache=True, nogil=True)
def run_gates(kinds, first, second, angles, state):  # pragma: no cover - compiled
    """Apply gates in order; ``angles`` has one entry per gate, 0 where it does not rotate."""
    for g in range(len(kinds)):
        apply_gate(kinds[g], first[g], second[g], angles[g], state)


@njit(cache=True, nogil=True)
def apply_gate(kind, q, r, angle, state):  # pragma: no cover - compiled
    """Apply one gate; for cx, q is the control and r the target."""
    if kind in (CX, CZ):
        both = (1 << q) | (1 << r)
        for x in range(len(state)):
            if kind == CZ and x & both == both:
                state[x] = -state[x]
            elif kind == CX and x & both == 1 << q:
                y = x | (1 << r)
                state[x], state[y] = state[y], state[x]
        return
    c, s = np.cos(angle / 2), np.sin(angle / 2)
    if kind == H:
        u00, u01, u10, u11 = np.sqrt(0.5) + 0j, np.sqrt(0.5) + 0j, np.sqrt(0.5) + 0j, -np.sqrt(0.5) + 0j
    elif kind == RX:
        u00, u01, u10, u11 = c + 0j, -1j * s, -1j * s, c + 0j
    elif kind == RY:
        u00, u01, u10, u11 = c + 0j, -s + 0j, s + 0j, c + 0j
    else:
        u00, u01, u10, u11 = c - 1j * s, 0j, 0j, c + 1j * s
    half = 1 << q
    for start in range(0, len(state), 2 * half):
        for x in range(start, start + half):
            a, b = state[x], state[x + half]
            state[x] = u00 * a + u01 * b
            state[x + half] = u10 * a + u11 * b


@njit(cache=True, nogil=True)
def pull_back(kinds, first, second, angles, state, left, slopes):  # pragma: no cover - compiled
    """Undo the gates on both states; dE/d(angle) = Im⟨left|P|state⟩ of every rotation goes to ``slopes``."""
    for g in range(len(kinds) - 1, -1, -1):
        kind, q = kinds[g], first[g]
        if kind in (RX, RY, RZ):
            slopes[g] = _generator_overlap(kind, q, left, state)
        apply_gate(kind, q, second[g], -angles[g], state)
        apply_gate(kind, q, second[g], -angles[g], left)


@njit(cache=True, nogil=True)
def _generator_overlap(kind, q, left, state):  # pragma: no cover - compiled
    total = 0.0
    half = 1 << q
    for start in range(0, len(state), 2 * half):
        for x in range(start, start + half):
            a, b = np.conj(left[x]), np.conj(left[x + half])
            if kind == RX:
                total += (a * state[x + half] + b * state[x]).imag
            elif kind == RY:
                total += (-1j * a * state[x + half] + 1j * b * state[x]).imag
            else:
                total += (a * state[x] - b * state[x + half]).imag
    return total
