"""The travelling salesman in its edge form: a bit per edge, two at every city, subtours cut off lazily.

Dantzig, Fulkerson and Johnson, Operations Research 2 (1954); separation by minimum cuts.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from problems.binary.graph import settled_labels
from problems.binary.lazy_program import LazyProgram
from problems.binary.minimum_cut import minimum_cut
from problems.binary.program import BinaryProgram
from problems.binary.quadratic import QuadraticForm
from problems.binary.rows import Rows
from problems.checking import check_bits, check_integer, frozen_array, optional_number
from problems.contract import Array
from problems.errors import ProblemError

LEAST_CUT = 1e-6  # by how much a cut must fall short of two edges before it becomes a row


@dataclass(frozen=True, eq=False)
class TourEdges(LazyProgram):
    """Minimise the length of a tour over its edges; bits ``[n(n−1)/2]``, edges u < v in the order of rows.

    Attributes:
        distances: ``[n, n]``, symmetric.
        labels: One per city; 1 … n by default.
        reference: The best known length, if any.
    """

    distances: Array
    labels: tuple[Any, ...] = field(default=())
    reference: float | None = None

    def __post_init__(self):
        distances = frozen_array("distances", self.distances, shape=(None, None))
        check_integer("the number of cities", len(distances), 3)
        if distances.shape[0] != distances.shape[1]:
            raise ProblemError("the shape of distances", distances.shape, "a square")
        u, v = np.triu_indices(len(distances), 1)
        if not np.array_equal(distances[u, v], distances[v, u]):
            raise ProblemError(
                "distances", "not symmetric", "as far back as there", "the time form takes both"
            )
        object.__setattr__(self, "distances", distances)
        object.__setattr__(self, "labels", settled_labels(self.labels, len(distances)))
        object.__setattr__(self, "reference", optional_number("reference", self.reference))

    @property
    def num_cities(self) -> int:
        """Number of cities."""
        return len(self.distances)

    @cached_property
    def ends(self) -> tuple[Array, Array]:
        """The cities ``[E]`` where each edge begins and ends, the smaller first."""
        return np.triu_indices(self.num_cities, 1)

    @cached_property
    def program(self) -> BinaryProgram:
        """Lengths, and two edges at every city."""
        u, v = self.ends
        edges = np.arange(len(u))
        owner, edge = np.concatenate([u, v]), np.concatenate([edges, edges])
        degree = csr_array((np.ones(len(owner)), (owner, edge)), shape=(self.num_cities, len(u)))
        names = [f"two edges at {label}" for label in self.labels]
        rows = Rows.from_matrix(degree, np.full(self.num_cities, 2.0), "==", names)
        labels = tuple(f"edge {self.labels[a]}-{self.labels[b]}" for a, b in zip(u, v, strict=True))
        return BinaryProgram(QuadraticForm(self.distances[u, v]), rows, labels)

    def separate(self, point: Array) -> Rows:
        """Return Σ_{e inside S} x_e <= |S| − 1 for sets S that fewer than two edges leave.

        S are the components of the support where there are several, else the smaller side of the minimum cut
        (Stoer and Wagner, Journal of the ACM 44 (1997)). With two edges at every city the row is the cut row.
        """
        u, v = self.ends
        weight = np.asarray(point, dtype=float)
        used = weight > LEAST_CUT
        graph = csr_array((weight[used], (u[used], v[used])), shape=(self.num_cities,) * 2)
        count, part = connected_components(graph, directed=False)
        if count > 1:
            sets = [np.flatnonzero(part == k) for k in range(count)]
        else:
            capacity, side = minimum_cut(graph.toarray())
            smaller = side if side.sum() * 2 <= self.num_cities else ~side
            sets = [np.flatnonzero(smaller)] if capacity < 2.0 - LEAST_CUT else []
        return self._subtour_rows([chosen for chosen in sets if self._closed(chosen, weight)])

    def _closed(self, chosen: Array, weight: Array) -> bool:
        """Whether the edges inside the set weigh more than a tour could have there."""
        inside = np.isin(self.ends[0], chosen) & np.isin(self.ends[1], chosen)
        return len(chosen) < self.num_cities and weight[inside].sum() > len(chosen) - 1 + LEAST_CUT / 2

    def _subtour_rows(self, sets: list[Array]) -> Rows:
        indices = []
        for chosen in sets:
            a, b = np.triu_indices(len(chosen), 1)
            indices.append(self.edge(np.sort(chosen)[a], np.sort(chosen)[b]))
        index = np.concatenate([*indices, np.zeros(0, np.int64)]).astype(np.int64)
        names = [f"no subtour of {', '.join(str(self.labels[c]) for c in chosen)}" for chosen in sets]
        return Rows(
            self.n, np.cumsum([0, *map(len, indices)]), index, np.ones(len(index)), ("<=",) * len(sets),
            np.array([len(chosen) - 1.0 for chosen in sets]), tuple(names),
        )  # fmt: skip

    def repair(self, solutions: Array) -> Array:
        """Return tours ``[N, n]``: the chosen edges by length, then the others, as long as they fit.

        An edge fits if it joins the ends of two different paths; the last one closes the tour.
        """
        bits = check_bits("the solutions", solutions, self.n)
        u, v = self.ends
        length = self.distances[u, v]
        tours = np.zeros_like(bits)
        for row, tour in zip(bits, tours, strict=True):
            degree = np.zeros(self.num_cities, dtype=np.int64)
            other_end = np.arange(self.num_cities)  # of the path that a city at an end belongs to
            for e in np.lexsort((length, row == 0)).tolist():
                a, b = int(u[e]), int(v[e])
                if degree[a] == 2 or degree[b] == 2 or other_end[a] == b:
                    continue
                tour[e] = 1
                degree[[a, b]] += 1
                far_a, far_b = other_end[a], other_end[b]
                other_end[far_a], other_end[far_b] = far_b, far_a
            ends = np.flatnonzero(degree < 2)
            tour[self.edge(ends[:1], ends[1:])] = 1
        return tours

    def edge(self, first: Array, second: Array) -> Array:
        """Return the index of the edge between cities, the smaller one first."""
        return first * (2 * self.num_cities - first - 1) // 2 + second - first - 1

    def tour(self, bits: Array) -> Array | None:
        """Return the cities int64 ``[n]`` in order, from city 0 on, or None if the edges are no tour."""
        chosen = np.flatnonzero(check_bits("the solution", bits, self.n))
        u, v = (end[chosen] for end in self.ends)
        if len(chosen) != self.num_cities or np.any(np.bincount(np.r_[u, v], minlength=self.num_cities) != 2):
            return None
        beside = np.full((self.num_cities, 2), -1)
        for a, b in zip(np.r_[u, v].tolist(), np.r_[v, u].tolist(), strict=True):
            beside[a, 0 if beside[a, 0] < 0 else 1] = b
        order, before = [0], -1
        while True:
            here = order[-1]
            ahead = int(beside[here, 1] if beside[here, 0] == before else beside[here, 0])
            if ahead == 0:
                return np.array(order) if len(order) == self.num_cities else None
            before = here
            order.append(ahead)

    def bits_of_tour(self, tour: Any) -> Array:
        """Return bits from the cities, counted from 0, in the order of a round trip."""
        order = frozen_array("the tour", tour, shape=(self.num_cities,), dtype=np.int64)
        ahead = np.roll(order, -1)
        bits = np.zeros(self.n, dtype=np.uint8)
        bits[self.edge(np.minimum(order, ahead), np.maximum(order, ahead))] = 1
        return bits
