"""DIMACS graph files: ``c`` comments, ``p edge n m`` (``p col``, or just ``n m``), ``e u v`` from node 1.

The graph is taken as it is written, whatever is asked of it: independent sets, cliques and vertex covers are
those of this graph, never of its complement.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np

from problems.binary.clique import Clique
from problems.binary.independent_set import IndependentSet
from problems.binary.maxcut import MaxCut
from problems.binary.node_selection import NodeSelection
from problems.binary.vertex_cover import VertexCover
from problems.contract import Array
from problems.errors import ProblemError
from problems.formats.edge_lines import check_count, edges_of
from problems.formats.numbers import MOST_NODES, Line, check_index, lines_of, naming, write_text

FilePath = str | os.PathLike[str]


@dataclass(frozen=True)
class Graph:
    """What a file says: ``nodes``, ``edges [K, 2]`` from 0, each once, and their ``weights [K]``."""

    nodes: int
    edges: Array
    weights: Array


def read_independent_set(path: FilePath, index: int | None = None) -> IndependentSet:
    """Read a graph and ask for an independent set of it.

    Edges that stand twice are one, whether the header counts them once or twice; nodes without edges exist
    through the header.

    Raises:
        ProblemError: Naming file, line, what stands there and what was expected.
    """
    graph = read_graph(path, index)
    return IndependentSet(graph.nodes, graph.edges)


def read_clique(path: FilePath, index: int | None = None) -> Clique:
    """Read a graph as ``read_independent_set`` does and ask for a clique of it."""
    graph = read_graph(path, index)
    return Clique(graph.nodes, graph.edges)


def read_vertex_cover(path: FilePath, index: int | None = None) -> VertexCover:
    """Read a graph as ``read_independent_set`` does and ask for a vertex cover of it."""
    graph = read_graph(path, index)
    return VertexCover(graph.nodes, graph.edges)


def cut_of_lines(path: FilePath, lines: Sequence[Line]) -> MaxCut:
    """Ask for a cut of a graph; a weight may follow the two nodes of an edge, the same if it stands twice."""
    graph = graph_of_lines(path, lines, weighted=True)
    with naming(path):
        return MaxCut(graph.nodes, graph.edges, graph.weights)


def read_graph(path: FilePath, index: int | None = None) -> Graph:
    """Read a graph without weights."""
    check_index(path, index, 1)
    return graph_of_lines(path, list(lines_of(path)), weighted=False)


def graph_of_lines(path: FilePath, lines: Sequence[Line], weighted: bool) -> Graph:
    """Read the lines of a file, ``path``, whose edges may have weights."""
    told = [line for line in lines if line.texts[0] != "c"]
    if not told:
        raise ProblemError(Path(path).name, "without a header", "a line 'p edge n m'")
    nodes, declared = _header(told[0])
    edges, weights = edges_of(told[1:], nodes, "e", weighted)
    graph = _each_once(told[1:], nodes, edges, weights)
    if declared != len(graph.edges):
        check_count(told[1:], told[0], declared)
    return graph


def is_dimacs(lines: Iterable[Line]) -> bool:
    """Whether lines are such a graph by their marks: a header with ``p``, or ``e`` after a bare one."""
    told = [line.texts for line in islice((line for line in lines if line.texts[0] != "c"), 2)]
    if told and told[0][0] == "p":
        return told[0][1:2] in (["edge"], ["col"])
    return len(told) > 1 and told[1][0] == "e" and len(told[0]) == 2


def write_independent_set(problem: IndependentSet, path: FilePath) -> Path:
    """Write the graph; the format has no node weights and no labels."""
    return _write(problem, path)


def write_clique(problem: Clique, path: FilePath) -> Path:
    """Write the graph; the format has no node weights and no labels."""
    return _write(problem, path)


def write_vertex_cover(problem: VertexCover, path: FilePath) -> Path:
    """Write the graph; the format has no node weights and no labels."""
    return _write(problem, path)


def _write(problem: NodeSelection, path: FilePath) -> Path:
    if not np.all(np.asarray(problem.weights) == 1):
        raise ProblemError(
            "weights", "not all 1", "unit weights", "the DIMACS graph format has no node weights"
        )
    rows = [f"p edge {problem.num_nodes} {len(problem.edges)}"]
    rows += [f"e {u + 1} {v + 1}" for u, v in problem.edges.tolist()]
    return write_text(path, "\n".join(rows) + "\n")


def _header(line: Line) -> tuple[int, int]:
    words = line.words
    if words[0].text == "p" and len(words) == 4 and words[1].text in ("edge", "col"):
        words = words[2:]
    elif len(words) != 2 or words[0].text in ("p", "e"):
        raise line.error("a header 'p edge n m'")
    nodes = words[0].integer("the number of nodes", 1, MOST_NODES)
    return nodes, words[1].integer("the number of edges", low=0)


def _each_once(lines: Sequence[Line], nodes: int, edges: Array, weights: Array) -> Graph:
    """Keep each edge once; where it stands again it must weigh the same."""
    pairs = np.sort(edges, axis=1)
    keys = pairs[:, 0] * nodes + pairs[:, 1]
    _, first, inverse = np.unique(keys, return_index=True, return_inverse=True)
    other = np.flatnonzero(weights != weights[first[inverse]])
    if len(other):
        earlier = lines[int(first[inverse[other[0]]])]
        raise lines[int(other[0])].error(f"the weight that this edge has in line {earlier.number}")
    return Graph(nodes, pairs[first], weights[first])
