"""Compiled passes over Pauli vectors: transfer matrices of one or two places, then CX where there is one.

A vector is 4^k doubles r_i = tr(P_i ρ); digit p of an index in base 4 is the letter I, X, Y, Z = 0 … 3 at
place p. Place 0 is the four lanes of a vector register; at others the same arithmetic runs on four registers
a stride apart. A matrix is 16 doubles, row after row, whose first row is (1, 0, 0, 0): the trace stays. CX
permutes the strings of its two places and changes the sign of two; it is its own transpose.
"""

from __future__ import annotations

from backends.compiling import kernel, subkernel
from backends.pauli_transfer.shuffles import (
    middle,
    middle_reversed,
    negate,
    negate_1,
    negate_2,
    negate_3,
    repeat_0,
    repeat_1,
    repeat_2,
    repeat_3,
    upper,
    upper_swapped,
)
from backends.statevector.lanes import load, multiply, multiply_add, spread, store


@kernel
def coefficients(m, o):  # pragma: no cover - compiled
    """Return rows 1 to 3 of the matrix at ``m[o:]``, each entry in all lanes."""
    return (
        spread(m, m[o + 4]), spread(m, m[o + 5]), spread(m, m[o + 6]), spread(m, m[o + 7]),
        spread(m, m[o + 8]), spread(m, m[o + 9]), spread(m, m[o + 10]), spread(m, m[o + 11]),
        spread(m, m[o + 12]), spread(m, m[o + 13]), spread(m, m[o + 14]), spread(m, m[o + 15]),
    )  # fmt: skip


@subkernel
def image(k, v):  # pragma: no cover - compiled
    """Return the four registers ``v`` after the matrix with ``coefficients`` k."""
    a, b, c, d = v
    x = multiply_add(k[3], d, multiply_add(k[2], c, multiply_add(k[1], b, multiply(k[0], a))))
    y = multiply_add(k[7], d, multiply_add(k[6], c, multiply_add(k[5], b, multiply(k[4], a))))
    z = multiply_add(k[11], d, multiply_add(k[10], c, multiply_add(k[9], b, multiply(k[8], a))))
    return a, x, y, z


@subkernel
def columns(m, o):  # pragma: no cover - compiled
    """Return the four columns of the matrix at ``m[o:]``, which is transposed there and back."""
    _transpose(m, o)
    found = load(m, o), load(m, o + 4), load(m, o + 8), load(m, o + 12)
    _transpose(m, o)
    return found


@subkernel
def _transpose(m, o):  # pragma: no cover - compiled
    for i in range(4):
        for j in range(i):
            m[o + 4 * i + j], m[o + 4 * j + i] = m[o + 4 * j + i], m[o + 4 * i + j]


@subkernel
def lane_image(k, a):  # pragma: no cover - compiled
    """Return the lanes after the matrix with columns k."""
    low = multiply_add(k[1], repeat_1(a), multiply(k[0], repeat_0(a)))
    return multiply_add(k[3], repeat_3(a), multiply_add(k[2], repeat_2(a), low))


@subkernel
def load_four(values, x, step):  # pragma: no cover - compiled
    """Return four registers ``step`` apart."""
    return load(values, x), load(values, x + step), load(values, x + 2 * step), load(values, x + 3 * step)


@subkernel
def store_four(values, x, step, v):  # pragma: no cover - compiled
    """Write four registers ``step`` apart."""
    store(values, x, v[0])
    store(values, x + step, v[1])
    store(values, x + 2 * step, v[2])
    store(values, x + 3 * step, v[3])


@subkernel
def cross_lanes(v, control):  # pragma: no cover - compiled
    """Return four registers after CX where place 0 is its control, or its target."""
    i, x, y, z = v
    if control:
        return (
            middle(i, x),
            middle(x, i),
            negate_2(middle_reversed(y, z)),
            negate_1(middle_reversed(z, y)),
        )
    return upper(i, z), negate_3(upper_swapped(x, y)), negate_2(upper_swapped(y, x)), upper(z, i)


@subkernel
def one_place(values, source, target, size, p, m, o):  # pragma: no cover - compiled
    """Apply the matrix at ``m[o:]`` to place p of the vector at ``source``; the result goes to ``target``."""
    ahead = target - source
    if p == 0:
        k = columns(m, o)
        for x in range(source, source + size, 4):
            store(values, x + ahead, lane_image(k, load(values, x)))
        return
    step, k = 1 << (2 * p), coefficients(m, o)
    for start in range(source, source + size, 4 * step):
        for x in range(start, start + step, 4):
            store_four(values, x + ahead, step, image(k, load_four(values, x, step)))


@subkernel
def two_places(values, source, target, size, c, t, m, o):  # pragma: no cover - compiled
    """Apply the matrix at ``m[o:]`` to place c, that at ``m[o + 16:]`` to place t, then CX from c to t."""
    if c == 0:
        _with_lanes(values, source, target, size, t, m, o, o + 16, True)
    elif t == 0:
        _with_lanes(values, source, target, size, c, m, o + 16, o, False)
    else:
        _apart(values, source, target, size, c, t, m, o)


@subkernel
def _with_lanes(values, source, target, size, p, m, lanes, other, control):  # pragma: no cover - compiled
    ahead, step = target - source, 1 << (2 * p)
    k, l = columns(m, lanes), coefficients(m, other)  # noqa: E741
    for start in range(source, source + size, 4 * step):
        for x in range(start, start + step, 4):
            a, b, c, d = image(l, load_four(values, x, step))
            v = lane_image(k, a), lane_image(k, b), lane_image(k, c), lane_image(k, d)
            store_four(values, x + ahead, step, cross_lanes(v, control))


@subkernel
def _apart(values, source, target, size, c, t, m, o):  # pragma: no cover - compiled
    ahead, one, other = target - source, 1 << (2 * c), 1 << (2 * t)
    low, high = min(one, other), max(one, other)
    k, l = coefficients(m, o), coefficients(m, o + 16)  # noqa: E741
    for start in range(source, source + size, 4 * high):
        for between in range(start, start + high, 4 * low):
            for x in range(between, between + low, 4):
                i = image(l, load_four(values, x, other))
                j = image(l, load_four(values, x + one, other))
                y = image(l, load_four(values, x + 2 * one, other))
                z = image(l, load_four(values, x + 3 * one, other))
                store_crossed(
                    values, x + ahead, one, other,
                    image(k, (i[0], j[0], y[0], z[0])), image(k, (i[1], j[1], y[1], z[1])),
                    image(k, (i[2], j[2], y[2], z[2])), image(k, (i[3], j[3], y[3], z[3])),
                )  # fmt: skip


@subkernel
def store_crossed(values, x, one, other, i, j, y, z):  # pragma: no cover - compiled
    """Write 16 registers after CX: i, j, y, z are the letters of the target, each over the control's."""
    store_four(values, x, one, (i[0], j[1], j[2], i[3]))
    store_four(values, x + other, one, (j[0], i[1], i[2], j[3]))
    store_four(values, x + 2 * other, one, (y[3], z[2], negate(z[1]), y[0]))
    store_four(values, x + 3 * other, one, (z[3], negate(y[2]), y[1], z[0]))


@kernel
def join(values, at, size, m, o):  # pragma: no cover - compiled
    """Widen the vector at ``at`` by a place of its own, in |0⟩ and then through the matrix at ``m[o:]``."""
    for d in range(3, 0, -1):
        scale = m[o + 4 * d] + m[o + 4 * d + 3]  # |0⟩ is (1, 0, 0, 1)
        for x in range(size):
            values[at + d * size + x] = scale * values[at + x]
