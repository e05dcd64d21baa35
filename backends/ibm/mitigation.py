"""Readout errors taken out of sampled bits: by the inverse confusion of each qubit, or on observed strings.

Both return quasi-probabilities for the measured strings. They sum to one in each row and may be negative. The
confusion of qubits is taken as independent: errors [n, 2] are P(1 read | 0) and P(0 read | 1).
"""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
from scipy.sparse.linalg import LinearOperator, gmres

from problems.contract import Array
from problems.errors import BackendError, ProblemError

Method = Literal["per_qubit", "subspace"]
METHODS = ("per_qubit", "subspace")
DENSE = 2048  # observed strings up to which the subspace equations are solved directly


def mitigated(bits: Array, errors: Array, method: Method) -> Array:
    """Return weights ``[B, S]`` for bits ``[B, S, n]``, given readout errors ``[n, 2]``.

    "per_qubit" gives each observed string its entry of the inverse confusion applied to the frequencies, then
    normalises; entries at strings that were never observed are left out. "subspace" solves the confusion
    equations among observed strings alone, columns normalised (Nation et al., PRX Quantum 2, 040326).

    Raises:
        ProblemError: If a qubit's readout cannot be inverted.
        BackendError: If the equations have no usable solution.
    """
    broken = np.flatnonzero(errors.sum(axis=1) >= 1 - 1e-6)
    if broken.size:
        expected = "readout errors that sum to less than 1, so that they can be inverted"
        raise ProblemError(f"readout of qubit {broken[0]}", errors[broken[0]].tolist(), expected)
    return np.stack([_row(row, errors, method) for row in bits])


def _row(bits: Array, errors: Array, method: Method) -> Array:
    strings, owner, counts = np.unique(bits, axis=0, return_inverse=True, return_counts=True)
    frequencies, owner = counts / counts.sum(), owner.reshape(-1)
    quasi = (inverse if method == "per_qubit" else subspace)(strings, frequencies, errors)
    total = quasi.sum()
    if not np.isfinite(total) or abs(total) < 1e-9:
        raise BackendError(f"readout mitigation by {method!r} found no solution; take more shots or None")
    return (quasi / total / counts)[owner]


def inverse(strings: Array, frequencies: Array, errors: Array) -> Array:
    """Return the inverse confusion, a product over qubits, applied to frequencies, at the observed strings.

    O(U² n) time for U strings, in slabs.
    """
    up, down = errors[:, 0], errors[:, 1]
    scale = 1 / (1 - up - down)
    table = np.empty((len(up), 2, 2))  # [qubit, true, read]
    table[:, 0, 0], table[:, 0, 1] = (1 - down) * scale, -down * scale
    table[:, 1, 0], table[:, 1, 1] = -up * scale, (1 - up) * scale
    return _apply(table, strings, frequencies)


def subspace(strings: Array, frequencies: Array, errors: Array) -> Array:
    """Return the solution of the confusion equations among the observed strings, columns summing to one."""
    up, down = errors[:, 0], errors[:, 1]
    table = np.empty((len(up), 2, 2))  # [qubit, read, true]
    table[:, 0, 0], table[:, 0, 1] = 1 - up, down
    table[:, 1, 0], table[:, 1, 1] = up, 1 - down
    ones = np.ones(len(strings))
    columns = _apply(
        np.swapaxes(table, 1, 2), strings, ones
    )  # what of each true string lands on observed ones
    if len(strings) <= DENSE:
        return np.linalg.solve(_matrix(table, strings, strings) / columns, frequencies)
    kind: Any = LinearOperator
    operator = kind(2 * (len(strings),), matvec=lambda x: _apply(table, strings, x.reshape(-1) / columns))
    solution, failed = gmres(operator, frequencies, x0=frequencies, rtol=1e-8, maxiter=200)
    if failed:
        raise BackendError(
            "readout mitigation by 'subspace' did not converge; take 'per_qubit' or more shots"
        )
    return solution


def _apply(table: Array, strings: Array, vector: Array) -> Array:
    """Multiply by the product over qubits of ``table [n, row, column]`` among strings, in slabs of rows."""
    slab = max(1, 4_000_000 // max(1, len(strings)))
    parts = [
        _matrix(table, strings[start : start + slab], strings) @ vector
        for start in range(0, len(strings), slab)
    ]
    return np.concatenate(parts)


def _matrix(table: Array, rows: Array, columns: Array) -> Array:
    product = np.ones((len(rows), len(columns)))
    for qubit, entries in enumerate(table):
        product *= entries[rows[:, qubit][:, None], columns[:, qubit][None, :]]
    return product
