"""Exchanging two facilities of a quadratic assignment: what it changes, kept up to date for all pairs.

Burkard and Rendl, European Journal of Operational Research 17 (1984); Taillard, Parallel Computing 17 (1991).
Matrices may be asymmetric and have diagonals.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from classical.binary.local_fields import uniform
from problems.binary.assignment import QuadraticAssignment
from problems.contract import Array


def permutation_of_start(problem: QuadraticAssignment, start: tuple[int, ...]) -> Array:
    """Return the permutation int64 ``[n]`` of a start; bits that are none are repaired first."""
    return problem.permutation(problem.repair(np.array(start, dtype=np.uint8)))


@njit(cache=True, nogil=True)
def shuffle(order: Array, states: Array, k: int) -> None:
    """Fill ``order`` ``[n]`` with a random permutation by generator k."""
    for i in range(len(order)):
        j = int(uniform(states, k) * (i + 1))
        order[i] = order[j]
        order[j] = i


@njit(cache=True, nogil=True)
def cost_of(order: Array, flows: Array, distances: Array) -> float:
    """Return Σ flows_ij distances_order[i]order[j]."""
    total = 0.0
    for i in range(len(order)):
        for j in range(len(order)):
            total += flows[i, j] * distances[order[i], order[j]]
    return total


@njit(cache=True, nogil=True)
def exchange_delta(r: int, s: int, order: Array, flows: Array, distances: Array) -> float:
    """Return by how much the cost changes when facilities r and s change places; O(n)."""
    a, b = order[r], order[s]
    change = (flows[r, r] - flows[s, s]) * (distances[b, b] - distances[a, a])
    change += (flows[r, s] - flows[s, r]) * (distances[b, a] - distances[a, b])
    for k in range(len(order)):
        if k not in (r, s):
            c = order[k]
            change += (flows[k, r] - flows[k, s]) * (distances[c, b] - distances[c, a])
            change += (flows[r, k] - flows[s, k]) * (distances[b, c] - distances[a, c])
    return change


@njit(cache=True, nogil=True)
def fill_deltas(deltas: Array, order: Array, flows: Array, distances: Array) -> None:
    """Compute the changes of all exchanges r < s afresh, ``[n, n]``."""
    for r in range(len(order)):
        for s in range(r + 1, len(order)):
            deltas[r, s] = exchange_delta(r, s, order, flows, distances)


@njit(cache=True, nogil=True)
def exchange(r: int, s: int, order: Array, deltas: Array, flows: Array, distances: Array) -> None:
    """Let facilities r and s change places and bring the changes of all exchanges up to date; O(n²)."""
    order[r], order[s] = order[s], order[r]
    a, b = order[r], order[s]
    for u in range(len(order)):
        for v in range(u + 1, len(order)):
            if u in (r, s) or v in (r, s):
                deltas[u, v] = exchange_delta(u, v, order, flows, distances)
            else:
                c, d = order[u], order[v]
                ahead = flows[r, u] - flows[r, v] + flows[s, v] - flows[s, u]
                back = flows[u, r] - flows[v, r] + flows[v, s] - flows[u, s]
                deltas[u, v] += ahead * (
                    distances[b, c] - distances[b, d] + distances[a, d] - distances[a, c]
                )
                deltas[u, v] += back * (distances[c, b] - distances[d, b] + distances[d, a] - distances[c, a])
