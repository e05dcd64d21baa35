"""Robust tabu search for quadratic assignments. Taillard, Parallel Computing 17 (1991)."""

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
GROUP = 64  # restarts whose best permutations are offered together


class Walk(NamedTuple):
    """A search on its way.

    Attributes:
        order: ``[n]`` the location of each facility.
        deltas: ``[n, n]`` what each exchange r < s would change.
        until: ``[n, n]`` the move up to which facility i must not return to location k.
        best: ``[n]`` the best of this restart.
        cost: ``[2]`` of order and best.
        moves: ``[1]`` made in this restart.
        states: The generator.
    """

    order: Array
    deltas: Array
    until: Array
    best: Array
    cost: Array
    moves: Array
    states: Array


def search_assignments(
    problem: QuadraticAssignment,
    run: Run,
    restarts: int,
    iterations: int,
    tenure: int | None,
    patience: int,
    start: tuple[int, ...] | None,
) -> Array:
    """Run restarts of robust tabu search; the fields mean what they mean in ``Tabu``.

    A restart begins where its chain's best is with a random third of the facilities exchanged; after
    ``patience`` restarts without improvement a new chain begins at random. ``tenure`` is n unless given; each
    return is forbidden for a random 0.9 to 1.1 times as long.
    """
    n = problem.size
    walk = _new_walk(n, run.seed())
    flows, distances = np.array(problem.flows), np.array(problem.distances)
    span = max(1, int(NANOSECONDS_PER_CALL / (3.0 * n * n + 8.0 * n * n + 100)))
    begin = None if start is None else permutation_of_start(problem, start)
    elite, least, stale, met = walk.best.copy(), np.inf, patience, []
    for restart in run.steps(restarts, "restart"):
        if restart == 0 and begin is not None:
            walk.order[:] = begin
        elif stale >= patience:
            least = np.inf
            shuffle(walk.order, walk.states, 0)
        else:
            walk.order[:] = elite
            _scatter(walk.order, walk.states)
        _enter(walk, flows, distances)
        for done in range(0, iterations, span):
            if done and run.out_of_time():
                break
            _search(walk, min(span, iterations - done), n if tenure is None else tenure, flows, distances)
            _offer(walk, problem, restart, run)
        stale = 0 if walk.cost[1] < least else stale + 1
        if walk.cost[1] <= least:
            least = walk.cost[1]
            elite[:] = walk.best
        met.append(problem.bits(walk.best))
        if len(met) == GROUP:
            run.offer_all(np.stack(met))
            met.clear()
    run.offer_all(np.array(met))
    return run.best


def _new_walk(n: int, seed: int) -> Walk:
    order, best = np.zeros((2, n), dtype=np.int64)
    return Walk(
        order, np.zeros((n, n)), np.zeros((n, n), np.int64), best, np.zeros(2), np.zeros(1, np.int64),
        streams(seed, 0, 1),
    )  # fmt: skip


def _offer(walk: Walk, problem: QuadraticAssignment, restart: int, run: Run) -> None:
    if run.best_rank is None or run.best_rank[0] > 0 or walk.cost[1] < run.best_rank[1]:
        bits = problem.bits(walk.best)
        if run.offer(bits):
            run.record(step=restart, objective=problem.judge(bits).objective)


@njit(cache=True, nogil=True)
def _enter(walk: Walk, flows: Array, distances: Array) -> None:
    fill_deltas(walk.deltas, walk.order, flows, distances)
    walk.cost[0] = cost_of(walk.order, flows, distances)
    walk.cost[1] = walk.cost[0]
    walk.best[:] = walk.order
    walk.until[:] = 0
    walk.moves[0] = 0


@njit(cache=True, nogil=True)
def _scatter(order: Array, states: Array) -> None:
    """Exchange a random third of the facilities with others."""
    n = len(order)
    for _ in range(max(2, n // 3)):
        r, s = int(uniform(states, 0) * n), int(uniform(states, 0) * n)
        order[r], order[s] = order[s], order[r]


@njit(cache=True, nogil=True)
def _search(walk: Walk, iterations: int, tenure: int, flows: Array, distances: Array) -> None:
    """Make the best exchange that is not forbidden, or that beats the best, ``iterations`` times.

    An exchange is forbidden where it would bring both facilities back; one whose facilities have not been at
    these places for very long is made whatever it costs.
    """
    order, deltas, until, n = walk.order, walk.deltas, walk.until, len(walk.order)
    overdue = 5 * n * n
    for _ in range(iterations):
        walk.moves[0] += 1
        now, wanted = walk.moves[0], walk.cost[1] - walk.cost[0]
        first, second, least, forced = -1, -1, np.inf, False
        for r in range(n):
            for s in range(r + 1, n):
                ends = until[r, order[s]], until[s, order[r]]
                allowed = ends[0] < now or ends[1] < now or deltas[r, s] < wanted
                must = now > overdue and ends[0] < now - overdue and ends[1] < now - overdue
                if (must and not forced) or (allowed and must == forced and deltas[r, s] < least):
                    first, second, least, forced = r, s, deltas[r, s], must or forced
        if first < 0:
            continue
        until[first, order[first]] = now + int(tenure * (0.9 + 0.2 * uniform(walk.states, 0)))
        until[second, order[second]] = now + int(tenure * (0.9 + 0.2 * uniform(walk.states, 0)))
        exchange(first, second, order, deltas, flows, distances)
        walk.cost[0] += least
        if walk.cost[0] < walk.cost[1]:
            walk.cost[1] = walk.cost[0]
            walk.best[:] = order
