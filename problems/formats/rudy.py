"""rudy files (G-set): ``n m``, then m lines ``i j w`` with nodes from 1; without a weight it is 1."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from problems.binary.maxcut import MaxCut
from problems.contract import Array
from problems.errors import ProblemError
from problems.formats.dimacs import cut_of_lines, is_dimacs
from problems.formats.edge_lines import check_count, edges_of
from problems.formats.numbers import MOST_NODES, Line, check_index, lines_of, naming, shown, write_text


def read_cut(path: str | os.PathLike[str], index: int | None = None) -> MaxCut:
    """Read a weighted graph; a DIMACS graph file is told by its marks and read as such.

    Raises:
        ProblemError: Naming file, line, what stands there and what was expected.
    """
    check_index(path, index, 1)
    lines = list(lines_of(path))
    return cut_of_lines(path, lines) if is_dimacs(lines) else cut_of_rudy_lines(path, lines)


def cut_of_rudy_lines(path: str | os.PathLike[str], lines: Sequence[Line]) -> MaxCut:
    """Read the lines of a file, ``path``."""
    nodes, edges, weights = parse_lines(Path(path).name, lines)
    with naming(path):
        return MaxCut(nodes, edges, weights)


def parse_lines(file: str, lines: Sequence[Line]) -> tuple[int, Array, Array]:
    """Return the number of nodes, edges int64 ``[K, 2]`` from 0 and weights ``[K]``, as they stand.

    Raises:
        ProblemError: Naming ``file``, line, what stands there and what was expected.
    """
    if not lines:
        raise ProblemError(file, "empty", "a line with the numbers of nodes and edges")
    head, body = lines[0], lines[1:]
    if len(head.texts) != 2:
        raise head.error("two numbers, of nodes and of edges")
    nodes = head.words[0].integer("the number of nodes", 1, MOST_NODES)
    count = head.words[1].integer("the number of edges", low=0)
    edges, weights = edges_of(body[:count], nodes)
    check_count(body, head, count)
    return nodes, edges, weights


def write_cut(problem: MaxCut, path: str | os.PathLike[str]) -> Path:
    """Write a weighted graph; weights read back as the same floats."""
    rows = [f"{problem.num_nodes} {len(problem.edges)}"]
    for (u, v), weight in zip(problem.edges.tolist(), np.asarray(problem.weights), strict=True):
        rows.append(f"{u + 1} {v + 1} {shown(float(weight))}")
    return write_text(path, "\n".join(rows) + "\n")
