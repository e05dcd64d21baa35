"""Noisy controlled systems with a linear-quadratic expert: a double integrator and a cart with a pole."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np

from problems.checking import check_choice, check_number
from problems.contract import Array

GRAVITY, CART, POLE, HALF_LENGTH = 9.81, 1.0, 0.1, 0.5  # m/s², kg, kg, m
DIFFERENCE = 1e-6  # of the linearisation at rest
LIMITS = {"double integrator": (3.0, 3.0, 6.0, 6.0), "cart-pole": (2.4, 0.8, 6.0, 6.0)}


@dataclass(frozen=True)
class ControlledSystem:
    """A system with four states that is to be held at rest; a state out of its limits starts anew.

    "double integrator": a mass in the plane, states x, y and their speeds, two forces. "cart-pole": states
    cart position, pole angle from upright (rad) and their speeds, one force.

    Attributes:
        kind: Which.
        seconds: Of one step.
        noise: Standard deviation of what is added to each speed in a step.
        force: Forces are cut to ±force.
        spread: Standard deviation of first states.
    """

    kind: Literal["double integrator", "cart-pole"] = "double integrator"
    seconds: float = 0.05
    noise: float = 0.05
    force: float = 5.0
    spread: float = 0.3

    def __post_init__(self):
        check_choice("kind", self.kind, tuple(LIMITS))
        for name in ("seconds", "force", "spread"):
            check_number(name, getattr(self, name), 0.0, open_low=True)
        check_number("noise", self.noise, 0.0)

    @property
    def actions(self) -> int:
        """How many forces there are."""
        return 2 if self.kind == "double integrator" else 1

    @cached_property
    def gain(self) -> Array:
        """K ``[actions, 4]`` of the expert u = −K s: least sum of ‖s‖² + ‖u‖²/10 near rest."""
        from scipy.linalg import solve_discrete_are

        rest, idle = np.zeros((4, 4)), np.zeros((4, self.actions))
        nudges = DIFFERENCE * np.eye(4)
        drift = (self.moved(nudges, idle) - self.moved(-nudges, idle)).T / (2 * DIFFERENCE)
        pushes = DIFFERENCE * np.eye(self.actions)
        still = rest[: self.actions]
        push = (self.moved(still, pushes) - self.moved(still, -pushes)).T / (2 * DIFFERENCE)
        cost = 0.1 * np.eye(self.actions)
        value = solve_discrete_are(drift, push, np.eye(4), cost)
        return np.linalg.solve(cost + push.T @ value @ push, push.T @ value @ drift)

    def expert(self, states: Array) -> Array:
        """Return the expert's forces ``[b, actions]`` at states ``[b, 4]``, cut to what is possible."""
        return np.clip(-states @ self.gain.T, -self.force, self.force)

    def moved(self, states: Array, forces: Array) -> Array:
        """Return the states after one step without noise (fourth-order Runge-Kutta, forces held)."""
        h, forces = self.seconds, np.clip(forces, -self.force, self.force)
        first = self._speed(states, forces)
        second = self._speed(states + h / 2 * first, forces)
        third = self._speed(states + h / 2 * second, forces)
        fourth = self._speed(states + h * third, forces)
        return states + h / 6 * (first + 2 * second + 2 * third + fourth)

    def fresh(self, count: int, rng: np.random.Generator) -> Array:
        """Draw first states ``[count, 4]``."""
        return self.spread * rng.normal(size=(count, 4))

    def advance(self, states: Array, forces: Array, rng: np.random.Generator) -> Array:
        """Return the states after one noisy step; those that left the limits are drawn afresh."""
        moved = self.moved(states, forces)
        moved[:, 2:] += self.noise * rng.normal(size=(len(moved), 2))
        lost = np.any(np.abs(moved) > LIMITS[self.kind], axis=1)
        return np.where(lost[:, None], self.fresh(len(moved), rng), moved)

    def _speed(self, states: Array, forces: Array) -> Array:
        if self.kind == "double integrator":
            return np.hstack([states[:, 2:], forces])
        angle, turning = states[:, 1], states[:, 3]
        sine, cosine, mass = np.sin(angle), np.cos(angle), CART + POLE
        pushed = (forces[:, 0] + POLE * HALF_LENGTH * turning**2 * sine) / mass
        turn = (GRAVITY * sine - cosine * pushed) / (HALF_LENGTH * (4 / 3 - POLE * cosine**2 / mass))
        slide = pushed - POLE * HALF_LENGTH * turn * cosine / mass
        return np.stack([states[:, 2], turning, slide, turn], axis=1)
