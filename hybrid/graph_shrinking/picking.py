"""Which pairs a step ties: the best admissible ones, disjoint, above a cut that adapts to the ranking."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

Array = np.ndarray
TIE = 1e-6  # correlations that differ by less are equal: the lower spins go first


def ranked(priority: Array) -> Iterator[tuple[int, int, float]]:
    """Yield pairs ``(a, b, priority)`` with a < b by falling priority, ties by index, negative ones never."""
    left = np.where(np.triu(np.ones(priority.shape, dtype=bool), 1), np.round(priority / TIE) * TIE, -1.0)
    flat = left.reshape(-1)
    size = len(priority)
    while size:
        k = int(np.argmax(flat))
        if flat[k] < 0.0:
            return
        value = float(flat[k])
        flat[k] = -1.0
        yield k // size, k % size, value


def chosen_pairs(
    priority: Array, most: int, admissible: Callable[[int, int], bool]
) -> list[tuple[int, int, float]]:
    """Return at most ``most`` node-disjoint admissible pairs at or above the mean of the best ``most`` + 1.

    With ``most`` = 1 this is the best admissible pair alone.
    """
    best = []
    for pair in ranked(priority):
        if admissible(pair[0], pair[1]):
            best.append(pair)
            if len(best) == (most + 1 if most > 1 else 1):
                break
    cut = float(np.mean([value for _, _, value in best])) - TIE if best else 0.0
    taken, used = [], set()
    for a, b, value in best[:most]:
        if value >= cut and not {a, b} & used:
            taken.append((a, b, value))
            used |= {a, b}
    return taken
