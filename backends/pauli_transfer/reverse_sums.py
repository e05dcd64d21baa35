"""Transposed maps on registers, and the sums of products from which derivatives by matrices are made."""

from __future__ import annotations

from backends.compiling import subkernel
from backends.pauli_transfer.passes import columns
from backends.pauli_transfer.shuffles import repeat_0, repeat_1, repeat_2, repeat_3
from backends.statevector.lanes import add, multiply, multiply_add, spread, store, total


@subkernel
def transposed(m, o):  # pragma: no cover - compiled
    """Return columns 0 to 3 of rows 1 to 3 of the matrix at ``m[o:]``, each entry in all lanes."""
    return (
        spread(m, m[o + 4]), spread(m, m[o + 8]), spread(m, m[o + 12]),
        spread(m, m[o + 5]), spread(m, m[o + 9]), spread(m, m[o + 13]),
        spread(m, m[o + 6]), spread(m, m[o + 10]), spread(m, m[o + 14]),
        spread(m, m[o + 7]), spread(m, m[o + 11]), spread(m, m[o + 15]),
    )  # fmt: skip


@subkernel
def pulled(k, v):  # pragma: no cover - compiled
    """Return four registers after the transpose of a matrix; k as from ``transposed``."""
    a, b, c, d = v
    return (
        multiply_add(k[2], d, multiply_add(k[1], c, multiply_add(k[0], b, a))),
        multiply_add(k[5], d, multiply_add(k[4], c, multiply(k[3], b))),
        multiply_add(k[8], d, multiply_add(k[7], c, multiply(k[6], b))),
        multiply_add(k[11], d, multiply_add(k[10], c, multiply(k[9], b))),
    )


@subkernel
def add_products(sums, y, v):  # pragma: no cover - compiled
    """Add λ_i r_j to twelve sums, for i = X, Y, Z of the registers y and j = I … Z of v."""
    return (
        multiply_add(y[1], v[0], sums[0]), multiply_add(y[1], v[1], sums[1]),
        multiply_add(y[1], v[2], sums[2]), multiply_add(y[1], v[3], sums[3]),
        multiply_add(y[2], v[0], sums[4]), multiply_add(y[2], v[1], sums[5]),
        multiply_add(y[2], v[2], sums[6]), multiply_add(y[2], v[3], sums[7]),
        multiply_add(y[3], v[0], sums[8]), multiply_add(y[3], v[1], sums[9]),
        multiply_add(y[3], v[2], sums[10]), multiply_add(y[3], v[3], sums[11]),
    )  # fmt: skip


@subkernel
def no_sums(values):  # pragma: no cover - compiled
    """Return twelve zeros."""
    z = spread(values, 0.0)
    return z, z, z, z, z, z, z, z, z, z, z, z


@subkernel
def write_sums(sums, adjoints, o):  # pragma: no cover - compiled
    """Write twelve sums over the lanes to rows 1 to 3 at ``adjoints[o:]``."""
    adjoints[o + 4], adjoints[o + 5] = total(sums[0]), total(sums[1])
    adjoints[o + 6], adjoints[o + 7] = total(sums[2]), total(sums[3])
    adjoints[o + 8], adjoints[o + 9] = total(sums[4]), total(sums[5])
    adjoints[o + 10], adjoints[o + 11] = total(sums[6]), total(sums[7])
    adjoints[o + 12], adjoints[o + 13] = total(sums[8]), total(sums[9])
    adjoints[o + 14], adjoints[o + 15] = total(sums[10]), total(sums[11])


@subkernel
def add_lane_products(sums, y, v):  # pragma: no cover - compiled
    """Add λ_i r_j to four columns of sums, for lanes i of y and lanes j of v."""
    return (
        multiply_add(y, repeat_0(v), sums[0]), multiply_add(y, repeat_1(v), sums[1]),
        multiply_add(y, repeat_2(v), sums[2]), multiply_add(y, repeat_3(v), sums[3]),
    )  # fmt: skip


@subkernel
def write_columns(sums, adjoints, o):  # pragma: no cover - compiled
    """Write four columns of sums to the matrix at ``adjoints[o:]``."""
    for j, column in enumerate(sums):
        store(adjoints, o + 4 * j, column)
    transposed_columns = columns(adjoints, o)
    for i, row in enumerate(transposed_columns):
        store(adjoints, o + 4 * i, row)


@subkernel
def lane_pulled(k, y):  # pragma: no cover - compiled
    """Return the lanes of y after the transpose of a matrix with rows k."""
    low = multiply_add(k[1], repeat_1(y), multiply(k[0], repeat_0(y)))
    return add(low, multiply_add(k[3], repeat_3(y), multiply(k[2], repeat_2(y))))
