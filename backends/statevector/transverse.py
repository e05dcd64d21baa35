"""QAOA with the X mixer on the full space: which kernels run, and what their figures mean."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import numpy as np

from backends.qaoa_ansatz import QaoaAnsatz
from backends.statevector import drawing, zigzag_back
from backends.statevector import resident as resident_kernels
from backends.statevector import zigzag as zigzag_kernels
from backends.statevector.buffers import aligned
from backends.statevector.rows import LEAST, Rows, Translation
from backends.statevector.simulation import Precision, Simulator, bits_of
from backends.statevector.term_slopes import term_slopes
from backends.workload import Observable
from problems.binary.qubo import Ising
from problems.contract import Array

# compiled functions have no signature that a type checker could read
resident: Any = resident_kernels
zigzag: Any = zigzag_kernels
sweep_back: Any = zigzag_back.sweep_back

RESIDENT = 16  # bits up to which a state stays in the second-level cache: no passes then
# Measured: from how many bits on, bits of a low block, of a tile (all high bits, a few columns), most columns
SHAPES = ((24, 15, 15, 7), (20, 14, 15, 7), (0, resident_kernels.BLOCK, 13, 6))
LASTING = 2**28  # bytes of working memory that are kept from call to call
CHUNK = 64  # rows that are translated at once
NO_COST: Any = np.empty(0), np.empty((0, 0))


class TransverseSimulator(Simulator):
    """Amplitudes in two arrays of real numbers, in the frame where the mixer is a real rotation."""

    folded = False  # whether the last spin is left out of the state

    def __init__(self, ansatz: QaoaAnsatz, precision: Precision = "double"):
        self._ansatz, self.num_qubits = ansatz, ansatz.num_qubits
        self._own = ansatz.num_qubits - self.folded  # qubits of the state
        self._type = np.float64 if precision == "double" else np.float32
        self._bits = max(self._own, LEAST)
        self._scratch: Array | None = None
        self._translation = Translation(ansatz, self._bits, self.folded)
        _, self._low, tile, most = next(shape for shape in SHAPES if self._bits >= shape[0])
        self._columns = min(max(tile - (self._bits - self._low), 3), most)

    def expectations(
        self, rows: Array, observables: tuple[Observable, ...], gradient: bool = False, share: float = 1.0
    ) -> tuple[Array, Array | None]:
        """Return means ``[B, K]`` and gradients ``[B, K, P]``; of diagonals without a vector of energies."""
        if share < 1 or not all(isinstance(observable, Ising) for observable in observables):
            return super().expectations(rows, observables, gradient, share)
        means = np.zeros((len(rows), len(observables)))
        slopes = np.zeros((*means.shape, rows.shape[1])) if gradient else None
        for start in range(0, len(rows), CHUNK):
            chunk = slice(start, start + CHUNK)
            translated = self._translation.rows(rows[chunk])
            for k, observable in enumerate(observables):
                assert isinstance(observable, Ising)
                if slopes is None:
                    means[chunk, k] = self._means(translated, observable)
                else:
                    means[chunk, k], slopes[chunk, k] = self._gradients(translated, observable)
        return means, slopes

    def _means(self, rows: Rows, observable: Ising) -> Array:
        slopes, bends, constants = self._translation.cost(observable, rows.flips)
        if self._bits <= RESIDENT:
            block = min(self._bits, resident.BLOCK)
            scratch = self._table, *self._vectors(2)
            return resident.means(*rows.arrays, slopes, bends, block, *scratch) + constants
        real, imaginary = self._vectors(2)
        values = np.zeros(len(rows.slopes))
        for row in range(len(values)):
            cost = min(row, len(slopes) - 1)
            values[row] = zigzag.sweep(
                *rows.circuit(row), slopes[cost], bends[cost], self._low, self._columns,
                real, imaginary, *self._nothing(),
            )  # fmt: skip
        return values * rows.factors[:, -1] ** 2 + constants

    def _gradients(self, rows: Rows, observable: Ising) -> tuple[Array, Array]:
        slopes, bends, constants = self._translation.cost(observable, rows.flips)
        own = self._ansatz.cost
        layered = self._translation.layer_costs(own, rows.masks)
        count, layers, width = rows.slopes.shape
        many = self._ansatz.multi_angle
        if self._bits <= RESIDENT:
            block, (vectors, kept) = min(self._bits, resident.BLOCK), self._resident()
            differences = np.empty((count if many else 0, layers, 1 << width), self._type)
            values, mixed, phased = resident.gradients(
                *rows.arrays,
                slopes,
                bends,
                *layered,
                block,
                self._table,
                vectors,
                kept,
                differences,
            )
            by_term = [term_slopes(part, self._ansatz) for part in differences]
            return values + constants, self._chained(rows, mixed, phased, by_term)
        values, mixed, phased = (
            np.zeros(count),
            np.zeros((count, layers, width + 1)),
            np.zeros((count, layers)),
        )
        by_term, vectors = [], self._vectors(4)
        differences = np.empty((layers if many else 0, 1 << width), self._type)
        for row in range(count):
            cost, which = min(row, len(slopes) - 1), min(row, len(layered[0]) - 1)
            circuit = rows.circuit(row)
            values[row] = zigzag.sweep(
                *circuit, slopes[cost], bends[cost], self._low, self._columns, *vectors
            )
            sweep_back(
                *circuit, layered[0][which], layered[1][which], self._low, self._columns, *vectors,
                mixed[row], phased[row], differences,
            )  # fmt: skip
            if many:
                by_term.append(term_slopes(differences, self._ansatz))
        return values * rows.factors[:, -1] ** 2 + constants, self._chained(rows, mixed, phased, by_term)

    def _chained(self, rows: Rows, mixed: Array, phased: Array, by_term: list[Array]) -> Array:
        """Return slopes by the ansatz's own parameters ``[B, P]``."""
        count, n = len(mixed), self._own
        own = (mixed[:, :, :-1] * rows.turned)[:, :, :n]
        if not self._ansatz.multi_angle:
            folded = self._translation.sign * mixed[:, :, -1]
            return np.concatenate([own.sum(axis=2) + folded, phased], axis=1)
        signs = self._translation.term_signs(rows.masks)
        return np.concatenate(
            [own.reshape(count, -1), (np.stack(by_term) * signs).reshape(count, -1)], axis=1
        )

    def _vectors(self, count: int) -> Any:
        """Return ``[count, 2^N]`` to work in, kept from call to call while they are small."""
        if self._scratch is not None and len(self._scratch) >= count:
            return self._scratch[:count]
        vectors = aligned((count, 1 << self._bits), self._type)
        if vectors.nbytes <= LASTING:
            self._scratch = vectors
        return vectors

    def _resident(self) -> tuple[Array, Array]:
        """Return the scratch ``[4, 2^N]`` of a gradient and the room for the states it keeps ``[p, 2, 2^N]``.

        They are one allocation that outlives the call: first touching new pages costs as much as a layer.
        """
        vectors = self._vectors(4 + 2 * self._ansatz.layers)
        return vectors[:4], vectors[4:].reshape(self._ansatz.layers, 2, -1)

    def _evolved(self, row: Array) -> tuple[Rows, Array, Array]:
        """Return the translated row and the last state in the frame, the last factor still owed."""
        rows = self._translation.rows(row[None])
        circuit = rows.circuit(0)
        real, imaginary = self._vectors(2)
        if self._bits <= RESIDENT:
            none = np.empty((0, 2, len(real)), self._type)
            resident.evolve(*circuit, self._table, real, imaginary, none)
        else:
            zigzag.sweep(*circuit, *NO_COST, self._low, self._columns, real, imaginary, *self._nothing())
        return rows, real, imaginary

    def state(self, row: Array) -> Array:
        """Return the final state, complex ``[2^n]``."""
        rows, real, imaginary = self._evolved(row)
        n, size = self._own, 1 << self._own
        scale = rows.factors[0, -1] * 2 ** ((self._bits - n) / 2)
        state = np.empty(size, dtype=complex)
        state.real, state.imag = real[:size], imaginary[:size]
        state *= scale * np.exp(-1j * rows.phase[0])
        mask = int(rows.flips[0] @ (1 << np.arange(self._bits)))
        if mask:
            state = state[np.arange(size) ^ mask]
        for q in range(n):  # out of the frame: (−i) to the number of ones
            state.reshape(-1, 2, 1 << q)[:, 1] *= -1j
        return state

    def sample(self, rows: Array, shots: int, seed: int) -> Array:
        """Draw bits uint8 ``[B, S, n]``; row k draws its uniform numbers from (seed, k)."""
        bits = np.zeros((len(rows), shots, self.num_qubits), dtype=np.uint8)
        for k, row in enumerate(rows):
            translated, real, imaginary = self._evolved(row)
            indices = drawing.shots(real, imaginary, shots, [seed, k])
            bits[k, :, : self._own] = bits_of(indices, self._own) ^ translated.flips[0, : self._own]
        return bits

    def pull_back(self, row: Array, state: Array, left: Array) -> Array:
        """Return the gradient ``[P]`` from ``left`` = Hψ of any observable; the states are made anew."""
        rows = self._translation.rows(row[None])
        circuit = rows.circuit(0)
        layered = self._translation.layer_costs(self._ansatz.cost, rows.masks)
        count, layers, width = rows.slopes.shape
        mixed, phased = np.zeros((layers, width + 1)), np.zeros(layers)
        shape = (layers if self._ansatz.multi_angle else 0, 1 << width)
        differences = np.zeros(shape, self._type)
        vectors, kept = self._resident() if self._bits <= RESIDENT else (self._vectors(4), None)
        vectors[2:] = self._framed(rows, left)
        if kept is not None:
            table = self._table
            resident.evolve(*circuit, table, *vectors[:2], kept)
            resident.pull_back(
                *circuit, layered[0][0], layered[1][0], table, kept, vectors, mixed, phased,
                differences.reshape(-1, layers, 1 << width),
            )  # fmt: skip
        else:
            zigzag.sweep(*circuit, *NO_COST, self._low, self._columns, *vectors[:2], *self._nothing())
            vectors[2:] /= rows.factors[0, -1]  # both states owe the last factor there
            sweep_back(
                *circuit, layered[0][0], layered[1][0], self._low, self._columns, *vectors, mixed, phased,
                differences,
            )  # fmt: skip
        by_term = [term_slopes(differences, self._ansatz)] if self._ansatz.multi_angle else []
        return self._chained(rows, mixed[None], phased[None], by_term)[0]

    def _framed(self, rows: Rows, vector: Array) -> Array:
        """Return a complex vector ``[2^n]`` as ``[2, 2^N]`` in the frame of the row's last state."""
        n, size = self._own, 1 << self._own
        framed = vector * np.exp(1j * rows.phase[0]) * 2 ** (-(self._bits - n) / 2)
        for q in range(n):
            framed.reshape(-1, 2, 1 << q)[:, 1] *= 1j
        mask = int(rows.flips[0] @ (1 << np.arange(self._bits)))
        if mask:
            framed = framed[np.arange(size) ^ mask]
        return np.tile(np.stack([framed.real, framed.imag]), 1 << (self._bits - n))

    @cached_property
    def _table(self) -> Array:
        """Scratch for the phases of a block."""
        return aligned((2, 1 << min(self._bits, resident.BLOCK)), self._type)

    def _nothing(self) -> Any:
        return np.empty(0, self._type), np.empty(0, self._type)


def bytes_needed(
    ansatz: QaoaAnsatz, gradient: bool, observables: int, precision: Precision = "double"
) -> int:
    """Return the bytes at the peak."""
    number = 8 if precision == "double" else 4
    vectors = 4 if gradient else 2
    if max(ansatz.num_qubits, LEAST) <= RESIDENT and gradient:
        vectors += 2 * ansatz.layers + 4
    if gradient and ansatz.multi_angle:
        vectors += ansatz.layers * (CHUNK if ansatz.num_qubits <= RESIDENT else 1)
    return vectors * number << ansatz.num_qubits
