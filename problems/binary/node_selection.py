"""Choosing nodes of a graph: what independent sets, cliques and vertex covers share."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, ClassVar, TypeVar

import numpy as np

from problems.binary import graph
from problems.binary.domain import DomainProblem, labels_of_bits, places_of_labels
from problems.binary.program import BinaryProgram
from problems.binary.quadratic import QuadraticForm
from problems.binary.rows import Rows
from problems.checking import check_bits, check_integer, check_number, frozen_array, optional_number
from problems.contract import Array, Evaluation

Selection = TypeVar("Selection", bound="NodeSelection")


@dataclass(frozen=True, eq=False)
class NodeSelection(DomainProblem):
    """Choose nodes by weight under one condition per pair; bits ``[n]``, labels name what is chosen.

    Subclasses say which pairs of nodes have a condition (``pairs``), whether it is "not both" or "at least
    one" (``relation``), and what a broken one is called (``pair_name``).

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
    relation: ClassVar[str] = "<="
    pair_name: ClassVar[str] = "edge"

    def __post_init__(self):
        edges, _ = graph.settled_edges(self.num_nodes, self.edges)
        weights = np.ones(self.num_nodes) if self.weights is None else self.weights
        object.__setattr__(self, "reference", optional_number("reference", self.reference))
        object.__setattr__(self, "edges", edges)
        object.__setattr__(self, "weights", frozen_array("weights", weights, shape=(self.num_nodes,)))
        object.__setattr__(self, "labels", graph.settled_labels(self.labels, self.num_nodes))

    @classmethod
    def from_networkx(cls: type[Selection], nx_graph: Any, weight: str | None = None) -> Selection:
        """Build from an undirected graph; ``weight`` names a node attribute, nodes without it weigh 1."""
        n, edges, _, labels = graph.from_networkx(nx_graph, None)
        weights = (
            None
            if weight is None
            else np.array([data.get(weight, 1) for _, data in nx_graph.nodes(data=True)])
        )
        return cls(n, edges, weights, labels)

    @classmethod
    def random(cls: type[Selection], n: int = 12, probability: float = 0.3, seed: int = 0) -> Selection:
        """Draw each edge with the given probability."""
        check_integer("n", n, 1)
        check_number("probability", probability, 0.0, 1.0)
        rng = np.random.default_rng(seed)
        pairs = np.stack(np.triu_indices(n, 1), axis=1)
        return cls(n, pairs[rng.random(len(pairs)) < probability])

    def to_networkx(self) -> Any:
        """Return a networkx graph with ``weight`` on its nodes."""
        drawn = graph.to_networkx(self.num_nodes, self.edges, None, self.labels)
        for label, weight in zip(self.labels, np.asarray(self.weights).tolist(), strict=True):
            drawn.nodes[label]["weight"] = weight
        return drawn

    @cached_property
    def pairs(self) -> Array:
        """The pairs of nodes ``[M, 2]`` that have a condition; the edges unless a subclass says otherwise."""
        return self.edges

    @cached_property
    def program(self) -> BinaryProgram:
        """One row per pair: x_u + x_v <= 1, or >= 1."""
        count = len(self.pairs)
        names = tuple(
            f"{self.pair_name} {self.labels[u]!r}-{self.labels[v]!r}" for u, v in self.pairs.tolist()
        )
        rows = Rows(
            self.num_nodes, 2 * np.arange(count + 1), self.pairs.reshape(-1), np.ones(2 * count),
            (self.relation,) * count, np.ones(count), names,
        )  # fmt: skip
        nodes = tuple(f"node {label}" for label in self.labels)
        return BinaryProgram(QuadraticForm(np.asarray(self.weights)), rows, nodes, self.sense)

    def judge(self, solution: Array) -> Evaluation:
        """Score bits ``[n]``; adds the number of nodes."""
        verdict = super().judge(solution)
        return Evaluation(verdict.objective, verdict.violations, {"size": float(np.sum(solution))})

    def ranks(self, solutions: Array) -> Array:
        """Rank bits ``[N, n]``; a quadratic form counts the broken pairs without an array ``[N, M]``."""
        bits = check_bits("the solutions", solutions, self.n)
        return np.stack([self._broken.values(bits), self.program.minimised.values(bits)], axis=-1)

    @cached_property
    def _broken(self) -> QuadraticForm:
        """Σ x_u x_v over the pairs, or Σ (1 − x_u)(1 − x_v) where at least one must be chosen."""
        first, second = self.pairs.T
        if self.relation == "<=":
            return QuadraticForm(np.zeros(self.num_nodes), first, second, np.ones(len(self.pairs)))
        degree = np.bincount(self.pairs.ravel(), minlength=self.num_nodes).astype(float)
        return QuadraticForm(-degree, first, second, np.ones(len(self.pairs)), float(len(self.pairs)))

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
