"""Compiled gates on states in real vectors. Qubit q is bit q of the index; gates work in place.

A state ψ is one array of reals: the real parts ``[size]``, then the imaginary parts ``[size]``. A second
state λ may follow, so that one pass moves both. ``size`` is a power of two, at least 4; ``end`` is where the
states end, 2 or 4 times ``size``. A rotation by θ about P is ψ ← cos(θ/2) ψ + sin(θ/2) Kψ with K = −iP, which
turns pairs of reals; neither it nor CX, CZ and H ever becomes a matrix. One compilation serves every width.
"""

from __future__ import annotations

from backends.compiling import kernel, subkernel
from backends.statevector.lanes import (
    add,
    alternate_1,
    alternate_2,
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

NONE, RX, RY, RZ, H, CX, CZ = range(7)
KINDS = {"rx": RX, "ry": RY, "rz": RZ, "h": H, "cx": CX, "cz": CZ}
LANE_BITS = 2  # of a vector of doubles: gates on these qubits move numbers within vectors
LEAST_BITS = 3  # of a state; narrower circuits get idle qubits


@kernel
def apply_gate(values, size, end, kind, q, r, cosine, sine):  # pragma: no cover - compiled
    """Apply one gate to the states up to ``end``.

    Args:
        values: The states, one after the other.
        size: Amplitudes of a state.
        end: 2 ``size`` for one state, 4 ``size`` for two.
        kind: One of ``KINDS``, or ``NONE``.
        q: The qubit; the control of a CX.
        r: The other qubit; the target of a CX.
        cosine: cos(θ/2) of a rotation.
        sine: sin(θ/2) of a rotation; its negative undoes it.
    """
    if kind <= RZ:
        if kind == NONE:
            return
        if q < LANE_BITS:
            _turn_lanes(values, size, end, kind, q, cosine, sine)
        else:
            _turn_pairs(values, size, end, kind, q, cosine, sine)
    elif kind == H:
        _hadamard(values, end, q)
    elif kind == CX:
        _controlled_x(values, end, q, r)
    else:
        _controlled_z(values, end, q, r)


@kernel
def turn_back(values, size, kind, q, cosine, sine):  # pragma: no cover - compiled
    """Undo a rotation on both states ψ, λ and return λ · Kψ: dE/dθ where λ is the energy's Hψ."""
    if q < LANE_BITS:
        return _turn_lanes_back(values, size, kind, q, cosine, sine)
    return _turn_pairs_back(values, size, kind, q, cosine, sine)


@subkernel
def _pairs(kind, size, stride):  # pragma: no cover - compiled
    """Return where the two pairs (a, b), (c, d) of reals lie that K turns into (−b, a), (−d, c)."""
    if kind == RY:
        return 0, stride, size, size + stride
    if kind == RX:
        return size + stride, 0, size, stride
    return size, 0, stride, size + stride


@subkernel
def _turn_pairs(values, size, end, kind, q, cosine, sine):  # pragma: no cover - compiled
    stride = 1 << q
    u, v, w, z = _pairs(kind, size, stride)
    cos, sin = spread(values, cosine), spread(values, sine)
    base = 0
    while base < end:
        start = base
        while start < base + size:
            for x in range(start, start + stride, 4):
                a, b, c, d = (
                    load(values, x + u),
                    load(values, x + v),
                    load(values, x + w),
                    load(values, x + z),
                )
                store(values, x + u, subtract_product(sin, b, multiply(cos, a)))
                store(values, x + v, multiply_add(sin, a, multiply(cos, b)))
                store(values, x + w, subtract_product(sin, d, multiply(cos, c)))
                store(values, x + z, multiply_add(sin, c, multiply(cos, d)))
            start += 2 * stride
        base += 2 * size


@subkernel
def _turn_pairs_back(values, size, kind, q, cosine, sine):  # pragma: no cover - compiled
    stride, other = 1 << q, 2 * size
    u, v, w, z = _pairs(kind, size, stride)
    cos, sin = spread(values, cosine), spread(values, sine)
    s, t = spread(values, 0.0), spread(values, 0.0)
    start = 0
    while start < size:
        for x in range(start, start + stride, 4):
            y = x + other
            a, b, e, f = load(values, x + u), load(values, x + v), load(values, y + u), load(values, y + v)
            s, t = subtract_product(e, b, s), multiply_add(f, a, t)
            store(values, x + u, multiply_add(sin, b, multiply(cos, a)))
            store(values, x + v, subtract_product(sin, a, multiply(cos, b)))
            store(values, y + u, multiply_add(sin, f, multiply(cos, e)))
            store(values, y + v, subtract_product(sin, e, multiply(cos, f)))
            a, b, e, f = load(values, x + w), load(values, x + z), load(values, y + w), load(values, y + z)
            s, t = subtract_product(e, b, s), multiply_add(f, a, t)
            store(values, x + w, multiply_add(sin, b, multiply(cos, a)))
            store(values, x + z, subtract_product(sin, a, multiply(cos, b)))
            store(values, y + w, multiply_add(sin, f, multiply(cos, e)))
            store(values, y + z, subtract_product(sin, e, multiply(cos, f)))
        start += 2 * stride
    return total(add(s, t))


@subkernel
def _lane_signs(values, kind, q, number):  # pragma: no cover - compiled
    """Return what multiplies the partners of real and of imaginary parts within a vector."""
    plain, negative = spread(values, number), spread(values, -number)
    if kind == RX:
        return plain, negative
    alternating = alternate_1(plain) if q == 0 else alternate_2(plain)
    if kind == RY:
        return alternating, alternating
    return (alternate_1(negative) if q == 0 else alternate_2(negative)), alternating


@subkernel
def _partners(a, b, kind, q):  # pragma: no cover - compiled
    """Return the partners of the real parts ``a`` and of the imaginary parts ``b`` within a vector."""
    if kind == RZ:
        return b, a
    c, d = (swap_1(a), swap_1(b)) if q == 0 else (swap_2(a), swap_2(b))
    return (c, d) if kind == RY else (d, c)


@subkernel
def _turn_lanes(values, size, end, kind, q, cosine, sine):  # pragma: no cover - compiled
    cos = spread(values, cosine)
    first, second = _lane_signs(values, kind, q, sine)
    base = 0
    while base < end:
        for x in range(base, base + size, 4):
            a, b = load(values, x), load(values, x + size)
            c, d = _partners(a, b, kind, q)
            store(values, x, multiply_add(first, c, multiply(cos, a)))
            store(values, x + size, multiply_add(second, d, multiply(cos, b)))
        base += 2 * size


@subkernel
def _turn_lanes_back(values, size, kind, q, cosine, sine):  # pragma: no cover - compiled
    cos, sin = spread(values, cosine), spread(values, sine)
    first, second = _lane_signs(values, kind, q, 1.0)
    s, t = spread(values, 0.0), spread(values, 0.0)
    for x in range(0, size, 4):
        y = x + 2 * size
        a, b, e, f = load(values, x), load(values, x + size), load(values, y), load(values, y + size)
        c, d = _partners(a, b, kind, q)
        c, d = multiply(first, c), multiply(second, d)
        s, t = multiply_add(e, c, s), multiply_add(f, d, t)
        store(values, x, subtract_product(sin, c, multiply(cos, a)))
        store(values, x + size, subtract_product(sin, d, multiply(cos, b)))
        c, d = _partners(e, f, kind, q)
        store(values, y, subtract_product(sin, multiply(first, c), multiply(cos, e)))
        store(values, y + size, subtract_product(sin, multiply(second, d), multiply(cos, f)))
    return total(add(s, t))


@subkernel
def _hadamard(values, end, q):  # pragma: no cover - compiled
    root = spread(values, 0.5**0.5)
    if q < LANE_BITS:
        negative = spread(values, -(0.5**0.5))
        signs = alternate_1(negative) if q == 0 else alternate_2(negative)
        for x in range(0, end, 4):
            a = load(values, x)
            b = swap_1(a) if q == 0 else swap_2(a)
            store(values, x, multiply_add(signs, a, multiply(root, b)))
        return
    stride, start = 1 << q, 0
    while start < end:
        for x in range(start, start + stride, 4):
            a, b = multiply(root, load(values, x)), multiply(root, load(values, x + stride))
            store(values, x, add(a, b))
            store(values, x + stride, subtract_product(spread(values, 1.0), b, a))
        start += 2 * stride


@subkernel
def _lanes_with(values, q):  # pragma: no cover - compiled
    """Return 1 in the lanes whose number has bit q and 0 in the others."""
    half = spread(values, 0.5)
    return add(half, alternate_1(half) if q == 0 else alternate_2(half))


@subkernel
def _chosen(mask, a, b):  # pragma: no cover - compiled
    """Return ``b`` where the mask is 1 and ``a`` where it is 0, exactly."""
    return multiply_add(mask, b, subtract_product(mask, a, a))


@subkernel
def _controlled_x(values, end, q, r):  # pragma: no cover - compiled
    control, target = 1 << q, 1 << r
    if q < LANE_BITS and r < LANE_BITS:
        mask = _lanes_with(values, q)
        for x in range(0, end, 4):
            a = load(values, x)
            store(values, x, _chosen(mask, a, swap_1(a) if r == 0 else swap_2(a)))
    elif q < LANE_BITS:
        _exchange_lanes(values, end, target, _lanes_with(values, q))
    elif r < LANE_BITS:
        start = control
        while start < end:
            for x in range(start, start + control, 4):
                a = load(values, x)
                store(values, x, swap_1(a) if r == 0 else swap_2(a))
            start += 2 * control
    else:
        _exchange(values, end, control, target)


@subkernel
def _exchange_lanes(values, end, target, mask):  # pragma: no cover - compiled
    start = 0
    while start < end:
        for x in range(start, start + target, 4):
            a, b = load(values, x), load(values, x + target)
            store(values, x, _chosen(mask, a, b))
            store(values, x + target, _chosen(mask, b, a))
        start += 2 * target


@subkernel
def _exchange(values, end, control, target):  # pragma: no cover - compiled
    low, high, start = min(control, target), max(control, target), 0
    while start < end:
        middle = start + control
        while middle < start + control + high:
            for x in range(middle, middle + low, 4):
                a, b = load(values, x), load(values, x + target)
                store(values, x, b)
                store(values, x + target, a)
            middle += 2 * low
        start += 2 * high


@subkernel
def _controlled_z(values, end, q, r):  # pragma: no cover - compiled
    low, high = 1 << min(q, r), 1 << max(q, r)
    negative = spread(values, -1.0)
    if low >= 4:
        _negate(values, end, low, high)
    elif high >= 4:
        signs = alternate_1(negative) if low == 1 else alternate_2(negative)
        start = high
        while start < end:
            for x in range(start, start + high, 4):
                store(values, x, multiply(signs, load(values, x)))
            start += 2 * high
    else:
        signs = _chosen(_lanes_with(values, 0), spread(values, 1.0), alternate_2(negative))
        for x in range(0, end, 4):
            store(values, x, multiply(signs, load(values, x)))


@subkernel
def _negate(values, end, low, high):  # pragma: no cover - compiled
    negative, start = spread(values, -1.0), 0
    while start < end:
        middle = start + low + high
        while middle < start + low + 2 * high:
            for x in range(middle, middle + low, 4):
                store(values, x, multiply(negative, load(values, x)))
            middle += 2 * low
        start += 2 * high
