"""Parallel tempering: replicas of a QUBO at a ladder of temperatures that exchange places.

Hukushima and Nemoto, Journal of the Physical Society of Japan 65 (1996).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numba import njit

from classical.binary.annealing import Walkers, begin, smallest_rise, spread_of_flips, sweep_bits
from classical.binary.local_fields import (
    Couplings,
    check_start,
    check_temperatures,
    couplings,
    streams,
    unfit_start,
    uniform,
)
from problems.binary.qubo import Qubo
from problems.checking import check_integer
from problems.contract import Array, Solver
from problems.run import Run

NANOSECONDS_PER_CALL = 5e7  # what one compiled call should take, so that Ctrl-C and the deadline are seen


@dataclass(frozen=True)
class ParallelTempering(Solver[Qubo, Array]):
    """Independent ladders of replicas; the candidates are the best state that each replica met.

    After every sweep neighbours on the ladder exchange temperatures with the probability that keeps the joint
    Boltzmann distribution: what is stuck at the cold end is led out through the hot one.

    Attributes:
        restarts: Number of ladders; with ``sweeps`` it is the whole work, which a time limit only caps.
        sweeps: Times that every bit of every replica is tried.
        temperatures: Rungs of a ladder, geometric from ``hot`` to ``cold``.
        hot: Highest temperature, in units of the energy; by default as in ``SimulatedAnnealing``.
        cold: Lowest temperature; by default as in ``SimulatedAnnealing``.
        start: Bits from which every replica begins; random by default.
    """

    restarts: int = 4
    sweeps: int = 2000
    temperatures: int = 24
    hot: float | None = None
    cold: float | None = None
    start: tuple[int, ...] | None = None

    def __post_init__(self):
        check_integer("restarts", self.restarts, 1)
        check_integer("sweeps", self.sweeps, 1)
        check_integer("temperatures", self.temperatures, 2)
        check_temperatures(self.hot, self.cold)
        check_start(self.start)

    def unsuitable(self, problem: Qubo) -> str | None:
        """Refuse a start of another length."""
        return unfit_start(self.start, problem.n)

    def _solve(self, problem: Qubo, run: Run) -> Array:
        net, seed = couplings(problem.form), run.seed()
        betas = 1.0 / self._ladder(problem, net, run.seed())
        neighbours = 2 * problem.form.num_couplings / max(1, problem.n)
        sweep = max(1, problem.n) * (40 + 0.4 * neighbours) * self.temperatures
        span = max(1, int(NANOSECONDS_PER_CALL / sweep))
        for restart in run.steps(self.restarts, "ladder"):
            states = streams(seed, restart * (self.temperatures + 1), (restart + 1) * (self.temperatures + 1))
            walkers = begin(states[:-1], net, self.start)
            rungs, exchanges = np.arange(self.temperatures), np.zeros(self.temperatures - 1, np.int64)
            least = np.inf
            for done in range(0, self.sweeps, span):
                if done and run.out_of_time():
                    break
                temper(
                    walkers, rungs, betas, done, min(span, self.sweeps - done), exchanges, net, states[-1:]
                )
                best = int(walkers.best_energy.argmin())
                if walkers.best_energy[best] < least:
                    least = walkers.best_energy[best]
                    run.offer(walkers.best[best])
            run.offer_all(walkers.best)
            rate = float(exchanges.min()) / max(1, self.sweeps // 2)
            run.record(step=restart, objective=problem.judge(run.best).objective, least_exchange_rate=rate)
        return run.best

    def _ladder(self, problem: Qubo, net: Couplings, seed: int) -> Array:
        """Return the temperatures, falling."""
        hot = self.hot or max(spread_of_flips(problem.form), self.cold or 0.0) or 1.0
        rise = smallest_rise(net, seed)
        cold = self.cold or min(hot, rise / math.log(100 * max(1, problem.n)) if rise else hot)
        return np.geomspace(hot, cold, self.temperatures)


@njit(cache=True, nogil=True)
def temper(
    walkers: Walkers,
    rungs: Array,
    betas: Array,
    first: int,
    sweeps: int,
    exchanges: Array,
    net: Couplings,
    coin: Array,
) -> None:
    """Sweep all replicas and let neighbours exchange, ``sweeps`` times.

    Args:
        walkers: The replicas.
        rungs: ``[K]`` the replica at each temperature.
        betas: ``[K]`` inverse temperatures, rising.
        first: How many sweeps were made before; even and odd pairs take turns.
        sweeps: How many to make.
        exchanges: ``[K−1]`` counts them.
        net: The couplings.
        coin: The generator of the exchanges.
    """
    for sweep in range(first, first + sweeps):
        for k in range(len(rungs)):
            sweep_bits(walkers, rungs[k], betas[k], net)
        for k in range(sweep % 2, len(rungs) - 1, 2):
            gain = (betas[k + 1] - betas[k]) * (walkers.energy[rungs[k + 1]] - walkers.energy[rungs[k]])
            if gain >= 0 or uniform(coin, 0) < np.exp(gain):
                rungs[k], rungs[k + 1] = rungs[k + 1], rungs[k]
                exchanges[k] += 1
