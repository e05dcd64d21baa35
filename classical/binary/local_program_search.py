"""Iterated local search for programs: improve by flips and exchanges, force a few bits, repair, again.

After Andrade, Resende and Werneck, Journal of Heuristics 18 (2012), with any rows for their edges.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit

from classical.binary.local_fields import streams, uniform
from classical.binary.local_program_moves import (
    Place,
    Table,
    enter,
    first_prices,
    flip,
    new_place,
    table_of,
    violation,
)
from classical.binary.local_program_swaps import best_relief, kept_move
from problems.binary.program import BinaryProgram
from problems.contract import Array
from problems.run import Run

NANOSECONDS_PER_CALL = 5e7  # what one compiled call should take, so that Ctrl-C and the deadline are seen
RISE = 1.3  # factor on the price of a row that is still broken after a flip


class Walk(NamedTuple):
    """A search on its way.

    Attributes:
        place: Where it stands.
        prices: ``[m]`` of one unit of violation of each row.
        held: ``[n]`` 1 for the bits that a perturbation has forced, else −1.
        scratch: ``[n]`` zeros.
        best: ``[n]`` the best of this restart.
        score: ``[2]`` its violation, and objective without offset.
        states: The generator.
    """

    place: Place
    prices: Array
    held: Array
    scratch: Array
    best: Array
    score: Array
    states: Array


def search_programs(
    program: BinaryProgram, run: Run, restarts: int, iterations: int, start: tuple[int, ...] | None
) -> Array:
    """Run restarts of iterated local search; the fields mean what they mean in ``LocalSearch``."""
    n, table, prices = program.n, table_of(program), first_prices(program)
    walk, met = _new_walk(program, run.seed()), []
    span = max(1, int(NANOSECONDS_PER_CALL / (1000 + 100 * n + 10 * len(program.constraints.index))))
    for restart in run.steps(restarts, "restart"):
        if restart == 0 and start is not None:
            walk.place.bits[:] = start
        else:
            walk.place.bits[:] = run.rng.integers(0, 2, n, dtype=np.uint8)
        _begin(walk, prices, table)
        for done in range(0, iterations + 1, span):
            if done and run.out_of_time():
                break
            _search(walk, min(span, iterations + 1 - done), done == 0, prices, table)
            _offer(walk, program, restart, run)
        met.append(walk.best.copy())
    run.offer_all(np.array(met))
    return run.best


def _new_walk(program: BinaryProgram, seed: int) -> Walk:
    n, m = program.n, len(program.constraints)
    return Walk(
        new_place(program), np.ones(m), np.full(n, -1), np.zeros(n), np.zeros(n, np.uint8), np.zeros(2),
        streams(seed, 0, 1),
    )  # fmt: skip


def _offer(walk: Walk, program: BinaryProgram, restart: int, run: Run) -> None:
    rank = (float(walk.score[0]), float(walk.score[1]) + program.minimised.offset)
    if (run.best_rank is None or rank < run.best_rank) and run.offer(walk.best):
        run.record(step=restart, objective=program.judge(walk.best).objective)


@njit(cache=True, nogil=True)
def _begin(walk: Walk, prices: Array, table: Table) -> None:
    enter(walk.place, table)
    walk.best[:] = walk.place.bits
    walk.score[0], walk.score[1] = violation(walk.place, table.rows), walk.place.value[0]
    walk.prices[:] = prices
    walk.held[:] = -1


@njit(cache=True, nogil=True)
def _search(walk: Walk, rounds: int, fresh: bool, prices: Array, table: Table) -> None:
    """Perturb, repair and improve ``rounds`` times; a fresh restart begins without a perturbation."""
    place = walk.place
    for k in range(rounds):
        if k or not fresh:
            _force(walk, table)
        _repair(walk, table)
        _improve(walk, table)
        walk.held[:] = -1
        _improve(walk, table)
        broken = violation(place, table.rows)
        if broken < walk.score[0] or (broken == walk.score[0] and place.value[0] <= walk.score[1]):
            walk.score[0], walk.score[1] = broken, place.value[0]
            walk.best[:] = place.bits
        else:
            for j in range(len(walk.best)):
                if place.bits[j] != walk.best[j]:
                    flip(j, place, table)
        if broken == 0:
            walk.prices[:] = prices


@njit(cache=True, nogil=True)
def _force(walk: Walk, table: Table) -> None:
    """Flip one bit at random, with falling chance more, and hold them."""
    n = len(walk.best)
    while True:
        j = int(uniform(walk.states, 0) * n)
        if walk.held[j] < 0:
            flip(j, walk.place, table)
            walk.held[j] = 1
        if uniform(walk.states, 0) < 0.5:
            break


@njit(cache=True, nogil=True)
def _repair(walk: Walk, table: Table) -> None:
    """Relieve broken rows by the cheapest flips, at prices that rise while a row stays broken."""
    place = walk.place
    for _ in range(4 * len(walk.best)):
        if place.count[0] == 0:
            break
        j = best_relief(place, walk.held, 0, walk.prices, walk.states, table)
        for k in range(place.count[0]):
            walk.prices[place.broken[k]] *= RISE
        if j >= 0:
            flip(j, place, table)


@njit(cache=True, nogil=True)
def _improve(walk: Walk, table: Table) -> None:
    """Make the first move found that gains and that no row blocks, until there is none."""
    place, turn, n = walk.place, int(uniform(walk.states, 0) * len(walk.best)), len(walk.best)
    while True:
        first, second, change = kept_move(
            place, walk.held, 0, -np.inf, turn, -table.form.least_gain, True, walk.scratch, table
        )
        if first < 0:
            break
        flip(first, place, table)
        if second >= 0:
            flip(second, place, table)
        turn = first + 1 if first + 1 < n else 0
