"""Undirected graphs as the graph problems hold them: edges in order, nodes with the labels of their file."""

from __future__ import annotations

import numbers
from typing import Any

import numpy as np

from problems.checking import check_integer, frozen_array, read_only, refuse_elements
from problems.errors import ProblemError

Array = np.ndarray


def settled_edges(num_nodes: int, edges: Any, weights: Any = None) -> tuple[Array, Array]:
    """Return edges ``[K, 2]`` with the smaller node first, sorted, each once, and their weights ``[K]``.

    Parallel edges are merged, their weights added.

    Raises:
        ProblemError: On a node out of range, an edge from a node to itself, or weights that add to no number.
    """
    check_integer("num_nodes", num_nodes, 1)
    pairs = frozen_array(
        "edges", np.reshape(edges, (-1, 2)) if np.size(edges) == 0 else edges, dtype=np.int64
    )
    if pairs.ndim != 2 or pairs.shape[1] != 2:
        raise ProblemError("the shape of edges", tuple(pairs.shape), "(any, 2)")
    values = np.ones(len(pairs)) if weights is None else frozen_array("weights", weights, shape=(len(pairs),))
    refuse_elements("edges", pairs, (pairs < 0) | (pairs >= num_nodes), f"a node in [0, {num_nodes - 1}]")
    loops = np.flatnonzero(pairs[:, 0] == pairs[:, 1])
    if len(loops):
        raise ProblemError(f"edges[{loops[0]}]", tuple(pairs[loops[0]].tolist()), "two different nodes")
    keys = np.min(pairs, axis=1) * num_nodes + np.max(pairs, axis=1)
    merged, inverse = np.unique(keys, return_inverse=True)
    total = np.bincount(inverse, weights=values, minlength=len(merged))
    refuse_elements("weights", total, ~np.isfinite(total), "a finite number, added over parallel edges")
    return read_only(np.stack([merged // num_nodes, merged % num_nodes], axis=1)), read_only(total)


def settled_labels(labels: tuple[Any, ...], num_nodes: int) -> tuple[Any, ...]:
    """Return one label per node, a plain integer, a plain text or as it is; by default 1 … n.

    Raises:
        ProblemError: If their number is wrong or two read the same.
    """
    labels = tuple(_plain(label) for label in labels)
    labels = labels or tuple(range(1, num_nodes + 1))
    if len(labels) != num_nodes:
        raise ProblemError("the number of labels", len(labels), f"{num_nodes}, one per node")
    if len(set(map(str, labels))) != num_nodes:
        raise ProblemError("labels", "not distinct as text", "each label once")
    return labels


def _plain(label: Any) -> Any:
    if isinstance(label, numbers.Integral):
        return int(label)
    return str(label) if isinstance(label, str) else label


def from_networkx(graph: Any, weight: str | None) -> tuple[int, Array, Any, tuple[Any, ...]]:
    """Return the number of nodes, edges, unchecked weights and labels of an undirected networkx graph.

    Raises:
        ProblemError: If it is directed.
    """
    if graph.is_directed():
        raise ProblemError("graph", "directed", "an undirected graph", "graph.to_undirected() makes one")
    labels = tuple(label if isinstance(label, numbers.Integral) else str(label) for label in graph.nodes)
    place = {label: k for k, label in enumerate(graph.nodes)}
    data = list(graph.edges(data=weight, default=1)) if weight else [(u, v, 1) for u, v in graph.edges()]
    edges = np.array([(place[u], place[v]) for u, v, _ in data], dtype=np.int64).reshape(-1, 2)
    return len(labels), edges, [value for _, _, value in data], labels


def to_networkx(num_nodes: int, edges: Array, weights: Array | None, labels: tuple[Any, ...]) -> Any:
    """Return a networkx graph with the labels as nodes and, if given, ``weight`` on the edges."""
    import networkx

    graph = networkx.Graph()
    graph.add_nodes_from(labels)
    for k, (u, v) in enumerate(edges.tolist()):
        graph.add_edge(labels[u], labels[v], **({} if weights is None else {"weight": float(weights[k])}))
    return graph
