"""Compiled kernels that simulators share: vectors of energies, diagonals, Pauli sums. Qubit q is bit q.

One compilation serves every width, circuit and instance: sizes are read from the arrays.
"""

from __future__ import annotations

import numpy as np

from backends.compiling import kernel, subkernel
from problems.binary.quadratic import QuadraticForm

Array = np.ndarray


@kernel
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


@kernel
def diagonal_overlap(left, state, energies):  # pragma: no cover - compiled
    """Return Im⟨left|E|state⟩ for a diagonal E."""
    total = 0.0
    for x in range(len(state)):
        total += energies[x] * (left[x].real * state[x].imag - left[x].imag * state[x].real)
    return total


@kernel
def diagonal_mean(state, energies):  # pragma: no cover - compiled
    """Return ⟨state|E|state⟩ for a diagonal E."""
    total = 0.0
    for x in range(len(state)):
        total += energies[x] * (state[x].real ** 2 + state[x].imag ** 2)
    return total


@kernel
def cumulative_probabilities(state, cumulative):  # pragma: no cover - compiled
    """Write the running sums of the probabilities of the basis states."""
    total = 0.0
    for x in range(len(state)):
        total += state[x].real ** 2 + state[x].imag ** 2
        cumulative[x] = total


@kernel
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


@kernel
def apply_pauli_sum(x_masks, z_masks, coefficients, state, out):  # pragma: no cover - compiled
    """Write Σ c_k P_k |state⟩ to ``out``."""
    out[:] = 0.0
    for k in range(len(coefficients)):
        x, z = x_masks[k], z_masks[k]
        factor = coefficients[k] * _quarter_turns(x & z)
        for i in range(len(state)):
            out[i ^ x] += (-factor if _odd(i & z) else factor) * state[i]


@subkernel
def _quarter_turns(mask):  # pragma: no cover - compiled
    """Return i to the number of ones of a mask, exactly."""
    factor = 1.0 + 0.0j
    while mask:
        mask &= mask - 1
        factor = complex(-factor.imag, factor.real)
    return factor


@subkernel
def _odd(mask):  # pragma: no cover - compiled
    mask ^= mask >> 32
    mask ^= mask >> 16
    mask ^= mask >> 8
    mask ^= mask >> 4
    return (0x6996 >> (mask & 15)) & 1
