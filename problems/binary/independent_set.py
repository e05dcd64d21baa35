"""Maximum (weight) independent set: choose nodes of a graph, no two of them joined by an edge."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from problems.binary.node_selection import NodeSelection


@dataclass(frozen=True, eq=False)
class IndependentSet(NodeSelection):
    """Maximise the weight of nodes without an edge among them, in the graph as it is, never its complement.

    The fields are those of ``NodeSelection``.
    """

    sense = "max"

    @classmethod
    def read(cls, path: str | os.PathLike[str], index: int | None = None) -> IndependentSet:
        """Read a DIMACS graph file, as written."""
        from problems.formats.dimacs import read_independent_set

        return read_independent_set(path, index)

    def write(self, path: str | os.PathLike[str]) -> Path:
        """Write a DIMACS graph file; nodes are numbered from 1.

        Raises:
            ProblemError: If nodes have weights, which the format cannot hold.
        """
        from problems.formats.dimacs import write_independent_set

        return write_independent_set(self, path)
