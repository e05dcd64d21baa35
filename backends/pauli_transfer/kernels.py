"""Compiled runs of whole noisy circuits: an interpreter over a table of operations, the same for all.

Each place has a pending matrix into which gates on one qubit and channels are multiplied; only gates on two
qubits pass over the vector, taking the pending matrices of both places along. A place joins the vector when
it first meets another, so that early passes are short. Nothing is checked here.
"""

from __future__ import annotations

import numpy as np

from backends.compiling import kernel, subkernel
from backends.pauli_transfer.kinds import FINISH, FIXED, JOIN, NONE, RZ
from backends.pauli_transfer.passes import join, one_place, two_places
from backends.pauli_transfer.reverse import pull_back
from backends.statevector.circuit_kernels import fill_half_turns
from backends.statevector.lanes import load, multiply, multiply_add, spread, store, subtract_product

KEPT = 32  # numbers that an operation leaves for the way back: the pending matrices of its places


@kernel
def energies(
    operations, turns, fixed, places, which, parameters, letters, bounds, weights, begin, end, means
):  # pragma: no cover - compiled
    """Write the means ``[B, K]`` of the rows from ``begin`` up to ``end``.

    Args:
        operations: int64 ``[C, G, 6]``.
        turns: ``[C, G, 2]``: twice a factor and an angle.
        fixed: ``[16 F]``: matrices.
        places: int64 ``[C, n]``: of each qubit.
        which: int64 ``[B]``.
        parameters: ``[B, P]``.
        letters: int64 ``[T, n]``.
        bounds: int64 ``[K + 1]``.
        weights: ``[T]``.
        begin: The first row.
        end: The row behind the last.
        means: ``[B, K]``.
    """
    values, pending = np.empty(1 << (2 * places.shape[1])), np.empty(16 * places.shape[1] + 32)
    cosines, sines = np.empty(operations.shape[1]), np.empty(operations.shape[1])
    kept, indices = np.empty((1, KEPT)), np.empty(len(letters), dtype=np.int64)
    for row in range(begin, end):
        c = which[row]
        if row == begin or which[row - 1] != c:
            find(letters, places[c], indices)
        fill_half_turns(operations[c], turns[c], parameters[row], cosines, sines)
        forward(operations[c], cosines, sines, fixed, pending, values, kept)
        for k in range(len(bounds) - 1):
            total = 0.0
            for s in range(bounds[k], bounds[k + 1]):
                total += weights[s] * values[indices[s]]
            means[row, k] = total


@kernel
def energies_and_gradients(
    operations, turns, fixed, places, which, parameters, letters, bounds, weights, room, begin, end, means,
    slopes,
):  # fmt: skip  # pragma: no cover - compiled
    """Write means ``[B, K]`` and gradients ``[B, K, P]``; arguments as of ``energies``.

    The observable is pulled back through the transposes of all maps; the vectors of the way forth are kept,
    in ``room`` numbers, because a map with noise has no stable inverse.
    """
    size = 1 << (2 * places.shape[1])
    values, left = np.empty(room), np.empty(size)
    pending, adjoints = np.empty(16 * places.shape[1] + 32), np.empty(16 * places.shape[1] + 32)
    cosines, sines = np.empty(operations.shape[1]), np.empty(operations.shape[1])
    kept, indices = np.empty((operations.shape[1], KEPT)), np.empty(len(letters), dtype=np.int64)
    for row in range(begin, end):
        c = which[row]
        if row == begin or which[row - 1] != c:
            find(letters, places[c], indices)
        fill_half_turns(operations[c], turns[c], parameters[row], cosines, sines)
        at = forward(operations[c], cosines, sines, fixed, pending, values, kept)
        for k in range(len(bounds) - 1):
            total = 0.0
            left[:] = 0.0
            for s in range(bounds[k], bounds[k + 1]):
                total += weights[s] * values[at + indices[s]]
                left[indices[s]] += weights[s]
            means[row, k] = total
            slopes[row, k] = 0.0
            pull_back(
                operations[c], turns[c], cosines, sines, fixed, kept, values, at, left, adjoints,
                slopes[row, k],
            )  # fmt: skip


@subkernel
def find(letters, places, indices):  # pragma: no cover - compiled
    """Write where each string lies in a vector whose qubits lie at ``places``."""
    for s in range(len(letters)):
        index = 0
        for q in range(len(places)):
            index += letters[s, q] << (2 * places[q])
        indices[s] = index


@subkernel
def forward(operations, cosines, sines, fixed, pending, values, kept):  # pragma: no cover - compiled
    """Run a circuit and return where in ``values`` its final vector begins.

    Where ``kept`` has a line for each operation, what the way back needs is written to it and every pass
    leaves its vector behind; otherwise passes work in place.
    """
    keep, at, size, scratch = len(kept) == len(operations), 0, 1, len(pending) - 32
    values[0] = 1.0
    for o in range(0, scratch, 16):
        copy_matrix(fixed, 0, pending, o)
    for g in range(len(operations)):
        kind, p = operations[g, 0], 16 * operations[g, 1]
        if kind == NONE:
            continue
        if keep:
            copy_matrix(pending, p, kept[g], 0)
        if kind <= RZ:
            turn(pending, p, kind, cosines[g], sines[g])
            prepend(fixed, 16 * operations[g, 4], pending, p)
        elif kind == FIXED:
            prepend(fixed, 16 * operations[g, 4], pending, p)
        elif kind == JOIN:
            join(values, at, size, pending, p)
            copy_matrix(fixed, 0, pending, p)
            size *= 4
        else:
            target = at + size if keep else at
            if kind == FINISH:
                one_place(values, at, target, size, operations[g, 1], pending, p)
            else:
                r = 16 * operations[g, 2]
                copy_matrix(pending, p, pending, scratch)
                copy_matrix(pending, r, pending, scratch + 16)
                if keep:
                    copy_matrix(pending, r, kept[g], 16)
                two_places(values, at, target, size, p // 16, r // 16, pending, scratch)
                copy_matrix(fixed, 16 * operations[g, 4], pending, p)
                copy_matrix(fixed, 16 * operations[g, 5], pending, r)
            at = target
    return at


@subkernel
def copy_matrix(source, i, target, j):  # pragma: no cover - compiled
    """Copy the 16 numbers from ``source[i:]`` to ``target[j:]``."""
    for k in range(0, 16, 4):
        store(target, j + k, load(source, i + k))


@subkernel
def turn(m, o, kind, cosine, sine):  # pragma: no cover - compiled
    """Multiply the matrix at ``m[o:]`` from the left by a rotation about X, Y or Z.

    About X: Y' = cos θ Y − sin θ Z and Z' = sin θ Y + cos θ Z; the others follow cyclically.
    """
    i, j = o + 4 * (kind % 3 + 1), o + 4 * ((kind + 1) % 3 + 1)
    a, b, c, s = load(m, i), load(m, j), spread(m, cosine), spread(m, sine)
    store(m, i, subtract_product(s, b, multiply(c, a)))
    store(m, j, multiply_add(s, a, multiply(c, b)))


@subkernel
def prepend(fixed, f, m, o):  # pragma: no cover - compiled
    """Multiply the matrix at ``m[o:]`` from the left by that at ``fixed[f:]``; matrix 0 is the identity."""
    if f == 0:
        return
    a, b, c, d = load(m, o), load(m, o + 4), load(m, o + 8), load(m, o + 12)
    for i in range(4, 16, 4):
        row = multiply_add(spread(m, fixed[f + i + 1]), b, multiply(spread(m, fixed[f + i]), a))
        row = multiply_add(spread(m, fixed[f + i + 3]), d, multiply_add(spread(m, fixed[f + i + 2]), c, row))
        store(m, o + i, row)
