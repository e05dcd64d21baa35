"""Simulated annealing of a QUBO: one-flip Metropolis sweeps on a geometric schedule.

Reference: Kirkpatrick, Gelatt, Vecchi, Science 220, 1983.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numba import njit

from classical.binary.local_fields import Couplings, couplings, fill_fields, shift_fields, streams, uniform
from problems.binary.qubo import Qubo
from problems.checking import check_integer, check_number
from problems.contract import Array, Solver
from problems.errors import ProblemError
from problems.run import Run

BATCH = 64  # restarts that advance together
WORK_PER_CALL = 2e7  # elementary steps of one compiled call, some tenths of a second at the most
HOPELESS = 40.0  # uphill steps beyond this many temperatures are refused without drawing a number


@dataclass(frozen=True)
class SimulatedAnnealing(Solver[Qubo, Array]):
    """Anneal many independent restarts; each ends in a local minimum, and the best state it met is a
    candidate.

    Temperatures are in units of the objective. By default they come from the data: the hot one is the largest
    root-mean-square change of energy that a flip makes among random bits, so that everything moves; the cold
    one is a fiftieth of the median, at which almost nothing does. Restart k draws from (seed, k): more
    restarts extend a run.

    Attributes:
        restarts: Independent anneals. A time limit only cuts them short.
        sweeps: Passes over all bits per restart.
        hot: First temperature, or None for the data's.
        cold: Last temperature, or None for the data's.
    """

    restarts: int = 64
    sweeps: int = 400
    hot: float | None = None
    cold: float | None = None

    def __post_init__(self):
        check_integer("restarts", self.restarts, 1)
        check_integer("sweeps", self.sweeps, 1)
        for name in ("hot", "cold"):
            if getattr(self, name) is not None:
                check_number(name, getattr(self, name), 0.0, open_low=True)
        if self.hot is not None and self.cold is not None and self.cold > self.hot:
            raise ProblemError("cold", self.cold, f"at most hot, {self.hot}")

    def _solve(self, problem: Qubo, run: Run) -> Array:
        net, temperatures = couplings(problem.form), self.temperatures(problem)
        seed = run.seed()
        degree = 1 + len(net.index) / max(1, problem.n) if not len(net.matrix) else problem.n
        for step in run.steps(-(-self.restarts // BATCH), "batch of restarts"):
            first = step * BATCH
            states = streams(seed, min(self.restarts, first + BATCH))[first:]
            herd = _Herd(problem.n, states, net)
            chunk = max(1, int(WORK_PER_CALL / (len(states) * problem.n * (4 + 0.3 * degree))))
            for at in range(0, self.sweeps, chunk):
                herd.anneal(temperatures[at : at + chunk])
                run.offer(herd.leader)  # an interruption finds something
                if run.out_of_time():
                    break
            herd.descend()
            run.offer_all(herd.best)
            run.record(step=step, objective=problem.judge(run.best).objective)
        return run.best

    def temperatures(self, problem: Qubo) -> Array:
        """Return the schedule ``[sweeps]``."""
        spins = problem.form.on_spins()
        squares = spins.linear**2
        np.add.at(squares, spins.first, spins.coupling**2)
        np.add.at(squares, spins.second, spins.coupling**2)
        changes = 2.0 * np.sqrt(squares[squares > 0])
        typical, largest = (float(np.median(changes)), float(changes.max())) if len(changes) else (1.0, 1.0)
        hot = self.hot if self.hot is not None else max(largest, self.cold or 0.0)
        cold = self.cold if self.cold is not None else min(typical / 50.0, hot)
        return np.geomspace(hot, cold, self.sweeps)


class _Herd:
    """Restarts that advance together, with the best state that each has met."""

    def __init__(self, n: int, states: Array, net: Couplings):
        self._net, self._states = net, states.copy()
        self._bits = np.zeros((len(states), n), dtype=np.uint8)
        self._fields = np.zeros((len(states), n))
        self._energy = np.zeros(len(states))
        _scatter(self._bits, self._fields, self._energy, self._states, net)
        self.best, self._least = self._bits.copy(), self._energy.copy()

    @property
    def leader(self) -> Array:
        """The best state ``[n]`` met by any of them."""
        return self.best[np.argmin(self._least)]

    def anneal(self, temperatures: Array) -> None:
        """Sweep once per temperature."""
        _anneal(
            temperatures,
            self._bits,
            self._fields,
            self._energy,
            self.best,
            self._least,
            self._states,
            self._net,
        )

    def descend(self) -> None:
        """Go downhill to local minima."""
        _descend(self._bits, self._fields, self._energy, self.best, self._least, self._net)


@njit(cache=True, nogil=True)
def _scatter(bits, fields, energy, states, net):  # pragma: no cover - compiled
    for r in range(len(states)):
        for i in range(bits.shape[1]):
            bits[r, i] = uniform(states, r) < 0.5
        energy[r] = fill_fields(bits[r], fields[r], net)


@njit(cache=True, nogil=True)
def _anneal(temperatures, bits, fields, energy, best, least, states, net):  # pragma: no cover - compiled
    for r in range(len(states)):
        row, field = bits[r], fields[r]
        for temperature in temperatures:
            for i in range(len(row)):
                sign = 1.0 - 2.0 * row[i]
                change = sign * field[i]
                if change > HOPELESS * temperature:
                    continue
                if change <= 0.0 or uniform(states, r) < np.exp(-change / temperature):
                    row[i] = 1 - row[i]
                    energy[r] += change
                    shift_fields(i, sign, field, net)
            if energy[r] < least[r]:
                least[r] = energy[r]
                best[r] = row


@njit(cache=True, nogil=True)
def _descend(bits, fields, energy, best, least, net):  # pragma: no cover - compiled
    for r in range(len(bits)):
        row, field = bits[r], fields[r]
        energy[r] = fill_fields(row, field, net)  # rounding of many updates must not fake a way down
        smallest = 1e-12 * max(1.0, abs(energy[r]))
        moved = True
        while moved:
            moved = False
            for i in range(len(row)):
                sign = 1.0 - 2.0 * row[i]
                change = sign * field[i]
                if change < -smallest:
                    row[i] = 1 - row[i]
                    energy[r] += change
                    shift_fields(i, sign, field, net)
                    moved = True
        if energy[r] <= least[r]:
            least[r] = energy[r]
            best[r] = row
