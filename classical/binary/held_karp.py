"""The bound of Held and Karp for round trips: minimum 1-trees under prices on the cities.

References: Held and Karp, Operations Research 18 (1970) and Mathematical Programming 1 (1971); the direction
with memory is that of Volgenant and Jonker, European Journal of Operational Research 9 (1982).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numba import njit

from problems.binary.tour import TravellingSalesman
from problems.checking import check_integer, check_number
from problems.contract import Array, Solver
from problems.run import Run

MEMORY = 0.3  # the share of the last direction in the next
LEAST = 1e-4  # the factor of the step is not halved below this
MET = 1e-7  # how near, relatively, the bound must come to a tour's length to stop
FINE = 1e-9  # what a change of a tour must gain, relative to the largest distance


@dataclass(frozen=True)
class HeldKarp(Solver[TravellingSalesman, Array]):
    """Price the cities so that the cheapest 1-tree comes near a tour; answer with the best tour met.

    A 1-tree is a spanning tree of all cities but the first, and the two shortest edges of the first; every
    tour is one. With prices π its cost less 2Σπ bounds every tour. The answer is the best nearest-neighbour
    tour after 2-opt, and the same tours' lengths set the step. The last row of the history holds the bound
    as it was ``computed``, the multipliers ``prices`` and how many 1-trees were built.

    Attributes:
        trees: Most 1-trees.
        length: The factor of Polyak's step at first.
        patience: 1-trees without a better bound after which the factor is halved.
        tours: Cities from which a nearest-neighbour tour begins; None for all of them.
    """

    trees: int = 700
    length: float = 2.0
    patience: int = 20
    tours: int | None = None

    def __post_init__(self):
        check_integer("trees", self.trees, 1)
        check_number("length", self.length, 0.0, open_low=True)
        check_integer("patience", self.patience, 1)
        if self.tours is not None:
            check_integer("tours", self.tours, 1)

    def unsuitable(self, problem: TravellingSalesman) -> str | None:
        """Refuse one-way distances, and two cities, which have no 1-tree."""
        if problem.num_cities < 3:
            return "a 1-tree needs three cities"
        if not problem.symmetric:
            return "its 1-trees need distances that are the same both ways"
        return None

    def _solve(self, problem: TravellingSalesman, run: Run) -> Array:
        distances = _symmetric(problem)
        upper = self._offer_tours(problem, distances, run)
        integral = bool(np.all(distances == np.round(distances)))
        search = _Prices(self, distances, upper)
        for step in run.steps(self.trees, "1-tree"):
            if search.step():
                run.bound(_inward(search.certified, integral))
                run.record(step=step, objective=upper, bound=search.certified)
            if run.converged(search.flat, "a 1-tree is a tour, which is then the shortest"):
                run.offer(problem.bits_of_tour(_tour_of_edges(search.edges)))
                break
            met = search.certified >= upper - MET * max(1.0, abs(upper))  # unrounded: it shows in `computed`
            if run.converged(met, "the bound meets the tour"):
                break
        run.record(
            step=search.count, objective=upper, bound=search.certified, computed=search.best,
            prices=tuple(search.at.tolist()),
        )  # fmt: skip
        run.spent(one_trees=search.count)
        return run.best

    def _offer_tours(self, problem: TravellingSalesman, distances: Array, run: Run) -> float:
        """Offer the improved nearest-neighbour tours and return the length of the shortest."""
        shortest = math.inf
        count = problem.num_cities if self.tours is None else min(self.tours, problem.num_cities)
        for start in range(count):
            if start and run.out_of_time():
                break
            tour = nearest_neighbour_tour(distances, start)
            two_opt(tour, distances)
            length = float(problem.length(tour))
            if length < shortest:
                shortest = length
                run.offer(problem.bits_of_tour(tour), length)
        return shortest


class _Prices:
    """Prices on their way, with the best bound and where it was."""

    def __init__(self, method: HeldKarp, distances: Array, upper: float):
        n = len(distances)
        self.method, self.distances, self.upper = method, distances, upper
        self.prices, self.at = np.zeros(n), np.zeros(n)
        self.best, self.certified, self.factor = -math.inf, -math.inf, method.length
        self.count, self.waited, self.flat = 0, 0, False
        self.direction: Array | None = None
        self.edges = np.zeros((n, 2), dtype=np.int64)

    def step(self) -> bool:
        """Build one 1-tree and move the prices; returns whether the bound rose."""
        self.edges, lengths = one_tree(self.distances, self.prices)
        parts = np.concatenate([lengths, -2.0 * self.prices])
        value = math.fsum(parts)
        rose = value > self.best
        self._judge(value, float(np.abs(parts).sum()), rose)
        slope = np.bincount(self.edges.ravel(), minlength=len(self.prices)) - 2.0
        self.flat, self.count = not np.any(slope), self.count + 1
        memory = slope if self.direction is None else self.direction
        self.direction = (1 - MEMORY) * slope + MEMORY * memory
        square = float(slope @ slope)  # not of the direction, which shrinks where slopes alternate
        if square > 0:
            self.prices = self.prices + self.factor * max(self.upper - value, 0.0) / square * self.direction
        return rose

    def _judge(self, value: float, size: float, rose: bool) -> None:
        if rose:
            # the prices stand in two distances each and once more below: all rounded to the nearest
            doubt = np.finfo(float).eps * 8 * size
            self.best, self.at, self.waited = value, self.prices.copy(), 0
            self.certified = max(self.certified, value - doubt)
            return
        self.waited += 1
        if self.waited >= self.method.patience:
            self.factor, self.waited = max(LEAST, self.factor / 2), 0


def one_tree(distances: Array, prices: Array) -> tuple[Array, Array]:
    """Return the edges ``[n, 2]`` of the cheapest 1-tree and their priced lengths ``[n]``.

    Args:
        distances: ``[n, n]``, symmetric.
        prices: ``[n]`` added to every edge at a city.
    """
    return _one_tree(distances, prices)


@njit(cache=True, nogil=True)
def _one_tree(distances: Array, prices: Array) -> tuple[Array, Array]:
    """Prim's algorithm on all cities but the first, then the first one's two cheapest edges."""
    n = len(prices)
    edges, lengths = np.zeros((n, 2), np.int64), np.zeros(n)
    near, parent, done = np.full(n, np.inf), np.ones(n, np.int64), np.zeros(n, np.bool_)
    done[0] = done[1] = True
    city = 1
    for k in range(n - 2):
        chosen = -1
        for v in range(2, n):
            if not done[v]:
                length = distances[city, v] + prices[city] + prices[v]
                if length < near[v]:
                    near[v], parent[v] = length, city
                if chosen < 0 or near[v] < near[chosen]:
                    chosen = v
        edges[k, 0], edges[k, 1], lengths[k] = parent[chosen], chosen, near[chosen]
        done[chosen] = True
        city = chosen
    first, second = -1, -1
    for v in range(1, n):
        length = distances[0, v] + prices[0] + prices[v]
        if first < 0 or length < lengths[n - 2]:
            second, lengths[n - 1] = first, lengths[n - 2]
            first, lengths[n - 2] = v, length
        elif second < 0 or length < lengths[n - 1]:
            second, lengths[n - 1] = v, length
    edges[n - 2, 1], edges[n - 1, 1] = first, second
    return edges, lengths


@njit(cache=True, nogil=True)
def nearest_neighbour_tour(distances: Array, start: int) -> Array:
    """Return the cities ``[n]`` in the order of always going to the nearest that is left."""
    n = len(distances)
    tour, seen = np.zeros(n, np.int64), np.zeros(n, np.bool_)
    tour[0], seen[start] = start, True
    for k in range(1, n):
        city, chosen = tour[k - 1], -1
        for v in range(n):
            if not seen[v] and (chosen < 0 or distances[city, v] < distances[city, chosen]):
                chosen = v
        tour[k], seen[chosen] = chosen, True
    return tour


@njit(cache=True, nogil=True)
def two_opt(tour: Array, distances: Array) -> None:
    """Exchange pairs of edges of a tour ``[n]`` in place until no exchange shortens it."""
    n = len(tour)
    least = FINE * np.abs(distances).max()
    better = True
    while better:
        better = False
        for i in range(n - 1):
            for j in range(i + 2, n - (i == 0)):
                a, b, c, d = tour[i], tour[i + 1], tour[j], tour[(j + 1) % n]
                gain = distances[a, b] + distances[c, d] - distances[a, c] - distances[b, d]
                if gain > least:
                    tour[i + 1 : j + 1] = tour[i + 1 : j + 1][::-1].copy()
                    better = True


def _symmetric(problem: TravellingSalesman) -> Array:
    distances = np.array(problem.distances)
    np.fill_diagonal(distances, 0.0)
    return distances


def _inward(value: float, integral: bool) -> float:
    return float(math.ceil(value)) if integral and math.isfinite(value) else value


def _tour_of_edges(edges: Array) -> Array:
    """Return the cities in order along edges ``[n, 2]`` that make one round trip."""
    near: list[list[int]] = [[] for _ in range(len(edges))]
    for u, v in edges.tolist():
        near[u].append(v)
        near[v].append(u)
    tour, before = [0], -1
    while len(tour) < len(edges):
        here = tour[-1]
        after = near[here][0] if near[here][0] != before else near[here][1]
        before = here
        tour.append(after)
    return np.array(tour)
