"""Real rotations of all pairs along the bits of an index: what the X mixer is in its own frame.

Kernels work in place on a contiguous array of 2^k reals, single or double. Bit q turns each pair a (bit 0),
b (bit 1) into a − t b, b + t a with t = tan β_q: rotations but for the factor cos β_q, which its caller owes.
"""

from __future__ import annotations

from backends.compiling import apart, fragment, subkernel
from backends.statevector.lanes import (
    add,
    alternate_1,
    alternate_2,
    alternate_4,
    load,
    multiply_add,
    spread,
    store,
    subtract_product,
    swap_1,
    swap_2,
    swap_4,
    total,
    width,
)

SMALLEST = 3  # bits below which arrays are padded by their owners: one vector of singles


@subkernel
def rotate(values, tangents, first, end):  # pragma: no cover - compiled
    """Turn bits ``first`` … ``end − 1``; ``tangents[q]`` belongs to bit q.

    ``first`` is 0 or at least 3. Bits 0 to 2 are turned within vectors or a pair of them.
    """
    apart()
    q = first
    if q == 0:
        _rotate_lowest(values, tangents, end)
        q = min(3, end)
    while q + 3 <= end:
        _rotate_three(values, 1 << q, tangents[q], tangents[q + 1], tangents[q + 2])
        q += 3
    if q + 2 == end:
        _rotate_two(values, 1 << q, tangents[q], tangents[q + 1])
    elif q + 1 == end:
        _rotate_one(values, 1 << q, tangents[q])


@fragment
def _rotate_lowest(values, tangents, end):  # pragma: no cover - compiled
    zero = tangents[0] * 0.0
    t0 = spread(values, tangents[0])
    t1 = spread(values, tangents[1] if end > 1 else zero)
    t2 = spread(values, tangents[2] if end > 2 else zero)
    s0, s1, s2 = alternate_1(t0), alternate_2(t1), alternate_4(t2)
    if width(values) == 8:
        for x in range(0, len(values), 8):
            v = load(values, x)
            v = multiply_add(s0, swap_1(v), v)
            v = multiply_add(s1, swap_2(v), v)
            store(values, x, multiply_add(s2, swap_4(v), v))
        return
    for x in range(0, len(values), 8):
        a, b = load(values, x), load(values, x + 4)
        a, b = multiply_add(s0, swap_1(a), a), multiply_add(s0, swap_1(b), b)
        a, b = multiply_add(s1, swap_2(a), a), multiply_add(s1, swap_2(b), b)
        store(values, x, subtract_product(t2, b, a))
        store(values, x + 4, multiply_add(t2, a, b))


@fragment
def _rotate_three(values, step, first, second, third):  # pragma: no cover - compiled
    """Turn three neighbouring bits, the lowest of stride ``step``, with one load and store each."""
    t, u, w = spread(values, first), spread(values, second), spread(values, third)
    lanes = width(values)
    for start in range(0, len(values), 8 * step):
        for x in range(start, start + step, lanes):
            a0, a1 = load(values, x), load(values, x + step)
            a2, a3 = load(values, x + 2 * step), load(values, x + 3 * step)
            a4, a5 = load(values, x + 4 * step), load(values, x + 5 * step)
            a6, a7 = load(values, x + 6 * step), load(values, x + 7 * step)
            a0, a1 = subtract_product(t, a1, a0), multiply_add(t, a0, a1)
            a2, a3 = subtract_product(t, a3, a2), multiply_add(t, a2, a3)
            a4, a5 = subtract_product(t, a5, a4), multiply_add(t, a4, a5)
            a6, a7 = subtract_product(t, a7, a6), multiply_add(t, a6, a7)
            a0, a2 = subtract_product(u, a2, a0), multiply_add(u, a0, a2)
            a1, a3 = subtract_product(u, a3, a1), multiply_add(u, a1, a3)
            a4, a6 = subtract_product(u, a6, a4), multiply_add(u, a4, a6)
            a5, a7 = subtract_product(u, a7, a5), multiply_add(u, a5, a7)
            store(values, x, subtract_product(w, a4, a0))
            store(values, x + 4 * step, multiply_add(w, a0, a4))
            store(values, x + step, subtract_product(w, a5, a1))
            store(values, x + 5 * step, multiply_add(w, a1, a5))
            store(values, x + 2 * step, subtract_product(w, a6, a2))
            store(values, x + 6 * step, multiply_add(w, a2, a6))
            store(values, x + 3 * step, subtract_product(w, a7, a3))
            store(values, x + 7 * step, multiply_add(w, a3, a7))


@fragment
def _rotate_two(values, step, first, second):  # pragma: no cover - compiled
    t, u = spread(values, first), spread(values, second)
    lanes = width(values)
    for start in range(0, len(values), 4 * step):
        for x in range(start, start + step, lanes):
            a0, a1 = load(values, x), load(values, x + step)
            a2, a3 = load(values, x + 2 * step), load(values, x + 3 * step)
            a0, a1 = subtract_product(t, a1, a0), multiply_add(t, a0, a1)
            a2, a3 = subtract_product(t, a3, a2), multiply_add(t, a2, a3)
            store(values, x, subtract_product(u, a2, a0))
            store(values, x + 2 * step, multiply_add(u, a0, a2))
            store(values, x + step, subtract_product(u, a3, a1))
            store(values, x + 3 * step, multiply_add(u, a1, a3))


@fragment
def _rotate_one(values, step, tangent):  # pragma: no cover - compiled
    t = spread(values, tangent)
    lanes = width(values)
    for start in range(0, len(values), 2 * step):
        for x in range(start, start + step, lanes):
            a, b = load(values, x), load(values, x + step)
            store(values, x, subtract_product(t, b, a))
            store(values, x + step, multiply_add(t, a, b))


@subkernel
def overlaps(left, values, first, end, sums):  # pragma: no cover - compiled
    """Add Σ (l_1 v_0 − l_0 v_1) over the pairs of bit q to ``sums[q]``, for bits ``first`` … ``end − 1``.

    It is ⟨l|K_q|v⟩ with K = [[0, −1], [1, 0]], the generator of bit q's rotation.
    """
    apart()
    q = first
    if q == 0:
        _overlap_lowest(left, values, end, sums)
        q = min(3, end)
    while q + 3 <= end:
        a, b, c = _overlap_three(left, values, 1 << q)
        sums[q] += a
        sums[q + 1] += b
        sums[q + 2] += c
        q += 3
    if q + 2 == end:
        a, b = _overlap_two(left, values, 1 << q)
        sums[q] += a
        sums[q + 1] += b
    elif q + 1 == end:
        sums[q] += _overlap_one(left, values, 1 << q)


@fragment
def _overlap_lowest(left, values, end, sums):  # pragma: no cover - compiled
    zero = spread(values, 0.0)
    s0, s1, s2 = zero, zero, zero
    t0, t1, t2 = zero, zero, zero
    if width(values) == 8:
        for x in range(0, len(values), 8):
            a, v = load(left, x), load(values, x)
            s0 = multiply_add(a, alternate_1(swap_1(v)), s0)
            s1 = multiply_add(a, alternate_2(swap_2(v)), s1)
            s2 = multiply_add(a, alternate_4(swap_4(v)), s2)
    else:
        for x in range(0, len(values), 8):
            a, v = load(left, x), load(values, x)
            b, w = load(left, x + 4), load(values, x + 4)
            s0 = multiply_add(a, alternate_1(swap_1(v)), s0)
            t0 = multiply_add(b, alternate_1(swap_1(w)), t0)
            s1 = multiply_add(a, alternate_2(swap_2(v)), s1)
            t1 = multiply_add(b, alternate_2(swap_2(w)), t1)
            s2, t2 = subtract_product(a, w, s2), multiply_add(b, v, t2)
    sums[0] += total(add(s0, t0))
    if end > 1:
        sums[1] += total(add(s1, t1))
    if end > 2:
        sums[2] += total(add(s2, t2))


@fragment
def _overlap_three(left, values, step):  # pragma: no cover - compiled
    zero = spread(values, 0.0)
    s, t, u, p, q, r = zero, zero, zero, zero, zero, zero  # a left vector is loaded once, for three bits
    lanes = width(values)
    for start in range(0, len(values), 8 * step):
        for x in range(start, start + step, lanes):
            v0, v1 = load(values, x), load(values, x + step)
            v2, v3 = load(values, x + 2 * step), load(values, x + 3 * step)
            v4, v5 = load(values, x + 4 * step), load(values, x + 5 * step)
            v6, v7 = load(values, x + 6 * step), load(values, x + 7 * step)
            a = load(left, x)
            s, t, u = subtract_product(a, v1, s), subtract_product(a, v2, t), subtract_product(a, v4, u)
            a = load(left, x + step)
            p, t, u = multiply_add(a, v0, p), subtract_product(a, v3, t), subtract_product(a, v5, u)
            a = load(left, x + 2 * step)
            s, q, u = subtract_product(a, v3, s), multiply_add(a, v0, q), subtract_product(a, v6, u)
            a = load(left, x + 3 * step)
            p, q, u = multiply_add(a, v2, p), multiply_add(a, v1, q), subtract_product(a, v7, u)
            a = load(left, x + 4 * step)
            s, t, r = subtract_product(a, v5, s), subtract_product(a, v6, t), multiply_add(a, v0, r)
            a = load(left, x + 5 * step)
            p, t, r = multiply_add(a, v4, p), subtract_product(a, v7, t), multiply_add(a, v1, r)
            a = load(left, x + 6 * step)
            s, q, r = subtract_product(a, v7, s), multiply_add(a, v4, q), multiply_add(a, v2, r)
            a = load(left, x + 7 * step)
            p, q, r = multiply_add(a, v6, p), multiply_add(a, v5, q), multiply_add(a, v3, r)
    return total(add(s, p)), total(add(t, q)), total(add(u, r))


@fragment
def _overlap_two(left, values, step):  # pragma: no cover - compiled
    zero = spread(values, 0.0)
    s0, s1, s2, s3 = zero, zero, zero, zero  # a sum per product: none waits for another
    t0, t1, t2, t3 = zero, zero, zero, zero
    lanes = width(values)
    for start in range(0, len(values), 4 * step):
        for x in range(start, start + step, lanes):
            a0, a1 = load(left, x), load(left, x + step)
            a2, a3 = load(left, x + 2 * step), load(left, x + 3 * step)
            v0, v1 = load(values, x), load(values, x + step)
            v2, v3 = load(values, x + 2 * step), load(values, x + 3 * step)
            s0, s1 = multiply_add(a1, v0, s0), subtract_product(a0, v1, s1)
            s2, s3 = multiply_add(a3, v2, s2), subtract_product(a2, v3, s3)
            t0, t1 = multiply_add(a2, v0, t0), subtract_product(a0, v2, t1)
            t2, t3 = multiply_add(a3, v1, t2), subtract_product(a1, v3, t3)
    return total(add(add(s0, s1), add(s2, s3))), total(add(add(t0, t1), add(t2, t3)))


@fragment
def _overlap_one(left, values, step):  # pragma: no cover - compiled
    s, t = spread(values, 0.0), spread(values, 0.0)
    lanes = width(values)
    for start in range(0, len(values), 2 * step):
        for x in range(start, start + step, lanes):
            s = multiply_add(load(left, x + step), load(values, x), s)
            t = subtract_product(load(left, x), load(values, x + step), t)
    return total(add(s, t))
