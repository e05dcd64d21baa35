"""Strongly connected components in the order in which none leads back to an earlier one.

Reference: Tarjan, SIAM Journal on Computing 1 (1972).
"""

from __future__ import annotations

import numpy as np
from numba import njit

from problems.binary.roof.maximum_flow import Arcs

Array = np.ndarray


@njit(cache=True, nogil=True)
def strong_components(inside: Array, open_arc: Array, arcs: Arcs) -> Array:
    """Number the components of a directed graph so that arcs lead from higher numbers to lower ones.

    Args:
        inside: ``[V]`` which nodes belong to the graph.
        open_arc: ``[A]`` which arcs do, where both their ends do.
        arcs: The network.

    Returns:
        ``[V]`` the component of each node, −1 outside.
    """
    size = len(inside)
    component, found = np.full(size, -1), np.full(size, -1)
    low, at = np.zeros(size, np.int64), arcs.start[:-1].copy()
    stack, call = np.empty(size, np.int64), np.empty(size, np.int64)
    height, clock, count = 0, 0, 0
    for root in range(size):
        if not inside[root] or found[root] >= 0:
            continue
        depth, call[0] = 1, root
        while depth:
            v = call[depth - 1]
            if found[v] < 0:
                found[v] = low[v] = clock
                clock += 1
                stack[height] = v
                height += 1
            deeper = False
            while at[v] < arcs.start[v + 1]:
                e = arcs.leaving[at[v]]
                w = arcs.head[e]
                if open_arc[e] and inside[w] and component[w] < 0:
                    if found[w] < 0:
                        deeper = True
                        call[depth] = w
                        depth += 1
                        break
                    low[v] = min(low[v], low[w])
                at[v] += 1
            if deeper:
                continue
            depth -= 1
            if low[v] == found[v]:
                while True:
                    height -= 1
                    component[stack[height]] = count
                    if stack[height] == v:
                        break
                count += 1
    return component
