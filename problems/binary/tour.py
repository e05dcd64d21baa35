"""The travelling salesman: the shortest round trip through all cities, by bits for who comes when."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from problems.binary.graph import settled_labels
from problems.binary.lazy_program import LazyProgram
from problems.binary.permutations import PermutationProblem, table_of_words, words_of_table
from problems.binary.program import BinaryProgram
from problems.binary.quadratic import QuadraticForm
from problems.binary.tour_edges import TourEdges
from problems.checking import check_bits, check_integer, frozen_array, optional_number, refuse_elements
from problems.contract import Array, Reduction
from problems.errors import ProblemError

MOST_CITIES = 400  # above it the time form has more than 2^26 products and is not written as a program


@dataclass(frozen=True, eq=False)
class TravellingSalesman(PermutationProblem):
    """Minimise the length of a round trip; the first city is where it begins and takes no bits.

    Solutions are in the time form, bits ``[(n−1)²]``: bit (v−1)(n−1) + t−1 says that city v comes at time t.
    ``edges`` is the same problem with a bit per edge, which branch and cut is given of a symmetric one.

    Attributes:
        distances: ``[n, n]`` from row to column, symmetric or not; the diagonal does not count.
        coordinates: ``[n, 2]`` for pictures alone, if known.
        labels: One per city; 1 … n by default.
        reference: The best known length, if any.
    """

    distances: Array
    coordinates: Array | None = None
    labels: tuple[Any, ...] = field(default=())
    reference: float | None = None

    def __post_init__(self):
        distances = frozen_array("distances", self.distances, shape=(None, None))
        cities = len(distances)
        if distances.shape != (cities, cities) or cities < 2:
            raise ProblemError("the shape of distances", distances.shape, "a square, at least 2 by 2")
        largest = np.abs(distances) > 2.0**53 / cities
        refuse_elements(
            "distances", distances, largest, "small enough that every length is exact in its units"
        )
        object.__setattr__(self, "distances", distances)
        if self.coordinates is not None:
            points = frozen_array("coordinates", self.coordinates, shape=(cities, 2))
            object.__setattr__(self, "coordinates", points)
        object.__setattr__(self, "labels", settled_labels(self.labels, cities))
        object.__setattr__(self, "reference", optional_number("reference", self.reference))

    @classmethod
    def random(cls, n: int = 6, seed: int = 0) -> TravellingSalesman:
        """Draw n cities in a square of side 100, at rounded Euclidean distances."""
        check_integer("n", n, 2)
        points = 100 * np.random.default_rng(seed).random((n, 2))
        return cls(np.round(np.linalg.norm(points[:, None] - points[None], axis=-1)), points)

    @classmethod
    def from_networkx(cls, nx_graph: Any, weight: str = "weight") -> TravellingSalesman:
        """Build from a complete graph, directed or not, with the attribute on every edge.

        Raises:
            ProblemError: If a pair of nodes has no edge, or an edge no such attribute.
        """
        labels = tuple(nx_graph.nodes)
        distances = np.zeros((len(labels), len(labels)))
        for i, u in enumerate(labels):
            for j, v in enumerate(labels):
                value = None if i == j else nx_graph.get_edge_data(u, v, default={}).get(weight)
                if i != j and value is None:
                    raise ProblemError(
                        f"the edge {u}-{v}", "missing", f"an edge with the attribute {weight!r}"
                    )
                distances[i, j] = value or 0.0
        return cls(distances, labels=labels)

    @classmethod
    def read(cls, path: str | os.PathLike[str], index: int | None = None) -> TravellingSalesman:
        """Read a TSPLIB file."""
        from problems.formats.tsplib import read_tours

        return read_tours(path, index)

    def write(self, path: str | os.PathLike[str]) -> Path:
        """Write a TSPLIB file with explicit distances."""
        from problems.formats.tsplib import write_tours

        return write_tours(self, path)

    def first(self, count: int) -> TravellingSalesman:
        """Return the problem of the first cities alone."""
        check_integer("count", count, 2, self.num_cities)
        points = None if self.coordinates is None else self.coordinates[:count]
        return TravellingSalesman(self.distances[:count, :count], points, self.labels[:count])

    @property
    def num_cities(self) -> int:
        """Number of cities."""
        return len(self.distances)

    @property
    def size(self) -> int:
        """Number of cities that take bits: all but the first."""
        return self.num_cities - 1

    @property
    def members(self) -> tuple[str, ...]:
        """The cities but the first, by label."""
        return tuple(f"city {label}" for label in self.labels[1:])

    @property
    def places(self) -> tuple[str, ...]:
        """The times, counted from 1."""
        return tuple(f"time {t}" for t in range(1, self.num_cities))

    @property
    def symmetric(self) -> bool:
        """Whether every way is as long as the way back."""
        return np.array_equal(self._inner_distances(), self._inner_distances().T) and np.array_equal(
            self.distances[0, 1:], self.distances[1:, 0]
        )

    @cached_property
    def edges(self) -> TourEdges:
        """The same problem with a bit per edge.

        Raises:
            ProblemError: If the distances are not symmetric.
        """
        return TourEdges(self.distances, self.labels, self.reference)

    def objectives(self, tables: Array) -> Array:
        """Return the lengths of tables ``[B, n−1, n−1]`` by city and time, both ends at the first city."""
        between = self._inner_distances() @ tables[:, :, 1:]
        steps = np.einsum("bvt,bvt->b", tables[:, :, :-1], between)
        ends = tables[:, :, 0] @ self.distances[0, 1:] + tables[:, :, -1] @ self.distances[1:, 0]
        return steps + ends

    def length(self, tours: Array) -> Array:
        """Return the lengths ``[...]`` of tours ``[..., n]``, cities counted from 0."""
        order = np.asarray(tours)
        return self.distances[order, np.roll(order, -1, axis=-1)].sum(axis=-1)

    def tour(self, bits: Array) -> Array:
        """Return the cities int64 ``[n]`` in the order of bits ``[(n−1)²]``, beginning with city 0.

        Raises:
            ProblemError: If the bits are no tour.
        """
        return np.concatenate([[0], 1 + np.argsort(self.permutation(bits))])

    def bits_of_tour(self, tour: Any) -> Array:
        """Return bits ``[(n−1)²]`` from all cities, counted from 0, in the order of a round trip.

        Raises:
            ProblemError: If a city is missing or stands twice.
        """
        order = frozen_array("the tour", tour, shape=(self.num_cities,), dtype=np.int64)
        if not np.array_equal(np.sort(order), np.arange(self.num_cities)):
            raise ProblemError("the tour", order.tolist(), f"each city of 0 … {self.num_cities - 1} once")
        rolled = np.roll(order, -int(np.flatnonzero(order == 0)[0]))
        return self.bits(np.argsort(rolled[1:] - 1))

    @cached_property
    def program(self) -> BinaryProgram:
        """The time form: products of neighbours in time, a row per city and a row per time.

        Raises:
            ProblemError: If there are more than 400 cities.
        """
        if self.num_cities > MOST_CITIES:
            raise ProblemError(
                "the number of cities", self.num_cities, f"at most {MOST_CITIES} in the time form",
                "branch and cut takes the edge form, local search the tour itself",
            )  # fmt: skip
        count, cells = self.size, np.arange(self.n).reshape(self.size, self.size)
        u, v = np.nonzero(~np.eye(count, dtype=bool))
        first, second = cells[u, :-1], cells[v, 1:]
        value = np.repeat(self._inner_distances()[u, v], count - 1)
        linear = np.zeros((count, count))
        linear[:, 0] += self.distances[0, 1:]
        linear[:, -1] += self.distances[1:, 0]
        form = QuadraticForm.from_triplets(self.n, first.ravel(), second.ravel(), value, linear.ravel())
        names = tuple(f"{city} at {time}" for city in self.members for time in self.places)
        return BinaryProgram(form, self.one_hot_rows, names)

    def reduce(self, kinds: tuple[type, ...]) -> Reduction[Array] | None:
        """Reduce to the edge form where lazy rows are welcome and it is symmetric, else to the time form."""
        if LazyProgram in kinds and self.symmetric and self.num_cities > 2:
            return Reduction(self.edges, self._bits_of_edges, float)
        return super().reduce(kinds)

    def _bits_of_edges(self, chosen: Array) -> Array:
        """Turn edges ``[..., E]`` of tours into bits; edges that are no tour choose nothing."""
        flat = np.asarray(chosen).reshape(-1, self.edges.n)
        bits = np.zeros((len(flat), self.n), dtype=np.uint8)
        for row, edges in zip(bits, flat, strict=True):
            tour = self.edges.tour(edges)
            if tour is not None:
                row[:] = self.bits_of_tour(tour)
        return bits.reshape(*np.shape(chosen)[:-1], self.n)

    def decode(self, solution: Array) -> tuple[Any, ...]:
        """Return the labels in the order of visits; a tuple of them for a time with none or several."""
        table = check_bits("the solution", solution, self.n).reshape(self.size, self.size)
        return (self.labels[0], *words_of_table(table.T, self.labels[1:]))

    def encode(self, labels: Iterable[Any]) -> Array:
        """Return bits from all labels in the order of a round trip, wherever it begins."""
        if isinstance(labels, str) or not isinstance(labels, Iterable):
            raise ProblemError("the citys", labels, "labels in a list")
        order = list(labels)
        start = next((k for k, label in enumerate(order) if str(label) == str(self.labels[0])), None)
        if start is None or len(order) != self.num_cities:
            raise ProblemError("the tour", order, f"all {self.num_cities} cities, each once")
        return table_of_words(order[start + 1 :] + order[:start], self.labels[1:], "city").T.reshape(-1)

    def plot(self, solution: Array, axes: Any = None) -> Any:
        """Draw the tour."""
        from problems.binary.pictures_of_orders import drawn_tour

        return drawn_tour(self, solution, axes)

    def _inner_distances(self) -> Array:
        """The distances among the cities that take bits, without their diagonal."""
        inner = np.array(self.distances[1:, 1:])
        np.fill_diagonal(inner, 0.0)
        return inner
