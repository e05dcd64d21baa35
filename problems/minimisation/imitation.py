"""Imitation of an expert as a composite problem whose states come from the learner's own policy.

Reference: Ross, Gordon, Bagnell, "A reduction of imitation learning and structured prediction to no-regret
online learning", arXiv 1011.0686.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np

from problems.checking import check_integer, frozen_array
from problems.contract import Array
from problems.errors import ProblemError
from problems.minimisation.composite import CompositeProblem, check_costs
from problems.minimisation.controlled_system import ControlledSystem
from problems.minimisation.perceptron import Perceptron


@dataclass(frozen=True, eq=False)
class Imitation(CompositeProblem):
    """Half the mean squared distance between a policy network's forces and the expert's.

    In every round (``at``) the policy drives the system, and the expert is asked at the states it visits:
    one query for each new state, counted as ``expert_queries``. What is judged is the loss of θ on states
    that the policy of θ visits itself, always with the same noise; its slope holds those states fixed.

    Attributes:
        system: What is driven.
        hidden: Widths of the policy's hidden layers.
        trajectories: Driven side by side in a round.
        length: Steps of each.
        window: Rounds whose states are kept and learnt from together.
        initial_seed: Draws the first policy.
        judge_seed: Draws the judge's noise.
        states: Visited in the rounds kept ``[n, 4]``; None before the first, whose states the first policy
            visits.
        target_cost: What one row's target gradient costs, in the unit of ``model_cost``.
        model_cost: What one row of f costs.
    """

    system: ControlledSystem = field(default_factory=ControlledSystem)
    hidden: tuple[int, ...] = (32,)
    trajectories: int = 20
    length: int = 50
    window: int = 1
    initial_seed: int = 0
    judge_seed: int = 1
    states: Array | None = None
    target_cost: float = 1.0
    model_cost: float = 0.0
    smoothness = 1.0

    def __post_init__(self):
        object.__setattr__(self, "hidden", tuple(self.hidden))
        for name in ("trajectories", "length", "window"):
            check_integer(name, getattr(self, name), 1)
        for name in ("initial_seed", "judge_seed"):
            check_integer(name, getattr(self, name), 0)
        if self.states is not None:
            states = frozen_array("states", self.states, shape=(None, 4))
            if len(states) == 0:
                raise ProblemError("states", "empty", "one state at least, or None")
            object.__setattr__(self, "states", states)
        check_costs(self)

    @cached_property
    def network(self) -> Perceptron:
        """The policy."""
        return Perceptron((4, *self.hidden, self.system.actions), "tanh")

    @property
    def count(self) -> int:  # pyright: ignore[reportIncompatibleVariableOverride]
        """States that are learnt from."""
        return self.trajectories * self.length if self.states is None else len(self.states)

    @property
    def width(self) -> int:  # pyright: ignore[reportIncompatibleVariableOverride]
        """Forces."""
        return self.system.actions

    @property
    def dimension(self) -> int:  # pyright: ignore[reportIncompatibleVariableOverride]
        """P."""
        return self.network.size

    @property
    def start(self) -> Array:  # pyright: ignore[reportIncompatibleVariableOverride]
        """Random weights."""
        return self.network.initial(self.initial_seed)

    def at(self, theta: Array, seed: int) -> Imitation:
        """Return the next round: the policy drives, and the states of the rounds kept are put together."""
        states = self.visited(theta, seed)
        if self.states is not None and self.window > 1:
            kept = (self.window - 1) * self.trajectories * self.length
            states = np.concatenate([self.states[-kept:], states])
        return replace(self, states=states)

    def visited(self, theta: Array, seed: int) -> Array:
        """Return the states ``[trajectories · length, 4]`` that a policy visits."""
        rng = np.random.default_rng(seed)
        states, parts = self.system.fresh(self.trajectories, rng), []
        for _ in range(self.length):
            parts.append(states)
            states = self.system.advance(states, self.network(theta, states), rng)
        return np.concatenate(parts)

    @cached_property
    def _held(self) -> Array:
        return self.visited(self.start, self.initial_seed) if self.states is None else self.states

    def targets(self, theta: Array, rows: Array) -> Array:
        """Return the policy's forces ``[b, actions]``."""
        return self.network(theta, self._held[rows])

    def pull_back(self, theta: Array, rows: Array, weights: Array) -> Array:
        """Return the gradient ``[P]`` of Σ weights · forces."""
        return self.network.pull_back(theta, self._held[rows], weights)

    def target_loss(self, z: Array, rows: Array, seed: int) -> float:
        """Return half the mean squared distance to the expert's forces."""
        return float(np.mean(0.5 * np.sum((z - self.system.expert(self._held[rows])) ** 2, axis=1)))

    def target_gradient(self, z: Array, rows: Array, seed: int) -> Array:
        """Ask the expert; return the forces less its own ``[b, actions]``."""
        return z - self.system.expert(self._held[rows])

    def usage(self, count: int, gradient: bool) -> Mapping[str, float]:
        """Return the expert's queries: new states alone, as answers are kept."""
        return {"expert_queries": float(min(count, self.trajectories * self.length))} if gradient else {}

    def exact(self, theta: Array) -> float:
        """Return the loss of a policy on the states it visits itself."""
        states = self.visited(theta, self.judge_seed)
        return float(
            np.mean(0.5 * np.sum((self.network(theta, states) - self.system.expert(states)) ** 2, 1))
        )

    def exact_gradient(self, theta: Array) -> Array:
        """Return its slope ``[P]`` with those states held fixed."""
        states = self.visited(theta, self.judge_seed)
        away = self.network(theta, states) - self.system.expert(states)
        return self.network.pull_back(theta, states, away / len(states))

    def metrics(self, theta: Array) -> dict[str, float | Array]:
        """Return the mean cost ‖s‖² + ‖u‖²/10 of a step under the policy."""
        states = self.visited(theta, self.judge_seed)
        forces = np.clip(self.network(theta, states), -self.system.force, self.system.force)
        return {"step_cost": float(np.mean(np.sum(states**2, axis=1) + 0.1 * np.sum(forces**2, axis=1)))}

    def plot(self, solution: Array, axes: Any = None) -> Any:
        """Draw the first two coordinates of the states that the policy visits."""
        from problems.report import matplotlib_pyplot

        axes = axes if axes is not None else matplotlib_pyplot("a plot").figure().subplots()
        states = self.visited(solution, self.judge_seed).reshape(self.length, self.trajectories, 4)
        axes.plot(states[:, :, 0], states[:, :, 1])
        units = ("x (m)", "y (m)") if self.system.kind == "double integrator" else ("cart (m)", "pole (rad)")
        axes.set_xlabel(units[0])
        axes.set_ylabel(units[1])
        return axes
