"""Compiled kernels of the statevector simulator. Qubit q is bit q of the index; every kernel works in place.

One compilation serves every width, circuit and instance: sizes are read from the arrays.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from problems.binary.quadratic import QuadraticForm

Array = np.ndarray
BLOCK_QUBITS = 13  # 2^13 amplitudes of 16 bytes stay in the second-level cache while the low qubits are mixed

H, RX, RY, RZ, CX, CZ = range(6)
KINDS = {"h": H, "rx": RX, "ry": RY, "rz": RZ, "cx": CX, "cz": CZ}


@njit(cache=True, nogil=True)
def fill_energies(linear, coupling, offset, energies, slope):  # pragma: no cover - compiled
    """Write the energies ``[2^n]`` of a form over bits (dense upper triangular coupling) by doubling.

    Setting bit q adds its slope linear_q + Σ_{j<q} x_j coupling_jq, itself built by doubling: two additions
    an entry, exact for integers. ``slope`` is scratch of 2^(n−1).
    """
    energies[0] = offset
    for q in range(len(linear)):
        half = 1 << q
        slope[0] = linear[q]
        for j in range(q):
            step = 1 << j
            c = coupling[j, q]
            for x in range(step):
                slope[x + step] = slope[x] + c
        for x in range(half):
            energies[x + half] = energies[x] + slope[x]


def energies_of(spins: QuadraticForm) -> Array:
    """Return the energies ``[2^n]`` of a form over spins at all basis states, offset included."""
    form = spins.on_bits()
    energies, slope = np.empty(1 << form.n), np.empty(max(1, (1 << form.n) // 2))
    fill_energies(np.ascontiguousarray(form.linear), form.dense(), form.offset, energies, slope)
    return energies


@njit(cache=True, nogil=True)
def multiply_phases(linear, coupling, gamma, state, phase, slope):  # pragma: no cover - compiled
    """Multiply a state by e^(−iγE), E the form over bits without its offset.

    The phases are built by doubling like the energies, with products in place of sums: no sine per amplitude.
    """
    phase[0] = 1.0
    for q in range(len(linear)):
        half = 1 << q
        slope[0] = np.exp(-1j * gamma * linear[q])
        for j in range(q):
            step = 1 << j
            factor = np.exp(-1j * gamma * coupling[j, q])
            for x in range(step):
                slope[x + step] = slope[x] * factor
        for x in range(half):
            phase[x + half] = phase[x] * slope[x]
    for x in range(len(state)):
        state[x] *= phase[x]


@njit(cache=True, nogil=True)
def mix(state, n, beta):  # pragma: no cover - compiled
    """Apply e^(−iβX) to every qubit."""
    low = min(n, BLOCK_QUBITS)
    cosine, sine = np.cos(beta), np.sin(beta)
    size = 1 << low
    for start in range(0, len(state), size):
        block = state[start : start + size]
        for q in range(low):
            _rotate_pairs(block, q, cosine, sine)
    for q in range(low, n):
        _rotate_pairs(state, q, cosine, sine)


@njit(cache=True, nogil=True)
def _rotate_pairs(state, q, cosine, sine):  # pragma: no cover - compiled
    half = 1 << q
    for start in range(0, len(state), 2 * half):
        lower, upper = state[start : start + half], state[start + half : start + 2 * half]
        for x in range(half):
            a, b = lower[x], upper[x]
            lower[x] = complex(cosine * a.real + sine * b.imag, cosine * a.imag - sine * b.real)
            upper[x] = complex(cosine * b.real + sine * a.imag, cosine * b.imag - sine * a.real)


@njit(cache=True, nogil=True)
def mixer_overlap(left, state, n):  # pragma: no cover - compiled
    """Return Im⟨left|ΣX|state⟩."""
    total = 0.0
    for q in range(n):
        half = 1 << q
        for start in range(0, len(state), 2 * half):
            for x in range(start, start + half):
                a, b, c, d = left[x], left[x + half], state[x], state[x + half]
                total += a.real * d.imag - a.imag * d.real + b.real * c.imag - b.imag * c.real
    return total


@njit(cache=True, nogil=True)
def diagonal_overlap(left, state, energies):  # pragma: no cover - compiled
    """Return Im⟨left|E|state⟩ for a diagonal E."""
    total = 0.0
    for x in range(len(state)):
        total += energies[x] * (left[x].real * state[x].imag - left[x].imag * state[x].real)
    return total


@njit(cache=True, nogil=True)
def diagonal_mean(state, energies):  # pragma: no cover - compiled
    """Return ⟨state|E|state⟩ for a diagonal E."""
    total = 0.0
    for x in range(len(state)):
        total += energies[x] * (state[x].real ** 2 + state[x].imag ** 2)
    return total


@njit(cache=True, nogil=True)
def apply_pauli_sum(x_masks, z_masks, coefficients, state, out):  # pragma: no cover - compiled
    """Write Σ c_k P_k |state⟩ to ``out``: P|i⟩ = i^(number of Y) (−1)^(parity of i & z) |i ^ x⟩."""
    out[:] = 0.0
    for k in range(len(coefficients)):
        x, z = x_masks[k], z_masks[k]
        turns = _ones(x & z) % 4
        factor = coefficients[k] * (1.0 + 0.0j)
        for _ in range(turns):
            factor *= 1j
        for i in range(len(state)):
            sign = 1.0 - 2.0 * (_ones(i & z) & 1)
            out[i ^ x] += factor * sign * state[i]


@njit(cache=True, nogil=True)
def _ones(mask):  # pragma: no cover - compiled
    count = 0
    while mask:
        mask &= mask - 1
        count += 1
    return count


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
