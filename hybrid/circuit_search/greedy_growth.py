"""Greedy growth: add the few gates that lower the energy most, again and again, with a beam of circuits."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from hybrid.circuit_search.angles import ExactDescent
from hybrid.circuit_search.archive import Archive
from hybrid.circuit_search.batch_training import Candidate, train_candidates
from hybrid.circuit_search.legality import last_actions, legal
from hybrid.circuit_search.random_circuits import check_room_and_tolerance
from hybrid.circuit_search.setting import Setting, why_unsuitable
from problems.checking import check_integer
from problems.contract import Array, Solver
from problems.errors import ProblemError
from problems.ground_state import GateSequence, GroundState
from problems.run import Run

NEAR = 1e-7  # energies closer than this are those of circuits that differ in name alone


@dataclass(frozen=True)
class GreedyGrowth(Solver[GroundState, GateSequence]):
    """Grow circuits by the blocks of gates that lower the energy most, all angles trained each time.

    A single gate often lowers nothing: energy shows no slope before several are placed. So blocks of
    ``block`` gates are tried, all legal ones if they are few, else as many drawn at random.

    Attributes:
        restarts: How often it grows from |0…0⟩; further ones draw other blocks.
        beam: Circuits kept from block to block; of those with equal energies one.
        block: Gates of a block.
        candidates: Blocks tried on each circuit, at most.
        max_gates: Room; None takes 40 up to 4 qubits, 70 up to 6, 250 beyond.
        descent: How angles are trained.
        tolerance: The answer is the shortest pruned circuit so close to the lowest energy.
    """

    restarts: int = 4
    beam: int = 3
    block: int = 4
    candidates: int = 600
    max_gates: int | None = None
    descent: ExactDescent = field(default_factory=lambda: ExactDescent(evaluations=60))
    tolerance: float = 1e-3

    def __post_init__(self):
        for name in ("restarts", "beam", "block", "candidates"):
            check_integer(name, getattr(self, name), 1)
        check_room_and_tolerance(self.max_gates, self.tolerance)
        if self.max_gates is not None and self.block > self.max_gates:
            raise ProblemError("block", self.block, f"at most max_gates = {self.max_gates}")
        if not isinstance(self.descent, ExactDescent):
            raise ProblemError("descent", type(self.descent).__name__, "an ExactDescent")

    def unsuitable(self, problem: GroundState) -> str | None:
        """Refuse widths without kernels and devices without entanglers."""
        return why_unsuitable(problem)

    def _solve(self, problem: GroundState, run: Run) -> GateSequence:
        setting = Setting.of(problem, self.max_gates)
        archive = Archive(setting.max_gates)
        archive.see(setting.growth())
        setting.offer_lowest(archive, run)
        rounds = setting.max_gates // self.block
        beam: list[Candidate] = []
        for step in run.steps(self.restarts * rounds, "block"):
            if step % rounds == 0:
                beam = [Candidate(np.zeros(0, dtype=np.int16), np.zeros(0), setting.energies.zero_energy)]
            beam = self._extended(setting, beam, run)
            for candidate in beam:
                archive.see_candidate(candidate)
            setting.offer_lowest(archive, run)
            run.record(step=step, energy=beam[0].energy, gates=beam[0].gates)
        return setting.answer(archive, self.tolerance, run)

    def _extended(self, setting: Setting, beam: list[Candidate], run: Run) -> list[Candidate]:
        """Return the best distinct extensions of the beam by one block."""
        longer = []
        for candidate in beam:
            for block in self._blocks(setting, candidate.actions, run.rng):
                added = setting.width(block)
                start = np.concatenate([candidate.angles, np.zeros(added)])
                longer.append(Candidate(np.concatenate([candidate.actions, block]), start))
        last = [len(one.angles) - 1 if setting.width(one.actions[-1:]) else -1 for one in longer]
        trained, used = train_candidates(setting.energies, longer, self.descent, run.rng, last)
        run.spent(evaluations=used)
        kept: list[Candidate] = []
        for candidate in sorted(trained, key=lambda one: one.energy):
            if all(abs(candidate.energy - other.energy) > NEAR for other in kept):
                kept.append(candidate)
            if len(kept) == self.beam:
                break
        return kept

    def _blocks(self, setting: Setting, actions: Array, rng: np.random.Generator) -> list[Array]:
        """Return legal blocks ``[block]`` that may follow some actions."""
        alphabet, start = setting.energies.alphabet, last_actions(actions, setting.energies.alphabet)
        if int(setting.allowed.sum()) ** self.block > self.candidates:
            return [self._drawn(setting, start, rng) for _ in range(self.candidates)]
        blocks: list[tuple[list[int], Array]] = [([], start)]
        for _ in range(self.block):
            longer = []
            for block, last in blocks:
                for action in np.flatnonzero(legal(last, setting.allowed, alphabet)).tolist():
                    after = last.copy()
                    after[alphabet.table[action, 1:]] = action
                    longer.append(([*block, action], after))
            blocks = longer
        return [np.array(block, dtype=np.int16) for block, _ in blocks]

    def _drawn(self, setting: Setting, start: Array, rng: np.random.Generator) -> Array:
        alphabet, last, block = setting.energies.alphabet, start.copy(), []
        for _ in range(self.block):
            action = int(rng.choice(np.flatnonzero(legal(last, setting.allowed, alphabet))))
            last[alphabet.table[action, 1:]] = action
            block.append(action)
        return np.array(block, dtype=np.int16)
