"""The qbsolv text format: ``c`` comments, ``p qubo 0 maxNodes nNodes nCouplers``, then ``i j value``.

Nodes are numbered from 0; ``i i value`` is a linear term. The constant of a ``Qubo`` stands in a comment of
ours (``c offset 3.5``), which other programs skip; names are not kept.
"""

from __future__ import annotations

import os
from pathlib import Path

from problems.binary.quadratic import QuadraticForm
from problems.binary.qubo import Qubo
from problems.errors import ProblemError
from problems.formats.numbers import MOST_NODES, Line, check_index, lines_of, naming, shown, write_text

UNRESTRICTED = ["p", "qubo", "unconstrained"]  # the other way to write topology 0


def read_qubo(path: str | os.PathLike[str], index: int | None = None) -> Qubo:
    """Read a QUBO; a term that stands twice is added.

    Raises:
        ProblemError: Naming file, line, what stands there and what was expected.
    """
    check_index(path, index, 1)
    offset, header, terms, last, counts = 0.0, None, {}, None, [0, 0]
    for line in lines_of(path):
        last = line
        words = line.words
        if words[0].text == "c":
            if len(words) == 3 and words[1].text == "offset":
                offset = words[2].number("the offset")
        elif header is None:
            header = _header(line)
        else:
            if len(words) != 3:
                raise line.error("a term: two nodes and a value")
            ends = tuple(sorted(word.integer("a node", 0, header[0] - 1) for word in words[:2]))
            terms[ends] = terms.get(ends, 0.0) + words[2].number("the value of a term")
            counts[ends[0] != ends[1]] += 1
    if last is None or header is None:
        raise ProblemError(Path(path).name, "without a header", "a line 'p qubo 0 maxNodes nNodes nCouplers'")
    if counts != list(header[1:]):
        found = f"{counts[0]} linear and {counts[1]} quadratic terms"
        wanted = f"{header[1]} and {header[2]}, as the header says"
        raise ProblemError(f"{last.file}, line {last.number}", found, wanted)
    with naming(path):
        return Qubo(QuadraticForm.from_terms(header[0], terms, offset))


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
