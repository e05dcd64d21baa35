"""Random moves of a round trip, by positions: reversing a stretch, and moving a short one elsewhere.

What annealing draws; ``tour_moves`` has what a descent looks for, by cities. Croes, Operations Research 6
(1958); Or, PhD thesis, Northwestern University (1976). Reversals are made for symmetric distances alone.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from problems.contract import Array

LONGEST = 3  # cities of a stretch that Or-opt moves


@njit(cache=True, nogil=True)
def length_of(tour: Array, distances: Array) -> float:
    """Return the length of a round trip ``[n]``."""
    total = float(distances[tour[-1], tour[0]])
    for k in range(len(tour) - 1):
        total += float(distances[tour[k], tour[k + 1]])
    return total


@njit(cache=True, nogil=True)
def reversal_delta(i: int, j: int, tour: Array, distances: Array) -> float:
    """Return what reversing the stretch at i … j changes; symmetric distances, i < j, not the whole tour."""
    before, first, last, after = tour[i - 1], tour[i], tour[j], tour[(j + 1) % len(tour)]
    gone = distances[before, first] + distances[last, after]
    return float(distances[before, last] + distances[first, after] - gone)


@njit(cache=True, nogil=True)
def reverse(i: int, j: int, tour: Array) -> None:
    """Reverse the stretch at i … j, or what lies outside of it if that is shorter: the same round trip."""
    n = len(tour)
    if 2 * (j - i + 1) > n:
        i, j = j + 1, i - 1 + n
    for k in range((j - i + 1) // 2):
        a, b = (i + k) % n, (j - k) % n
        tour[a], tour[b] = tour[b], tour[a]


@njit(cache=True, nogil=True)
def transfer_delta(i: int, size: int, k: int, turned: bool, tour: Array, distances: Array) -> float:
    """Return what moving the ``size`` cities from position i to behind position k changes, turned or not.

    Position k lies outside the stretch and is not the one before it.
    """
    n = len(tour)
    before, first, last, after = tour[i - 1], tour[i], tour[(i + size - 1) % n], tour[(i + size) % n]
    left, right = tour[k], tour[(k + 1) % n]
    change = distances[before, after] - distances[before, first] - distances[last, after]
    change -= distances[left, right]
    if turned:
        return float(change + distances[left, last] + distances[first, right])
    return float(change + distances[left, first] + distances[last, right])


@njit(cache=True, nogil=True)
def transfer(i: int, size: int, k: int, turned: bool, tour: Array) -> None:
    """Move the ``size`` cities from position i to behind position k."""
    n = len(tour)
    held = np.empty(size, tour.dtype)
    for e in range(size):
        held[e] = tour[(i + e) % n]
    ahead = (k - i - size) % n + 1  # cities between the stretch and its new place, going forward
    if 2 * ahead <= n - size:
        for e in range(ahead):
            tour[(i + e) % n] = tour[(i + size + e) % n]
        place = i + ahead
    else:
        behind = n - size - ahead
        for e in range(behind):
            tour[(i + size - 1 - e) % n] = tour[(i - 1 - e) % n]
        place = i - behind
    for e in range(size):
        tour[(place + e) % n] = held[size - 1 - e] if turned else held[e]
