"""X-mixer QAOA on states that stay in the cache: all rows of a batch in one compiled call.

A row is one circuit in the frame of real rotations: per layer the slopes and bends of its phase, the tangents
of its mixer, and the product of the cosines that the rotations owe (see ``rows.py``). Blocks of 2^m
contiguous amplitudes are phased and turned along their own bits while they are at hand; the rest of the bits
follows over the whole state.
"""

from __future__ import annotations

import numpy as np

from backends.compiling import kernel, subkernel
from backends.statevector.block_products import (
    apply_values,
    multiply_phases,
    overlap_sum,
    weighted_sum,
    write_phases,
)
from backends.statevector.factors import (
    advance,
    fill_block_phases,
    fill_block_values,
    fill_phases,
    fill_steps,
    fill_values,
    outer_part,
)
from backends.statevector.reflection import reflect, reflection_slope
from backends.statevector.rotations import overlaps, rotate

BLOCK = 11  # bits of a block: real and imaginary part fill the first-level cache


@kernel
def evolve(
    slopes, bends, tangents, factors, kind, last, table, real, imaginary, kept
):  # pragma: no cover - compiled
    """Run one row from the uniform superposition; the last layer's factor is left out.

    Args:
        slopes: ``[p, N]``.
        bends: ``[p, N, N]``.
        tangents: ``[p, N]``.
        factors: ``[p]``.
        kind: How the last spin is folded in (see ``reflection.py``), 0 if it is not.
        last: ``[p]``, its tangents.
        table: Scratch ``[2, 2^m]``.
        real: ``[2^N]``.
        imaginary: ``[2^N]``.
        kept: ``[p, 2, 2^N]`` for the state after each layer, which then is not in ``real`` and ``imaginary``
            at the end but in the last of them; or of no layers.
    """
    n, layers, size = slopes.shape[1], len(slopes), table.shape[1]
    m = _bits(size)
    local, outer = np.arange(m), np.arange(m, n)
    steps, tower = np.empty((2, n - m, n)), np.empty((2, n - m + 1, n + 1))
    low, high = np.empty((2, 1 << (m // 2 + m % 2)), real.dtype), np.empty((2, 1 << (m // 2)), real.dtype)
    u, v = real, imaginary
    for layer in range(layers):
        fill_phases(slopes[layer], bends[layer], local, 1.0, table[0], table[1])
        fill_steps(slopes[layer], bends[layer], local, outer, 1.0, steps)
        scale = 2.0 ** (-n / 2) if layer == 0 else factors[layer - 1]
        before_u, before_v = u, v
        if len(kept) > 0:
            u, v = kept[layer, 0], kept[layer, 1]
        for block in range(len(real) // size):
            advance(block, steps, tower)
            fill_block_phases(tower, scale, low, high)
            here, end = block * size, (block + 1) * size
            a, b = u[here:end], v[here:end]
            if layer == 0:
                write_phases(a, b, table, low, high)
            else:
                multiply_phases(before_u[here:end], before_v[here:end], a, b, table, low, high)
            rotate(a, tangents[layer], 0, m)
            rotate(b, tangents[layer], 0, m)
        rotate(u, tangents[layer], m, n)
        rotate(v, tangents[layer], m, n)
        half = len(u) // 2
        reflect(u[:half], v[:half], u[half:], v[half:], kind, last[layer])


@kernel
def means(
    slopes, bends, tangents, factors, kind, last, cost_slopes, cost_bends, m, table, real, imaginary
):  # pragma: no cover - compiled
    """Return ⟨C⟩ ``[B]`` of all rows; the cost may differ by row or be one for all ``[1, N]``."""
    n = slopes.shape[2]
    values, result = np.empty(1 << m, table.dtype), np.empty(len(slopes))
    low = np.empty(1 << (m // 2 + m % 2), table.dtype)
    high = np.empty(1 << (m // 2), table.dtype)
    none = np.empty((0, 2, 1 << n), table.dtype)
    for row in range(len(slopes)):
        which = min(row, len(cost_slopes) - 1)
        if row == 0 or len(cost_slopes) > 1:
            fill_values(cost_slopes[which], cost_bends[which], np.arange(m), values)
        evolve(
            slopes[row],
            bends[row],
            tangents[row],
            factors[row],
            kind,
            last[row],
            table,
            real,
            imaginary,
            none,
        )
        total = _weigh(real, imaginary, cost_slopes[which], cost_bends[which], values, low, high)
        result[row] = total * factors[row, -1] ** 2
    return result


@subkernel
def _weigh(real, imaginary, slopes, bends, values, low, high):  # pragma: no cover - compiled
    n, size = len(slopes), len(values)
    m = _bits(size)
    local, outer, shifts = np.arange(m), np.arange(m, n), np.empty(m)
    total = 0.0
    for block in range(len(real) // size):
        value = outer_part(slopes, bends, local, outer, block, shifts)
        fill_block_values(value, shifts, low, high)
        a, b = real[block * size : (block + 1) * size], imaginary[block * size : (block + 1) * size]
        total += weighted_sum(a, b, values, low, high)
    return total


@kernel
def gradients(
    slopes, bends, tangents, factors, kind, last, cost_slopes, cost_bends, layer_slopes, layer_bends, m,
    table, vectors, kept, differences,
):  # fmt: skip  # pragma: no cover - compiled
    """Return ⟨C⟩ ``[B]``, its slopes by the angle of each bit's mixer ``[B, p, N + 1]`` and by γ ``[B, p]``.

    States after each layer are kept, so only λ = Cψ goes backward. The cost that a layer's γ multiplies may
    differ by row and layer, ``[R, L, N]``, or be one for all. ``differences`` receives, if it is not empty,
    λ_re ψ_im − λ_im ψ_re ``[B, p, 2^N]`` before each layer's phase, of which the slopes by each term follow.
    """
    n, layers = slopes.shape[2], slopes.shape[1]
    size = 1 << m
    real, imaginary, left_real, left_imaginary = vectors[0], vectors[1], vectors[2], vectors[3]
    values = np.empty(size, table.dtype)
    mixed, phased = np.zeros((len(slopes), layers, n + 1)), np.zeros((len(slopes), layers))
    result = np.empty(len(slopes))
    for row in range(len(slopes)):
        which, factor = min(row, len(cost_slopes) - 1), factors[row, -1]
        evolve(
            slopes[row],
            bends[row],
            tangents[row],
            factors[row],
            kind,
            last[row],
            table,
            real,
            imaginary,
            kept,
        )
        fill_values(cost_slopes[which], cost_bends[which], np.arange(m), values)
        result[row] = factor**2 * _start_left(
            kept[-1, 0], kept[-1, 1], cost_slopes[which], cost_bends[which], values, left_real, left_imaginary
        )
        left_real *= factor
        left_imaginary *= factor
        first, here = min(row, len(layer_slopes) - 1), row if differences.shape[0] > 0 else 0
        pull_back(
            slopes[row], bends[row], tangents[row], factors[row], kind, last[row], layer_slopes[first],
            layer_bends[first], table, kept, vectors, mixed[row], phased[row], differences[here : here + 1],
        )  # fmt: skip
    return result, mixed, phased


@kernel
def pull_back(
    slopes, bends, tangents, factors, kind, last, cost_slopes, cost_bends, table, kept, vectors, mixed,
    phased, differences,
):  # fmt: skip  # pragma: no cover - compiled
    """Take one row's λ back through its layers, past the states kept.

    ``vectors [4, 2^N]`` are scratch, scratch, λ_re, λ_im; ``differences`` is ``[1 or 0, p, 2^N]``; the last
    column of ``mixed [p, N + 1]`` is the folded spin's, for a sign of 1.
    """
    n, layers, size = slopes.shape[1], len(slopes), table.shape[1]
    m = _bits(size)
    values, undone = np.empty(size, table.dtype), np.empty(n)
    real, imaginary, left_real, left_imaginary = vectors[0], vectors[1], vectors[2], vectors[3]
    for layer in range(layers - 1, -1, -1):
        sums = mixed[layer]
        for block in range(len(left_real) // size):
            a, b = block * size, (block + 1) * size
            overlaps(left_real[a:b], kept[layer, 0, a:b], 0, m, sums)
            overlaps(left_imaginary[a:b], kept[layer, 1, a:b], 0, m, sums)
        overlaps(left_real, kept[layer, 0], m, n, sums)
        overlaps(left_imaginary, kept[layer, 1], m, n, sums)
        half = len(left_real) // 2
        if kind > 0:
            a, b, c, d = left_real[:half], left_imaginary[:half], left_real[half:], left_imaginary[half:]
            u, v = kept[layer, 0], kept[layer, 1]
            sums[n] = reflection_slope(a, b, c, d, u[:half], v[:half], u[half:], v[half:], kind)
            reflect(a, b, c, d, kind, -last[layer])
        sums *= 2 * factors[layer]
        undone[:] = -tangents[layer]
        rotate(left_real, undone, m, n)
        rotate(left_imaginary, undone, m, n)
        if layer == 0:
            before = 1.0
            real[:] = 2.0 ** (-n / 2)
            imaginary[:] = 0.0
        else:
            before = factors[layer - 1]
            real, imaginary = kept[layer - 1, 0], kept[layer - 1, 1]
        which = min(layer, len(cost_slopes) - 1)
        if layer == layers - 1 or len(cost_slopes) > 1:
            fill_values(cost_slopes[which], cost_bends[which], np.arange(m), values)
        overlap = _undo_blocks(
            slopes[layer], bends[layer], undone, factors[layer], table, left_real, left_imaginary,
            real, imaginary, cost_slopes[which], cost_bends[which], values,
        )  # fmt: skip
        phased[layer] = 2 * before * overlap
        if len(differences) > 0:
            differences[0, layer] = 2 * before * (left_real * imaginary - left_imaginary * real)


@subkernel
def _start_left(
    real, imaginary, slopes, bends, values, out_real, out_imaginary
):  # pragma: no cover - compiled
    n, size = len(slopes), len(values)
    m = _bits(size)
    local, outer, shifts = np.arange(m), np.arange(m, n), np.empty(m)
    low, high = np.empty(1 << (m // 2 + m % 2), real.dtype), np.empty(1 << (m // 2), real.dtype)
    total = 0.0
    for block in range(len(real) // size):
        value = outer_part(slopes, bends, local, outer, block, shifts)
        fill_block_values(value, shifts, low, high)
        a, b = block * size, (block + 1) * size
        total += apply_values(real[a:b], imaginary[a:b], values, low, high, out_real[a:b], out_imaginary[a:b])
    return total


@subkernel
def _undo_blocks(
    slopes, bends, undone, scale, table, left_real, left_imaginary, real, imaginary, cost_slopes,
    cost_bends, values,
):  # fmt: skip  # pragma: no cover - compiled
    """Take λ back through the rotations of the local bits and the phase; return Im ⟨λ|C|ψ⟩ before it."""
    n, size = len(slopes), table.shape[1]
    m = _bits(size)
    local, outer, shifts = np.arange(m), np.arange(m, n), np.empty(m)
    steps, tower = np.empty((2, n - m, n)), np.empty((2, n - m + 1, n + 1))
    low, high = np.empty((2, 1 << (m // 2 + m % 2)), real.dtype), np.empty((2, 1 << (m // 2)), real.dtype)
    low_values, high_values = np.empty(low.shape[1], real.dtype), np.empty(high.shape[1], real.dtype)
    fill_phases(slopes, bends, local, -1.0, table[0], table[1])
    fill_steps(slopes, bends, local, outer, -1.0, steps)
    total = 0.0
    for block in range(len(real) // size):
        a, b = block * size, (block + 1) * size
        left, other = left_real[a:b], left_imaginary[a:b]
        rotate(left, undone, 0, m)
        rotate(other, undone, 0, m)
        advance(block, steps, tower)
        fill_block_phases(tower, scale, low, high)
        multiply_phases(left, other, left, other, table, low, high)
        value = outer_part(cost_slopes, cost_bends, local, outer, block, shifts)
        fill_block_values(value, shifts, low_values, high_values)
        total += overlap_sum(left, other, real[a:b], imaginary[a:b], values, low_values, high_values)
    return total


@kernel
def _bits(size):  # pragma: no cover - compiled
    bits = 0
    while 1 << bits < size:
        bits += 1
    return bits
