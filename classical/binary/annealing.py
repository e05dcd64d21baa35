"""Simulated annealing: one-flip Metropolis on a QUBO under a geometric temperature schedule.

Reference: Kirkpatrick, Gelatt and Vecchi, Science 220 (1983).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numba import njit

from classical.binary.local_fields import (
    Couplings,
    check_start,
    check_temperatures,
    couplings,
    fill_fields,
    randomise,
    shift_fields,
    streams,
    unfit_start,
    uniform,
)
from classical.binary.order_annealing import anneal_orders
from problems.binary.assignment import QuadraticAssignment
from problems.binary.quadratic import QuadraticForm
from problems.binary.qubo import Qubo
from problems.binary.tour import TravellingSalesman
from problems.checking import check_integer
from problems.contract import Array, Solver
from problems.run import Run

NANOSECONDS_PER_CALL = 5e7  # what one compiled call should take, so that Ctrl-C and the deadline are seen
SCOUTS = 16  # quenched random states from which the lowest temperature is read


@dataclass(frozen=True)
class SimulatedAnnealing(Solver[Qubo | QuadraticAssignment | TravellingSalesman, Array]):
    """Independent annealed restarts; the candidates are the best state that each met, and those it passed.

    The states passed at evenly spaced sweeps are warmer samples: an outer solver that judges them by
    constraints, which the QUBO only prices, finds more variety there than among the minima. Quadratic
    assignments and round trips are annealed over their permutations, by exchanges, reversals and transfers.

    Attributes:
        restarts: Number of restarts; with ``sweeps`` it is the whole work, which a time limit only caps.
        sweeps: Times that every bit is tried in a restart.
        snapshots: Sweeps at which the states passed become candidates too, evenly spaced.
        hot: First temperature, in units of the energy; by default the largest, over the bits, root mean
            square change of the energy by flipping the bit among random others.
        cold: Last temperature; by default Δ / ln(100 n) with Δ the smallest rise out of a state that no flip
            improves, the median of 16 such: all n bits together then sit above theirs with 1 % chance.
        start: Bits from which every restart begins; random by default. It asks for a lower ``hot``.
    """

    restarts: int = 64
    sweeps: int = 1000
    snapshots: int = 8
    hot: float | None = None
    cold: float | None = None
    start: tuple[int, ...] | None = None

    def __post_init__(self):
        check_integer("restarts", self.restarts, 1)
        check_integer("sweeps", self.sweeps, 1)
        check_integer("snapshots", self.snapshots, 0)
        check_temperatures(self.hot, self.cold)
        check_start(self.start)

    def unsuitable(self, problem: Qubo | QuadraticAssignment | TravellingSalesman) -> str | None:
        """Refuse a start of another length."""
        return unfit_start(self.start, problem.n)

    def _solve(self, problem: Qubo | QuadraticAssignment | TravellingSalesman, run: Run) -> Array:
        if not isinstance(problem, Qubo):
            return anneal_orders(problem, run, self.restarts, self.sweeps, self.hot, self.cold, self.start)
        net, seed = couplings(problem.form), run.seed()
        betas = 1.0 / self._temperatures(problem.form, net, run.seed())
        batch, span = _portions(problem.form, self.restarts, self.sweeps)
        marks = set(np.linspace(0, self.sweeps, self.snapshots + 2).round().astype(int)[1:-1].tolist()) - {0}
        stops = sorted({*range(span, self.sweeps, span), *marks, self.sweeps})
        for step in run.steps(math.ceil(self.restarts / batch), "batch of restarts"):
            first, last = step * batch, min(self.restarts, (step + 1) * batch)
            walkers = begin(streams(seed, first, last), net, self.start)
            passed = [walkers.best]
            for done, stop in zip([0, *stops], stops, strict=False):
                if done and run.out_of_time():
                    anneal(walkers, np.full(10, np.inf), net)  # still hot: at least run downhill
                    break
                anneal(walkers, betas[done:stop], net)
                if stop in marks:
                    passed.append(walkers.bits.copy())
                if span < self.sweeps:
                    run.offer(walkers.best[walkers.best_energy.argmin()])
            run.offer_all(np.concatenate(passed))
            run.record(step=step, restarts=last, objective=problem.judge(run.best).objective)
        return run.best

    def _temperatures(self, form: QuadraticForm, net: Couplings, seed: int) -> Array:
        """Return the schedule ``[sweeps]``, falling."""
        hot = self.hot or max(spread_of_flips(form), self.cold or 0.0) or 1.0
        cold = self.cold or min(hot, smallest_rise(net, seed) / math.log(100 * max(1, form.n)) or hot)
        return np.geomspace(hot, cold, self.sweeps)


class Walkers(NamedTuple):
    """R states on their way: bits and fields ``[R, n]``, energies ``[R]``, the best they met, generators."""

    bits: Array
    fields: Array
    energy: Array
    best: Array
    best_energy: Array
    states: Array


def begin(states: Array, net: Couplings, start: tuple[int, ...] | None = None) -> Walkers:
    """Return walkers at ``start`` or at random bits, one per generator state."""
    count, n = len(states), len(net.linear)
    bits = np.zeros((count, n), dtype=np.uint8)
    if start is None:
        for r in range(count):
            randomise(bits[r], states, r)
    else:
        bits[:] = start
    walkers = Walkers(bits, np.zeros((count, n)), np.zeros(count), bits.copy(), np.zeros(count), states)
    _enter(walkers, net)
    return walkers


def spread_of_flips(form: QuadraticForm) -> float:
    """Return the largest root mean square change by flipping a bit, over uniform random bits."""
    spins = form.on_spins()
    squares = QuadraticForm(np.zeros(form.n), spins.first, spins.second, spins.coupling**2)
    return 2.0 * math.sqrt(float((spins.linear**2 + squares.slopes()[1]).max(initial=0.0)))


def smallest_rise(net: Couplings, seed: int) -> float:
    """Return the median, over quenched states, of the smallest rise by one flip; 0 if nothing rises."""
    scouts = begin(streams(seed, 0, SCOUTS), net)
    sweeps, before = np.full(1, np.inf), np.inf
    while scouts.energy.sum() < before:
        before = scouts.energy.sum()
        anneal(scouts, sweeps, net)
    changes = np.where(scouts.bits == 1, -scouts.fields, scouts.fields)
    rises = np.where(changes > 1e-9 * np.abs(changes).max(initial=0.0), changes, np.inf).min(
        axis=1, initial=np.inf
    )
    return float(np.median(rises[np.isfinite(rises)])) if np.isfinite(rises).any() else 0.0


@njit(cache=True, nogil=True)
def anneal(walkers: Walkers, betas: Array, net: Couplings) -> None:
    """Let every walker try all its bits in turn once per inverse temperature."""
    for r in range(len(walkers.energy)):
        for beta in betas:
            sweep_bits(walkers, r, beta, net)


@njit(cache=True, nogil=True)
def sweep_bits(walkers: Walkers, r: int, beta: float, net: Couplings) -> None:
    """Let walker r try all its bits in turn once at an inverse temperature."""
    bits, fields, energy, ahead = walkers.bits[r], walkers.fields[r], walkers.energy[r], False
    for i in range(len(bits)):
        change = -fields[i] if bits[i] else fields[i]
        if change > 0:
            if change * beta > 40 or uniform(walkers.states, r) >= np.exp(-change * beta):
                continue
            if ahead:
                walkers.best[r, :] = bits
                ahead = False
        shift_fields(i, -1.0 if bits[i] else 1.0, fields, net)
        bits[i] ^= 1
        energy += change
        if energy < walkers.best_energy[r]:
            walkers.best_energy[r] = energy
            ahead = True
    if ahead:
        walkers.best[r, :] = bits
    walkers.energy[r] = energy


@njit(cache=True, nogil=True)
def _enter(walkers: Walkers, net: Couplings) -> None:
    for r in range(len(walkers.energy)):
        walkers.energy[r] = fill_fields(walkers.bits[r], walkers.fields[r], net)
        walkers.best_energy[r] = walkers.energy[r]


def _portions(form: QuadraticForm, restarts: int, sweeps: int) -> tuple[int, int]:
    """Return how many restarts go together and how many of their sweeps one compiled call makes."""
    neighbours = 2 * form.num_couplings / max(1, form.n)
    sweep = max(1, form.n) * (40 + 0.4 * neighbours)
    batch = int(min(restarts, 4096, max(1, NANOSECONDS_PER_CALL / (sweep * sweeps))))
    return batch, int(min(sweeps, max(1, NANOSECONDS_PER_CALL / (sweep * batch))))
