"""The way back of ``zigzag.sweep``: two states, the same passes, all slopes.

λ = Cψ and ψ go back together. A pass finds a layer's other bits un-mixed, takes the slopes of its own bits,
un-mixes them, takes the slope of the layer's γ, undoes the phase, and does the same to its own bits for the
layer before. The generators commute with the mixer, so a slope may be taken before its bit is un-mixed; the
cosines that un-mixing leaves out are made good by a factor.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from backends.statevector.factors import (
    fill_block_phases,
    fill_block_values,
    fill_phases,
    fill_values,
    multiply_phases,
    outer_part,
    overlap_sum,
)
from backends.statevector.reflection import reflect, reflection_slope
from backends.statevector.resident import BLOCK
from backends.statevector.rotations import overlaps, rotate
from backends.statevector.zigzag import gather, scatter, tile_bits


@njit(cache=True, nogil=True)
def sweep_back(
    slopes, bends, tangents, factors, kind, last, cost_slopes, cost_bends, m, w,
    real, imaginary, left_real, left_imaginary, mixed, phased, differences,
):  # fmt: skip  # pragma: no cover - compiled
    """Write the slopes by each bit's rotation to ``mixed [p, N + 1]``, by each γ to ``phased [p]``.

    The states are those that ``sweep`` left, the last factor still owed by both; they are used up.
    The costs are those of each layer, ``[p, N]``, or one for all, ``[1, N]``. ``differences``, if not empty,
    receives λ_re ψ_im − λ_im ψ_re ``[p, 2^N]`` at each layer's phase.
    """
    n, layers = tangents.shape[1], len(tangents)
    for step in range(layers, -1, -1):
        side = step % 2
        local = np.arange(BLOCK) if side == 0 else tile_bits(w, m, n)
        outer = np.arange(BLOCK, n) if side == 0 else np.arange(w, m)
        table, values = np.empty((2, 1 << len(local)), real.dtype), np.empty(1 << len(local), real.dtype)
        # what is owed: by the layer that is being undone its other bits' cosines, at the end those of all
        owed = factors[layers - 1] if step >= layers - 1 else 1.0
        whole = factors[step] * owed if step < layers else owed
        others = _product(tangents[min(step, layers - 1)], m, n, side) * owed
        if kind > 0 and step < layers:
            half = len(real) // 2
            a, b, c, d = left_real[:half], left_imaginary[:half], left_real[half:], left_imaginary[half:]
            e, f, g, h = real[:half], imaginary[:half], real[half:], imaginary[half:]
            mixed[step, n] = 2 * reflection_slope(a, b, c, d, e, f, g, h, kind) * others**2
            reflect(a, b, c, d, kind, -last[step])
            reflect(e, f, g, h, kind, -last[step])
            others /= np.sqrt(1.0 + last[step] ** 2)
        scales = np.array([others, whole, owed if step == layers else 1.0])
        if step < layers:
            fill_phases(slopes[step], bends[step], local, table[0], table[1])
            which = min(step, len(cost_slopes) - 1)
            fill_values(cost_slopes[which], cost_bends[which], local, values)
        known, this = np.empty(0, real.dtype), min(step, layers - 1)
        if len(differences) > 0 and step < layers:
            known = differences[step]
        which = min(step, len(cost_slopes) - 1)
        _pass_back(
            slopes[this], bends[this], cost_slopes[which], cost_bends[which], tangents, scales,
            step, m, w, local, outer, table, values, real, imaginary, left_real, left_imaginary,
            mixed, phased, known,
        )  # fmt: skip


@njit(cache=True, nogil=True)
def _product(tangents, m, n, side):  # pragma: no cover - compiled
    """The cosines of the other side's bits."""
    first, end = (m, n) if side == 0 else (0, m)
    result = 1.0
    for q in range(first, end):
        result /= np.sqrt(1.0 + tangents[q] ** 2)
    return result


@njit(cache=True, nogil=True)
def _pass_back(
    slopes, bends, cost_slopes, cost_bends, tangents, scales,
            step, m, w, local, outer, table, values,
    real, imaginary, left_real, left_imaginary, mixed, phased, differences,
):  # fmt: skip  # pragma: no cover - compiled
    """Every block or tile of one side."""
    layers, side = len(tangents), step % 2
    large = 1 << m if side == 0 else 1 << len(local)
    columns, first = 1 << w, 0 if side == 0 else w
    own = np.arange(m) if side == 0 else local
    this, before = tangents[min(step, layers - 1)][own], tangents[max(step - 1, 0)][own]
    ready, earlier = np.zeros(len(own)), np.zeros(len(own))
    a, b = np.empty(large, real.dtype), np.empty(large, real.dtype)
    c, d = np.empty(large, real.dtype), np.empty(large, real.dtype)
    buffer = np.empty(large if len(differences) > 0 else 0, real.dtype)
    total = 0.0
    for block in range((len(real) >> m) if side == 0 else 1 << (m - w)):
        start = block * large if side == 0 else block * columns
        if side == 0:
            a, b = real[start : start + large], imaginary[start : start + large]
            c, d = left_real[start : start + large], left_imaginary[start : start + large]
        else:
            gather(real, a, start, m, columns)
            gather(imaginary, b, start, m, columns)
            gather(left_real, c, start, m, columns)
            gather(left_imaginary, d, start, m, columns)
        if step < layers:
            _undo_bits(a, b, c, d, this, first, len(own), ready)
            total += _undo_phases(
                slopes, bends, cost_slopes, cost_bends, scales[1], local, outer, block, table, values,
                a, b, c, d, buffer,
            )  # fmt: skip
            if len(differences) > 0 and side == 0:
                differences[start : start + large] = buffer
            elif len(differences) > 0:
                scatter(buffer, differences, start, m, columns)
        if step > 0:
            _undo_bits(a, b, c, d, before, first, len(own), earlier)
            if side == 1:
                scatter(a, real, start, m, columns)
                scatter(b, imaginary, start, m, columns)
                scatter(c, left_real, start, m, columns)
                scatter(d, left_imaginary, start, m, columns)
    for k in range(first, len(own)):
        if step < layers:
            mixed[step, own[k]] = 2 * ready[k] * scales[0] ** 2
        if step > 0:
            mixed[step - 1, own[k]] = 2 * earlier[k] * scales[2] ** 2
    if step < layers:
        phased[step] = 2 * total * scales[1] ** 2
        if len(differences) > 0:
            differences *= 2 * scales[1] ** 2


@njit(cache=True, nogil=True)
def _undo_bits(a, b, c, d, tangents, first, end, sums):  # pragma: no cover - compiled
    """Add the overlaps of the bits to ``sums``, then turn all four arrays back."""
    overlaps(c, a, first, end, sums)
    overlaps(d, b, first, end, sums)
    undone = -tangents
    rotate(a, undone, first, end)
    rotate(b, undone, first, end)
    rotate(c, undone, first, end)
    rotate(d, undone, first, end)


@njit(cache=True, nogil=True)
def _undo_phases(
    slopes, bends, cost_slopes, cost_bends, scale, local, outer, block, table, values, a, b, c, d, differences
):  # pragma: no cover - compiled
    """Return Im⟨λ|C|ψ⟩ of a block or tile, then divide both states by the phase."""
    k, small = len(local), 1 << len(local)
    shifts, total = np.empty(k), 0.0
    low, high = np.empty((2, 1 << (k // 2 + k % 2)), a.dtype), np.empty((2, 1 << (k // 2)), a.dtype)
    if len(differences) > 0:
        differences[:] = c * b - d * a
    for x in range(0, len(a), small):
        which = (block * len(a) + x) // small
        u, v = a[x : x + small], b[x : x + small]
        s, t = c[x : x + small], d[x : x + small]
        value = outer_part(cost_slopes, cost_bends, local, outer, which, shifts)
        fill_block_values(value, shifts, low[0], high[0])
        total += overlap_sum(s, t, u, v, values, low[0], high[0])
        value = outer_part(slopes, bends, local, outer, which, shifts)
        fill_block_phases(value, shifts, scale, low, high)
        multiply_phases(u, v, table, low, high, -1.0)
        multiply_phases(s, t, table, low, high, -1.0)
    return total
