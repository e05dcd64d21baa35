"""The mixing method: unit vectors in few dimensions instead of a large positive semidefinite matrix.

min Σ_k c_k ⟨v_first, v_second⟩ over unit vectors is the semidefinite relaxation of a spin model once the
dimension r passes √(2n): then no local minimum is spurious but for special data (Burer and Monteiro,
Mathematical Programming 95 (2003); Boumal, Voroninski and Bandeira, NIPS 2016). One vector after another is
set to the best it can be, v_i = −g_i/‖g_i‖ with g_i = Σ_j a_ij v_j (Wang, Chang and Kolter, arXiv
1706.00476), which converges linearly. At the optimum ‖g_i‖ is the multiplier of ‖v_i‖ = 1.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numba import njit

Array = np.ndarray
OPERATIONS_PER_CALL = 4e7  # multiplications in one compiled call: some 40 ms


def random_vectors(n: int, rank: int | None, seed: int) -> Array:
    """Return uniform random unit vectors ``[n, r]``; by default r is the least above √(2n)."""
    r = int(np.sqrt(2.0 * n)) + 1 if rank is None else rank
    vectors = np.random.default_rng(seed).normal(size=(n, r))
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def mix(matrix: Any, vectors: Array, sweeps: int, out_of_time: Callable[[], bool]) -> bool:
    """Run sweeps over vectors ``[n, r]`` in place; returns whether they were all made in time.

    Args:
        matrix: A as symmetric CSR with an empty diagonal.
        vectors: Unit rows.
        sweeps: How many times each vector is set.
        out_of_time: Asked between compiled calls.
    """
    n, r = vectors.shape
    parts = matrix.indptr.astype(np.int64), matrix.indices.astype(np.int64), matrix.data
    span = max(1, int(OPERATIONS_PER_CALL / ((2 + matrix.nnz / max(1, n)) * r)))
    for done in range(0, sweeps * n, span):
        if out_of_time():
            return False
        _set_vectors(*parts, vectors, done % max(1, n), min(span, sweeps * n - done))
    return True


def multipliers(matrix: Any, vectors: Array) -> tuple[Array, float]:
    """Return ‖g_i‖ ``[n]`` and Σ_k c_k ⟨v_first, v_second⟩ as it stands."""
    pull = matrix @ vectors
    return np.linalg.norm(pull, axis=1), 0.5 * float(np.einsum("ij,ij->", pull, vectors))


@njit(cache=True, nogil=True)
def _set_vectors(indptr: Array, index: Array, value: Array, vectors: Array, start: int, count: int) -> None:
    n, r = vectors.shape
    pull = np.empty(r)
    i = start
    for _ in range(count):
        pull[:] = 0.0
        for e in range(indptr[i], indptr[i + 1]):
            weight, other = value[e], vectors[index[e]]
            for k in range(r):
                pull[k] += weight * other[k]
        square = 0.0
        for k in range(r):
            square += pull[k] * pull[k]
        if square > 0.0:
            scale = -1.0 / np.sqrt(square)
            for k in range(r):
                vectors[i, k] = scale * pull[k]
        i = i + 1 if i + 1 < n else 0
