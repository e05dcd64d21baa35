"""The qbsolv text format: ``c`` comments, ``p qubo 0 maxNodes nNodes nCouplers``, then ``i j value``.

Nodes are numbered from 0; ``i i value`` is a linear term. The constant of a ``Qubo`` stands in a comment of
ours (``c offset 3.5``), which other programs skip; names are not kept.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from problems.binary.quadratic import QuadraticForm
from problems.binary.qubo import Qubo
from problems.contract import Array
from problems.errors import ProblemError
from problems.formats.edge_lines import columns
from problems.formats.numbers import MOST_NODES, Line, check_index, lines_of, naming, shown, write_text

UNRESTRICTED = ["p", "qubo", "unconstrained"]  # the other way to write topology 0


def read_qubo(path: str | os.PathLike[str], index: int | None = None) -> Qubo:
    """Read a QUBO; a term that stands twice is added.

    Raises:
        ProblemError: Naming file, line, what stands there and what was expected.
    """
    check_index(path, index, 1)
    lines = list(lines_of(path))
    offset = 0.0
    for line in lines:
        if line.texts[:2] == ["c", "offset"] and len(line.texts) == 3:
            offset = line.words[2].number("the offset")
    told = [line for line in lines if line.texts[0] != "c"]
    if not told:
        raise ProblemError(Path(path).name, "without a header", "a line 'p qubo 0 maxNodes nNodes nCouplers'")
    nodes, *declared = _header(told[0])
    table = _terms(told[1:], nodes)
    first, second = table[:, :2].astype(np.int64).T
    linear = int(np.sum(first == second))
    if [linear, len(table) - linear] != declared:
        found = f"{linear} linear and {len(table) - linear} quadratic terms"
        wanted = f"{declared[0]} and {declared[1]}, as the header says"
        raise ProblemError(f"{told[-1].file}, line {told[-1].number}", found, wanted)
    with naming(path), np.errstate(over="ignore"):
        return Qubo(QuadraticForm.from_triplets(nodes, first, second, table[:, 2], offset=offset))


def write_qubo(problem: Qubo, path: str | os.PathLike[str]) -> Path:
    """Write a QUBO; every node gets a linear term, so that none is lost."""
    form = problem.form
    rows = [f"c offset {shown(form.offset)}"] if form.offset else []
    rows.append(f"p qubo 0 {form.n} {form.n} {form.num_couplings}")
    rows += [f"{k} {k} {shown(value)}" for k, value in enumerate(form.linear.tolist())]
    for i, j, value in zip(form.first.tolist(), form.second.tolist(), form.coupling.tolist(), strict=True):
        rows.append(f"{i} {j} {shown(value)}")
    return write_text(path, "\n".join(rows) + "\n")


def _header(line: Line) -> tuple[int, int, int]:
    words = line.words
    if len(words) != 6 or [word.text for word in words[:3]] not in (["p", "qubo", "0"], UNRESTRICTED):
        raise line.error("a header 'p qubo 0 maxNodes nNodes nCouplers'")
    return (
        words[3].integer("the number of nodes", 1, MOST_NODES),
        words[4].integer("the number of linear terms", low=0),
        words[5].integer("the number of quadratic terms", low=0),
    )


def _terms(lines: Sequence[Line], nodes: int) -> Array:
    """Return ``[K, 3]``: two nodes and a value per line."""
    table = columns(lines)
    if table is not None and table.shape[1] == 3:
        ends = table[:, :2]
        if np.all((ends == np.round(ends)) & (ends >= 0) & (ends < nodes)):
            return table
    rows = []
    for line in lines:
        words = line.words
        if len(words) != 3:
            raise line.error("a term: two nodes and a value")
        ends = [word.integer("a node", 0, nodes - 1) for word in words[:2]]
        rows.append([*ends, words[2].number("the value of a term")])
    return np.array(rows, dtype=float).reshape(-1, 3)
