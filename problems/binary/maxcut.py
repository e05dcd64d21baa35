"""Maximum cut: split the nodes of a weighted graph in two so that the edges between the sides weigh most."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from problems.binary import graph
from problems.binary.domain import DomainProblem, labels_of_bits, places_of_labels
from problems.binary.program import BinaryProgram
from problems.binary.quadratic import QuadraticForm
from problems.checking import check_integer, check_number, optional_number
from problems.contract import Array, Evaluation
from problems.errors import ProblemError


@dataclass(frozen=True, eq=False)
class MaxCut(DomainProblem):
    """Maximise Σ w_uv over the edges between the sides; bits ``[n]`` say the side, labels name side 1.

    Attributes:
        num_nodes: n.
        edges: ``[K, 2]`` node indices from 0; parallel edges are merged, their weights added.
        weights: ``[K]``, of either sign; ones by default.
        labels: One per node; 1 … n by default.
        reference: The best known cut, if any.
    """

    num_nodes: int
    edges: Array
    weights: Array | None = None
    labels: tuple[Any, ...] = field(default=())
    reference: float | None = None
    sense = "max"

    def __post_init__(self):
        edges, weights = graph.settled_edges(self.num_nodes, self.edges, self.weights)
        object.__setattr__(self, "reference", optional_number("reference", self.reference))
        object.__setattr__(self, "edges", edges)
        object.__setattr__(self, "weights", weights)
        object.__setattr__(self, "labels", graph.settled_labels(self.labels, self.num_nodes))

    @classmethod
    def from_networkx(cls, nx_graph: Any, weight: str = "weight") -> MaxCut:
        """Build from an undirected graph; edges without the attribute weigh 1."""
        return cls(*graph.from_networkx(nx_graph, weight))

    @classmethod
    def regular(cls, degree: int = 3, n: int = 16, seed: int = 0) -> MaxCut:
        """Draw a random regular graph with unit weights; ``degree`` times ``n`` must be even."""
        import networkx

        check_integer("n", n, 1)
        check_integer("degree", degree, 0, n - 1)
        if degree * n % 2:
            raise ProblemError("degree", degree, f"an even number, as there are {n} nodes")
        return cls.from_networkx(networkx.random_regular_graph(degree, n, seed=seed))

    @classmethod
    def random(cls, n: int = 12, density: float = 0.5, seed: int = 0) -> MaxCut:
        """Draw a graph with the given share of edges and weights ±1."""
        check_integer("n", n, 1)
        check_number("density", density, 0.0, 1.0)
        rng = np.random.default_rng(seed)
        pairs = np.stack(np.triu_indices(n, 1), axis=1)
        kept = pairs[rng.random(len(pairs)) < density]
        return cls(n, kept, rng.choice([-1.0, 1.0], len(kept)))

    @classmethod
    def read(cls, path: str | os.PathLike[str], index: int | None = None) -> MaxCut:
        """Read a rudy (G-set) file."""
        from problems.formats.rudy import read_cut

        return read_cut(path, index)

    def write(self, path: str | os.PathLike[str]) -> Path:
        """Write a rudy (G-set) file; nodes are numbered from 1."""
        from problems.formats.rudy import write_cut

        return write_cut(self, path)

    def to_networkx(self) -> Any:
        """Return a networkx graph with ``weight`` on its edges."""
        return graph.to_networkx(self.num_nodes, self.edges, self.weights, self.labels)

    @cached_property
    def program(self) -> BinaryProgram:
        """Σ w (x_u + x_v − 2 x_u x_v), without rows."""
        first, second = self.edges.T
        weights = np.asarray(self.weights)
        linear = np.bincount(first, weights, self.num_nodes) + np.bincount(second, weights, self.num_nodes)
        form = QuadraticForm(linear, first, second, -2.0 * weights)
        return BinaryProgram(form, names=tuple(f"node {label}" for label in self.labels), sense="max")

    def judge(self, solution: Array) -> Evaluation:
        """Score bits ``[n]``; adds the number of edges that are cut."""
        verdict = super().judge(solution)
        sides = np.asarray(solution)
        cut = int(np.sum(sides[self.edges[:, 0]] != sides[self.edges[:, 1]]))
        return Evaluation(verdict.objective, verdict.violations, {"cut_edges": float(cut)})

    def decode(self, solution: Array) -> tuple[Any, ...]:
        """Return the labels of the nodes on side 1."""
        return labels_of_bits(solution, self.labels)

    def encode(self, labels: Iterable[Any]) -> Array:
        """Return bits from the labels of one side."""
        return places_of_labels(labels, self.labels, "node")

    def plot(self, solution: Array, axes: Any = None) -> Any:
        """Draw the graph with its two sides, or for a large one the edge matrix sorted by side."""
        from problems.binary.pictures import coloured_graph

        return coloured_graph(self, solution, axes, ("side 0", "side 1"))
