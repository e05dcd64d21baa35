"""Simulated annealing of permutations: exchanges in assignments, reversals and transfers in round trips.

Connolly, European Journal of Operational Research 46 (1990), for assignments; Černý, Journal of Optimization
Theory and Applications 45 (1985), for tours. The schedule is geometric between what random moves cost.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from numba import njit

from classical.binary.local_fields import streams, uniform
from classical.binary.permutation_moves import cost_of, exchange_delta, shuffle
from classical.binary.round_trip_moves import (
    LONGEST,
    length_of,
    reversal_delta,
    reverse,
    transfer,
    transfer_delta,
)
from problems.binary.assignment import QuadraticAssignment
from problems.binary.tour import TravellingSalesman
from problems.contract import Array
from problems.run import Run

NANOSECONDS_PER_CALL = 5e7  # what one compiled call should take, so that Ctrl-C and the deadline are seen
SAMPLES = 500  # random moves from which the temperatures are read
GROUP = 64  # restarts whose best orders are offered together

# anneal(order, best, value [2], betas, moves per beta, first matrix, second matrix, states)
Kernel = Callable[[Array, Array, Array, Array, int, Array, Array, Array], None]


def anneal_orders(
    problem: QuadraticAssignment | TravellingSalesman,
    run: Run,
    restarts: int,
    sweeps: int,
    hot: float | None,
    cold: float | None,
    start: tuple[int, ...] | None,
) -> Array:
    """Run restarts; the fields mean what they mean in ``SimulatedAnnealing``.

    A sweep is as many random moves as there are pairs of facilities, or eight per city.
    """
    kernel, first, second, moves, cost = _parts(problem)
    n = len(first)
    states = streams(run.seed(), 0, 1)
    betas = 1.0 / _temperatures(kernel, first, second, states, hot, cold, sweeps)
    span = max(1, int(NANOSECONDS_PER_CALL / (moves * cost)))
    begin = None if start is None else _order(problem, start)
    met = []
    for restart in run.steps(restarts, "restart"):
        order, value = np.arange(n), np.zeros(2)
        if begin is None:
            shuffle(order, states, 0)
        else:
            order[:] = begin
        best = order.copy()
        value[:] = _value(problem, order)
        for done in range(0, sweeps, span):
            if done and run.out_of_time():
                kernel(order, best, value, np.full(1, np.inf), 4 * moves, first, second, states)
                break
            kernel(order, best, value, betas[done : done + span], moves, first, second, states)
        met.append(_bits(problem, best))
        if run.best_rank is None or run.best_rank[0] > 0 or value[1] < run.best_rank[1]:
            run.offer(met[-1])
            run.record(step=restart, objective=_value(problem, best))
        if len(met) == GROUP:
            run.offer_all(np.stack(met))
            met.clear()
    run.offer_all(np.array(met))
    return run.best


def _parts(
    problem: QuadraticAssignment | TravellingSalesman,
) -> tuple[Kernel, Array, Array, int, float]:
    """Return the kernel, its two matrices, the moves of a sweep and the nanoseconds of a move."""
    if isinstance(problem, QuadraticAssignment):
        n = problem.size
        pairs = max(1, n * (n - 1) // 2)
        return anneal_assignment, np.array(problem.flows), np.array(problem.distances), pairs, 30 + 6.0 * n
    n, distances = problem.num_cities, np.array(problem.distances)
    kernel = anneal_symmetric_tour if problem.symmetric else anneal_tour
    return kernel, distances, distances, 8 * n, 60 + 0.5 * n


def _value(problem: QuadraticAssignment | TravellingSalesman, order: Array) -> float:
    return float(problem.cost(order) if isinstance(problem, QuadraticAssignment) else problem.length(order))


def _bits(problem: QuadraticAssignment | TravellingSalesman, order: Array) -> Array:
    return problem.bits(order) if isinstance(problem, QuadraticAssignment) else problem.bits_of_tour(order)


def _order(problem: QuadraticAssignment | TravellingSalesman, start: tuple[int, ...]) -> Array:
    """Return the order that a start's bits say; bits that say none are repaired first."""
    bits = problem.repair(np.array(start, dtype=np.uint8))
    return problem.permutation(bits) if isinstance(problem, QuadraticAssignment) else problem.tour(bits)


def _temperatures(
    kernel: Kernel,
    first: Array,
    second: Array,
    states: Array,
    hot: float | None,
    cold: float | None,
    sweeps: int,
) -> Array:
    """Return the schedule ``[sweeps]``, falling from the mean rise of random moves to a small share of it."""
    n = len(first)
    order, best, value = np.arange(n), np.arange(n), np.zeros(2)
    rises = []
    shuffle(order, states, 0)
    for _ in range(SAMPLES):
        before = value[0]
        kernel(order, best, value, np.zeros(1), 1, first, second, states)  # accepts whatever comes
        if value[0] > before:
            rises.append(value[0] - before)
    typical = float(np.mean(rises)) if rises else 1.0
    top = hot or max(typical, cold or 0.0)
    low = cold or min(top, float(np.quantile(rises, 0.02)) / math.log(100 * n) if rises else top)
    return np.geomspace(top, max(low, 1e-9 * top), sweeps)


@njit(cache=True, nogil=True)
def anneal_assignment(
    order: Array,
    best: Array,
    value: Array,
    betas: Array,
    moves: int,
    flows: Array,
    distances: Array,
    states: Array,
) -> None:
    """Try ``moves`` exchanges of random facilities per inverse temperature; value holds here and best."""
    n = len(order)
    value[0] = cost_of(order, flows, distances)
    for beta in betas:
        for _ in range(moves if n > 1 else 0):
            r = int(uniform(states, 0) * n)
            s = (r + 1 + int(uniform(states, 0) * (n - 1))) % n
            change = exchange_delta(r, s, order, flows, distances)
            if change <= 0 or (change * beta < 40 and uniform(states, 0) < np.exp(-change * beta)):
                order[r], order[s] = order[s], order[r]
                value[0] += change
                if value[0] < value[1]:
                    value[1] = value[0]
                    best[:] = order


@njit(cache=True, nogil=True)
def anneal_symmetric_tour(
    order: Array,
    best: Array,
    value: Array,
    betas: Array,
    moves: int,
    distances: Array,
    _: Array,
    states: Array,
) -> None:
    """Try ``moves`` reversals and transfers in random places per inverse temperature."""
    n = len(order)
    value[0] = length_of(order, distances)
    for beta in betas:
        for _move in range(moves):
            if n > 3 and uniform(states, 0) < 0.5:
                i = int(uniform(states, 0) * n)
                j = i + 1 + int(uniform(states, 0) * (n - 1))
                if j >= n or j - i + 1 >= n - 1:
                    continue
                change = reversal_delta(i, j, order, distances)
                if change <= 0 or (change * beta < 40 and uniform(states, 0) < np.exp(-change * beta)):
                    reverse(i, j, order)
                    value[0] += change
            else:
                value[0] += _try_transfer(order, beta, True, distances, states)
            if value[0] < value[1]:
                value[1] = value[0]
                best[:] = order


@njit(cache=True, nogil=True)
def anneal_tour(
    order: Array,
    best: Array,
    value: Array,
    betas: Array,
    moves: int,
    distances: Array,
    _: Array,
    states: Array,
) -> None:
    """Try ``moves`` transfers in random places per inverse temperature; no stretch is ever turned."""
    value[0] = length_of(order, distances)
    for beta in betas:
        for _move in range(moves):
            value[0] += _try_transfer(order, beta, False, distances, states)
            if value[0] < value[1]:
                value[1] = value[0]
                best[:] = order


@njit(cache=True, nogil=True)
def _try_transfer(order: Array, beta: float, symmetric: bool, distances: Array, states: Array) -> float:
    """Move a short random stretch to a random place, or don't; returns the change."""
    n = len(order)
    if n < 4:
        return 0.0
    i, size = int(uniform(states, 0) * n), 1 + int(uniform(states, 0) * min(LONGEST, n - 3))
    k = (i + size + int(uniform(states, 0) * (n - size - 1))) % n
    turned = symmetric and uniform(states, 0) < 0.5
    change = transfer_delta(i, size, k, turned, order, distances)
    if change <= 0 or (change * beta < 40 and uniform(states, 0) < np.exp(-change * beta)):
        transfer(i, size, k, turned, order)
        return change
    return 0.0
