"""Round trips under change: exchanged edges, exchanged segments, and the cities near to each.

A trip is the cities in order and, for each city, its position; it closes from the last to the first.
Exchanged edges turn part of it round, which only symmetric distances allow; exchanged segments turn nothing
round. Bentley, ORSA Journal on Computing 4 (1992); Johnson and McGeoch, in Local Search in Combinatorial
Optimization (1997).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit

from classical.binary.local_fields import uniform
from problems.contract import Array


class Trip(NamedTuple):
    """The cities int64 ``[n]`` in order, the position ``[n]`` of each, and room ``[n]`` to move them."""

    order: Array
    position: Array
    room: Array


def new_trip(n: int) -> Trip:
    """Return the trip through cities 0 … n−1 in that order."""
    return Trip(np.arange(n), np.arange(n), np.zeros(n, np.int64))


def near_cities(distances: Array, count: int) -> Array:
    """Return for each city the ``count`` nearest others ``[n, count]``, in order, as one leaves it."""
    away = np.array(distances, dtype=float)
    np.fill_diagonal(away, np.inf)
    return np.argsort(away, axis=1, kind="stable")[:, : min(count, len(away) - 1)]


@njit(cache=True, nogil=True)
def lay_out(cities: Array, trip: Trip) -> None:
    """Take over the cities in their order."""
    for k in range(len(cities)):
        trip.order[k] = cities[k]
        trip.position[cities[k]] = k


@njit(cache=True, nogil=True)
def shuffle_trip(trip: Trip, states: Array, k: int) -> None:
    """Take a random order by generator k."""
    for i in range(len(trip.order)):
        j = int(uniform(states, k) * (i + 1))
        trip.order[i] = trip.order[j]
        trip.order[j] = i
    for i in range(len(trip.order)):
        trip.position[trip.order[i]] = i


@njit(cache=True, nogil=True)
def trip_length(trip: Trip, distances: Array) -> float:
    """Return the length of the round trip."""
    total, n = 0.0, len(trip.order)
    for k in range(n):
        total += float(distances[trip.order[k], trip.order[k + 1 if k + 1 < n else 0]])
    return total


@njit(cache=True, nogil=True)
def city_after(city: int, trip: Trip) -> int:
    """Return the city that comes next."""
    k = trip.position[city] + 1
    return trip.order[k if k < len(trip.order) else 0]


@njit(cache=True, nogil=True)
def city_before(city: int, trip: Trip) -> int:
    """Return the city that came last."""
    k = trip.position[city]
    return trip.order[k - 1 if k > 0 else len(trip.order) - 1]


@njit(cache=True, nogil=True)
def exchange_edges(a: int, b: int, c: int, d: int, trip: Trip) -> None:
    """Put the edges a–c and b–d for a–b and c–d, where b follows a and d follows c, or both the other way.

    The path between is turned round, or the rest of the trip where that is shorter: the sense may change.
    """
    if city_after(a, trip) == b:
        _turn_round(trip.position[b], trip.position[c], trip)
    else:
        _turn_round(trip.position[a], trip.position[d], trip)


@njit(cache=True, nogil=True)
def exchange_segments(a: int, c: int, e: int, trip: Trip) -> None:
    """Exchange the segments from after a to c and from after c to e, as they are.

    The edges after a, c and e go; a comes before what followed c, e before what followed a, and c before what
    followed e. The longest of the three parts of the trip stays: swapping the other two is the same.
    """
    n = len(trip.order)
    first, middle, last = trip.position[a], trip.position[c], trip.position[e]
    lengths = (middle - first) % n, (last - middle) % n, (first - last) % n
    if lengths[2] >= max(lengths[0], lengths[1]):
        _swap_neighbours((first + 1) % n, lengths[0], lengths[1], trip)
    elif lengths[0] >= lengths[1]:
        _swap_neighbours((middle + 1) % n, lengths[1], lengths[2], trip)
    else:
        _swap_neighbours((last + 1) % n, lengths[2], lengths[0], trip)


@njit(cache=True, nogil=True)
def segments_change(a: int, c: int, e: int, trip: Trip, distances: Array) -> float:
    """Return by how much ``exchange_segments`` changes the length."""
    b, d, f = city_after(a, trip), city_after(c, trip), city_after(e, trip)
    new = distances[a, d] + distances[e, b] + distances[c, f]
    return new - distances[a, b] - distances[c, d] - distances[e, f]


@njit(cache=True, nogil=True)
def edges_change(a: int, b: int, c: int, d: int, distances: Array) -> float:
    """Return by how much ``exchange_edges`` changes the length."""
    return distances[a, c] + distances[b, d] - distances[a, b] - distances[c, d]


@njit(cache=True, nogil=True)
def _turn_round(first: int, last: int, trip: Trip) -> None:
    """Turn round the positions ``first`` to ``last``, or all others where these are fewer."""
    n = len(trip.order)
    length = (last - first) % n + 1
    if 2 * length > n:
        first, last, length = (last + 1) % n, (first - 1) % n, n - length
    for _ in range(length // 2):
        u, v = trip.order[first], trip.order[last]
        trip.order[first], trip.order[last] = v, u
        trip.position[v], trip.position[u] = first, last
        first = first + 1 if first + 1 < n else 0
        last = last - 1 if last > 0 else n - 1


@njit(cache=True, nogil=True)
def _swap_neighbours(start: int, left: int, right: int, trip: Trip) -> None:
    """Swap the ``left`` cities from position ``start`` with the ``right`` cities behind them."""
    n = len(trip.order)
    for k in range(left + right):
        trip.room[k] = trip.order[(start + k) % n]
    for k in range(left + right):
        city = trip.room[left + k if k < right else k - right]
        place = (start + k) % n
        trip.order[place] = city
        trip.position[city] = place
