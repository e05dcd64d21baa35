"""Shots from a state in two arrays: sums of blocks once, then a look into the blocks that were hit."""

from __future__ import annotations

import numpy as np

from backends.compiling import kernel

BLOCK = 256  # amplitudes that one hit scans


@kernel
def block_sums(real, imaginary, sums):  # pragma: no cover - compiled
    """Write the running totals of |ψ|² over the blocks; the last one is the norm squared."""
    size, total = len(real) // len(sums), 0.0
    for block in range(len(sums)):
        part = 0.0
        for x in range(block * size, (block + 1) * size):
            part += real[x] * real[x] + imaginary[x] * imaginary[x]
        total += part
        sums[block] = total


@kernel
def draw(real, imaginary, sums, heights, indices):  # pragma: no cover - compiled
    """Write the basis index at each of the sorted ``heights`` below the norm squared."""
    size, block, place, reached, scanned = len(real) // len(sums), 0, 0, 0.0, -1
    for k in range(len(heights)):
        while block < len(sums) - 1 and sums[block] <= heights[k]:
            block += 1
        if block != scanned:
            scanned, place = block, block * size
            reached = sums[block - 1] if block > 0 else 0.0
            reached += real[place] * real[place] + imaginary[place] * imaginary[place]
        last = (block + 1) * size - 1
        while reached <= heights[k] and place < last:
            place += 1
            reached += real[place] * real[place] + imaginary[place] * imaginary[place]
        while place > 0 and real[place] == 0 and imaginary[place] == 0:
            place -= 1  # only rounding leads to a state of no probability
        indices[k] = place


def shots(real: np.ndarray, imaginary: np.ndarray, count: int, seed: list[int]) -> np.ndarray:
    """Return basis indices int64 ``[S]``, each an independent draw."""
    rng = np.random.default_rng(seed)
    sums = np.empty(max(1, len(real) // BLOCK))
    block_sums(real, imaginary, sums)
    heights = rng.random(count) * sums[-1]
    order = np.argsort(heights, kind="stable")
    drawn = np.empty(count, dtype=np.int64)
    draw(real, imaginary, sums, heights[order], drawn)
    indices = np.empty_like(drawn)
    indices[order] = drawn
    return indices
