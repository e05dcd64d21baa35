"""Correlations from the linear relaxation of cuts, with odd cycle inequalities found as they are needed.

y_e is 1 where the ends of an edge differ; in every cut a cycle C meets it an even number of times, so
Σ_F y − Σ_{C∖F} y <= |F| − 1 for every odd F in C. A violated one is a shortest path in two copies of the
graph (Barahona and Mahjoub, Mathematical Programming 36 (1986)); c = 1 − 2y shrinks the graph in Wagner,
Nüßlein and Liers, arXiv 2302.05493. On graphs without a K5 minor the relaxation is exact.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import dijkstra

from hybrid.graph_shrinking.correlations.source import (
    Correlations,
    CorrelationSource,
    Helper,
    zeroed_where_isolated,
)
from hybrid.graph_shrinking.state import ShrinkingState
from problems.checking import check_integer
from problems.errors import NothingFound

Array = np.ndarray
VIOLATED = 1e-6
SMALLEST = 1e-12  # a length that keeps an edge in the sparse graph


@dataclass(frozen=True)
class CutCorrelation(CorrelationSource):
    """c = 1 − 2y on the edges of the graph, 0 elsewhere; best where the graph is sparse.

    Attributes:
        rounds: The most times that inequalities are added.
        most_edges: Denser graphs are refused.
    """

    rounds: int = 100
    most_edges: int = 20_000

    def __post_init__(self):
        check_integer("rounds", self.rounds, 1)
        check_integer("most_edges", self.most_edges, 1)

    def unsuitable(self, state: ShrinkingState) -> str | None:
        """Refuse graphs with too many edges."""
        edges = np.count_nonzero(state.graph.couplings()) // 2
        if edges <= self.most_edges:
            return None
        return f"the graph has {edges} edges, more than {self.most_edges}; SemidefiniteCorrelation is cheaper"

    def correlations(self, state: ShrinkingState, helper: Helper) -> Correlations:
        """Return 1 − 2y."""
        couplings = state.graph.couplings()
        first, second = np.nonzero(np.triu(couplings, 1))
        matrix = np.zeros_like(couplings)
        if len(first):
            relaxed = cut_relaxation(couplings, first, second, self.rounds, helper)
            matrix[first, second] = 1.0 - 2.0 * relaxed
        return Correlations(zeroed_where_isolated(matrix + matrix.T, couplings))


def cut_relaxation(
    couplings: Array, first: Array, second: Array, rounds: int, helper: Helper | None = None
) -> Array:
    """Return y ``[E]`` in [0, 1], the least of −Σ A_e y_e under the odd cycle inequalities.

    Raises:
        NothingFound: If the linear solver fails numerically.
    """
    cost = -couplings[first, second]
    cost = cost / np.abs(cost).max()
    rows: dict[tuple[tuple[int, float], ...], float] = {}
    y = np.zeros(len(first))
    for _ in range(rounds):
        matrix, right = _inequalities(rows, len(first))
        solved: Any = linprog(cost, A_ub=matrix, b_ub=right, bounds=(0, 1), method="highs")
        if solved.status != 0:
            raise NothingFound(f"the cut relaxation was not solved: {solved.message}")
        y = np.clip(solved.x, 0.0, 1.0)
        known = len(rows)
        rows.update(odd_cycles(y, first, second, len(couplings)))
        if len(rows) == known or (helper is not None and helper.out_of_time()):
            break
    return y


def odd_cycles(
    y: Array, first: Array, second: Array, num_nodes: int
) -> dict[tuple[tuple[int, float], ...], float]:
    """Return a violated inequality through each node that has one: ``{((edge, coefficient), …): right}``."""
    edge_of = csr_array(
        (np.arange(1, len(first) + 1), (first, second)), shape=(num_nodes, num_nodes)
    ).toarray()
    edge_of = edge_of + edge_of.T - 1
    same, cross = np.maximum(y, SMALLEST), np.maximum(1.0 - y, SMALLEST)
    n = num_nodes
    parts = [(first, second, same), (first + n, second + n, same), (first, second + n, cross)]
    parts.append((second, first + n, cross))
    row, column, length = (np.concatenate(part) for part in zip(*parts, strict=True))
    graph = csr_array(coo_array((length, (row, column)), shape=(2 * n, 2 * n)))
    found = {}
    distance, before = dijkstra(graph, directed=False, indices=np.arange(n), return_predecessors=True)
    for u in np.flatnonzero(distance[np.arange(n), np.arange(n) + n] < 1.0 - VIOLATED):
        weights: dict[int, float] = {}
        crossings, node = 0, int(u) + n
        while node != u:
            back = int(before[u, node])
            crossed = (back < n) != (node < n)
            edge = int(edge_of[back % n, node % n])
            weights[edge] = weights.get(edge, 0.0) + (1.0 if crossed else -1.0)
            crossings += crossed
            node = back
        key = tuple(sorted((e, w) for e, w in weights.items() if w))
        found[key] = float(crossings - 1)
    return found


def _inequalities(rows: dict[tuple[tuple[int, float], ...], float], width: int) -> tuple[Any, Array | None]:
    if not rows:
        return None, None
    entries = [(k, e, w) for k, key in enumerate(rows) for e, w in key]
    row, column, value = (np.array(part) for part in zip(*entries, strict=True))
    return csr_array((value, (row, column)), shape=(len(rows), width)), np.array(list(rows.values()))
