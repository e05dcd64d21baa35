"""The training of an agent, episode by episode, with all that a checkpoint holds."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np

from hybrid.circuit_search.agent import Agent, DoubleDqn
from hybrid.circuit_search.angles import AngleOptimizer
from hybrid.circuit_search.archive import Archive
from hybrid.circuit_search.curriculum import Curriculum, Progress
from hybrid.circuit_search.environment import Environment
from hybrid.circuit_search.halting import NegativeBinomial
from hybrid.circuit_search.replay import Replay
from hybrid.circuit_search.setting import Setting
from hybrid.circuit_search.state_encoding import Encoding, StateEncoding
from problems.contract import Array

EnergyFeature = Literal["log_gap", "raw"]
SMALLEST_GAP = 1e-3  # below which the logarithm of the gap stays
CENTRE = 1.5  # brings the logarithms of usual gaps near 0


@dataclass(frozen=True)
class Rules:
    """The rules of the game, and how the agent learns it.

    Attributes:
        learner: Hyper-parameters of the agent.
        curriculum: The threshold's rule.
        halting: The horizon's; None lets every episode go to the last gate.
        optimizer: Trains angles.
        mask: Whether repeats are illegal.
        energy_feature: How the energy is shown to the network.
        encoding: How circuits are.
    """

    learner: DoubleDqn
    curriculum: Curriculum
    halting: NegativeBinomial | None
    optimizer: AngleOptimizer
    mask: bool
    energy_feature: EnergyFeature
    encoding: Encoding


@dataclass
class Training:
    """An agent and its game between two episodes.

    Attributes:
        setting: The problem made ready.
        rules: Of the game.
        agent: Who plays.
        rng: All randomness after the agent's first weights.
        archive: The best circuits seen.
        replay: What the agent remembers.
        progress: What the curriculum remembers.
        steps: Gates placed so far.
        evaluations: Energies computed so far.
    """

    setting: Setting
    rules: Rules
    agent: Agent
    rng: np.random.Generator
    archive: Archive = field(init=False)
    replay: Replay = field(init=False)
    progress: Progress = field(init=False)
    environment: Environment = field(init=False)
    steps: int = 0
    evaluations: int = 0

    def __post_init__(self):
        setting, energies = self.setting, self.setting.energies
        self.archive = Archive(setting.max_gates)
        self.replay = Replay(self.rules.learner.capacity, setting.max_gates, self.rules.encoding)
        self._encoding = StateEncoding(self.rules.encoding, energies.alphabet, setting.max_gates)
        growth = setting.growth()
        self.archive.see(growth)
        self.progress = self.rules.curriculum.start(energies.zero_energy - energies.problem.lower_bound)
        optimizer, threshold = self.rules.optimizer, self.progress.threshold
        self.environment = Environment(growth, optimizer, threshold, mask=self.rules.mask)

    def episode(self) -> dict[str, float]:
        """Play one episode, learn on the way, and return its row of the history."""
        environment, rules = self.environment, self.rules
        limit = self.setting.max_gates
        horizon = limit if rules.halting is None else rules.halting.draw(limit, self.rng)
        threshold = self.progress.threshold
        environment.reset(threshold, horizon)
        growth, rewards, losses = environment.growth, [], []
        features, lowest, success, done = [self.feature(threshold)], math.inf, False, False
        turned = [growth.angles.copy()] if self._encoding.with_angles else None
        epsilon, before = rules.learner.exploring(self.steps), self.evaluations
        while not done:
            epsilon = rules.learner.exploring(self.steps)
            action = self.agent.act(self.shown(), features[-1], environment.legal(), epsilon, self.rng)
            step = environment.step(action, self.rng)
            rewards.append(step.reward)
            features.append(self.feature(threshold))
            if turned is not None:
                turned.append(growth.angles.copy())
            lowest = min(lowest, growth.energy)
            success, done = step.success, step.done
            self.archive.see(growth, rules.optimizer.objective(growth))
            self.steps += 1
            self.evaluations += step.evaluations
            losses += self._learn()
        gamma = rules.learner.gamma(limit)
        self.replay.add_episode(growth.actions, features, rewards, rules.learner.n_step, gamma, turned)
        self.progress = rules.curriculum.after(self.progress, lowest - environment.floor, success)
        return {
            "step": self.progress.episodes - 1,
            "energy": growth.energy,
            "lowest": lowest,
            "threshold": threshold + environment.floor,
            "gates": growth.count,
            "two_qubit_gates": growth.count - growth.width,
            "success": float(success),
            "score": float(sum(rewards)),
            "epsilon": epsilon,
            "loss": float(np.mean(losses)) if losses else 0.0,
            "evaluations": self.evaluations - before,
        }

    def _learn(self) -> list[float]:
        learner = self.rules.learner
        if self.steps % learner.every or self.replay.size < learner.batch:
            return []
        alphabet = self.setting.energies.alphabet
        batch = self.replay.draw(learner.batch, alphabet, self.setting.allowed, self.rules.mask, self.rng)
        return [self.agent.improve(batch)]

    def shown(self) -> Array:
        """Return the circuit being built as the network sees it."""
        growth = self.environment.growth
        return self._encoding.rows(growth.actions[None], np.array([growth.count]), growth.angles[None])[0]

    def feature(self, threshold: float) -> float:
        """Return the scalar that the network sees beside the circuit."""
        energy = self.environment.growth.energy
        if self.rules.energy_feature == "raw":
            return energy
        gap = max(energy - self.environment.floor - threshold, 0.0)
        return math.log10(gap + SMALLEST_GAP) + CENTRE

    def state(self) -> dict[str, Any]:
        """Return all that training goes on from."""
        return {
            "agent": self.agent.state(),
            "rng": self.rng.bit_generator.state,
            "archive": vars(self.archive),
            "replay": vars(self.replay),
            "progress": self.progress,
            "counts": [self.steps, self.evaluations],
        }

    def restore(self, state: dict[str, Any]) -> None:
        """Go on from what ``state`` returned."""
        self.agent.restore(state["agent"])
        self.rng.bit_generator.state = state["rng"]
        vars(self.archive).update(state["archive"])
        vars(self.replay).update(state["replay"])
        self.progress = state["progress"]
        self.steps, self.evaluations = state["counts"]
