"""The way back of ``zigzag.sweep``: two states, the same passes, all slopes.

λ = Cψ and ψ go back together. A pass finds a layer's other bits un-mixed, takes the slopes of its own bits,
un-mixes them, takes the slope of the layer's γ, undoes the phase, and does the same to its own bits for the
layer before. The generators commute with the mixer, so a slope may be taken before its bit is un-mixed; the
cosines that un-mixing leaves out are made good by a factor.
"""

from __future__ import annotations

import numpy as np

from backends.compiling import apart, fragment, kernel, subkernel
from backends.statevector.block_products import overlap_and_phases
from backends.statevector.factors import (
    advance,
    fill_block_phases,
    fill_block_values,
    fill_phases,
    fill_steps,
    fill_values,
    outer_part,
)
from backends.statevector.lanes import part, row_of
from backends.statevector.reflection import reflect, reflection_slope
from backends.statevector.resident import BLOCK
from backends.statevector.rotations import overlaps, rotate
from backends.statevector.zigzag import gather, scatter, sides
from problems.contract import Array


def sweep_back(
    slopes, bends, tangents, factors, kind, last, cost_slopes, cost_bends, m, w,
    real, imaginary, left_real, left_imaginary, mixed, phased, differences,
) -> None:  # fmt: skip
    """Write the slopes by each bit's rotation to ``mixed [p, N + 1]``, by each γ to ``phased [p]``.

    The states are those that ``sweep`` left, the last factor still owed by both; they are used up.
    The costs are those of each layer, ``[p, N]``, or one for all, ``[1, N]``. ``differences``, if not empty,
    receives λ_re ψ_im − λ_im ψ_re ``[p, 2^N]`` at each layer's phase.
    """
    n, layers = tangents.shape[1], len(tangents)
    for step in range(layers, -1, -1):
        side, inner = step % 2, step < layers
        local, outer = sides(side, m, w, n)
        table, values = np.empty((2, 1 << len(local)), real.dtype), np.empty(1 << len(local), real.dtype)
        steps = np.empty((2, len(outer), n))
        # what is owed: by the layer that is being undone its other bits' cosines, at the end those of all
        owed = float(factors[layers - 1]) if step >= layers - 1 else 1.0
        whole = float(factors[step]) * owed if inner else owed
        this, earlier = min(step, layers - 1), max(step - 1, 0)
        others = _cosines(tangents[this], m, n, side) * owed
        if kind > 0 and inner:
            mixed[step, n] = _undo_last(real, imaginary, left_real, left_imaginary, kind, last[step], others)
            others /= np.sqrt(1.0 + last[step] ** 2)
        which = min(step, len(cost_slopes) - 1)
        if inner:
            fill_phases(slopes[step], bends[step], local, -1.0, table[0], table[1])
            fill_steps(slopes[step], bends[step], local, outer, -1.0, steps)
            fill_values(cost_slopes[which], cost_bends[which], local, values)
        own = np.arange(m) if side == 0 else local
        sums = np.zeros((2, len(own)))
        known = differences[step] if len(differences) > 0 and inner else np.empty(0, real.dtype)
        total = _pass_back(
            cost_slopes[which], cost_bends[which], -tangents[this][own], -tangents[earlier][own], sums,
            whole, step, layers, m, w, local, outer, table, steps, values,
            real, imaginary, left_real, left_imaginary, known,
        )  # fmt: skip
        turned = slice(0 if side == 0 else w, None)
        if inner:
            mixed[step, own[turned]] = 2 * sums[0, turned] * others**2
            phased[step] = 2 * total * whole**2
            known *= 2 * whole**2
        if step > 0:
            mixed[step - 1, own[turned]] = 2 * sums[1, turned] * (owed if not inner else 1.0) ** 2


def _cosines(tangents: Array, m: int, n: int, side: int) -> float:
    """The cosines of the other side's bits."""
    others = tangents[m:n] if side == 0 else tangents[:m]
    return float(np.prod(1.0 / np.sqrt(1.0 + others.astype(float) ** 2)))


def _undo_last(real, imaginary, left_real, left_imaginary, kind, tangent, others) -> float:
    """Return the slope by the rotation of the folded spin, and turn both states back by it."""
    half = len(real) // 2
    left = left_real[:half], left_imaginary[:half], left_real[half:], left_imaginary[half:]
    right = real[:half], imaginary[:half], real[half:], imaginary[half:]
    slope = 2 * reflection_slope(*left, *right, kind) * others**2
    reflect(*left, kind, -tangent)
    reflect(*right, kind, -tangent)
    return slope


@kernel
def _pass_back(
    cost_slopes, cost_bends, undone, undone_earlier, sums, scale,
    step, layers, m, w, local, outer, table, steps, values,
    real, imaginary, left_real, left_imaginary, differences,
):  # fmt: skip  # pragma: no cover - compiled
    """Every block or tile of one side; returns the slope by the phase's angle, without its scale."""
    side = step % 2
    large = 1 << m if side == 0 else 1 << len(local)
    columns, first, end = 1 << w, 0 if side == 0 else w, len(undone)
    spare = large if side == 1 else 0
    a, b = np.empty(spare, real.dtype), np.empty(spare, real.dtype)
    c, d = np.empty(spare, real.dtype), np.empty(spare, real.dtype)
    buffer = np.empty(large if len(differences) > 0 else 0, real.dtype)
    tower = np.empty((2, len(outer) + 1, len(local) + len(outer) + 1))
    total = 0.0
    for block in range((len(real) >> m) if side == 0 else 1 << (m - w)):
        start = block * large if side == 0 else block * columns
        if side == 0:
            a, b = part(real, start, large), part(imaginary, start, large)
            c, d = part(left_real, start, large), part(left_imaginary, start, large)
        else:
            gather(real, a, start, m, columns)
            gather(imaginary, b, start, m, columns)
            gather(left_real, c, start, m, columns)
            gather(left_imaginary, d, start, m, columns)
        if step < layers:
            _undo_bits(a, b, c, d, undone, first, end, row_of(sums, 0))
            total += _undo_phases(
                cost_slopes, cost_bends, scale, local, outer, block, table, steps, tower, values,
                a, b, c, d, buffer,
            )  # fmt: skip
            if len(differences) > 0 and side == 0:
                for x in range(large):
                    differences[start + x] = buffer[x]
            elif len(differences) > 0:
                scatter(buffer, differences, start, m, columns)
        if step > 0:
            _undo_bits(a, b, c, d, undone_earlier, first, end, row_of(sums, 1))
            if side == 1:
                scatter(a, real, start, m, columns)
                scatter(b, imaginary, start, m, columns)
                scatter(c, left_real, start, m, columns)
                scatter(d, left_imaginary, start, m, columns)
    return total


@subkernel
def _undo_bits(a, b, c, d, undone, first, end, sums):  # pragma: no cover - compiled
    """Add the overlaps of the bits to ``sums``, then turn all four arrays back.

    What lies within blocks of the first-level cache is done block by block, after the overlaps of the
    others: a rotation without its cosine scales those that follow it.
    """
    apart()
    within = end if first > 0 else min(end, BLOCK)
    size = len(a) if first > 0 else 1 << within
    overlaps(c, a, within, end, sums)
    overlaps(d, b, within, end, sums)
    for x in range(0, len(a), size):
        _undo_pair(part(c, x, size), part(a, x, size), undone, first, within, sums)
        _undo_pair(part(d, x, size), part(b, x, size), undone, first, within, sums)
    rotate(a, undone, within, end)
    rotate(b, undone, within, end)
    rotate(c, undone, within, end)
    rotate(d, undone, within, end)


@subkernel
def _undo_pair(left, values, undone, first, end, sums):  # pragma: no cover - compiled
    apart()
    overlaps(left, values, first, end, sums)
    rotate(left, undone, first, end)
    rotate(values, undone, first, end)


@fragment
def _undo_phases(
    cost_slopes, cost_bends, scale, local, outer, block, table, steps, tower, values, a, b, c, d, differences
):  # pragma: no cover - compiled
    """Return Im⟨λ|C|ψ⟩ of a block or tile, then divide both states by the phase."""
    k, small = len(local), 1 << len(local)
    shifts, total = np.empty(k), 0.0
    low, high = np.empty((2, 1 << (k // 2 + k % 2)), a.dtype), np.empty((2, 1 << (k // 2)), a.dtype)
    low_values, high_values = np.empty(low.shape[1], a.dtype), np.empty(high.shape[1], a.dtype)
    if len(differences) > 0:
        for x in range(len(a)):
            differences[x] = c[x] * b[x] - d[x] * a[x]
    for x in range(0, len(a), small):
        which = (block * len(a) + x) // small
        u, v = part(a, x, small), part(b, x, small)
        s, t = part(c, x, small), part(d, x, small)
        value = outer_part(cost_slopes, cost_bends, local, outer, which, shifts)
        fill_block_values(value, shifts, low_values, high_values)
        advance(which, steps, tower)
        fill_block_phases(tower, scale, low, high)
        total += overlap_and_phases(s, t, u, v, values, low_values, high_values, table, low, high)
    return total
