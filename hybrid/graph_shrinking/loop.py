"""The loop of shrinking: rank pairs, tie the best that the rows allow, look anew when it is due."""

from __future__ import annotations

import time

import numpy as np

from hybrid.graph_shrinking.correlations.source import Helper
from hybrid.graph_shrinking.picking import chosen_pairs
from hybrid.graph_shrinking.schedule import averaged
from hybrid.graph_shrinking.settings import Shrinking
from hybrid.graph_shrinking.state import ShrinkingState, Tie
from hybrid.graph_shrinking.trace import Kind, Step, Trace
from problems.errors import Infeasible

Array = np.ndarray
NOBODY = "no pair is left that a row allows"


class ShrinkingLoop:
    """The loop with what it remembers from step to step; matrices are over all N spins.

    Args:
        state: Changed in place.
        settings: How to shrink; its source has been asked whether it takes the state.
        helper: Seeds, the clock, and inner solvers.
    """

    def __init__(self, state: ShrinkingState, settings: Shrinking, helper: Helper):
        self.state, self.settings, self.helper = state, settings, helper
        self.steps: list[Step] = []
        self.vetoed: set[Tie] = set()
        self.calculations = self.since = 0
        self.best = 0.0
        self.seconds = 0.0
        self.touched = np.zeros(state.surrogate.n + 1, dtype=np.int64)
        self.current = False
        self.least = settings.source.least if settings.least is None else settings.least

    def run(self) -> Trace:
        """Shrink until a rule stops it.

        Raises:
            Infeasible: If the rows leave a group without a state before any tie.
        """
        begin, width = time.monotonic(), self.state.qubits
        self.watch = (
            self.settings.spectral.watch(self.state.graph.couplings()) if self.settings.spectral else None
        )
        self._root()
        stopped = None
        while stopped is None:
            stopped = self._stop() or self._step()
        return Trace(
            width, tuple(self.steps), stopped, self.calculations, self.seconds, time.monotonic() - begin
        )

    def _root(self) -> None:
        found = self.state.follow()
        if found is not None:
            raise Infeasible("the program", found.why)
        self._note_implied(0)

    def _stop(self) -> str | None:
        if self.state.qubits <= self.settings.target_qubits:
            return f"{self.settings.target_qubits} qubits or fewer are left"
        if self.helper.out_of_time():
            return "no time is left"
        return None

    def _step(self) -> str | None:
        """Make one step; return the rule that ends the shrinking, if one does."""
        if not self.current or self._due():
            self._calculate()
            if self.watch is not None:
                why = self.watch.reason(self.state.graph.couplings())
                if why is not None:
                    return why
        pairs = self._pairs()
        if pairs and self.calculations and self._stale(pairs[0]):
            self._calculate()
            pairs = self._pairs()
        if not pairs:
            return self._set_free(NOBODY)
        if pairs[0][2] < self.least:
            return self._set_free(f"no admissible pair correlates by {self.least:g} or more")
        for a, b, _ in pairs:
            if self.state.qubits <= self.settings.target_qubits:
                break
            tie = self._tie(a, b)
            if self._allowed(tie):
                self._commit(tie, float(self.matrix[a, b]))
        return None

    def _due(self) -> bool:
        rule = self.settings.recalculation
        if self.settings.source.single:
            return self.since > 0
        return self.since >= rule.period(self.state.surrogate.n)

    def _stale(self, pair: tuple[int, int, float]) -> bool:
        """Whether the best pair has fallen too low, or was changed by ties, since the last calculation."""
        rule = self.settings.recalculation
        if self.since == 0:
            return False
        ties = int(max(self.touched[pair[0]], self.touched[pair[1]]))
        return pair[2] < rule.decay * self.best or (rule.stale is not None and ties > rule.stale)

    def _calculate(self) -> None:
        begin = time.monotonic()
        found = self.settings.source.correlations(self.state, self.helper)
        self.seconds += time.monotonic() - begin
        self.calculations += 1
        nodes, total = self.state.graph.nodes(), len(self.touched)
        spread = np.ix_(nodes, nodes)
        self.matrix, self.priority, self.sign = np.zeros((total, total)), None, None
        self.matrix[spread] = found.matrix
        if found.priority is not None:
            self.priority = np.full((total, total), -1.0)
            self.priority[spread] = found.priority
        if found.sign is not None:
            self.sign = np.zeros((total, total))
            self.sign[spread] = found.sign
        self.since, self.current = 0, True
        self.touched[:] = 0
        self.best = float(self._scores().max(initial=0.0))

    def _scores(self) -> Array:
        """Return the priorities ``[N, N]``, negative where no tie is possible at all."""
        scores = np.abs(self.matrix) if self.priority is None else self.priority
        movable = self.state.graph.active.copy()
        movable[self.state.program.n : self.state.reference] = False  # slack bits are never tied
        return np.where(movable[:, None] & movable[None, :], scores, -1.0)

    def _pairs(self) -> list[tuple[int, int, float]]:
        def admissible(a: int, b: int) -> bool:
            tie = self._tie(a, b)
            return tie.sign != 0 and self._allowed(tie)

        return chosen_pairs(self._scores(), self.settings.ties_per_step, admissible)

    def _tie(self, a: int, b: int) -> Tie:
        sign = np.sign(self.matrix[a, b]) if self.sign is None else self.sign[a, b]
        return self.state.ordered(a, b, int(sign))

    def _allowed(self, tie: Tie) -> bool:
        """Ask the state whether both groups are still there, and the rows; record a veto once."""
        state = self.state
        if not (state.graph.active[tie.kept] and state.graph.active[tie.gone]):
            return False
        if tie in self.vetoed and not state.forbidden:
            return False
        why = "it was undone" if state.is_forbidden(tie) else None
        if why is None and self.settings.veto != "off":
            why = state.rows.refusal(tie.kept, tie.gone, tie.sign)
        if why is None and self.settings.veto == "likely" and tie.kept != state.reference:
            why = state.rows.crowds(tie.kept, tie.gone, tie.sign, self.settings.crowding)
            why = why or state.rows.corners(tie.kept, tie.gone, tie.sign)
        if why is None:
            return True
        if tie not in self.vetoed:
            self.vetoed.add(tie)
            self._record("vetoed", tie, float(self.matrix[tie.kept, tie.gone]), why)
        return False

    def _commit(self, tie: Tie, correlation: float) -> None:
        kind: Kind = "fix" if tie.kept == self.state.reference else "merge"
        known = len(self.state.implied)
        undone = self.state.decide(tie)
        self.since += 1
        if not undone:
            self._follow_in_matrix(tie)
            self._record(kind, tie, correlation)
            self._note_implied(known)
            return
        self._record(kind, tie, correlation)
        for wrong, why in undone:
            self._record("undone", wrong, float("nan"), why)
        self.vetoed.clear()
        self.current = False

    def _follow_in_matrix(self, tie: Tie) -> None:
        averaged(self.matrix, tie.kept, tie.gone, tie.sign)
        if self.priority is not None:
            self.priority[tie.gone] = self.priority[:, tie.gone] = -1.0
        self.touched[tie.kept] += tie.kept != self.state.reference

    def _note_implied(self, known: int) -> None:
        for tie in self.state.implied[known:]:
            self._record("implied", tie, float("nan"))

    def _set_free(self, why: str) -> str | None:
        """Set a group without any coupling to a bit that the rows allow; without one, end for this reason."""
        state = self.state
        couplings = state.graph.matrix
        for node in np.flatnonzero(state.graph.active[: state.program.n]):
            if np.any(couplings[node] != 0):
                continue
            for sign in (1, -1):
                tie = Tie(state.reference, int(node), sign)
                if self._allowed(tie):
                    self._commit_free(tie)
                    return None
        return why

    def _commit_free(self, tie: Tie) -> None:
        known = len(self.state.implied)
        undone = self.state.decide(tie)
        self._record("free", tie, float("nan"))
        self._note_implied(known)
        for wrong, why in undone:
            self._record("undone", wrong, float("nan"), why)
            self.current = False

    def _record(self, kind: Kind, tie: Tie, correlation: float, why: str = "") -> None:
        left = self.state.qubits
        self.steps.append(Step(kind, tie.kept, tie.gone, tie.sign, correlation, left, self.calculations, why))
