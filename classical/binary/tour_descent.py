"""Descent of round trips: the first exchange of edges or segments that shortens, among near cities alone.

Symmetric trips move by 2-opt and Or-opt, others by exchanged segments, which turn nothing round. A city whose
surroundings did not change is not looked at again ("don't-look bits"). Bentley, ORSA Journal on Computing 4
(1992); Kanellakis and Papadimitriou, Operations Research 28 (1980), for asymmetric distances.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit

from classical.binary.tour_moves import (
    Trip,
    city_after,
    city_before,
    edges_change,
    exchange_edges,
    exchange_segments,
    near_cities,
    segments_change,
)
from problems.binary.tour import TravellingSalesman
from problems.contract import Array

SEGMENT = 3  # cities that Or-opt moves at most
REACH = 50  # cities within which the third edge of an exchange of segments is sought


class Map(NamedTuple):
    """The distances as the kernels want them.

    Attributes:
        distances: ``[n, n]``.
        near: ``[n, K]`` the nearest cities to go to.
        origins: ``[n, K]`` the nearest cities to come from.
        symmetric: Whether both are the same.
        least: A move must shorten by more than this.
    """

    distances: Array
    near: Array
    origins: Array
    symmetric: bool
    least: float


class Queue(NamedTuple):
    """The cities to look at: a ring ``[n]``, flags ``[n]`` of those in it, ``[2]`` its begin and length."""

    ring: Array
    waiting: Array
    span: Array


def map_of(problem: TravellingSalesman, neighbours: int) -> Map:
    """Lay a problem out for the kernels."""
    distances = np.array(problem.distances)
    np.fill_diagonal(distances, 0.0)
    near = near_cities(distances, neighbours)
    least = 1e-12 * float(np.abs(distances).max())
    return Map(distances, near, near_cities(distances.T, neighbours), problem.symmetric, least)


def new_queue(n: int) -> Queue:
    """Return an empty queue."""
    return Queue(np.zeros(n, np.int64), np.zeros(n, np.uint8), np.zeros(2, np.int64))


@njit(cache=True, nogil=True)
def ask(city: int, queue: Queue) -> None:
    """Add a city to the queue unless it is there."""
    if not queue.waiting[city]:
        queue.waiting[city] = 1
        queue.ring[(queue.span[0] + queue.span[1]) % len(queue.ring)] = city
        queue.span[1] += 1


@njit(cache=True, nogil=True)
def descend(trip: Trip, queue: Queue, chart: Map, most: int) -> tuple[float, int]:
    """Look at the cities in the queue until it is empty, or ``most`` times.

    Returns:
        The change in length, and how many times it looked.
    """
    total, looks = 0.0, 0
    while looks < most and queue.span[1]:
        looks += 1
        city = int(queue.ring[queue.span[0]])
        queue.span[0] = (queue.span[0] + 1) % len(queue.ring)
        queue.span[1] -= 1
        queue.waiting[city] = 0
        if chart.symmetric:
            change = _two_opt(city, trip, queue, chart)
            if change == 0:
                change = _or_opt(city, trip, queue, chart)
        else:
            change = _leave_nearer(city, trip, queue, chart)
            if change == 0:
                change = _enter_nearer(city, trip, queue, chart)
        if change < 0:
            ask(city, queue)
        total += change
    return total, looks


@njit(cache=True, nogil=True)
def _two_opt(a: int, trip: Trip, queue: Queue, chart: Map) -> float:
    """Put an edge from city a to a nearer one than those it has, if that shortens."""
    for forward in (True, False):
        b = city_after(a, trip) if forward else city_before(a, trip)
        for c in chart.near[a]:
            if chart.distances[a, c] >= chart.distances[a, b]:
                break
            d = city_after(c, trip) if forward else city_before(c, trip)
            change = edges_change(a, b, c, d, chart.distances)
            if change < -chart.least:
                exchange_edges(a, b, c, d, trip)
                for city in (b, c, d):
                    ask(city, queue)
                return change
    return 0.0


@njit(cache=True, nogil=True)
def _or_opt(a: int, trip: Trip, queue: Queue, chart: Map) -> float:
    """Move up to three cities, of which a is the first or the last, beside a nearer one, if that shortens."""
    distances = chart.distances
    for forward in (True, False):
        p = city_before(a, trip) if forward else city_after(a, trip)
        z = a
        for size in range(1, min(SEGMENT, len(trip.order) - 3) + 1):
            if size > 1:
                z = city_after(z, trip) if forward else city_before(z, trip)
            q = city_after(z, trip) if forward else city_before(z, trip)
            freed = distances[p, a] + distances[z, q] - distances[p, q]
            for c in chart.near[a]:
                if distances[a, c] >= freed:
                    break
                ahead = (
                    trip.position[c] - trip.position[a] if forward else trip.position[a] - trip.position[c]
                )
                if c == p or ahead % len(trip.order) < size:
                    continue
                for behind in (True, False):
                    e = city_after(c, trip) if behind == forward else city_before(c, trip)
                    change = distances[a, c] + distances[z, e] - distances[c, e] - freed
                    if e != z and change < -chart.least:
                        _move_path(p, a, z, q, c, e, behind, forward, trip)
                        for city in (p, z, q, c, e):
                            ask(city, queue)
                        return change
    return 0.0


@njit(cache=True, nogil=True)
def _move_path(
    p: int, a: int, z: int, q: int, c: int, e: int, behind: bool, forward: bool, trip: Trip
) -> None:
    """Move the path a … z from between p and q to between c and e, next to a and z in this order."""
    if not behind:
        exchange_edges(p, a, e, c, trip)
        exchange_edges(p, e, q, z, trip)
    elif forward:
        exchange_segments(p, z, c, trip)
    else:
        exchange_segments(q, a, e, trip)


@njit(cache=True, nogil=True)
def _leave_nearer(a: int, trip: Trip, queue: Queue, chart: Map) -> float:
    """Let city a be followed by a nearer one, by the best exchange of two segments that shortens."""
    n, b = len(trip.order), city_after(a, trip)
    for c in chart.near[a]:
        if chart.distances[a, c] >= chart.distances[a, b]:
            break
        before, best, end = city_before(c, trip), -chart.least, -1
        e = c
        for _ in range(min(REACH, (trip.position[a] - trip.position[c]) % n)):
            change = segments_change(a, before, e, trip, chart.distances)
            if change < best:
                best, end = change, e
            e = city_after(e, trip)
        if end >= 0:
            _exchange(a, before, end, trip, queue)
            return best
    return 0.0


@njit(cache=True, nogil=True)
def _enter_nearer(b: int, trip: Trip, queue: Queue, chart: Map) -> float:
    """Let city b follow a nearer one, by the best exchange of two segments that shortens."""
    n, a = len(trip.order), city_before(b, trip)
    for e in chart.origins[b]:
        if chart.distances[e, b] >= chart.distances[a, b]:
            break
        best, middle = -chart.least, -1
        c = city_before(e, trip)
        for _ in range(min(REACH, (trip.position[e] - trip.position[b]) % n)):
            change = segments_change(a, c, e, trip, chart.distances)
            if change < best:
                best, middle = change, c
            c = city_before(c, trip)
        if middle >= 0:
            _exchange(a, middle, e, trip, queue)
            return best
    return 0.0


@njit(cache=True, nogil=True)
def _exchange(a: int, c: int, e: int, trip: Trip, queue: Queue) -> None:
    for city in (a, c, e):
        ask(city_after(city, trip), queue)
        ask(city, queue)
    exchange_segments(a, c, e, trip)
