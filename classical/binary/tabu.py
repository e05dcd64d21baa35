"""Iterated tabu search of a QUBO: the best flip that is not forbidden, and kicks from the best state when it
stalls.

References: Glover, Lü, Hao, "Diversification-driven tabu search for unconstrained binary quadratic problems",
4OR 8, 2010; Palubeckis, "Iterated tabu search for the unconstrained binary quadratic optimization problem",
Informatica 17, 2006.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numba import njit

from classical.binary.local_fields import Couplings, couplings, fill_fields, shift_fields, streams, uniform
from problems.binary.qubo import Qubo
from problems.checking import check_integer
from problems.contract import Array, Solver
from problems.run import Run

WORK_PER_CALL = 1e8  # elementary steps of one compiled call, about a tenth of a second
TENURE_SPREAD = 10  # flips are forbidden for the tenure plus up to this many iterations


@dataclass(frozen=True)
class Tabu(Solver[Qubo, Array]):
    """Search by the best allowed flip; a flip that would beat the best state is always allowed.

    A restart begins at random bits. When it has not improved for ``patience`` iterations it goes back to its
    best state and kicks up to an eighth of the bits. Restart k draws from (seed, k).

    Attributes:
        restarts: Independent searches. A time limit only cuts them short.
        iterations: Flips per restart; None for 1000 n, at least 20 000.
        tenure: Iterations for which a flipped bit stays, or None for n/40 + 5; a random number up to 10 is
            added.
        patience: Iterations without improvement before a kick, or None for 3 n.
    """

    restarts: int = 16
    iterations: int | None = None
    tenure: int | None = None
    patience: int | None = None

    def __post_init__(self):
        check_integer("restarts", self.restarts, 1)
        for name in ("iterations", "patience"):
            if getattr(self, name) is not None:
                check_integer(name, getattr(self, name), 1)
        if self.tenure is not None:
            check_integer("tenure", self.tenure, 0)

    def _solve(self, problem: Qubo, run: Run) -> Array:
        n = problem.n
        net, states = couplings(problem.form), streams(run.seed(), self.restarts)
        iterations = self.iterations if self.iterations is not None else max(20_000, 1000 * n)
        tenure = min(n // 2, self.tenure if self.tenure is not None else n // 40 + 5)
        patience = self.patience if self.patience is not None else 3 * n
        chunk = max(1, int(WORK_PER_CALL / (n + 20)))
        for restart in run.steps(self.restarts, "restart"):
            search = _Search(n, states[restart : restart + 1], net, tenure, patience)
            for done in range(0, iterations, chunk):
                search.advance(min(chunk, iterations - done))
                run.offer(search.best)
                if run.out_of_time():
                    break
            run.offer_all(search.best[None])
            run.record(step=restart, objective=problem.judge(run.best).objective)
        return run.best


class _Search:
    """One restart."""

    def __init__(self, n: int, state: Array, net: Couplings, tenure: int, patience: int):
        self._net, self._state = net, state.copy()
        self._bits, self._fields = np.zeros(n, dtype=np.uint8), np.zeros(n)
        self._free_at = np.zeros(n, dtype=np.int64)
        self._clock = np.zeros(2, dtype=np.int64)  # iterations done, and the last that improved
        self._energy = np.zeros(2)  # of the current and of the best state
        self._settings = np.array([tenure, patience], dtype=np.int64)
        _begin(self._bits, self._fields, self._energy, self._state, net)
        self.best = self._bits.copy()

    def advance(self, iterations: int) -> None:
        """Go on for a number of flips."""
        _advance(
            iterations, self._bits, self._fields, self._energy, self.best, self._free_at, self._clock,
            self._settings, self._state, self._net,
        )  # fmt: skip


@njit(cache=True, nogil=True)
def _begin(bits, fields, energy, state, net):  # pragma: no cover - compiled
    for i in range(len(bits)):
        bits[i] = uniform(state, 0) < 0.5
    energy[:] = fill_fields(bits, fields, net)


@njit(cache=True, nogil=True)
def _advance(
    iterations, bits, fields, energy, best, free_at, clock, settings, state, net
):  # pragma: no cover - compiled
    tenure, patience = settings[0], settings[1]
    for _ in range(iterations):
        clock[0] += 1
        i = _pick(bits, fields, free_at, clock[0], energy[1] - energy[0], state)
        sign = 1.0 - 2.0 * bits[i]
        energy[0] += sign * fields[i]
        bits[i] = 1 - bits[i]
        shift_fields(i, sign, fields, net)
        free_at[i] = clock[0] + tenure + int(TENURE_SPREAD * uniform(state, 0)) + 1
        if energy[0] < energy[1] - 1e-12 * max(1.0, abs(energy[1])):
            energy[1] = energy[0]
            best[:] = bits
            clock[1] = clock[0]
        elif clock[0] - clock[1] >= patience:
            _kick(bits, fields, energy, best, free_at, state, net)
            clock[1] = clock[0]


@njit(cache=True, nogil=True)
def _pick(bits, fields, free_at, now, needed, state):  # pragma: no cover - compiled
    """The best flip that is free or beats the best state (its change is below ``needed``); ties at random."""
    chosen, least, ties = -1, np.inf, 0
    for i in range(len(bits)):
        change = fields[i] if bits[i] == 0 else -fields[i]
        if change > least or (free_at[i] > now and change >= needed):
            continue
        if change < least:
            chosen, least, ties = i, change, 1
        else:
            ties += 1
            if uniform(state, 0) * ties < 1.0:
                chosen = i
    return chosen if chosen >= 0 else int(uniform(state, 0) * len(bits))


@njit(cache=True, nogil=True)
def _kick(bits, fields, energy, best, free_at, state, net):  # pragma: no cover - compiled
    """Return to the best state and flip some bits of it at random; compute all afresh against rounding."""
    n = len(bits)
    bits[:] = best
    strength = 2 + int(uniform(state, 0) * max(1, n // 8))
    for _ in range(strength):
        i = int(uniform(state, 0) * n)
        bits[i] = 1 - bits[i]
    free_at[:] = 0
    energy[0] = fill_fields(bits, fields, net)
