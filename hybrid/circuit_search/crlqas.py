"""CRLQAS: an agent learns to build a short circuit for a ground state, gate by gate.

Reference: Patel, Kundu, Ostaszewski, Bonet-Monroig, Dunjko, Danaci, "Curriculum reinforcement learning for
quantum architecture search under hardware errors", ICLR 2024, arXiv 2402.03500.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from hybrid.circuit_search.agent import Agent, DoubleDqn, require_learning
from hybrid.circuit_search.angles import AngleOptimizer, ExactDescent
from hybrid.circuit_search.checkpoint import check_checkpoint, read_checkpoint, write_checkpoint
from hybrid.circuit_search.curriculum import Curriculum, QuantileThreshold
from hybrid.circuit_search.halting import NegativeBinomial
from hybrid.circuit_search.profile import Profile, overridden, reference_fields
from hybrid.circuit_search.random_circuits import check_room_and_tolerance
from hybrid.circuit_search.setting import Setting, why_unsuitable
from hybrid.circuit_search.state_encoding import ENCODINGS, Encoding, StateEncoding
from hybrid.circuit_search.training import EnergyFeature, Rules, Training
from problems.checking import check_choice, check_integer
from problems.contract import Solver
from problems.errors import ProblemError
from problems.ground_state import GateSequence, GroundState
from problems.run import Run
from problems.storage import digest


@dataclass(frozen=True)
class Crlqas(Solver[GroundState, GateSequence]):
    """Learn to place gates by double Q-learning, with a threshold that tightens as circuits get better.

    The agent never learns the true ground energy: energies count from the bound shift − Σ|c|, and the answer
    is the shortest circuit, pruned, within ``tolerance`` of the lowest energy that was found. ``history`` has
    a row per episode: its last and lowest energy, the energy that counted as success, gates, those on two
    qubits, success, summed reward, ε, loss and evaluations. The defaults train on four qubits in minutes;
    ``Crlqas.paper`` has the reference's.

    Attributes:
        max_gates: Room; None takes 40 gates up to 4 qubits, 70 up to 6, 250 beyond.
        episodes: Circuits that are built.
        curriculum: The rule for the threshold.
        halting: Draws an episode's horizon; None lets each go to the last gate.
        optimizer: Trains all angles after every gate.
        learner: How the agent learns.
        mask: Whether gates that repeat the last one on their qubits are illegal.
        energy_feature: What the network sees beside the circuit: "log_gap", the logarithm of how far the
            threshold is, or "raw", the energy.
        encoding: How it sees circuits: "tensor" of moments without angles, "tensor_with_angles", or
            "list_with_angles", gate by gate.
        tolerance: See above.
        profile: "fast" takes the fields as they are. "paper" takes those of ``Crlqas.paper`` for the width of
            the problem; whatever differs from the class's defaults stays.
        checkpoint: A file; the same call goes on from what it holds, bit for bit.
        checkpoint_every: Episodes from one writing to the next.
    """

    max_gates: int | None = None
    episodes: int = 3700
    curriculum: Curriculum = field(default_factory=QuantileThreshold)
    halting: NegativeBinomial | None = field(default_factory=NegativeBinomial)
    optimizer: AngleOptimizer = field(default_factory=ExactDescent)
    learner: DoubleDqn = field(default_factory=DoubleDqn)
    mask: bool = True
    energy_feature: EnergyFeature = "log_gap"
    encoding: Encoding = "tensor"
    tolerance: float = 1e-3
    profile: Profile = "fast"
    checkpoint: Path | None = field(default=None, metadata={"content": False})
    checkpoint_every: int = field(default=200, metadata={"content": False})

    def __post_init__(self):
        check_room_and_tolerance(self.max_gates, self.tolerance)
        check_integer("episodes", self.episodes, 1)
        check_integer("checkpoint_every", self.checkpoint_every, 1)
        check_choice("energy_feature", self.energy_feature, ("log_gap", "raw"))
        check_choice("encoding", self.encoding, ENCODINGS)
        check_choice("profile", self.profile, ("fast", "paper"))
        kinds = {"curriculum": Curriculum, "optimizer": AngleOptimizer, "learner": DoubleDqn}
        for name, kind in kinds.items():
            if not isinstance(getattr(self, name), kind):
                raise ProblemError(name, type(getattr(self, name)).__name__, f"a {kind.__name__}")
        if self.halting is not None and not isinstance(self.halting, NegativeBinomial):
            raise ProblemError("halting", type(self.halting).__name__, "a NegativeBinomial or None")
        object.__setattr__(self, "checkpoint", None if self.checkpoint is None else Path(self.checkpoint))
        check_checkpoint(self.checkpoint)

    @classmethod
    def paper(cls, num_qubits: int, **fields: Any) -> Crlqas:
        """Return the reference's profile for so many qubits; hours on a processor, made for accelerators.

        Args:
            num_qubits: Width of the problem.
            fields: Any field of the class, instead of the profile's.
        """
        return cls(**{**reference_fields(num_qubits), **fields})

    def settled(self, num_qubits: int) -> Crlqas:
        """Return the search with all that its profile stands for in its fields."""
        if self.profile == "fast":
            return self
        plain, reference = Crlqas(profile="paper"), Crlqas.paper(num_qubits, profile="paper")
        return replace(overridden(self, plain, reference), profile="fast")

    def unsuitable(self, problem: GroundState) -> str | None:
        """Refuse widths without kernels, devices without entanglers, and what the optimizer refuses."""
        return why_unsuitable(problem) or self.settled(problem.n).optimizer.unsuitable(problem)

    def _solve(self, problem: GroundState, run: Run) -> GateSequence:
        require_learning()
        return self.settled(problem.n)._search(problem, run)

    def _search(self, problem: GroundState, run: Run) -> GateSequence:
        training = self._training(Setting.of(problem, self.max_gates), run)
        key = digest((problem, replace(self, episodes=1), run.seed()))
        rows = self._resumed(training, key)
        for row in rows:
            run.record(**row)
        setting, archive = training.setting, training.archive
        setting.offer_lowest(archive, run)
        done = len(rows)
        for _ in run.steps(self.episodes - done, "episode"):
            before = archive.lowest
            rows.append(training.episode())
            run.record(**rows[-1])
            if archive.lowest < before:
                setting.offer_lowest(archive, run)
            if len(rows) % self.checkpoint_every == 0:
                self._keep(training, key, rows)
        if len(rows) > done:
            self._keep(training, key, rows)
        run.spent(evaluations=training.evaluations, updates=training.agent.updates)
        run.spent(evaluations=archive.polish(setting.energies))
        return setting.answer(archive, self.tolerance, run)

    def _training(self, setting: Setting, run: Run) -> Training:
        alphabet = setting.energies.alphabet
        inputs = StateEncoding(self.encoding, alphabet, setting.max_gates).size
        agent = Agent(self.learner, inputs, alphabet.size, run.key())
        rules = Rules(
            self.learner, self.curriculum, self.halting, self.optimizer, self.mask, self.energy_feature,
            self.encoding,
        )  # fmt: skip
        return Training(setting, rules, agent, run.rng)

    def _resumed(self, training: Training, key: str) -> list[dict[str, float]]:
        """Go on from the checkpoint, if there is one; returns the rows of the episodes it knows."""
        state = None if self.checkpoint is None else read_checkpoint(self.checkpoint, key)
        if state is None:
            return []
        training.restore(state["training"])
        columns: dict[str, np.ndarray] = state["history"]
        return [
            dict(zip(columns, values, strict=True))
            for values in zip(*(column.tolist() for column in columns.values()), strict=True)
        ]

    def _keep(self, training: Training, key: str, rows: list[dict[str, float]]) -> None:
        if self.checkpoint is not None:
            history = {name: np.array([row[name] for row in rows]) for name in rows[0]}
            write_checkpoint(self.checkpoint, key, {"training": training.state(), "history": history})
