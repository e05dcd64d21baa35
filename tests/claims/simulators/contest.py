"""Contestants side by side in one run: interleaved, CPU time, minimum of the repeats."""

from __future__ import annotations

import math
import os
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

SHORTEST = 4e-3  # seconds of CPU that one measurement lasts at least; a shorter call is repeated within it
LONGEST = 25e-3  # seconds up to which all measurements of a contest last as long as its slowest single call
PATIENCE = 5.0  # seconds of a call beyond which three repeats have to do
SPAN = 2.0  # seconds over which a full contest of short calls goes on: the processor's clock changes in less


@dataclass(frozen=True)
class Timing:
    """What one contestant took per call, in seconds.

    Attributes:
        cpu: Least CPU time over the repeats.
        wall: Least wall time.
        median: Median CPU time.
        value: What the call returned.
    """

    cpu: float
    wall: float
    median: float
    value: object

    def __str__(self) -> str:
        return f"{readable(self.cpu)} (median {readable(self.median)})"


def race(contestants: Mapping[str, Callable[[], object]], repeats: int = 7) -> dict[str, Timing]:
    """Time all contestants by turns, ``repeats`` times or more; a first call warms up and sizes a turn.

    Turns last alike where calls are short: each begins with caches that the one before has emptied, which
    would weigh more on the shorter.
    """
    took, values = {}, {}
    for name, contestant in contestants.items():
        values[name] = contestant()
        start = time.process_time()
        contestant()
        took[name] = max(time.process_time() - start, 1e-7)
    turn = max(SHORTEST, min(LONGEST, max(took.values())))
    calls = {name: max(1, math.ceil(turn / once)) for name, once in took.items()}
    if max(took.values()) > PATIENCE:
        repeats = min(repeats, 3)
    cpu, wall = {name: [] for name in contestants}, {name: [] for name in contestants}
    begun, least, done = time.perf_counter(), SPAN if repeats >= 7 else 0.0, 0
    while done < repeats or time.perf_counter() - begun < least:
        done += 1
        for name, contestant in contestants.items():
            before, started = time.process_time(), time.perf_counter()
            for _ in range(calls[name]):
                contestant()
            cpu[name].append((time.process_time() - before) / calls[name])
            wall[name].append((time.perf_counter() - started) / calls[name])
    return {
        name: Timing(min(cpu[name]), min(wall[name]), float(np.median(cpu[name])), values[name])
        for name in contestants
    }


def copying(amplitudes: int) -> Callable[[], None]:
    """Return a call that reads and writes 16 bytes per amplitude: the least that a layer can do."""
    source, target = np.ones(2 * amplitudes), np.zeros(2 * amplitudes)
    return lambda: np.copyto(target, source)


def differ(ours: object, theirs: object, tolerance: float = 1e-9) -> str | None:
    """Say by how much two values differ where it is more than the tolerance, relative to their size."""
    a, b = np.asarray(ours, dtype=float), np.asarray(theirs, dtype=float)
    distance = float(np.max(np.abs(a - b)) / max(1.0, float(np.max(np.abs(b)))))
    return f"the values differ by {distance:.1e}" if distance > tolerance else None


def readable(seconds: float) -> str:
    """Write a time in its natural unit."""
    for unit, size in (("s", 1.0), ("ms", 1e-3), ("us", 1e-6)):
        if seconds >= size:
            return f"{seconds / size:.3g} {unit}"
    return f"{seconds / 1e-9:.3g} ns"


def load() -> str:
    """Write the load of the machine and its processors."""
    return f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors"
