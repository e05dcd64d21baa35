"""Observables as strings of letters with weights, readout included."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from backends.workload import Observable
from problems.contract import Array
from problems.ground_state import PauliSum
from problems.ground_state.noise import NoiseModel


class Strings(NamedTuple):
    """K observables as the kernels take them.

    Attributes:
        letters: int64 ``[T, n]``: I, X, Y, Z = 0 … 3 at each qubit.
        bounds: int64 ``[K + 1]``: where each observable's strings begin and end.
        weights: ``[T]``.
    """

    letters: Array
    bounds: Array
    weights: Array


def strings_of(observables: tuple[Observable, ...], n: int, noise: NoiseModel | None) -> Strings:
    """Write observables of width n; each weight is scaled by what the readout leaves of its string."""
    letters, weights, bounds = [np.zeros((0, n), dtype=np.int64)], [np.zeros(0)], [0]
    for observable in observables:
        paulis = observable if isinstance(observable, PauliSum) else PauliSum.from_ising(observable)
        seen = paulis if noise is None else noise.measured(paulis)
        drawn = np.frombuffer("".join(seen.strings).encode(), dtype=np.uint8).reshape(-1, n)
        letters.append(np.searchsorted(LETTERS, drawn))
        weights.append(seen.coefficients)
        bounds.append(bounds[-1] + len(seen.strings))
    return Strings(
        np.ascontiguousarray(np.concatenate(letters), dtype=np.int64),
        np.array(bounds, dtype=np.int64),
        np.array(np.concatenate(weights), dtype=float),
    )


LETTERS = np.frombuffer(b"IXYZ", dtype=np.uint8)
