"""Iterated local search for quadratic assignments: best exchanges until none gains, a few moves, again.

Stützle, European Journal of Operational Research 174 (2006).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit

from classical.binary.local_fields import streams, uniform
from classical.binary.permutation_moves import cost_of, exchange, fill_deltas, permutation_of_start, shuffle
from problems.binary.assignment import QuadraticAssignment
from problems.contract import Array
from problems.run import Run

NANOSECONDS_PER_CALL = 5e7  # what one compiled call should take, so that Ctrl-C and the deadline are seen
FEWEST_MOVED = 3  # facilities that a perturbation moves at least; two would be one exchange, a move itself


class Walk(NamedTuple):
    """A search on its way.

    Attributes:
        order: ``[n]`` the location of each facility.
        deltas: ``[n, n]`` what each exchange r < s would change.
        best: ``[n]`` the best of this restart.
        cost: ``[2]`` of order and best.
        states: The generator.
    """

    order: Array
    deltas: Array
    best: Array
    cost: Array
    states: Array


def search_permutations(
    problem: QuadraticAssignment, run: Run, restarts: int, iterations: int, start: tuple[int, ...] | None
) -> Array:
    """Run restarts of iterated local search; the fields mean what they mean in ``LocalSearch``."""
    n, seed = problem.size, run.seed()
    order, best = np.zeros((2, n), dtype=np.int64)
    walk = Walk(order, np.zeros((n, n)), best, np.zeros(2), streams(seed, 0, 1))
    flows, distances = np.array(problem.flows), np.array(problem.distances)
    least = 1e-12 * float(np.abs(flows).max() * np.abs(distances).max())
    span = max(1, int(NANOSECONDS_PER_CALL / (20 * (11 * n * n + 100))))
    met: list[Array] = []
    for restart in run.steps(restarts, "restart"):
        if restart == 0 and start is not None:
            walk.order[:] = permutation_of_start(problem, start)
        else:
            shuffle(walk.order, walk.states, 0)
        _begin(walk, flows, distances)
        for done in range(0, iterations + 1, span):
            if done and run.out_of_time():
                break
            _search(walk, min(span, iterations + 1 - done), done == 0, least, flows, distances)
            _offer(walk, problem, restart, run)
        met.append(problem.bits(walk.best))
    run.offer_all(np.array(met))
    return run.best


def _offer(walk: Walk, problem: QuadraticAssignment, restart: int, run: Run) -> None:
    if run.best_rank is None or run.best_rank[0] > 0 or walk.cost[1] < run.best_rank[1]:
        bits = problem.bits(walk.best)
        if run.offer(bits):
            run.record(step=restart, objective=problem.judge(bits).objective)


@njit(cache=True, nogil=True)
def _begin(walk: Walk, flows: Array, distances: Array) -> None:
    fill_deltas(walk.deltas, walk.order, flows, distances)
    walk.cost[:] = cost_of(walk.order, flows, distances)
    walk.best[:] = walk.order


@njit(cache=True, nogil=True)
def _search(walk: Walk, rounds: int, fresh: bool, least: float, flows: Array, distances: Array) -> None:
    """Perturb and descend ``rounds`` times, without a perturbation before the first of a fresh restart."""
    for k in range(rounds):
        if k or not fresh:
            _perturb(walk, flows, distances)
        _descend(walk, least, flows, distances)
        if walk.cost[0] < walk.cost[1] - least or not np.array_equal(walk.order, walk.best):
            if walk.cost[0] <= walk.cost[1]:
                walk.cost[1] = walk.cost[0]
                walk.best[:] = walk.order
            else:
                walk.order[:] = walk.best
                walk.cost[0] = walk.cost[1]
                fill_deltas(walk.deltas, walk.order, flows, distances)


@njit(cache=True, nogil=True)
def _descend(walk: Walk, least: float, flows: Array, distances: Array) -> None:
    """Make the best exchange until none gains."""
    n = len(walk.order)
    while True:
        r, s, change = -1, -1, -least
        for u in range(n):
            for v in range(u + 1, n):
                if walk.deltas[u, v] < change:
                    r, s, change = u, v, walk.deltas[u, v]
        if r < 0:
            return
        exchange(r, s, walk.order, walk.deltas, flows, distances)
        walk.cost[0] += change


@njit(cache=True, nogil=True)
def _perturb(walk: Walk, flows: Array, distances: Array) -> None:
    """Pass the locations of three up to two thirds of the facilities, drawn at random, round among them."""
    n = len(walk.order)
    count = FEWEST_MOVED + int(uniform(walk.states, 0) * max(1, 2 * n // 3 - FEWEST_MOVED))
    r = int(uniform(walk.states, 0) * n)
    for _ in range(count - 1):
        s = int(uniform(walk.states, 0) * n)
        if s != r:
            u, v = min(r, s), max(r, s)
            walk.cost[0] += walk.deltas[u, v]
            exchange(u, v, walk.order, walk.deltas, flows, distances)
