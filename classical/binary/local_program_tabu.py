"""Tabu search of programs with rows: flips and exchanges that keep them, and the way back after a break.

Glover, ORSA Journal on Computing 1 (1989). A break flips many bits at once; each move back relieves a broken
row at the least priced cost, and the price of a row rises while it stays broken.
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
GROUP = 64  # restarts whose best bits are offered together
TENURE, SPREAD = 1, 4  # moves for which a bit stays tabu, and the size of the random part on top
RISE = 1.1  # factor on the price of a row for every move that it stays broken


class Walk(NamedTuple):
    """A search on its way.

    Attributes:
        place: Where it stands.
        prices: ``[m]`` of one unit of violation of each row.
        until: ``[n]`` the move up to which each bit is tabu.
        scratch: ``[n]`` zeros.
        best: ``[n]`` the best of this restart.
        score: ``[2]`` violation, and objective without offset, of the best.
        moves: ``[1]`` made in this restart.
        states: The generator.
    """

    place: Place
    prices: Array
    until: Array
    scratch: Array
    best: Array
    score: Array
    moves: Array
    states: Array


def search_program(
    program: BinaryProgram,
    run: Run,
    restarts: int,
    iterations: int,
    tenure: int | None,
    patience: int,
    start: tuple[int, ...] | None,
) -> Array:
    """Run restarts of tabu search; the fields mean what they mean in ``Tabu``.

    A restart begins where its chain's best is with up to a quarter of the bits flipped; after ``patience``
    restarts without improvement a new chain begins from repaired random bits.
    """
    n, table = program.n, table_of(program)
    walk, prices = _new_walk(program, run.seed()), first_prices(program)
    span = max(1, int(NANOSECONDS_PER_CALL / (100 + 10 * n + 4 * len(program.constraints.index))))
    elite, least, stale, met = walk.best.copy(), (np.inf, np.inf), patience, []
    for restart in run.steps(restarts, "restart"):
        if restart == 0 and start is not None:
            walk.place.bits[:] = start
        elif stale >= patience:
            least = (np.inf, np.inf)
            walk.place.bits[:] = program.repair(run.rng.integers(0, 2, n, dtype=np.uint8))
        else:
            walk.place.bits[:] = elite
            _scatter(walk.place.bits, walk.states)
        _begin(walk, prices, table)
        for done in range(0, iterations, span):
            if done and run.out_of_time():
                break
            _search(walk, min(span, iterations - done), TENURE if tenure is None else tenure, table)
            _offer(walk, program, restart, run)
        score = (float(walk.score[0]), float(walk.score[1]))
        stale = 0 if score < least else stale + 1
        if score <= least:
            least = score
            elite[:] = walk.best
        met.append(walk.best.copy())
        if len(met) == GROUP:
            run.offer_all(np.stack(met))
            met.clear()
    run.offer_all(np.array(met))
    return run.best


def _new_walk(program: BinaryProgram, seed: int) -> Walk:
    n, m = program.n, len(program.constraints)
    return Walk(
        new_place(program), np.ones(m), np.zeros(n, np.int64), np.zeros(n), np.zeros(n, np.uint8),
        np.zeros(2), np.zeros(1, np.int64), streams(seed, 0, 1),
    )  # fmt: skip


def _offer(walk: Walk, program: BinaryProgram, restart: int, run: Run) -> None:
    rank = (float(walk.score[0]), float(walk.score[1]) + program.minimised.offset)
    if (run.best_rank is None or rank < run.best_rank) and run.offer(walk.best):
        run.record(step=restart, objective=program.judge(walk.best).objective)


@njit(cache=True, nogil=True)
def _begin(walk: Walk, prices: Array, table: Table) -> None:
    enter(walk.place, table)
    walk.prices[:] = prices
    walk.until[:] = 0
    walk.moves[0] = 0
    walk.score[0] = np.inf
    _keep_if_better(walk, table)


@njit(cache=True, nogil=True)
def _keep_if_better(walk: Walk, table: Table) -> None:
    broken = violation(walk.place, table.rows)
    value = walk.place.value[0]
    if broken < walk.score[0] or (broken == walk.score[0] and value < walk.score[1] - table.form.least_gain):
        walk.score[0], walk.score[1] = broken, value
        walk.best[:] = walk.place.bits


@njit(cache=True, nogil=True)
def _scatter(bits: Array, states: Array) -> None:
    """Flip up to a quarter of the bits."""
    n = len(bits)
    for _ in range(1 + int(uniform(states, 0) * max(1, n // 4))):
        bits[int(uniform(states, 0) * n)] ^= 1


@njit(cache=True, nogil=True)
def _search(walk: Walk, iterations: int, tenure: int, table: Table) -> None:
    """Make ``iterations`` moves: the best that keeps all rows or, where some are broken, one back."""
    place, n = walk.place, len(walk.best)
    for _ in range(iterations):
        walk.moves[0] += 1
        now, first, second = walk.moves[0], -1, -1
        if place.count[0]:
            first = best_relief(place, walk.until, now, walk.prices, walk.states, table)
            for k in range(place.count[0]):
                walk.prices[place.broken[k]] *= RISE
        else:
            turn = int(uniform(walk.states, 0) * n)
            wanted = walk.score[1] - place.value[0] - table.form.least_gain
            first, second, _ = kept_move(
                place, walk.until, now, wanted, turn, np.inf, False, walk.scratch, table
            )
        if first < 0:
            first = int(uniform(walk.states, 0) * n)  # everything is tabu: anywhere but here
        for j in (first, second):
            if j >= 0:
                flip(j, place, table)
                longer = tenure if place.bits[j] == 0 else (tenure + 1) // 2
                walk.until[j] = now + longer + int(uniform(walk.states, 0) * SPREAD)
        _keep_if_better(walk, table)
