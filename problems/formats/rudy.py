"""rudy files (G-set): ``n m``, then m lines ``i j w`` with nodes from 1; without a weight it is 1."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np

from problems.binary.maxcut import MaxCut
from problems.errors import ProblemError
from problems.formats.numbers import MOST_NODES, check_index, lines_of, naming, shown, write_text


def read_cut(path: str | os.PathLike[str], index: int | None = None) -> MaxCut:
    """Read a weighted graph.

    Raises:
        ProblemError: Naming file, line, what stands there and what was expected.
    """
    check_index(path, index, 1)
    lines = lines_of(path)
    head = next(lines, None)
    if head is None:
        raise ProblemError(Path(path).name, "empty", "a line with the numbers of nodes and edges")
    if len(head.words) != 2:
        raise head.error("two numbers, of nodes and of edges")
    nodes = head.words[0].integer("the number of nodes", 1, MOST_NODES)
    count = head.words[1].integer("the number of edges", low=0)
    edges, weights, last = [], [], head
    for line in lines:
        last = line
        if len(edges) == count:
            raise line.error(f"the end of the file after {count} edges")
        if len(line.words) not in (2, 3):
            raise line.error("an edge: two nodes and a weight")
        ends = [word.integer("a node", 1, nodes) - 1 for word in line.words[:2]]
        if ends[0] == ends[1]:
            raise line.error("an edge between two different nodes")
        edges.append(ends)
        weights.append(line.words[2].number("the weight of an edge") if len(line.words) == 3 else 1.0)
    if len(edges) < count:
        raise ProblemError(
            f"{last.file}, line {last.number}",
            "the end of the file",
            f"{count} edges, there are {len(edges)}",
        )
    with naming(path):
        return MaxCut(nodes, np.reshape(np.array(edges, dtype=np.int64), (-1, 2)), np.array(weights))


def write_cut(problem: MaxCut, path: str | os.PathLike[str]) -> Path:
    """Write a weighted graph; weights read back as the same floats."""
    rows = [f"{problem.num_nodes} {len(problem.edges)}"]
    for (u, v), weight in zip(problem.edges.tolist(), np.asarray(problem.weights), strict=True):
        rows.append(f"{u + 1} {v + 1} {shown(float(weight))}")
    return write_text(path, "\n".join(rows) + "\n")
