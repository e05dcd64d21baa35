"""Compiled Pauli sums: energies and Hψ of states in real vectors, by groups of strings of equal X mask.

States lie as in ``gate_kernels``: real parts ``[size]``, imaginary parts ``[size]``. A group is D X^m with a
diagonal D of real numbers, or i D X^m: (Hψ)[x] adds D[x] ψ[x ^ m]. Groups are sorted into real ones, then
imaginary ones, each by the lowest two bits of m. An observable is one line of ``spans``: where its classes
begin and end (9 numbers) and where its table begins. A table holds every D, ``[size/8, groups, 8]``. Without
one (−1), D is summed up where it is needed from the strings of the group, a few amplitudes at a time.
"""

from __future__ import annotations

import numpy as np

from backends.compiling import kernel, subkernel
from backends.statevector.lanes import (
    add,
    load,
    multiply,
    multiply_add,
    spread,
    store,
    subtract_product,
    swap_1,
    swap_2,
    total,
)

TABLE = 9  # the column of ``spans`` that says where the table begins
CHUNK = 32  # amplitudes of a block whose diagonal is summed up at a time
BLOCK = 512  # amplitudes of Hψ at hand while all groups add to it; at most CHUNK chunks


@kernel
def weigh(values, size, span, masks, bounds, z_masks, weights, table):  # pragma: no cover - compiled
    """Return ⟨ψ|H|ψ⟩; Hψ goes behind ψ where there is room.

    Args:
        values: ψ ``[2 size]``, or with as many places behind it.
        size: Amplitudes, a power of two, at least 8.
        span: The line of the observable ``[10]``.
        masks: X masks of the groups.
        bounds: The strings of group g are ``bounds[g]`` … ``bounds[g + 1] − 1``.
        z_masks: Z masks of the strings.
        weights: Coefficients of the strings, each with the sign of its Ys.
        table: The tables of all observables.
    """
    if span[TABLE] >= 0:
        return _weigh_by_table(values, size, span, masks, table)
    return _weigh_by_strings(values, size, span, masks, bounds, z_masks, weights)


@subkernel
def _weigh_by_table(values, size, span, masks, table):  # pragma: no cover - compiled
    s, t, one = spread(values, 0.0), spread(values, 0.0), spread(values, 1.0)
    place = span[TABLE]
    for x in range(0, size, 8):
        a, b, e, f = _gathered(values, size, x, span, 0, masks, table, place)
        place += 8 * (span[4] - span[0])
        if span[8] > span[4]:
            c, d, g, h = _gathered(values, size, x, span, 4, masks, table, place)
            place += 8 * (span[8] - span[4])
            a, b, e, f = subtract_product(one, d, a), add(b, c), subtract_product(one, h, e), add(f, g)
        s = multiply_add(load(values, x), a, multiply_add(load(values, x + 4), e, s))
        t = multiply_add(load(values, x + size), b, multiply_add(load(values, x + size + 4), f, t))
        if len(values) > 2 * size:
            store(values, x + 2 * size, a)
            store(values, x + 2 * size + 4, e)
            store(values, x + 3 * size, b)
            store(values, x + 3 * size + 4, f)
    return total(add(s, t))


@subkernel
def _gathered(values, size, x, span, kind, masks, table, place):  # pragma: no cover - compiled
    """Return Σ D ψ[x ^ m] over the groups of four classes: real and imaginary parts of eight amplitudes."""
    a, b = spread(values, 0.0), spread(values, 0.0)
    e, f = a, b
    for g in range(span[kind], span[kind + 1]):
        y = x ^ masks[g]
        c, d = load(table, place), load(table, place + 4)
        a, b = multiply_add(c, load(values, y), a), multiply_add(c, load(values, y + size), b)
        y ^= 4
        e, f = multiply_add(d, load(values, y), e), multiply_add(d, load(values, y + size), f)
        place += 8
    for low in range(1, 4):
        for g in range(span[kind + low], span[kind + low + 1]):
            y = x ^ masks[g] ^ low
            c, d = load(table, place), load(table, place + 4)
            a = multiply_add(c, _exchanged(load(values, y), low), a)
            b = multiply_add(c, _exchanged(load(values, y + size), low), b)
            y ^= 4
            e = multiply_add(d, _exchanged(load(values, y), low), e)
            f = multiply_add(d, _exchanged(load(values, y + size), low), f)
            place += 8
    return a, b, e, f


@subkernel
def _exchanged(a, low):  # pragma: no cover - compiled
    """Return the lanes in the order of their numbers ^ ``low``."""
    if low == 1:
        return swap_1(a)
    return swap_2(a) if low == 2 else swap_2(swap_1(a))


@kernel
def fill_table(size, span, bounds, z_masks, weights, table):  # pragma: no cover - compiled
    """Write the table of an observable, ``[size/8, groups, 8]`` from its place on."""
    signs, diagonal, scratch = _sign_patterns(), np.empty(BLOCK), _scratch(span, bounds)
    groups = span[8] - span[0]
    for g in range(groups):
        first, end = bounds[span[0] + g], bounds[span[0] + g + 1]
        for start in range(0, size, BLOCK):
            _fill_diagonal(diagonal, start, signs, z_masks, weights, first, end, scratch)
            for x in range(0, min(size, BLOCK), 8):
                place = span[TABLE] + (start + x) * groups + 8 * g
                store(table, place, load(diagonal, x))
                store(table, place + 4, load(diagonal, x + 4))


@subkernel
def _weigh_by_strings(values, size, span, masks, bounds, z_masks, weights):  # pragma: no cover - compiled
    block, energy = min(size, BLOCK), spread(values, 0.0)
    signs, diagonal, scratch = _sign_patterns(), np.empty(BLOCK), _scratch(span, bounds)
    sums = np.empty(2 * block)
    for start in range(0, size, block):
        sums[:] = 0.0
        for g in range(span[0], span[8]):
            _fill_diagonal(diagonal, start, signs, z_masks, weights, bounds[g], bounds[g + 1], scratch)
            _add_group(values, size, start, masks[g], g >= span[4], diagonal, sums)
        for x in range(0, block, 4):
            energy = multiply_add(load(values, start + x), load(sums, x), energy)
            energy = multiply_add(load(values, start + x + size), load(sums, x + block), energy)
        if len(values) > 2 * size:
            for x in range(0, block, 4):
                store(values, start + x + 2 * size, load(sums, x))
                store(values, start + x + 3 * size, load(sums, x + block))
    return total(energy)


@subkernel
def _sign_patterns():  # pragma: no cover - compiled
    """Return (−1)^(ones of z & x) for all z and x below ``CHUNK``, ``[CHUNK · CHUNK]``."""
    signs = np.empty(CHUNK * CHUNK)
    for z in range(CHUNK):
        for x in range(CHUNK):
            signs[z * CHUNK + x] = -1.0 if odd(z & x) else 1.0
    return signs


@kernel
def _scratch(span, bounds):  # pragma: no cover - compiled
    """Return room for the weights of the largest group, signed for a block and for a chunk of it."""
    most = 0
    for g in range(span[0], span[8]):
        most = max(most, bounds[g + 1] - bounds[g])
    return np.empty((2, most))


@subkernel
def _fill_diagonal(
    diagonal, start, signs, z_masks, weights, first, end, scratch
):  # pragma: no cover - compiled
    """Write Σ w_t (−1)^(ones of z_t & x) over the strings of a group for the block of x from ``start`` on."""
    strings, whole, signed = z_masks[first:end], scratch[0], scratch[1]
    for t in range(end - first):
        whole[t] = -weights[first + t] if odd(strings[t] & start) else weights[first + t]
    for chunk in range(BLOCK // CHUNK):
        for t in range(end - first):
            signed[t] = whole[t] * signs[((strings[t] // CHUNK) & (CHUNK - 1)) * CHUNK + chunk]
        for x in range(0, CHUNK, 16):
            a = spread(diagonal, 0.0)
            b, c, d = a, a, a
            for t in range(end - first):
                place, weight = (strings[t] & (CHUNK - 1)) * CHUNK + x, spread(diagonal, signed[t])
                a = multiply_add(weight, load(signs, place), a)
                b = multiply_add(weight, load(signs, place + 4), b)
                c = multiply_add(weight, load(signs, place + 8), c)
                d = multiply_add(weight, load(signs, place + 12), d)
            place = chunk * CHUNK + x
            store(diagonal, place, a)
            store(diagonal, place + 4, b)
            store(diagonal, place + 8, c)
            store(diagonal, place + 12, d)


@subkernel
def _add_group(values, size, start, mask, imaginary, diagonal, sums):  # pragma: no cover - compiled
    """Add D ψ[x ^ m], times i if ``imaginary``, to the sums of a block."""
    block, low = len(sums) // 2, mask & 3
    real, other, signs = 0, block, spread(values, 1.0)
    if imaginary:  # i (a + i b) = −b + i a
        real, other, signs = block, 0, spread(values, -1.0)
    if low == 0:
        for k in range(0, block, 4):
            y, d = (start + k) ^ mask, load(diagonal, k)
            store(sums, real + k, multiply_add(d, load(values, y), load(sums, real + k)))
            b = multiply(signs, load(values, y + size))
            store(sums, other + k, multiply_add(d, b, load(sums, other + k)))
        return
    for k in range(0, block, 4):
        y, d = (start + k) ^ mask ^ low, load(diagonal, k)
        a = _exchanged(load(values, y), low)
        b = multiply(signs, _exchanged(load(values, y + size), low))
        store(sums, real + k, multiply_add(d, a, load(sums, real + k)))
        store(sums, other + k, multiply_add(d, b, load(sums, other + k)))


@kernel
def odd(mask):  # pragma: no cover - compiled
    """Return whether a mask has an odd number of ones."""
    mask ^= mask >> 32
    mask ^= mask >> 16
    mask ^= mask >> 8
    mask ^= mask >> 4
    return (0x6996 >> (mask & 15)) & 1 == 1
