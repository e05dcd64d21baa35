"""Minimum (weight) vertex cover: choose nodes of a graph so that every edge has an end among them."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from problems.binary.node_selection import NodeSelection


@dataclass(frozen=True, eq=False)
class VertexCover(NodeSelection):
    """Minimise the weight of nodes that touch every edge; the nodes left out are an independent set.

    The fields are those of ``NodeSelection``.
    """

    sense = "min"
    relation: ClassVar[str] = ">="
    pair_name: ClassVar[str] = "uncovered edge"

    @classmethod
    def read(cls, path: str | os.PathLike[str], index: int | None = None) -> VertexCover:
        """Read a DIMACS graph file, as written."""
        from problems.formats.dimacs import read_vertex_cover

        return read_vertex_cover(path, index)

    def write(self, path: str | os.PathLike[str]) -> Path:
        """Write a DIMACS graph file; nodes are numbered from 1.

        Raises:
            ProblemError: If nodes have weights, which the format cannot hold.
        """
        from problems.formats.dimacs import write_vertex_cover

        return write_vertex_cover(self, path)
