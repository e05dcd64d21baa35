"""The way back through a gate on two qubits: λ and the derivatives by both pending matrices in one pass.

With λ' = CX λ and E = λ'ᵀ (M_c ⊗ M_t) r: the derivatives by M_t come from λ' and M_c r, those by M_c from
M_tᵀ λ' and r, and λ becomes M_cᵀ M_tᵀ λ'.
"""

from __future__ import annotations

from backends.compiling import subkernel
from backends.pauli_transfer.passes import (
    coefficients,
    columns,
    cross_lanes,
    image,
    lane_image,
    load_four,
    store_four,
)
from backends.pauli_transfer.reverse_sums import (
    add_lane_products,
    add_products,
    lane_pulled,
    no_sums,
    pulled,
    transposed,
    write_columns,
    write_sums,
)
from backends.pauli_transfer.shuffles import negate
from backends.statevector.lanes import load, spread


@subkernel
def two_places_back(values, at, left, size, c, t, m, adjoints, o):  # pragma: no cover - compiled
    """Undo ``two_places`` on λ in ``left``.

    Args:
        values: Holds the vector before the pass.
        at: Where that begins.
        left: λ.
        size: Of both.
        c: The place of the control.
        t: The place of the target.
        m: The matrix of c and, from 16 on, that of t.
        adjoints: Gets the derivatives by the matrix of c at ``o`` and by that of t at ``o + 16``.
        o: Where to.
    """
    if c == 0:
        _with_lanes(values, at, left, size, t, m, 0, 16, adjoints, o, o + 16, True)
    elif t == 0:
        _with_lanes(values, at, left, size, c, m, 16, 0, adjoints, o + 16, o, False)
    else:
        _apart(values, at, left, size, c, t, m, adjoints, o)


@subkernel
def _with_lanes(
    values, at, left, size, p, m, lanes, other, adjoints, to_lanes, to_other, control
):  # pragma: no cover - compiled
    step, zero = 1 << (2 * p), spread(left, 0.0)
    forth = columns(m, lanes)
    back = load(m, lanes), load(m, lanes + 4), load(m, lanes + 8), load(m, lanes + 12)
    k, sums, columns_of_sums = transposed(m, other), no_sums(left), (zero, zero, zero, zero)
    for start in range(0, size, 4 * step):
        for x in range(start, start + step, 4):
            y = cross_lanes(load_four(left, x, step), control)
            a, b, c, d = load_four(values, at + x, step)
            ahead = lane_image(forth, a), lane_image(forth, b), lane_image(forth, c), lane_image(forth, d)
            sums = add_products(sums, y, ahead)
            e, f, g, h = pulled(k, y)
            columns_of_sums = add_lane_products(columns_of_sums, e, a)
            columns_of_sums = add_lane_products(columns_of_sums, f, b)
            columns_of_sums = add_lane_products(columns_of_sums, g, c)
            columns_of_sums = add_lane_products(columns_of_sums, h, d)
            y = lane_pulled(back, e), lane_pulled(back, f), lane_pulled(back, g), lane_pulled(back, h)
            store_four(left, x, step, y)
    write_sums(sums, adjoints, to_other)
    write_columns(columns_of_sums, adjoints, to_lanes)


@subkernel
def _apart(values, at, left, size, c, t, m, adjoints, o):  # pragma: no cover - compiled
    one, other = 1 << (2 * c), 1 << (2 * t)
    low, high = min(one, other), max(one, other)
    forth, back_c, back_t = coefficients(m, 0), transposed(m, 0), transposed(m, 16)
    sums_c, sums_t = no_sums(left), no_sums(left)
    for start in range(0, size, 4 * high):
        for between in range(start, start + high, 4 * low):
            for x in range(between, between + low, 4):
                y = crossed(left, x, one, other)
                v = (
                    load_four(values, at + x, one), load_four(values, at + x + other, one),
                    load_four(values, at + x + 2 * other, one), load_four(values, at + x + 3 * other, one),
                )  # fmt: skip
                u = image(forth, v[0]), image(forth, v[1]), image(forth, v[2]), image(forth, v[3])
                sums_t = add_products(sums_t, y[0], (u[0][0], u[1][0], u[2][0], u[3][0]))
                sums_t = add_products(sums_t, y[1], (u[0][1], u[1][1], u[2][1], u[3][1]))
                sums_t = add_products(sums_t, y[2], (u[0][2], u[1][2], u[2][2], u[3][2]))
                sums_t = add_products(sums_t, y[3], (u[0][3], u[1][3], u[2][3], u[3][3]))
                w = pulled(back_t, y[0]), pulled(back_t, y[1]), pulled(back_t, y[2]), pulled(back_t, y[3])
                over = (
                    (w[0][0], w[1][0], w[2][0], w[3][0]), (w[0][1], w[1][1], w[2][1], w[3][1]),
                    (w[0][2], w[1][2], w[2][2], w[3][2]), (w[0][3], w[1][3], w[2][3], w[3][3]),
                )  # fmt: skip
                sums_c = add_products(sums_c, over[0], v[0])
                sums_c = add_products(sums_c, over[1], v[1])
                sums_c = add_products(sums_c, over[2], v[2])
                sums_c = add_products(sums_c, over[3], v[3])
                store_four(left, x, one, pulled(back_c, over[0]))
                store_four(left, x + other, one, pulled(back_c, over[1]))
                store_four(left, x + 2 * other, one, pulled(back_c, over[2]))
                store_four(left, x + 3 * other, one, pulled(back_c, over[3]))
    write_sums(sums_c, adjoints, o)
    write_sums(sums_t, adjoints, o + 16)


@subkernel
def crossed(values, x, one, other):  # pragma: no cover - compiled
    """Return 16 registers after CX: for each letter of the control, four over those of the target."""
    i = load_four(values, x, one)
    j = load_four(values, x + other, one)
    y = load_four(values, x + 2 * other, one)
    z = load_four(values, x + 3 * other, one)
    return (
        (i[0], j[0], y[3], z[3]),
        (j[1], i[1], z[2], negate(y[2])),
        (j[2], i[2], negate(z[1]), y[1]),
        (i[3], j[3], y[0], z[0]),
    )
