"""Random legal circuits with trained angles: the null that every search of circuits has to beat."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from hybrid.circuit_search.angles import ExactDescent
from hybrid.circuit_search.archive import Archive
from hybrid.circuit_search.batch_training import Candidate, train_candidates
from hybrid.circuit_search.setting import Setting, why_unsuitable
from problems.checking import check_choice, check_integer, check_number
from problems.contract import Solver
from problems.errors import ProblemError
from problems.ground_state import GateSequence, GroundState
from problems.run import Run

BATCH = 32


@dataclass(frozen=True)
class RandomCircuits(Solver[GroundState, GateSequence]):
    """Draw circuits gate by gate, train their angles, and prune the best; nothing is learnt.

    Each gate is uniform among those that do not repeat the last one on their qubits and that the device has.
    ``history`` has a row per circuit with its energy, so that the share of good circuits can be read off.

    Attributes:
        evaluations: Energies at most (with or without gradient), up to one batch of circuits more.
        max_gates: Gates of every circuit; None takes 40 up to 4 qubits, 70 up to 6, 250 beyond.
        training: "once" starts all angles at random and trains them at the end; "grown" trains after every
            gate.
        descent: How angles are trained.
        tolerance: The answer is the shortest pruned circuit so close to the lowest energy.
    """

    evaluations: int = 100_000
    max_gates: int | None = None
    training: Literal["once", "grown"] = "once"
    descent: ExactDescent = field(default_factory=lambda: ExactDescent(evaluations=400))
    tolerance: float = 1e-3

    def __post_init__(self):
        check_integer("evaluations", self.evaluations, 1)
        check_choice("training", self.training, ("once", "grown"))
        check_room_and_tolerance(self.max_gates, self.tolerance)
        if not isinstance(self.descent, ExactDescent):
            raise ProblemError("descent", type(self.descent).__name__, "an ExactDescent")

    def unsuitable(self, problem: GroundState) -> str | None:
        """Refuse widths without kernels and devices without entanglers."""
        return why_unsuitable(problem)

    def _solve(self, problem: GroundState, run: Run) -> GateSequence:
        setting = Setting.of(problem, self.max_gates)
        archive, used = Archive(setting.max_gates), 0
        archive.see(setting.growth())
        setting.offer_lowest(archive, run)
        for _ in run.steps(self.evaluations, "batch"):
            trained, more = self._batch(setting, run.rng)
            used += more
            run.spent(evaluations=more)
            for candidate in trained:
                archive.see_candidate(candidate)
                run.record(step=used, energy=candidate.energy, gates=candidate.gates)
            setting.offer_lowest(archive, run)
            if used >= self.evaluations:
                break
        return setting.answer(archive, self.tolerance, run)

    def _batch(self, setting: Setting, rng: np.random.Generator) -> tuple[list[Candidate], int]:
        if self.training == "grown":
            growth, used = setting.growth(), 0
            for _ in range(setting.max_gates):
                action = int(rng.choice(np.flatnonzero(growth.legal())))
                used += self.descent.train(growth, growth.place(action), rng)
            grown = Candidate(growth.actions.copy(), growth.angles[: growth.width].copy(), growth.energy)
            return [grown], used
        drawn = []
        for _ in range(BATCH):
            actions = setting.random_actions(setting.max_gates, rng)
            drawn.append(Candidate(actions, rng.uniform(-np.pi, np.pi, setting.width(actions))))
        return train_candidates(setting.energies, drawn, self.descent, rng)


def check_room_and_tolerance(max_gates: int | None, tolerance: float) -> None:
    """Refuse room for no gate, and a negative tolerance."""
    if max_gates is not None:
        check_integer("max_gates", max_gates, 1)
    check_number("tolerance", tolerance, 0.0)
