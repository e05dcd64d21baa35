"""Greedy permutations: tours that go on to the nearest city, assignments that place the busiest first.

Rosenkrantz, Stearns and Lewis, SIAM Journal on Computing 6 (1977); Gilmore, Journal of the Society for
Industrial and Applied Mathematics 10 (1962).
"""

from __future__ import annotations

import numpy as np

from problems.binary.assignment import QuadraticAssignment
from problems.binary.tour import TravellingSalesman
from problems.contract import Array


def nearest_neighbour_tour(problem: TravellingSalesman, start: int) -> Array:
    """Return the tour int64 ``[n]`` that begins at a city and always goes on to the nearest not yet seen."""
    left = np.ones(problem.num_cities, dtype=bool)
    tour = [start]
    left[start] = False
    for _ in range(problem.num_cities - 1):
        ahead = np.where(left, problem.distances[tour[-1]], np.inf)
        tour.append(int(ahead.argmin()))
        left[tour[-1]] = False
    return np.array(tour)


def greedy_assignment(problem: QuadraticAssignment, first: int) -> Array:
    """Return the location int64 ``[n]`` of each facility, placed one by one where it adds least cost.

    The facility with the most flow stands at location ``first``; then comes always the one with the most flow
    to those that are placed.
    """
    flows, distances, n = problem.flows, problem.distances, problem.size
    both = np.abs(flows) + np.abs(flows.T)
    place, free = np.full(n, -1), np.ones(n, dtype=bool)
    facility, location = int(both.sum(axis=1).argmax()), first
    for _ in range(n):
        place[facility], free[location] = location, False
        placed = np.flatnonzero(place >= 0)
        if len(placed) == n:
            break
        ties = np.where(place < 0, both[:, placed].sum(axis=1), -1.0)
        facility = int(ties.argmax())
        added = distances[:, place[placed]] @ flows[facility, placed]
        added = added + flows[placed, facility] @ distances[place[placed], :]
        added = added + flows[facility, facility] * distances.diagonal()
        location = int(np.where(free, added, np.inf).argmin())
    return place
