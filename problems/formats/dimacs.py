"""DIMACS graph files: ``c`` comments, ``p edge n m`` (``p col``, or just ``n m``), ``e u v`` from node 1."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np

from problems.binary.independent_set import IndependentSet
from problems.errors import ProblemError
from problems.formats.numbers import MOST_NODES, Line, check_index, lines_of, write_text


def read_independent_set(path: str | os.PathLike[str], index: int | None = None) -> IndependentSet:
    """Read the graph as it is written: the independent sets are those of this graph, not of its complement.

    Edges that stand twice are one, whether the header counts them once or twice; nodes without edges exist
    through the header.

    Raises:
        ProblemError: Naming file, line, what stands there and what was expected.
    """
    check_index(path, index, 1)
    nodes, declared, edges, last = 0, 0, [], None
    for line in lines_of(path):
        last = line
        mark = line.words[0].text
        if mark == "c":
            continue
        if nodes == 0:
            nodes, declared = _header(line)
        elif mark == "e" and len(line.words) == 3:
            ends = [word.integer("a node", 1, nodes) - 1 for word in line.words[1:]]
            if ends[0] == ends[1]:
                raise line.error("an edge between two different nodes")
            edges.append(ends)
        else:
            raise line.error("an edge: e and two nodes")
    if last is None or nodes == 0:
        raise ProblemError(Path(path).name, "without a header", "a line 'p edge n m'")
    distinct = len({(min(ends), max(ends)) for ends in edges})
    if len(edges) < declared:
        wanted = f"{declared} edges, there are {len(edges)}"
        raise ProblemError(f"{last.file}, line {last.number}", "the end of the file", wanted)
    if declared not in (len(edges), distinct):
        raise last.error(f"the end of the file after {declared} edges")
    return IndependentSet(nodes, np.reshape(np.array(edges, dtype=np.int64), (-1, 2)))


def write_independent_set(problem: IndependentSet, path: str | os.PathLike[str]) -> Path:
    """Write the graph; the format has no node weights and no labels."""
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
