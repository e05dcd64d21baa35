"""Checks of starts and mixers at the border: blocks, probabilities, listed states, matrices."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from backends.sparse_rows import SparseRows
from problems.binary import blocks as one_hot
from problems.checking import check_integer, frozen_array, refuse_elements
from problems.errors import ProblemError

Array = np.ndarray
Blocks = tuple[tuple[int, ...], ...]
SYMMETRY = 1e-12  # by which a matrix and its adjoint may differ, in units of its largest entry


def check_blocks(blocks: Iterable[Iterable[int]]) -> Blocks:
    """Return blocks as tuples, refusing overlaps, blocks of one, and none at all."""
    try:
        groups = tuple(tuple(block) for block in blocks)
    except TypeError:
        raise ProblemError("blocks", blocks, "groups of qubits, such as ((0, 1, 2), (3, 4, 5))") from None
    if not groups:
        raise ProblemError("blocks", (), "at least one group of qubits")
    return one_hot.check_blocks("blocks", groups)


def check_within(groups: Blocks, n: int) -> None:
    """Refuse qubits beyond n in any of the groups."""
    for k, group in enumerate(groups):
        for qubit in group:
            if qubit >= n:
                raise ProblemError(f"the qubits of block {k}", qubit, f"a qubit in [0, {n - 1}]")


def checked_probabilities(value: Array) -> Array:
    """Return probabilities ``[n]``, read-only, refusing what lies outside [0, 1]."""
    array = frozen_array("probabilities", value, shape=(None,))
    refuse_elements("probabilities", array, (array < 0) | (array > 1), "a number in [0, 1]")
    return array


def check_states_width(states: Array, n: int) -> None:
    """Refuse states of any width but n."""
    if states.shape[1] != n:
        raise ProblemError("the width of states", states.shape[1], f"{n} qubits")


def check_width(probabilities: Array, n: int) -> None:
    """Refuse any number of probabilities but n."""
    if len(probabilities) != n:
        raise ProblemError("the number of probabilities", len(probabilities), f"{n}, one per qubit")


def checked_terms(terms: Any) -> tuple[tuple[tuple[int, ...], Array], ...]:
    """Return pairs of qubits and a read-only matrix, refusing what is not Hermitian."""
    try:
        pairs = [(tuple(qubits), matrix) for qubits, matrix in terms]
    except TypeError:
        raise ProblemError("terms", terms, "pairs of qubits and a matrix, such as ((0, 1), matrix)") from None
    if not pairs:
        raise ProblemError("terms", (), "at least one pair of qubits and a matrix")
    return tuple(_term(k, *pair) for k, pair in enumerate(pairs))


def _term(k: int, qubits: tuple[int, ...], matrix: Any) -> tuple[tuple[int, ...], Array]:
    for qubit in qubits:
        check_integer(f"the qubits of terms[{k}]", qubit, 0)
    if len(set(qubits)) != len(qubits) or not qubits:
        raise ProblemError(f"the qubits of terms[{k}]", qubits, "different qubits, at least one")
    size = 2 ** len(qubits)
    try:
        array = np.asarray(matrix)
    except ValueError:  # rows of different lengths
        raise ProblemError(f"the matrix of terms[{k}]", matrix, f"numbers ({size}, {size})") from None
    if array.dtype.kind not in "biufc" or array.shape != (size, size) or not np.all(np.isfinite(array)):
        shown = f"{array.dtype} {array.shape}"
        raise ProblemError(f"the matrix of terms[{k}]", shown, f"finite numbers ({size}, {size})")
    array = array.astype(complex)
    if not np.allclose(array, array.conj().T, rtol=0, atol=SYMMETRY * max(1.0, np.abs(array).max())):
        raise ProblemError(f"the matrix of terms[{k}]", "not Hermitian", "a Hermitian matrix")
    array = (array + array.conj().T) / 2
    array.setflags(write=False)
    return tuple(map(int, qubits)), array


def checked_states(value: Any) -> Array:
    """Return bits uint8 ``[F, n]``, read-only, refusing a state that is listed twice."""
    states = frozen_array("states", value, shape=(None, None), dtype=np.int64)
    if states.size == 0:
        raise ProblemError("the shape of states", states.shape, "at least one state")
    refuse_elements("states", states, (states != 0) & (states != 1), "0 or 1")
    if len(np.unique(states, axis=0)) < len(states):
        raise ProblemError("states", "a state that is listed twice", "each state once")
    return frozen_array("states", states, dtype=np.uint8)


def checked_symmetric(matrix: Any, size: int) -> Array | SparseRows:
    """Return a matrix as it is kept, refusing other shapes and what is not symmetric."""
    if isinstance(matrix, SparseRows) or hasattr(matrix, "tocsr"):
        kept = matrix if isinstance(matrix, SparseRows) else SparseRows.of(matrix)
        if kept.size != size:
            raise ProblemError("the shape of matrix", (kept.size, kept.size), f"({size}, {size})")
        largest, asymmetry = float(np.abs(kept.values).max(initial=0.0)), kept.asymmetry()
    else:
        kept = frozen_array("matrix", matrix, shape=(size, size))
        largest, asymmetry = float(np.abs(kept).max()), float(np.abs(kept - kept.T).max())
    if asymmetry > SYMMETRY * max(1.0, largest):
        raise ProblemError(
            "matrix", f"one that differs from its transpose by {asymmetry:.3g}", "a symmetric one"
        )
    return kept
