"""Compiled kernels of the statevector simulator: costs, mixers, observables. Qubit q is bit q of the index.

One compilation serves every width, circuit and instance: sizes are read from the arrays.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from problems.binary.quadratic import QuadraticForm

Array = np.ndarray
BLOCK_QUBITS = 12  # 2^12 amplitudes and two tables as long, 192 KiB, stay in the second-level cache


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
def multiply_phases(linear, coupling, state):  # pragma: no cover - compiled
    """Multiply a state by e^(−iA), A a form over bits (upper triangular coupling) whose values are angles.

    In a block of amplitudes the high bits are fixed, and each adds its couplings to the angles of the low
    bits. So a phase is one from a table that all blocks share times one from a table of the block's own, both
    built by doubling: three products an amplitude, no sine.
    """
    n = len(linear)
    low = min(n, BLOCK_QUBITS)
    size = 1 << low
    shared, own = np.empty(size, np.complex128), np.empty(size, np.complex128)
    shared[0] = 1.0
    for q in range(low):
        own[0] = _phase(linear[q])
        for j in range(q):
            _double(own, j, _phase(coupling[j, q]))
        half = 1 << q
        for x in range(half):
            shared[x + half] = shared[x] * own[x]
    for block in range(len(state) >> low):
        angle = 0.0
        for i in range(low, n):
            if block >> (i - low) & 1:
                angle += linear[i] + _fixed_angle(coupling, i, i + 1, low, block)
        own[0] = _phase(angle)
        for q in range(low):
            _double(own, q, _phase(_fixed_angle(coupling, q, low, low, block)))
        amplitudes = state[block * size : (block + 1) * size]
        for x in range(size):
            amplitudes[x] *= shared[x] * own[x]


@njit(cache=True, nogil=True)
def _fixed_angle(coupling, q, first, low, block):  # pragma: no cover - compiled
    """Add the couplings of bit q with those set among the block's bits from ``first`` on."""
    angle = 0.0
    for j in range(first, len(coupling)):
        if block >> (j - low) & 1:
            angle += coupling[q, j]
    return angle


@njit(cache=True, nogil=True)
def _phase(angle):  # pragma: no cover - compiled
    return complex(np.cos(angle), -np.sin(angle))


@njit(cache=True, nogil=True)
def _double(table, q, factor):  # pragma: no cover - compiled
    step = 1 << q
    for x in range(step):
        table[x + step] = table[x] * factor


@njit(cache=True, nogil=True)
def mix(state, n, beta):  # pragma: no cover - compiled
    """Apply e^(−iβX) to every qubit of a state that is kept as i^(number of ones) ψ, seen as reals [2^(n+1)].

    In that frame the mixer turns pairs of reals. Low qubits are mixed block by block, in the cache.
    """
    cosine, sine = np.cos(beta), np.sin(beta)
    low = min(n, BLOCK_QUBITS)
    size = 2 << low
    for start in range(0, len(state), size):
        _mix_qubits(state[start : start + size], 0, low, cosine, sine)
    _mix_qubits(state, low, n, cosine, sine)


@njit(cache=True, nogil=True)
def _mix_qubits(reals, q, end, cosine, sine):  # pragma: no cover - compiled
    while q + 1 < end:
        _rotate_fours(reals, q, cosine, sine)
        q += 2
    if q < end:
        _rotate_pairs(reals, q, cosine, sine)


@njit(cache=True, nogil=True)
def _rotate_pairs(reals, q, cosine, sine):  # pragma: no cover - compiled
    step = 2 << q
    for start in range(0, len(reals), 2 * step):
        lower, upper = reals[start : start + step], reals[start + step : start + 2 * step]
        for x in range(step):
            a, b = lower[x], upper[x]
            lower[x] = cosine * a - sine * b
            upper[x] = sine * a + cosine * b


@njit(cache=True, nogil=True)
def _rotate_fours(reals, q, cosine, sine):  # pragma: no cover - compiled
    """Turn qubits q and q + 1 in one pass over the memory."""
    step = 2 << q
    for start in range(0, len(reals), 4 * step):
        v00, v01 = reals[start : start + step], reals[start + step : start + 2 * step]
        v10, v11 = reals[start + 2 * step : start + 3 * step], reals[start + 3 * step : start + 4 * step]
        for x in range(step):
            a, b, c, d = v00[x], v01[x], v10[x], v11[x]
            a, b = cosine * a - sine * b, sine * a + cosine * b
            c, d = cosine * c - sine * d, sine * c + cosine * d
            v00[x], v10[x] = cosine * a - sine * c, sine * a + cosine * c
            v01[x], v11[x] = cosine * b - sine * d, sine * b + cosine * d


@njit(cache=True, nogil=True)
def mixer_overlap(left, state, n):  # pragma: no cover - compiled
    """Return Im⟨left|ΣX|state⟩ of two states in the frame of ``mix``."""
    low = min(n, BLOCK_QUBITS)
    size = 2 << low
    total = 0.0
    for start in range(0, len(state), size):
        for q in range(low):
            total += _turn(left[start : start + size], state[start : start + size], q)
    for q in range(low, n):
        total += _turn(left, state, q)
    return total


@njit(cache=True, nogil=True)
def _turn(left, state, q):  # pragma: no cover - compiled
    step = 2 << q
    total = 0.0
    for start in range(0, len(state), 2 * step):
        a, b = left[start : start + step], left[start + step : start + 2 * step]
        c, d = state[start : start + step], state[start + step : start + 2 * step]
        for x in range(step):
            total += b[x] * c[x] - a[x] * d[x]
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
def cumulative_probabilities(state, cumulative):  # pragma: no cover - compiled
    """Write the running sums of the probabilities of the basis states."""
    total = 0.0
    for x in range(len(state)):
        total += state[x].real ** 2 + state[x].imag ** 2
        cumulative[x] = total


@njit(cache=True, nogil=True)
def pauli_mean(x_masks, z_masks, coefficients, state):  # pragma: no cover - compiled
    """Return Σ c_k ⟨state|P_k|state⟩: P|i⟩ = i^(number of Y) (−1)^(parity of i & z) |i ^ x⟩."""
    mean = 0.0
    for k in range(len(coefficients)):
        x, z = x_masks[k], z_masks[k]
        total = 0.0j
        for i in range(len(state)):
            term = np.conj(state[i ^ x]) * state[i]
            total += -term if _odd(i & z) else term
        mean += coefficients[k] * (_quarter_turns(x & z) * total).real
    return mean


@njit(cache=True, nogil=True)
def apply_pauli_sum(x_masks, z_masks, coefficients, state, out):  # pragma: no cover - compiled
    """Write Σ c_k P_k |state⟩ to ``out``."""
    out[:] = 0.0
    for k in range(len(coefficients)):
        x, z = x_masks[k], z_masks[k]
        factor = coefficients[k] * _quarter_turns(x & z)
        for i in range(len(state)):
            out[i ^ x] += (-factor if _odd(i & z) else factor) * state[i]


@njit(cache=True, nogil=True)
def _quarter_turns(mask):  # pragma: no cover - compiled
    """Return i to the number of ones of a mask, exactly."""
    factor = 1.0 + 0.0j
    while mask:
        mask &= mask - 1
        factor = complex(-factor.imag, factor.real)
    return factor


@njit(cache=True, nogil=True)
def _odd(mask):  # pragma: no cover - compiled
    mask ^= mask >> 32
    mask ^= mask >> 16
    mask ^= mask >> 8
    mask ^= mask >> 4
    return (0x6996 >> (mask & 15)) & 1
