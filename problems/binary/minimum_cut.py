"""The minimum cut of a weighted graph. Stoer and Wagner, Journal of the ACM 44 (1997)."""

from __future__ import annotations

import numpy as np
from numba import njit

Array = np.ndarray


def minimum_cut(weights: Array) -> tuple[float, Array]:
    """Return the weight of the least cut and one of its sides, bool ``[n]``.

    Args:
        weights: ``[n, n]``, none negative; the weight of a pair is the sum of its two entries. n >= 2.
    """
    table = np.asarray(weights, dtype=float)
    return _cut(table + table.T)


@njit(cache=True, nogil=True)
def _cut(table: Array) -> tuple[float, Array]:
    """Merge the last two nodes of maximum adjacency orders; the last one alone is a candidate cut."""
    n = len(table)
    group = np.arange(n)  # the node that stands for each node
    alive = np.ones(n, dtype=np.bool_)
    best, side = np.inf, np.zeros(n, dtype=np.bool_)
    for left in range(n, 1, -1):
        weight = np.zeros(n)
        added = np.zeros(n, dtype=np.bool_)
        before, last = -1, -1
        for _ in range(left):
            before, last, most = last, -1, -1.0
            for j in range(n):
                if alive[j] and not added[j] and weight[j] > most:
                    last, most = j, weight[j]
            added[last] = True
            for j in range(n):
                if alive[j] and not added[j]:
                    weight[j] += table[last, j]
        if weight[last] < best:
            best = weight[last]
            for j in range(n):
                side[j] = group[j] == last
        for j in range(n):
            if group[j] == last:
                group[j] = before
            if alive[j] and j != before:
                table[before, j] += table[last, j]
                table[j, before] = table[before, j]
        alive[last] = False
    return best, side
