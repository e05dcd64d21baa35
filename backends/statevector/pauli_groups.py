"""Observables made ready for ``pauli_kernels``: strings grouped by X mask, one diagonal per group."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np

from backends.statevector import kernels
from backends.statevector.buffers import aligned
from backends.statevector.gate_kernels import LEAST_BITS
from backends.statevector.pauli_kernels import TABLE, fill_table
from backends.workload import Observable
from problems.binary.qubo import Ising
from problems.checking import check_integer
from problems.contract import Array
from problems.errors import ProblemError
from problems.ground_state.pauli_sum import MASK_QUBITS

TABLE_BYTES = 1 << 25  # up to here, the size of a last-level cache, reading a table beats summing it up


class GroupArrays(NamedTuple):
    """What the kernels take, in their order.

    Attributes:
        spans: int64 ``[K, 10]``: where the 8 classes of groups begin, where the last ends, the table's place.
        masks: X masks, int64 ``[G]``.
        bounds: Where the strings of each group begin, int64 ``[G + 1]``.
        z_masks: int64 ``[T]``.
        weights: ``[T]``.
        table: The tables of all observables that have one, one after the other.
    """

    spans: Array
    masks: Array
    bounds: Array
    z_masks: Array
    weights: Array
    table: Array


@dataclass(frozen=True, eq=False)
class PauliGroups:
    """K observables of one width, grouped: strings of equal X mask and parity of Ys share one diagonal.

    A diagonal observable, and one whose tables together take at most 32 MiB, gets tables: 8 · 2^n bytes per
    group. The others' diagonals are summed up from their strings in the kernel, which needs no memory.

    Attributes:
        num_qubits: n, at most 63.
        observables: K of them.

    Raises:
        ProblemError: If an observable is no ``PauliSum`` or ``Ising``, or of another width.
    """

    num_qubits: int
    observables: tuple[Observable, ...]

    def __post_init__(self):
        check_integer("num_qubits", self.num_qubits, 1, MASK_QUBITS)
        object.__setattr__(self, "observables", tuple(self.observables))
        for k, observable in enumerate(self.observables):
            if not isinstance(observable, Observable):
                raise ProblemError(f"observables[{k}]", type(observable).__name__, "a PauliSum or an Ising")
            width = observable.n if isinstance(observable, Ising) else observable.num_qubits
            if width != self.num_qubits:
                raise ProblemError(f"the width of observables[{k}]", width, f"{self.num_qubits} qubits")

    @cached_property
    def arrays(self) -> GroupArrays:
        """The observables as the kernels take them."""
        size = 1 << max(self.num_qubits, LEAST_BITS)
        parts = [_grouped(observable) for observable in self.observables]
        spans = np.zeros((len(parts), TABLE + 1), dtype=np.int64)
        groups = strings = places = 0
        bounds = [np.zeros(1, dtype=np.int64)]
        for span, part in zip(spans, parts, strict=True):
            span[:TABLE] = groups + part.classes
            bounds.append(strings + part.ends)
            groups, strings = groups + len(part.masks), strings + len(part.z_masks)
            fits = 8 * size * len(part.masks) <= TABLE_BYTES or not part.masks.any()
            span[TABLE] = places if fits else -1
            places += size * len(part.masks) if fits else 0
        masks, z_masks = (_joined([getattr(part, name) for part in parts]) for name in ("masks", "z_masks"))
        weights = np.concatenate([np.zeros(0), *(part.weights for part in parts)])
        arrays = GroupArrays(spans, masks, np.concatenate(bounds), z_masks, weights, aligned(places))
        for observable, span in zip(self.observables, spans, strict=True):
            if isinstance(observable, Ising):
                _fill_energies(observable, arrays.table[span[TABLE] : span[TABLE] + size])
            elif span[TABLE] >= 0:
                fill_table(size, span, arrays.bounds, z_masks, weights, arrays.table)
        return arrays


class _Grouped(NamedTuple):
    """One observable: the bounds of its classes ``[9]``, its groups, the ends of their strings, these."""

    classes: Array
    masks: Array
    ends: Array
    z_masks: Array
    weights: Array


def _joined(parts: list[Array]) -> Array:
    return np.concatenate([np.zeros(0, dtype=np.int64), *parts])


def _grouped(observable: Observable) -> _Grouped:
    if isinstance(observable, Ising):  # one group whose table is filled without strings
        classes, one = np.r_[0, np.ones(8, dtype=np.int64)], np.zeros(1, dtype=np.int64)
        return _Grouped(classes, one, one, one[:0], np.zeros(0))
    x, z = observable.masks
    turns = np.bitwise_count(x & z).astype(np.int64)
    weights = observable.coefficients * np.where((turns + 1) & 2, -1.0, 1.0)  # (−i)^Y is ±1 or ±i
    kinds = 4 * (turns & 1) + (x & 3)  # the classes of the kernels
    order = np.lexsort((z, x, kinds))
    x, z, weights, kinds = x[order], z[order], weights[order], kinds[order]
    new = np.ones(len(x), dtype=bool)
    new[1:] = (x[1:] != x[:-1]) | (kinds[1:] != kinds[:-1])
    starts = np.flatnonzero(new)
    ends = np.append(starts, len(x))[1:]
    return _Grouped(np.searchsorted(kinds[starts], np.arange(TABLE)), x[starts], ends, z, weights)


def _fill_energies(ising: Ising, table: Array) -> None:
    form = ising.form.on_bits()
    energies, slope = table[: 1 << form.n], np.empty(max(1, 1 << form.n - 1))
    kernels.fill_energies(np.ascontiguousarray(form.linear), form.dense(), form.offset, energies, slope)
    if len(energies) < len(table):  # idle qubits repeat them
        table[:] = np.resize(energies, len(table))
