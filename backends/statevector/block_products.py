"""What the factors of ``factors.py`` do to the states of a block: phases put on, values weighed.

A phase is table · low · high, a value table + low + high.
"""

from __future__ import annotations

from backends.compiling import apart, fragment, subkernel
from backends.statevector.lanes import (
    add,
    load,
    multiply,
    multiply_add,
    row_of,
    spread,
    store,
    subtract_product,
    total,
    width,
)


@fragment
def _phase(table, low, place, x, c, s):  # pragma: no cover - compiled
    u, v = load(row_of(table, 0), place), load(row_of(table, 1), place)
    a, b = load(row_of(low, 0), x), load(row_of(low, 1), x)
    p, q = subtract_product(v, b, multiply(u, a)), multiply_add(v, a, multiply(u, b))
    return subtract_product(q, s, multiply(p, c)), multiply_add(q, c, multiply(p, s))


@subkernel
def multiply_phases(
    source_real, source_imaginary, real, imaginary, table, low, high
):  # pragma: no cover - compiled
    """Write a block times table · low · high; source and target may be one."""
    apart()
    lanes, size = width(real), low.shape[1]
    for h in range(high.shape[1]):
        c, s = spread(real, high[0, h]), spread(real, high[1, h])
        for x in range(0, size, lanes):
            place = h * size + x
            u, v = _phase(table, low, place, x, c, s)
            a, b = load(source_real, place), load(source_imaginary, place)
            store(real, place, subtract_product(b, v, multiply(a, u)))
            store(imaginary, place, multiply_add(b, u, multiply(a, v)))


@subkernel
def write_phases(real, imaginary, table, low, high):  # pragma: no cover - compiled
    """Write table · low · high to a block."""
    apart()
    lanes, size = width(real), low.shape[1]
    for h in range(high.shape[1]):
        c, s = spread(real, high[0, h]), spread(real, high[1, h])
        for x in range(0, size, lanes):
            place = h * size + x
            u, v = _phase(table, low, place, x, c, s)
            store(real, place, u)
            store(imaginary, place, v)


@subkernel
def weighted_sum(real, imaginary, table, low, high):  # pragma: no cover - compiled
    """Return Σ |ψ|² A over a block."""
    apart()
    lanes, size = width(real), len(low)
    first, second = spread(real, 0.0), spread(real, 0.0)
    third, fourth = spread(real, 0.0), spread(real, 0.0)
    result = 0.0
    for h in range(len(high)):
        base = spread(real, high[h])
        for x in range(0, size, 2 * lanes):  # four sums, so that none waits for itself
            place = h * size + x
            a, b = load(real, place), load(imaginary, place)
            c, d = load(real, place + lanes), load(imaginary, place + lanes)
            e = add(add(load(table, place), load(low, x)), base)
            f = add(add(load(table, place + lanes), load(low, x + lanes)), base)
            first, second = multiply_add(multiply(a, a), e, first), multiply_add(multiply(b, b), e, second)
            third, fourth = multiply_add(multiply(c, c), f, third), multiply_add(multiply(d, d), f, fourth)
        if width(real) == 8:  # singles are added up in doubles from row to row
            result += total(add(add(first, second), add(third, fourth)))
            first, second = spread(real, 0.0), spread(real, 0.0)
            third, fourth = spread(real, 0.0), spread(real, 0.0)
    return result + total(add(add(first, second), add(third, fourth)))


@subkernel
def apply_values(real, imaginary, table, low, high, out_real, out_imaginary):  # pragma: no cover - compiled
    """Write A ψ of a block, and return Σ |ψ|² A."""
    apart()
    lanes, size = width(real), len(low)
    result = 0.0
    for h in range(len(high)):
        base = spread(real, high[h])
        first, second = spread(real, 0.0), spread(real, 0.0)
        for x in range(0, size, lanes):
            place = h * size + x
            a, b = load(real, place), load(imaginary, place)
            e = add(add(load(table, place), load(low, x)), base)
            u, v = multiply(a, e), multiply(b, e)
            store(out_real, place, u)
            store(out_imaginary, place, v)
            first, second = multiply_add(a, u, first), multiply_add(b, v, second)
        result += total(add(first, second))
    return result


@subkernel
def overlap_sum(left_real, left_imaginary, real, imaginary, table, low, high):  # pragma: no cover - compiled
    """Return Σ A (λ_re ψ_im − λ_im ψ_re) over a block: the imaginary part of ⟨λ|A|ψ⟩."""
    apart()
    lanes, size = width(real), len(low)
    result = 0.0
    for h in range(len(high)):
        base = spread(real, high[h])
        sums = spread(real, 0.0)
        for x in range(0, size, lanes):
            place = h * size + x
            e = add(add(load(table, place), load(low, x)), base)
            w = multiply(load(left_real, place), load(imaginary, place))
            w = subtract_product(load(left_imaginary, place), load(real, place), w)
            sums = multiply_add(w, e, sums)
        result += total(sums)
    return result


@subkernel
def overlap_and_phases(
    left_real, left_imaginary, real, imaginary, values, low_values, high_values, table, low, high
):  # pragma: no cover - compiled
    """Return ``overlap_sum`` of two states, then multiply both by table · low · high."""
    apart()
    lanes, size = width(real), low.shape[1]
    result = 0.0
    for h in range(high.shape[1]):
        c, s, base = spread(real, high[0, h]), spread(real, high[1, h]), spread(real, high_values[h])
        sums = spread(real, 0.0)
        for x in range(0, size, lanes):
            place = h * size + x
            a, b = load(left_real, place), load(left_imaginary, place)
            d, e = load(real, place), load(imaginary, place)
            w = add(add(load(values, place), load(low_values, x)), base)
            sums = multiply_add(subtract_product(b, d, multiply(a, e)), w, sums)
            u, v = _phase(table, low, place, x, c, s)
            store(left_real, place, subtract_product(b, v, multiply(a, u)))
            store(left_imaginary, place, multiply_add(b, u, multiply(a, v)))
            store(real, place, subtract_product(e, v, multiply(d, u)))
            store(imaginary, place, multiply_add(e, u, multiply(d, v)))
        result += total(sums)
    return result
