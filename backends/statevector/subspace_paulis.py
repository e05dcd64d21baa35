"""Pauli sums within the one-hot subspace: a string is one small matrix per axis, and never the full space.

On an axis a string of Paulis has at most one entry in each column. On a one-hot block it keeps the block's
single one where it has no X or Y there, hands it over between two qubits where it has X or Y on exactly
these, and leads out of the subspace in all other cases.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from backends.compiling import kernel
from backends.statevector.simulation import Measured
from problems.contract import Array
from problems.ground_state import PauliSum

Axes = tuple[tuple[int, ...], ...]


class SubspacePaulis(Measured):
    """The part of a Pauli sum that stays in the subspace, made ready for its states ``[D]``.

    Args:
        paulis: The sum.
        axes: The qubits of each axis: a block, or a free qubit alone.
        dims: int64, the number of states of each axis.
    """

    def __init__(self, paulis: PauliSum, axes: Axes, dims: Array):
        self._dims, self._offset = dims, 0.0
        self._bounds = np.append(0, np.cumsum(dims))
        alive, self._targets, self._factors = tables_of(paulis, axes, dims)
        self._coefficients = np.where(alive, paulis.coefficients, 0.0)

    def mean(self, state: Array) -> float:
        """Return ⟨ψ|H|ψ⟩."""
        return float(np.vdot(state, self.apply(state)).real)

    def apply(self, state: Array) -> Array:
        """Return the part of Hψ within the subspace."""
        out = np.zeros_like(state)
        apply_strings(self._coefficients, self._targets, self._factors, self._dims, self._bounds, state, out)
        return out


def diagonal_over(paulis: PauliSum, axes: Axes, dims: Array) -> Array:
    """Return the diagonal ``[D]`` of a sum of strings of I and Z."""
    factors = np.real(tables_of(paulis, axes, dims)[2])
    total: Any = np.zeros(dims[::-1])  # the first axis is the last of the array
    bounds = np.append(0, np.cumsum(dims))
    for coefficient, row in zip(paulis.coefficients, factors, strict=True):
        product = np.full((1,) * len(dims), coefficient)
        for axis, size in enumerate(dims):
            shape = [1] * len(dims)
            shape[len(dims) - 1 - axis] = size
            product = product * row[bounds[axis] : bounds[axis + 1]].reshape(shape)
        total += product
    return total.reshape(-1)


def tables_of(paulis: PauliSum, axes: Axes, dims: Array) -> tuple[Array, Array, Array]:
    """Return which strings stay ``[K]``, and where each state of each axis goes with which factor.

    Returns:
        Booleans ``[K]``; targets int64 and factors complex, ``[K, Σ dims]``, the axes one after the other.
    """
    count = len(paulis.strings)
    text = "".join(paulis.strings).encode()
    letters = np.frombuffer(text, dtype=np.uint8).reshape(count, paulis.num_qubits)
    alive = np.ones(count, dtype=bool)
    targets, factors = [], []
    for axis, size in zip(axes, dims.tolist(), strict=True):
        own = letters[:, list(axis)]
        flips = (own == ord("X")) | (own == ord("Y"))
        turns, signed = (own == ord("Y")).sum(axis=1), (own == ord("Z")) | (own == ord("Y"))
        bits = np.eye(size, dtype=np.int64) if len(axis) > 1 else np.array([[0], [1]])
        parity = (signed @ bits.T) & 1
        factor = np.array([1, 1j, -1, -1j])[turns % 4][:, None] * (1.0 - 2.0 * parity)
        here, flipped = np.arange(size), flips.sum(axis=1)
        target = np.broadcast_to(here, (count, size)).copy()
        if len(axis) == 1:
            target[flipped == 1] = 1 - here
        else:
            moved = flipped == 2
            alive &= moved | (flipped == 0)
            target[moved] = (flips[moved] @ here)[:, None] - here  # the other one of the two
            factor[moved] *= flips[moved]
            target[target < 0] = 0
            target[target >= size] = 0
        targets.append(target)
        factors.append(factor)
    return alive, np.concatenate(targets, axis=1), np.concatenate(factors, axis=1)


@kernel
def apply_strings(coefficients, targets, factors, dims, bounds, state, out):  # pragma: no cover - compiled
    """Add Σ c_k P_k ψ to ``out``, as far as it stays in the subspace."""
    for k in range(len(coefficients)):
        if coefficients[k] == 0:
            continue
        for place in range(len(state)):
            rest, goal, stride = place, 0, 1
            amplitude = coefficients[k] * state[place]
            for axis in range(len(dims)):
                column = bounds[axis] + rest % dims[axis]
                rest //= dims[axis]
                goal += stride * targets[k, column]
                stride *= dims[axis]
                amplitude *= factors[k, column]
            if amplitude != 0:
                out[goal] += amplitude
