"""X-mixer QAOA on states beyond the cache: p + 1 passes over memory for p layers, not 2p.

Mixers of different qubits commute. A low pass takes blocks of 2^m contiguous amplitudes, a high pass tiles of
all high bits times a few columns through a local buffer; each turns its own bits for one layer, applies the
next layer's phase, and turns them for that one. Sides alternate. The first pass only writes; the last one
only reads, and weighs the costs.
"""

from __future__ import annotations

import numpy as np

from backends.compiling import apart, kernel, subkernel
from backends.statevector.block_products import apply_values, multiply_phases, weighted_sum, write_phases
from backends.statevector.factors import (
    advance,
    fill_block_phases,
    fill_block_values,
    fill_phases,
    fill_steps,
    fill_values,
    outer_part,
)
from backends.statevector.lanes import load, part, row_of, store, width
from backends.statevector.reflection import reflect
from backends.statevector.resident import BLOCK
from backends.statevector.rotations import rotate
from problems.contract import Array


def sweep(
    slopes, bends, tangents, factors, kind, last, cost_slopes, cost_bends, m, w, real, imaginary, left_real,
    left_imaginary,
) -> float:  # fmt: skip
    """Run one row; return ⟨C⟩ without the last factor squared, and write Cψ to ``left`` if it is not empty.

    The passes are compiled one by one and called from here: each takes milliseconds, and a compiled sweep
    would have all of them compiled once more.

    Args:
        slopes: ``[p, N]`` of the phases.
        bends: ``[p, N, N]``.
        tangents: ``[p, N]``.
        factors: ``[p]``.
        kind: How the last spin is folded in (see ``reflection.py``), 0 if it is not.
        last: ``[p]``, its tangents.
        cost_slopes: ``[N]``; empty to leave the costs out.
        cost_bends: ``[N, N]``.
        m: Bits of a low block, at least 11.
        w: Bits of the columns of a tile.
        real: ``[2^N]``, written.
        imaginary: ``[2^N]``, written.
        left_real: ``[2^N]`` or empty.
        left_imaginary: Likewise.
    """
    n, layers = tangents.shape[1], len(tangents)
    total, half = 0.0, len(real) // 2
    for step in range(layers + 1):
        scale = 2.0 ** (-n / 2) if step == 0 else float(factors[step - 1])
        side, final = step % 2, step == layers
        local, outer = sides(side, m, w, n)
        table, steps = np.empty((2, 1 << len(local)), real.dtype), np.empty((2, len(outer), n))
        if not final:
            fill_phases(slopes[step], bends[step], local, 1.0, table[0], table[1])
            fill_steps(slopes[step], bends[step], local, outer, 1.0, steps)
        elif len(cost_slopes) > 0:
            fill_values(cost_slopes, cost_bends, local, table[0])
        given = slopes[step] if not final else cost_slopes
        curved = bends[step] if not final else cost_bends
        before, after = tangents[max(step - 1, 0)], tangents[min(step, layers - 1)]
        vectors = (real, imaginary, left_real, left_imaginary)
        if side == 0:
            total += _low_pass(
                given, curved, before, after, scale, step, layers, m, local, outer, table, steps, *vectors
            )
        else:
            own = before[local], after[local]
            total += _high_pass(
                given, curved, *own, scale, step, layers, m, w, local, outer, table, steps, *vectors
            )
        if kind > 0 and not final:  # it commutes with the mixers, so a sweep of its own may follow them
            reflect(real[:half], imaginary[:half], real[half:], imaginary[half:], kind, last[step])
    return total


def sides(side: int, m: int, w: int, n: int) -> tuple[Array, Array]:
    """Return the qubits of a low block (side 0) or a tile (side 1) whose phases are a table, and the others.

    A tile has w columns and the bits from m on.
    """
    if side == 0:
        return np.arange(BLOCK), np.arange(BLOCK, n)
    return np.concatenate((np.arange(w), np.arange(m, n))), np.arange(w, m)


@kernel
def _low_pass(
    slopes, bends, before, after, scale, step, layers, m, local, outer, table, steps,
    real, imaginary, left_real, left_imaginary,
):  # fmt: skip  # pragma: no cover - compiled
    k = len(local)
    zero = k - k  # a literal would have what it is given to compiled once more
    small, large = 1 << k, 1 << m
    total, shifts, tower = 0.0, np.empty(k), np.empty((2, len(outer) + 1, k + len(outer) + 1))
    low, high = np.empty((2, 64), real.dtype), np.empty((2, 32), real.dtype)
    for start in range(0, len(real), large):
        a, b = part(real, start, large), part(imaginary, start, large)
        if step > 0:
            for x in range(0, large, small):
                rotate(part(a, x, small), before, zero, k)
                rotate(part(b, x, small), before, zero, k)
            rotate(a, before, k, m)
            rotate(b, before, k, m)
        for x in range(0, large, small):
            if step == layers and len(slopes) == 0:
                continue
            u, v, block = part(a, x, small), part(b, x, small), (start + x) // small
            if step == layers:
                value = outer_part(slopes, bends, local, outer, block, shifts)
                total += _weigh(
                    value,
                    shifts,
                    row_of(table, 0),
                    row_of(low, 0),
                    row_of(high, 0),
                    u,
                    v,
                    start + x,
                    left_real,
                    left_imaginary,
                )
                continue
            advance(block, steps, tower)
            fill_block_phases(tower, scale, low, high)
            if step == 0:
                write_phases(u, v, table, low, high)
            else:
                multiply_phases(u, v, u, v, table, low, high)
            rotate(u, after, zero, k)
            rotate(v, after, zero, k)
        if step < layers:
            rotate(a, after, k, m)
            rotate(b, after, k, m)
    return total


@subkernel
def _weigh(
    value, shifts, values, low, high, real, imaginary, start, left_real, left_imaginary
):  # pragma: no cover
    apart()
    fill_block_values(value, shifts, low, high)
    if len(left_real) == 0:
        return weighted_sum(real, imaginary, values, low, high)
    size = len(real)
    return apply_values(
        real, imaginary, values, low, high, part(left_real, start, size), part(left_imaginary, start, size)
    )


@kernel
def _high_pass(
    slopes, bends, before, after, scale, step, layers, m, w, local, outer, table, steps,
    real, imaginary, left_real, left_imaginary,
):  # fmt: skip  # pragma: no cover - compiled
    k, columns = len(local), 1 << w
    a, b = np.empty(1 << k, real.dtype), np.empty(1 << k, real.dtype)
    spare = 1 << k if len(left_real) > 0 else 0
    c, d = np.empty(spare, real.dtype), np.empty(spare, real.dtype)
    low = np.empty((2, 1 << (k // 2 + k % 2)), real.dtype)
    high = np.empty((2, 1 << (k // 2)), real.dtype)
    total, shifts, tower = 0.0, np.empty(k), np.empty((2, len(outer) + 1, k + len(outer) + 1))
    for block in range(1 << (m - w)):
        gather(real, a, block * columns, m, columns)
        gather(imaginary, b, block * columns, m, columns)
        rotate(a, before, w, k)
        rotate(b, before, w, k)
        if step == layers and len(slopes) == 0:
            scatter(a, real, block * columns, m, columns)
            scatter(b, imaginary, block * columns, m, columns)
            continue
        if step == layers:
            value = outer_part(slopes, bends, local, outer, block, shifts)
            total += _weigh(
                value, shifts, row_of(table, 0), row_of(low, 0), row_of(high, 0), a, b, k - k, c, d
            )
            if spare > 0:
                scatter(c, left_real, block * columns, m, columns)
                scatter(d, left_imaginary, block * columns, m, columns)
                scatter(a, real, block * columns, m, columns)
                scatter(b, imaginary, block * columns, m, columns)
            continue
        advance(block, steps, tower)
        fill_block_phases(tower, scale, low, high)
        multiply_phases(a, b, a, b, table, low, high)
        rotate(a, after, w, k)
        rotate(b, after, w, k)
        scatter(a, real, block * columns, m, columns)
        scatter(b, imaginary, block * columns, m, columns)
    return total


@subkernel
def gather(source, target, offset, m, columns):  # pragma: no cover - compiled
    """Copy the tile of all high bits and the columns from ``offset`` on into a buffer."""
    apart()
    lanes = width(source)
    for row in range(len(source) >> m):
        here, there = offset + (row << m), row * columns
        for x in range(0, columns, lanes):
            store(target, there + x, load(source, here + x))


@subkernel
def scatter(source, target, offset, m, columns):  # pragma: no cover - compiled
    """Copy a buffer back to its tile."""
    apart()
    lanes = width(source)
    for row in range(len(target) >> m):
        here, there = offset + (row << m), row * columns
        for x in range(0, columns, lanes):
            store(target, here + x, load(source, there + x))
