"""Iterated local search for round trips: descend, exchange two short segments somewhere, descend there again.

The perturbation is the double bridge of Martin, Otto and Felten (Complex Systems 5, 1991), which 2-opt and
Or-opt cannot easily undo, kept local as by Johnson and McGeoch (1997).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit

from classical.binary.local_fields import streams, uniform
from classical.binary.tour_descent import Map, Queue, ask, descend, map_of, new_queue
from classical.binary.tour_moves import (
    Trip,
    city_after,
    exchange_segments,
    lay_out,
    new_trip,
    segments_change,
    shuffle_trip,
    trip_length,
)
from problems.binary.tour import TravellingSalesman
from problems.contract import Array
from problems.run import Run

NEIGHBOURS = 10  # near cities that moves look at
LOOKS_PER_CALL = 20_000  # cities looked at between two chances for Ctrl-C
BRIDGE = 30  # cities that an exchanged segment of a perturbation has at most


class Walk(NamedTuple):
    """A search on its way: trip, cities to look at, the best ``[n]``, lengths ``[2]`` of both, generator."""

    trip: Trip
    queue: Queue
    best: Array
    length: Array
    states: Array


def search_tours(
    problem: TravellingSalesman, run: Run, restarts: int, iterations: int, start: tuple[int, ...] | None
) -> Array:
    """Run restarts of iterated local search; the fields mean what they mean in ``LocalSearch``.

    A restart begins at a random trip.
    """
    n, chart = problem.num_cities, map_of(problem, NEIGHBOURS)
    walk = _new_walk(n, run.seed())
    met: list[Array] = []
    for restart in run.steps(restarts, "restart"):
        if restart == 0 and start is not None:
            lay_out(problem.tour(problem.repair(np.array(start, dtype=np.uint8))), walk.trip)
        else:
            shuffle_trip(walk.trip, walk.states, 0)
        _begin(walk, chart)
        done = 0
        while done <= iterations and not (done and run.out_of_time()):
            done += _search(walk, iterations + 1 - done, LOOKS_PER_CALL, chart)
            _offer(walk, problem, restart, run)
        met.append(problem.bits_of_tour(walk.best))
    run.offer_all(np.array(met))
    return run.best


def _new_walk(n: int, seed: int) -> Walk:
    return Walk(new_trip(n), new_queue(n), np.zeros(n, np.int64), np.zeros(2), streams(seed, 0, 1))


def _offer(walk: Walk, problem: TravellingSalesman, restart: int, run: Run) -> None:
    if run.best_rank is None or run.best_rank[0] > 0 or walk.length[1] < run.best_rank[1]:
        bits = problem.bits_of_tour(walk.best)
        if run.offer(bits):
            run.record(step=restart, objective=problem.judge(bits).objective)


@njit(cache=True, nogil=True)
def _begin(walk: Walk, chart: Map) -> None:
    walk.length[:] = trip_length(walk.trip, chart.distances)
    walk.best[:] = walk.trip.order
    walk.queue.waiting[:] = 0
    walk.queue.span[:] = 0
    for city in walk.trip.order:
        ask(city, walk.queue)


@njit(cache=True, nogil=True)
def _search(walk: Walk, rounds: int, looks: int, chart: Map) -> int:
    """Perturb and descend ``rounds`` times, or until ``looks`` cities were seen; returns the rounds done.

    What is under way goes on in the next call. A trip that ends longer than the best is taken back.
    """
    done = 0
    while done < rounds and looks > 0:
        if walk.queue.span[1] == 0:
            walk.length[0] += _perturb(walk, chart)
        change, used = descend(walk.trip, walk.queue, chart, looks)
        walk.length[0] += change
        looks -= max(1, used)
        if walk.queue.span[1] == 0:
            done += 1
            if walk.length[0] <= walk.length[1]:
                walk.length[1] = walk.length[0]
                walk.best[:] = walk.trip.order
            else:
                walk.length[0] = walk.length[1]
                lay_out(walk.best, walk.trip)
    return done


@njit(cache=True, nogil=True)
def _perturb(walk: Walk, chart: Map) -> float:
    """Exchange two short segments at random; returns the change in length."""
    order, n = walk.trip.order, len(walk.trip.order)
    longest = min(BRIDGE, (n - 1) // 2)
    if longest == 0:
        return 0.0
    first = int(uniform(walk.states, 0) * n)
    middle = first + 1 + int(uniform(walk.states, 0) * longest)
    last = middle + 1 + int(uniform(walk.states, 0) * longest)
    a, c, e = order[first], order[middle % n], order[last % n]
    for city in (a, c, e):
        ask(city, walk.queue)
        ask(city_after(city, walk.trip), walk.queue)
    change = segments_change(a, c, e, walk.trip, chart.distances)
    exchange_segments(a, c, e, walk.trip)
    return change
