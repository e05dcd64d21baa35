"""Maximum (weight) clique: choose nodes of a graph, every two of them joined by an edge."""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import ClassVar

import numpy as np

from problems.binary.independent_set import IndependentSet
from problems.binary.node_selection import NodeSelection
from problems.checking import read_only
from problems.contract import Array


@dataclass(frozen=True, eq=False)
class Clique(NodeSelection):
    """Maximise the weight of nodes that are all joined by edges, in the graph as it is.

    The fields are those of ``NodeSelection``. The program has a row for every pair of nodes *without* an
    edge: it is that of the independent sets of ``complement``.
    """

    sense = "max"
    pair_name: ClassVar[str] = "no edge"

    @classmethod
    def read(cls, path: str | os.PathLike[str], index: int | None = None) -> Clique:
        """Read a DIMACS graph file, as written."""
        from problems.formats.dimacs import read_clique

        return read_clique(path, index)

    def write(self, path: str | os.PathLike[str]) -> Path:
        """Write a DIMACS graph file; nodes are numbered from 1.

        Raises:
            ProblemError: If nodes have weights, which the format cannot hold.
        """
        from problems.formats.dimacs import write_clique

        return write_clique(self, path)

    @cached_property
    def pairs(self) -> Array:
        """The pairs of nodes ``[M, 2]`` without an edge."""
        apart = ~np.eye(self.num_nodes, dtype=bool)
        first, second = self.edges.T
        apart[first, second] = apart[second, first] = False
        return read_only(np.argwhere(np.triu(apart)))

    @cached_property
    def complement(self) -> IndependentSet:
        """The same problem as the independent sets of the complement graph."""
        return IndependentSet(self.num_nodes, self.pairs, self.weights, self.labels, self.reference)
