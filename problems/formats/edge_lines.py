"""Lines that hold an edge each: read as one array where all is well, line by line to say what is not."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain

import numpy as np

from problems.contract import Array
from problems.errors import ProblemError
from problems.formats.numbers import Line, parsed


def columns(lines: Sequence[Line], mark: str = "") -> Array | None:
    """Return the numbers ``[K, c]`` of lines with c words each, after a ``mark`` that all begin with.

    None if the lines differ in their number of words, or a word is no finite number.
    """
    if not lines:
        return None
    width, skip = len(lines[0].texts), bool(mark)
    if any(len(line.texts) != width or (skip and line.texts[0] != mark) for line in lines):
        return None
    values = parsed(list(chain.from_iterable(line.texts[skip:] for line in lines)))
    return None if np.isnan(values).any() else values.reshape(len(lines), width - skip)


def edges_of(lines: Sequence[Line], nodes: int, mark: str = "", weighted: bool = True) -> tuple[Array, Array]:
    """Return edges int64 ``[K, 2]`` of nodes from 0, as they stand, and weights ``[K]``, 1 where left out.

    Args:
        lines: One edge each: the mark, two nodes counted from 1, a weight.
        nodes: How many there are.
        mark: The word before each edge; "" for none.
        weighted: Whether a weight may follow.

    Raises:
        ProblemError: Naming the first line that is wrong, and what was expected there.
    """
    table = columns(lines, mark)
    if table is not None and table.shape[1] in ((2, 3) if weighted else (2,)):
        ends = table[:, :2]
        sound = (ends == np.round(ends)) & (ends >= 1) & (ends <= nodes)
        if sound.all() and (ends[:, 0] != ends[:, 1]).all():
            weights = table[:, 2] if table.shape[1] == 3 else np.ones(len(table))
            return ends.astype(np.int64) - 1, weights
    edges, weights = [], []
    for line in lines:
        ends, weight = _edge(line, nodes, mark, weighted)
        edges.append(ends)
        weights.append(weight)
    return np.array(edges, dtype=np.int64).reshape(-1, 2), np.array(weights, dtype=float)


def check_count(lines: Sequence[Line], head: Line, count: int) -> None:
    """Refuse more or fewer lines of edges than the header announced.

    Raises:
        ProblemError: Naming the first line too many, or the last one of the file.
    """
    if len(lines) > count:
        raise lines[count].error(f"the end of the file after {count} edges")
    if len(lines) < count:
        last = lines[-1] if lines else head
        wanted = f"{count} edges, there are {len(lines)}"
        raise ProblemError(f"{last.file}, line {last.number}", "the end of the file", wanted)


def _edge(line: Line, nodes: int, mark: str, weighted: bool) -> tuple[list[int], float]:
    words = line.words[bool(mark) :]
    if (mark and line.texts[0] != mark) or len(words) not in ((2, 3) if weighted else (2,)):
        parts = (mark, "two nodes", "a weight") if weighted else (mark, "two nodes")
        raise line.error("an edge: " + " and ".join(part for part in parts if part))
    ends = [word.integer("a node", 1, nodes) - 1 for word in words[:2]]
    if ends[0] == ends[1]:
        raise line.error("an edge between two different nodes")
    return ends, words[2].number("the weight of an edge") if len(words) == 3 else 1.0
