"""Circuits on states beyond the cache: gates are gathered into passes, and a pass goes by tiles.

A pass is a set of at most ``TILE`` qubits and the gates on them that can go next; a tile is a choice of the
other bits. Each tile is copied into the cache, its gates run there, and it is copied back: one reading and
one writing of the state per pass instead of one per gate.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from backends.compiling import kernel, subkernel
from backends.statevector.circuit_kernels import apply_gates, fill_half_turns, first_free, pull_back
from backends.statevector.lanes import load, store
from problems.contract import Array

TILE = 12  # qubits of a pass: real and imaginary parts of a tile take 64 KiB
RUN = 4  # lowest qubits, in every tile: 16 numbers, two cache lines, lie side by side


class Passes(NamedTuple):
    """A circuit in passes.

    Attributes:
        gates: int64 ``[G, 4]`` in the order of the passes, qubits as bits of a tile.
        turns: ``[G, 2]`` in that order.
        bounds: Where the gates of each pass begin, int64 ``[S + 1]``.
        qubits: The qubits of each pass in ascending order, int64 ``[S, t]``.
    """

    gates: Array
    turns: Array
    bounds: Array
    qubits: Array


def passes_of(gates: Array, turns: Array, num_qubits: int, tile: int = TILE) -> Passes:
    """Gather the gates ``[G, 4]``, ``[G, 2]`` of a circuit into passes; each takes all it can in order.

    A gate must wait for the next pass if it would make the tile too large or acts where one waits already.
    ``tile`` is at least 4: two qubits of a run, which fills a vector, and two of a gate.
    """
    tile, waiting = min(tile, num_qubits), list(range(len(gates)))
    order, bounds, chosen = [], [0], []
    while waiting:
        active, blocked, taken, left = set(range(min(RUN, tile - 2))), set(), [], []
        for g in waiting:
            touched = {int(gates[g, 1]), int(gates[g, 2])}
            if touched & blocked or len(active | touched) > tile:
                blocked |= touched
                left.append(g)
            else:
                active |= touched
                taken.append(g)
        spare = (q for q in range(num_qubits) if q not in active)
        active |= {next(spare) for _ in range(tile - len(active))}
        waiting = left
        order += taken
        bounds.append(len(order))
        chosen.append(sorted(active))
    qubits = np.array(chosen, dtype=np.int64).reshape(len(chosen), tile)
    placed, index = gates[order], np.array(bounds, dtype=np.int64)
    for k, own in enumerate(qubits):
        inside = slice(index[k], index[k + 1])
        placed[inside, 1:3] = np.searchsorted(own, placed[inside, 1:3])
    return Passes(placed, turns[order], index, qubits)


@kernel
def run_passes(gates, turns, bounds, qubits, parameters, values):  # pragma: no cover - compiled
    """Write the final state ``[2 · 2^n]`` of a circuit in passes."""
    values[:] = 0.0
    values[0] = 1.0
    size, cosines, sines = len(values) // 2, np.empty(len(gates)), np.empty(len(gates))
    fill_half_turns(gates, turns, parameters, cosines, sines)
    local = np.empty(2 << qubits.shape[1])
    for k in range(len(qubits)):
        first, end = bounds[k], bounds[k + 1]
        starts, runs, run = _places(qubits[k], size)
        for start in starts:
            _gather(values, size, start, runs, run, local)
            apply_gates(gates[first:end], cosines[first:end], sines[first:end], len(local) // 2, local)
            _scatter(values, size, start, runs, run, local)


@kernel
def pull_back_passes(gates, turns, bounds, qubits, parameters, values, slopes):  # pragma: no cover - compiled
    """Undo a circuit in passes on ψ and λ, ``[4 · 2^n]``, back to its first gate with a parameter, and write
    the gradient to ``slopes [P]``.
    """
    slopes[:] = 0.0
    size, cosines, sines = len(values) // 4, np.empty(len(gates)), np.empty(len(gates))
    fill_half_turns(gates, turns, parameters, cosines, sines)
    local, free = np.empty(4 << qubits.shape[1]), first_free(gates)
    for k in range(len(qubits) - 1, -1, -1):
        first, end = bounds[k], bounds[k + 1]
        if end <= free:
            break
        starts, runs, run = _places(qubits[k], size)
        for start in starts:
            _gather(values, size, start, runs, run, local)
            pull_back(
                gates[first:end], turns[first:end], cosines[first:end], sines[first:end],
                max(free - first, 0), len(local) // 4, local, slopes,
            )  # fmt: skip
            _scatter(values, size, start, runs, run, local)


@kernel
def _places(qubits, size):  # pragma: no cover - compiled
    """Return where the tiles begin, where their runs lie from there, and how long a run is."""
    inner = 0
    while inner < len(qubits) and qubits[inner] == inner:
        inner += 1
    mask = 0
    for q in qubits:
        mask |= 1 << q
    tile = 1 << len(qubits)
    starts, runs = np.zeros(size // tile, np.int64), np.zeros(tile >> inner, np.int64)
    filled, bit = 1, 1
    while bit < size:
        if mask & bit == 0:
            starts[filled : 2 * filled] = starts[:filled] + bit
            filled *= 2
        bit *= 2
    filled = 1
    for q in qubits[inner:]:
        runs[filled : 2 * filled] = runs[:filled] + (1 << q)
        filled *= 2
    return starts, runs, 1 << inner


@subkernel
def _gather(values, size, start, runs, run, local):  # pragma: no cover - compiled
    place = 0
    for part in range(start, len(values), size):
        for offset in runs:
            for x in range(0, run, 4):
                store(local, place + x, load(values, part + offset + x))
            place += run


@subkernel
def _scatter(values, size, start, runs, run, local):  # pragma: no cover - compiled
    place = 0
    for part in range(start, len(values), size):
        for offset in runs:
            for x in range(0, run, 4):
                store(values, part + offset + x, load(local, place + x))
            place += run
