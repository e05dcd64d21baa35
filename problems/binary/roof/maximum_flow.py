"""Maximum flow by shortest augmenting paths in phases, exact for capacities of any size.

Reference: Dinic, Soviet Mathematics Doklady 11 (1970). Capacities beyond 64 bits are taken in stages, the
leading bits first: each stage adds to the flow of the one before what its further bits allow.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numba import njit

Array = np.ndarray
LARGEST_BITS = 61  # a stage's flow stays below 2^61, so that an arc and its reverse together fit 64 bits


class Arcs(NamedTuple):
    """Arcs in pairs: ``e ^ 1`` is the reverse of e.

    Attributes:
        head: ``[A]`` the node that each arc enters.
        start: ``[V+1]``; the arcs that leave node v are ``leaving[start[v]:start[v+1]]``.
        leaving: ``[A]``.
    """

    head: Array
    start: Array
    leaving: Array

    @classmethod
    def between(cls, tail: Array, head: Array, num_nodes: int) -> Arcs:
        """Lay out arcs ``[A]`` from ``tail`` to ``head``."""
        start = np.concatenate([[0], np.cumsum(np.bincount(tail, minlength=num_nodes))])
        return cls(head.astype(np.int64), start.astype(np.int64), np.argsort(tail, kind="stable"))


@dataclass(frozen=True, eq=False)
class Flow:
    """A maximum flow.

    Attributes:
        value: Its amount.
        residual: ``[A]`` what each arc can still take; int64, or Python integers where they are longer.
        reached: ``[V]`` which nodes the source reaches in the residual: the smallest minimum cut.
    """

    value: int
    residual: Array
    reached: Array


def maximum_flow(arcs: Arcs, capacity: Array, source: int, sink: int) -> Flow:
    """Return a maximum flow from source to sink.

    Args:
        arcs: The network.
        capacity: ``[A]`` integers >= 0; int64 below 2^61, or Python integers in an object array.
        source: The node where flow begins.
        sink: The node where it ends.
    """
    num_nodes = len(arcs.start) - 1
    tail = np.empty(len(capacity), np.int64)
    tail[arcs.leaving] = np.repeat(np.arange(num_nodes), np.diff(arcs.start))
    residual, value = np.array(capacity), 0
    reached = np.zeros(num_nodes, dtype=bool)
    reached[source] = True
    while True:
        crossing = residual[reached[tail] & ~reached[arcs.head]]
        shift = max(0, sum(crossing.tolist()).bit_length() - LARGEST_BITS)  # no more than this can flow
        before = np.minimum(residual >> shift, 1 << LARGEST_BITS).astype(np.int64)
        after = before.copy()
        amount, reached = _stage(arcs, after, source, sink)
        value += amount << shift
        residual = residual - ((before - after).astype(residual.dtype) << shift)
        if shift == 0:
            return Flow(value, residual, reached)


def _stage(arcs: Arcs, capacity: Array, source: int, sink: int) -> tuple[int, Array]:
    """Use up ``capacity`` in place; return the amount and the nodes that the source still reaches."""
    num_nodes, total = len(arcs.start) - 1, 0
    level, path = np.empty(num_nodes, np.int64), np.empty(num_nodes, np.int64)
    while _layer(level, path, source, sink, capacity, arcs):
        total += int(_block(level, path, arcs.start[:-1].copy(), source, sink, capacity, arcs))
    return total, level >= 0


@njit(cache=True, nogil=True)
def _layer(level: Array, queue: Array, source: int, sink: int, capacity: Array, arcs: Arcs) -> bool:
    """Fill in each node's distance from the source, −1 where there is none; tell whether the sink is met."""
    level[:] = -1
    level[source] = 0
    queue[0] = source
    head, count = 0, 1
    while head < count:
        v = queue[head]
        head += 1
        for p in range(arcs.start[v], arcs.start[v + 1]):
            e = arcs.leaving[p]
            w = arcs.head[e]
            if capacity[e] > 0 and level[w] < 0:
                level[w] = level[v] + 1
                queue[count] = w
                count += 1
                if w == sink:
                    return True
    return False


@njit(cache=True, nogil=True)
def _block(level: Array, path: Array, at: Array, source: int, sink: int, capacity: Array, arcs: Arcs) -> int:
    """Push flow along all shortest paths; ``at`` is the next arc to try at each node. Returns the amount."""
    total, depth, v = 0, 0, source
    while True:
        if v == sink:
            amount = capacity[path[0]]
            for q in range(1, depth):
                amount = min(amount, capacity[path[q]])
            total += amount
            first = depth
            for q in range(depth - 1, -1, -1):
                capacity[path[q]] -= amount
                capacity[path[q] ^ 1] += amount
                if capacity[path[q]] == 0:
                    first = q
            depth = first  # go on from where the first used-up arc begins
            v = arcs.head[path[depth] ^ 1]
            continue
        forward = False
        while at[v] < arcs.start[v + 1]:
            e = arcs.leaving[at[v]]
            if capacity[e] > 0 and level[arcs.head[e]] == level[v] + 1:
                forward = True
                break
            at[v] += 1
        if forward:
            path[depth] = e
            depth += 1
            v = arcs.head[e]
        elif depth == 0:
            return int(total)
        else:
            level[v] = -1
            depth -= 1
            v = arcs.head[path[depth] ^ 1]
            at[v] += 1
