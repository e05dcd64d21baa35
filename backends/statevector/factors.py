"""Quadratic functions of bits, block by block: their phases and values without a vector of either.

Of the bits of a basis index some are local to a block, the others are outer and fixed there. A quadratic
A(x) = Σ a_i x_i + Σ b_ij x_i x_j splits into a part of the local bits, which all blocks share in one table,
and what the outer bits add to each local bit's slope, which factorises over the local bits: one small table
for their lower half, one for the upper half, both built by doubling. A phase is then three complex products,
and no sine.
"""

from __future__ import annotations

import numpy as np

from backends.compiling import apart, fragment, kernel, subkernel
from backends.statevector.lanes import (
    load,
    multiply,
    multiply_add,
    row_of,
    spread,
    store,
    subtract_product,
    width,
)


@kernel
def fill_phases(slopes, bends, local, sign, real, imaginary):  # pragma: no cover - compiled
    """Write e^(−i sign A) over the local bits; A has slopes ``[N]`` and symmetric bends ``[N, N]``."""
    own_real, own_imaginary = np.empty_like(real), np.empty_like(real)
    real[0], imaginary[0] = 1.0, 0.0
    for q in range(len(local)):
        half, place = 1 << q, local[q]
        own_real[0], own_imaginary[0] = np.cos(slopes[place]), -sign * np.sin(slopes[place])
        for j in range(q):
            c, s = np.cos(bends[local[j], place]), -sign * np.sin(bends[local[j], place])
            _double(own_real, own_imaginary, 1 << j, c, s)
        _append(real, imaginary, own_real, own_imaginary, half)


@fragment
def _append(real, imaginary, own_real, own_imaginary, half):  # pragma: no cover - compiled
    lanes = width(real)
    if half < lanes:
        for x in range(half):
            a, b, c, s = real[x], imaginary[x], own_real[x], own_imaginary[x]
            real[x + half] = a * c - b * s
            imaginary[x + half] = a * s + b * c
        return
    for x in range(0, half, lanes):
        a, b, c, s = load(real, x), load(imaginary, x), load(own_real, x), load(own_imaginary, x)
        store(real, x + half, subtract_product(b, s, multiply(a, c)))
        store(imaginary, x + half, multiply_add(b, c, multiply(a, s)))


@subkernel
def _double(real, imaginary, step, c, s):  # pragma: no cover - compiled
    lanes = width(real)
    if step < lanes:
        for x in range(step):
            real[x + step] = real[x] * c - imaginary[x] * s
            imaginary[x + step] = real[x] * s + imaginary[x] * c
        return
    u, v = spread(real, c), spread(real, s)
    for x in range(0, step, lanes):
        a, b = load(real, x), load(imaginary, x)
        store(real, x + step, subtract_product(b, v, multiply(a, u)))
        store(imaginary, x + step, multiply_add(b, u, multiply(a, v)))


@kernel
def fill_steps(slopes, bends, local, outer, sign, steps):  # pragma: no cover - compiled
    """Write what each outer bit multiplies phases by, ``steps [2, J, K + J]``: a turn of every other bit.

    Columns are the K local bits, then the J outer ones; a bit's own column has its slope's phase.
    """
    k = len(local)
    for j in range(len(outer)):
        for c in range(steps.shape[2]):
            other = local[c] if c < k else outer[c - k]
            angle = bends[outer[j], other] if c != k + j else slopes[other]
            steps[0, j, c], steps[1, j, c] = np.cos(angle), -sign * np.sin(angle)


@subkernel
def advance(block, steps, tower):  # pragma: no cover - compiled
    """Take the products of the steps of the set outer bits to the next block; blocks come in order from 0.

    Row t of ``tower [2, J + 1, K + J + 1]`` is the product over the set bits from t on; its last column is
    their own phase. Row 0 is what a block needs, and a new block changes few rows.
    """
    apart()
    count, width = steps.shape[1], steps.shape[2]
    if block == 0:
        for t in range(count + 1):
            for c in range(width + 1):
                tower[0, t, c], tower[1, t, c] = 1.0, 0.0
        return
    t = 0
    while block >> t & 1 == 0:
        t += 1
    for c in range(width):
        a, b, u, v = tower[0, t + 1, c], tower[1, t + 1, c], steps[0, t, c], steps[1, t, c]
        tower[0, t, c], tower[1, t, c] = a * u - b * v, a * v + b * u
    own = width - count + t
    a, b, u, v = tower[0, t + 1, width], tower[1, t + 1, width], tower[0, t, own], tower[1, t, own]
    tower[0, t, width], tower[1, t, width] = a * u - b * v, a * v + b * u
    for lower in range(t):
        for c in range(width + 1):
            tower[0, lower, c], tower[1, lower, c] = tower[0, t, c], tower[1, t, c]


@subkernel
def outer_part(slopes, bends, local, outer, block, shifts):  # pragma: no cover - compiled
    """Write what the set outer bits add to each local slope; return their own part of A."""
    apart()
    value = 0.0
    for q in range(len(shifts)):  # an assignment to a slice takes long to compile
        shifts[q] = 0.0
    for j in range(len(outer)):
        if block >> j & 1:
            place = outer[j]
            value += slopes[place]
            for i in range(j):
                if block >> i & 1:
                    value += bends[outer[i], place]
            for q in range(len(local)):
                shifts[q] += bends[local[q], place]
    return value


@subkernel
def fill_block_phases(tower, scale, low, high):  # pragma: no cover - compiled
    """Write the block's phases of its lower and its upper bits, ``[2, 2^(k/2)]`` each, times a scale."""
    apart()
    own = tower.shape[2] - 1
    low[0, 0], low[1, 0] = scale * tower[0, 0, own], scale * tower[1, 0, own]
    high[0, 0], high[1, 0] = 1.0, 0.0
    lower, upper = _bits_of(low.shape[1]), _bits_of(high.shape[1])
    for q in range(lower):
        _double(row_of(low, 0), row_of(low, 1), 1 << q, tower[0, 0, q], tower[1, 0, q])
    for q in range(upper):
        _double(row_of(high, 0), row_of(high, 1), 1 << q, tower[0, 0, lower + q], tower[1, 0, lower + q])


@fragment
def _bits_of(size):  # pragma: no cover - compiled
    bits = 0
    while 1 << bits < size:
        bits += 1
    return bits


@kernel
def fill_values(slopes, bends, local, values):  # pragma: no cover - compiled
    """Write A over the local bits by doubling."""
    own = np.empty_like(values)
    values[0] = 0.0
    for q in range(len(local)):
        half, place = 1 << q, local[q]
        own[0] = slopes[place]
        for j in range(q):
            step, bend = 1 << j, bends[local[j], place]
            for x in range(step):
                own[x + step] = own[x] + bend
        for x in range(half):
            values[x + half] = values[x] + own[x]


@subkernel
def fill_block_values(value, shifts, low, high):  # pragma: no cover - compiled
    """Write what the outer bits add, over the lower and the upper local bits, ``[2^(k/2)]`` each."""
    apart()
    low[0], high[0] = value, 0.0
    lower = _bits_of(len(low))
    for q in range(lower):
        for x in range(1 << q):
            low[x + (1 << q)] = low[x] + shifts[q]
    for q in range(lower, len(shifts)):
        for x in range(1 << (q - lower)):
            high[x + (1 << (q - lower))] = high[x] + shifts[q]
