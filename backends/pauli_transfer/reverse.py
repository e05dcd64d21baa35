"""The way back: an observable pulled through the transposes of all maps, with slopes of the angles.

E = λᵀ r at every moment. A pass gives the derivatives of E by the entries of its matrices, G_ij = Σ λ_i r_j
over the other places; within a run of gates on one qubit 4 by 4 algebra turns them into slopes. The first
rows of all matrices are constant, so the first rows of their derivatives are never read.
"""

from __future__ import annotations

from backends.compiling import subkernel
from backends.pauli_transfer.kinds import FINISH, FIXED, JOIN, NONE, RZ
from backends.pauli_transfer.passes import load_four, store_four
from backends.pauli_transfer.reverse_pairs import two_places_back
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
from backends.statevector.lanes import load, multiply, multiply_add, spread, store, subtract_product, total


@subkernel
def pull_back(
    operations, turns, cosines, sines, fixed, kept, values, at, left, adjoints, slopes
):  # pragma: no cover - compiled
    """Go back through a circuit with λ in ``left``; slopes add to ``slopes [P]``.

    Args:
        operations: int64 ``[G, 6]``.
        turns: ``[G, 2]``.
        cosines: ``[G]``.
        sines: ``[G]``.
        fixed: Matrices.
        kept: ``[G, 32]``, the pending matrices before each operation.
        values: All vectors of the way forth.
        at: Where the last of them begins.
        left: λ ``[4^n]``, used up.
        adjoints: Room for the derivatives by the pending matrices.
        slopes: ``[P]``.
    """
    size, scratch = len(left), len(adjoints) - 32
    adjoints[:] = 0.0
    for g in range(len(operations) - 1, -1, -1):
        kind, p = operations[g, 0], 16 * operations[g, 1]
        if kind == NONE:
            continue
        if kind <= FIXED:
            back_through(fixed, 16 * operations[g, 4], adjoints, p)
            if kind <= RZ:
                slope = turn_back(kept[g], adjoints, p, kind, cosines[g], sines[g])
                if operations[g, 3] >= 0:
                    slopes[operations[g, 3]] += 0.5 * turns[g, 0] * slope
        elif kind == JOIN:
            size //= 4
            part(values, at, left, size, kept[g], adjoints, p)
        elif kind == FINISH:
            at -= size
            one_place_back(values, at, left, size, operations[g, 1], kept[g], adjoints, p)
        else:
            at -= size
            two_places_back(values, at, left, size, p // 16, operations[g, 2], kept[g], adjoints, scratch)
            r = 16 * operations[g, 2]
            for k in range(16):
                adjoints[p + k], adjoints[r + k] = adjoints[scratch + k], adjoints[scratch + 16 + k]


@subkernel
def back_through(fixed, f, m, o):  # pragma: no cover - compiled
    """Multiply the derivatives at ``m[o:]`` from the left by the transpose of the matrix at ``fixed[f:]``."""
    if f == 0:
        return
    b, c, d = load(m, o + 4), load(m, o + 8), load(m, o + 12)
    for i in range(1, 4):
        row = multiply_add(spread(m, fixed[f + 8 + i]), c, multiply(spread(m, fixed[f + 4 + i]), b))
        store(m, o + 4 * i, multiply_add(spread(m, fixed[f + 12 + i]), d, row))


@subkernel
def turn_back(before, m, o, kind, cosine, sine):  # pragma: no cover - compiled
    """Take the derivatives at ``m[o:]`` back through a rotation and return dE/dθ.

    With rows i, j of the matrix behind the rotation, di/dθ = −j and dj/dθ = i.
    """
    i, j = 4 * (kind % 3 + 1), 4 * ((kind + 1) % 3 + 1)
    a, b, c, s = load(before, i), load(before, j), spread(m, cosine), spread(m, sine)
    first, second = subtract_product(s, b, multiply(c, a)), multiply_add(s, a, multiply(c, b))
    u, v = load(m, o + i), load(m, o + j)
    store(m, o + i, multiply_add(s, v, multiply(c, u)))
    store(m, o + j, subtract_product(s, u, multiply(c, v)))
    return total(subtract_product(u, second, multiply(v, first)))


@subkernel
def part(values, at, left, size, m, adjoints, o):  # pragma: no cover - compiled
    """Undo a join: λ becomes that of the narrower vector; derivatives go to ``adjoints[o:]``."""
    for d in range(1, 4):
        scale, slope = m[4 * d] + m[4 * d + 3], 0.0
        for x in range(size):
            slope += left[d * size + x] * values[at + x]
            left[x] += scale * left[d * size + x]
        adjoints[o + 4 * d], adjoints[o + 4 * d + 1] = slope, 0.0
        adjoints[o + 4 * d + 2], adjoints[o + 4 * d + 3] = 0.0, slope


@subkernel
def one_place_back(values, at, left, size, p, m, adjoints, o):  # pragma: no cover - compiled
    """Undo ``one_place`` on λ; derivatives by the matrix go to ``adjoints[o:]``."""
    if p == 0:
        z = spread(left, 0.0)
        k, columns_of_sums = (load(m, 0), load(m, 4), load(m, 8), load(m, 12)), (z, z, z, z)
        for x in range(0, size, 4):
            y = load(left, x)
            columns_of_sums = add_lane_products(columns_of_sums, y, load(values, at + x))
            store(left, x, lane_pulled(k, y))
        write_columns(columns_of_sums, adjoints, o)
        return
    step, k, sums = 1 << (2 * p), transposed(m, 0), no_sums(left)
    for start in range(0, size, 4 * step):
        for x in range(start, start + step, 4):
            y = load_four(left, x, step)
            sums = add_products(sums, y, load_four(values, at + x, step))
            store_four(left, x, step, pulled(k, y))
    write_sums(sums, adjoints, o)
