"""Maximum (weight) independent set: choose nodes of a graph, no two of them joined by an edge."""

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
from problems.binary.rows import Rows
from problems.checking import check_bits, check_integer, check_number, frozen_array, optional_number
from problems.contract import Array, Evaluation


@dataclass(frozen=True, eq=False)
class IndependentSet(DomainProblem):
    """Maximise the weight of nodes without an edge among them, in the graph as it is, never its complement.

    Attributes:
        num_nodes: n; isolated nodes exist through it alone.
        edges: ``[K, 2]`` node indices from 0; parallel edges count once.
        weights: ``[n]`` of the nodes; ones by default.
        labels: One per node; 1 … n by default.
        reference: The best known weight, if any.
    """

    num_nodes: int
    edges: Array
    weights: Array | None = None
    labels: tuple[Any, ...] = field(default=())
    reference: float | None = None
    sense = "max"

    def __post_init__(self):
        edges, _ = graph.settled_edges(self.num_nodes, self.edges)
        weights = np.ones(self.num_nodes) if self.weights is None else self.weights
        object.__setattr__(self, "reference", optional_number("reference", self.reference))
        object.__setattr__(self, "edges", edges)
        object.__setattr__(self, "weights", frozen_array("weights", weights, shape=(self.num_nodes,)))
        object.__setattr__(self, "labels", graph.settled_labels(self.labels, self.num_nodes))

    @classmethod
    def from_networkx(cls, nx_graph: Any, weight: str | None = None) -> IndependentSet:
        """Build from an undirected graph; ``weight`` names a node attribute, nodes without it weigh 1."""
        n, edges, _, labels = graph.from_networkx(nx_graph, None)
        weights = (
            None
            if weight is None
            else np.array([data.get(weight, 1) for _, data in nx_graph.nodes(data=True)])
        )
        return cls(n, edges, weights, labels)

    @classmethod
    def random(cls, n: int = 12, probability: float = 0.3, seed: int = 0) -> IndependentSet:
        """Draw each edge with the given probability."""
        check_integer("n", n, 1)
        check_number("probability", probability, 0.0, 1.0)
        rng = np.random.default_rng(seed)
        pairs = np.stack(np.triu_indices(n, 1), axis=1)
        return cls(n, pairs[rng.random(len(pairs)) < probability])

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

    def to_networkx(self) -> Any:
        """Return a networkx graph with ``weight`` on its nodes."""
        drawn = graph.to_networkx(self.num_nodes, self.edges, None, self.labels)
        for label, weight in zip(self.labels, np.asarray(self.weights).tolist(), strict=True):
            drawn.nodes[label]["weight"] = weight
        return drawn

    @cached_property
    def program(self) -> BinaryProgram:
        """One row x_u + x_v <= 1 per edge."""
        count = len(self.edges)
        names = tuple(f"edge {self.labels[u]!r}-{self.labels[v]!r}" for u, v in self.edges.tolist())
        rows = Rows(
            self.num_nodes,
            2 * np.arange(count + 1),
            self.edges.reshape(-1),
            np.ones(2 * count),
            ("<=",) * count,
            np.ones(count),
            names,
        )
        nodes = tuple(f"node {label}" for label in self.labels)
        return BinaryProgram(QuadraticForm(np.asarray(self.weights)), rows, nodes, "max")

    def judge(self, solution: Array) -> Evaluation:
        """Score bits ``[n]``; adds the number of nodes."""
        verdict = super().judge(solution)
        return Evaluation(verdict.objective, verdict.violations, {"size": float(np.sum(solution))})

    def ranks(self, solutions: Array) -> Array:
        """Rank bits ``[N, n]``; Σ x_u x_v counts the broken rows without an array ``[N, K]``."""
        bits = check_bits("the solutions", solutions, self.n)
        return np.stack([self._conflicts.values(bits), self.program.minimised.values(bits)], axis=-1)

    @cached_property
    def _conflicts(self) -> QuadraticForm:
        first, second = self.edges.T
        return QuadraticForm(np.zeros(self.num_nodes), first, second, np.ones(len(self.edges)))

    def decode(self, solution: Array) -> tuple[Any, ...]:
        """Return the labels of the chosen nodes."""
        return labels_of_bits(solution, self.labels)

    def encode(self, labels: Iterable[Any]) -> Array:
        """Return bits from node labels."""
        return places_of_labels(labels, self.labels, "node")

    def plot(self, solution: Array, axes: Any = None) -> Any:
        """Draw the graph with the chosen nodes, or for a large one the edge matrix sorted by choice."""
        from problems.binary.pictures import coloured_graph

        return coloured_graph(self, solution, axes, ("left out", "chosen"))
