"""Iterated tabu search: again and again the best one-flip move that is not tabu, from perturbed elites.

References: Glover, Kochenberger and Alidaee, Management Science 44 (1998); Palubeckis, Informatica 17
(2006), for the iteration from perturbed solutions. Perturbing a connected region keeps what is right
elsewhere intact.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numba import njit

from classical.binary.local_fields import (
    Couplings,
    check_start,
    couplings,
    fill_fields,
    randomise,
    shift_fields,
    streams,
    unfit_start,
    uniform,
)
from classical.binary.local_program_tabu import search_program
from classical.binary.permutation_tabu import search_assignments
from problems.binary.assignment import QuadraticAssignment
from problems.binary.encodings import SlackFreeEncoding
from problems.binary.program import BinaryProgram
from problems.binary.quadratic import QuadraticForm
from problems.binary.qubo import Qubo
from problems.binary.relaxation import linear_bound
from problems.checking import check_integer
from problems.contract import Array, Solver
from problems.run import Run

NANOSECONDS_PER_CALL = 5e7  # what one compiled call should take, so that Ctrl-C and the deadline are seen
GROUP = 64  # restarts whose best states are offered together
BOUNDED_ENTRIES = 20_000  # of the linear relaxation, up to which it is solved for its bound


@dataclass(frozen=True)
class Tabu(Solver[Qubo | QuadraticAssignment | BinaryProgram, Array]):
    """One-flip tabu search with aspiration, restarted from perturbed elites.

    A restart begins where the best solution of its chain is, with a random connected region of up to n/4
    bits flipped. After ``patience`` restarts without improvement a new chain begins from random bits. The
    candidates are the best state of every restart. A quadratic assignment is searched over its permutations
    by exchanges: robust tabu search. A program with rows is searched by flips and exchanges that keep them,
    from points beyond them only after a perturbation; conflicts alone are products of a QUBO.

    Attributes:
        restarts: Number of restarts; with ``iterations`` it is the whole work, which a time limit only caps.
        iterations: Flips per restart.
        tenure: Flips for which a bit that was flipped stays tabu, by default min(20, n/4); a random number
            below min(10, n/4) comes on top. Of an assignment by default its size, of a program with rows 1,
            and a random number below 4 on top.
        patience: Restarts without improvement after which a chain is given up.
        start: Bits from which the first chain begins; random by default.
    """

    restarts: int = 1000
    iterations: int = 2000
    tenure: int | None = None
    patience: int = 50
    start: tuple[int, ...] | None = None

    def __post_init__(self):
        check_integer("restarts", self.restarts, 1)
        check_integer("iterations", self.iterations, 1)
        check_integer("patience", self.patience, 1)
        if self.tenure is not None:
            check_integer("tenure", self.tenure, 0)
        check_start(self.start)

    def unsuitable(self, problem: Qubo | QuadraticAssignment | BinaryProgram) -> str | None:
        """Refuse a start of another length."""
        return unfit_start(self.start, problem.n)

    def _solve(self, problem: Qubo | QuadraticAssignment | BinaryProgram, run: Run) -> Array:
        fields = (self.restarts, self.iterations, self.tenure, self.patience, self.start)
        if isinstance(problem, QuadraticAssignment):
            return search_assignments(problem, run, *fields)
        if isinstance(problem, Qubo):
            return self._search_bits(problem, run)
        entries = len(problem.constraints.index) + 3 * problem.objective.num_couplings
        if len(problem.constraints) and entries <= BOUNDED_ENTRIES:
            run.bound(linear_bound(problem).value)
        if set(problem.constraints.classes) <= {"packing"}:  # conflicts alone become exact products
            reduction = SlackFreeEncoding().encode(problem)
            assert isinstance(reduction.problem, Qubo)
            return self._search_bits(reduction.problem, run)
        return search_program(problem, run, *fields)

    def _search_bits(self, problem: Qubo, run: Run) -> Array:
        net, chain = couplings(problem.form), new_chain(problem.n, run.seed())
        tenure = min(20, problem.n // 4) if self.tenure is None else self.tenure
        span = _iterations_per_call(problem.form)
        met: list[Array] = []
        least = np.inf
        for restart in run.steps(self.restarts, "restart"):
            if restart == 0 or chain.counts[STALE] >= self.patience:
                begin(chain, net, self.start if restart == 0 else None)
            else:
                perturb(chain, net)
            for done in range(0, self.iterations, span):
                if done and run.out_of_time():
                    break
                search(chain, min(span, self.iterations - done), tenure, net)
                if chain.energy[BEST] < least:
                    least = chain.energy[BEST]
                    if run.offer(chain.best):
                        run.record(step=restart, objective=problem.judge(chain.best).objective)
            conclude(chain)
            met.append(chain.best.copy())
            if len(met) == GROUP:
                run.offer_all(np.stack(met))
                met.clear()
        run.offer_all(np.array(met))
        return run.best


class Chain(NamedTuple):
    """A search on its way.

    Attributes:
        bits: ``[n]`` where it stands, with local ``fields`` ``[n]``.
        until: ``[n]`` the flip up to which each bit is tabu.
        best: ``[n]`` the best of this restart.
        elite: ``[n]`` the best of all restarts of the chain.
        energy: ``[3]`` of bits, best and elite, without the form's offset.
        counts: ``[2]`` flips of this restart, and restarts since the elite last improved.
        states: The generator.
    """

    bits: Array
    fields: Array
    until: Array
    best: Array
    elite: Array
    energy: Array
    counts: Array
    states: Array


HERE, BEST, ELITE = 0, 1, 2  # in ``Chain.energy``
FLIPS, STALE = 0, 1  # in ``Chain.counts``


def new_chain(n: int, seed: int) -> Chain:
    """Return room for a chain over n bits."""
    bits, best, elite = np.zeros((3, n), dtype=np.uint8)
    return Chain(
        bits,
        np.zeros(n),
        np.zeros(n, np.int64),
        best,
        elite,
        np.zeros(3),
        np.zeros(2, np.int64),
        streams(seed, 0, 1),
    )


def begin(chain: Chain, net: Couplings, start: tuple[int, ...] | None = None) -> None:
    """Start a new chain from ``start``, or from random bits."""
    if start is None:
        randomise(chain.bits, chain.states, 0)
    else:
        chain.bits[:] = start
    chain.energy[ELITE], chain.counts[STALE] = np.inf, 0
    _enter(chain, net)


@njit(cache=True, nogil=True)
def perturb(chain: Chain, net: Couplings) -> None:
    """Start a restart from the elite with a random connected region of up to n/4 bits flipped."""
    n = len(chain.bits)
    region = np.empty(1 + int(uniform(chain.states, 0) * max(1, n // 4)), np.int64)
    chain.bits[:] = chain.elite
    chain.until[:] = 0
    region[0] = int(uniform(chain.states, 0) * n)
    chain.until[region[0]] = 1
    size = 1
    for _ in range(20 * len(region)):
        if size == len(region):
            break
        j = _random_neighbour(region[int(uniform(chain.states, 0) * size)], chain.states, net)
        if chain.until[j] == 0:
            chain.until[j] = 1
            region[size] = j
            size += 1
    for j in region[:size]:
        chain.bits[j] ^= 1
    _enter(chain, net)


@njit(cache=True, nogil=True)
def search(chain: Chain, iterations: int, tenure: int, net: Couplings) -> None:
    """Make the best move that is not tabu, or that beats the best of this restart, ``iterations`` times."""
    bits, fields, until, energy, n = chain.bits, chain.fields, chain.until, chain.energy, len(chain.bits)
    spread = min(10, max(1, n // 4))
    ahead = False  # the best is where the search stands and not yet copied
    for _ in range(iterations):
        chain.counts[FLIPS] += 1
        now, wanted = chain.counts[FLIPS], energy[BEST] - energy[HERE]
        chosen, least = -1, np.inf
        turn = int(uniform(chain.states, 0) * n)  # ties go to the first bit from here on
        for low, high in ((turn, n), (0, turn)):
            for i in range(low, high):
                change = -fields[i] if bits[i] else fields[i]
                if change < least and (until[i] < now or change < wanted):
                    chosen, least = i, change
        if chosen < 0:
            continue
        if ahead and least > 0:
            chain.best[:] = bits
            ahead = False
        shift_fields(chosen, -1.0 if bits[chosen] else 1.0, fields, net)
        bits[chosen] ^= 1
        energy[HERE] += least
        until[chosen] = now + tenure + int(uniform(chain.states, 0) * spread)
        if energy[HERE] < energy[BEST]:
            energy[BEST] = energy[HERE]
            ahead = True
    if ahead:
        chain.best[:] = bits


def conclude(chain: Chain) -> None:
    """End a restart: its best becomes the elite unless that is better; an equal one does, to keep moving."""
    chain.counts[STALE] += 1
    if chain.energy[BEST] <= chain.energy[ELITE]:
        if chain.energy[BEST] < chain.energy[ELITE]:
            chain.counts[STALE] = 0
        chain.elite[:] = chain.best
        chain.energy[ELITE] = chain.energy[BEST]


@njit(cache=True, nogil=True)
def _enter(chain: Chain, net: Couplings) -> None:
    chain.energy[HERE] = fill_fields(chain.bits, chain.fields, net)
    chain.best[:] = chain.bits
    chain.energy[BEST] = chain.energy[HERE]
    chain.until[:] = 0
    chain.counts[FLIPS] = 0


@njit(cache=True, nogil=True)
def _random_neighbour(i: int, states: Array, net: Couplings) -> int:
    """Return a random bit coupled to bit i, or i if there is none; any bit if couplings are a full matrix."""
    if len(net.matrix):
        return int(uniform(states, 0) * len(net.linear))
    start, count = net.indptr[i], net.indptr[i + 1] - net.indptr[i]
    return int(net.index[start + int(uniform(states, 0) * count)]) if count else i


def _iterations_per_call(form: QuadraticForm) -> int:
    neighbours = 2 * form.num_couplings / max(1, form.n)
    return max(1, int(NANOSECONDS_PER_CALL / (50 + 1.2 * form.n + 0.5 * neighbours)))
