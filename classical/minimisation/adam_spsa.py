"""Adam on simultaneous perturbations: averaged slopes from two evaluations a step, steps that decay.

Reference: Patel, Kundu, Ostaszewski, Bonet-Monroig, Dunjko, Danaci, "Curriculum reinforcement learning for
quantum architecture search under hardware errors", arXiv 2402.03500. The gains are a_k = a / (k + 1)^α and
c_k = c / (k + 1)^γ, the decay of the averaged slopes is β₁ / (k + 1)^λ.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np

from classical.minimisation.evaluations import Evaluations, tail_mean
from problems.checking import check_choice, check_integer, check_number
from problems.contract import Array, Solver
from problems.minimisation import Minimisation
from problems.run import Run

TINY = 1e-8  # keeps a step finite where all slopes vanished


@dataclass(frozen=True)
class AdamSpsa(Solver[Minimisation, Array]):
    """Minimise by Adam's averages of simultaneous-perturbation slopes, as trained for short circuits.

    The defaults are the constants of the reference for its three-qubit molecule: energies and angles of order
    one.

    Attributes:
        evaluations: How many at most: a step's and one for the answer are the least.
        rate: a, the length of a first averaged step in each coordinate.
        alpha: Decay of the rate.
        perturbation: c.
        gamma: Decay of the perturbations.
        first: Decay of the average of slopes, β₁.
        fading: λ; how fast that average forgets its past as the steps go on.
        second: Decay of the average of their squares, β₂.
        plain_steps: So many steps at the beginning go along the slope itself, a_k times its length. The
            reference takes one where its shots are constant; steep functions are thrown far off by it.
        answer: "lowest": every iterate is evaluated together with its pair, three evaluations a step, and the
            lowest is the answer. "average": the mean of the last iterates, two evaluations a step. On noisy
            problems either is measured afresh, on exact ones it is the lowest point seen.
    """

    evaluations: int = 300
    rate: float = 0.5597
    alpha: float = 0.9958
    perturbation: float = 0.0901
    gamma: float = 0.1530
    first: float = 0.7006
    fading: float = 0.6535
    second: float = 0.7719
    plain_steps: int = 0
    answer: Literal["lowest", "average"] = "lowest"

    def __post_init__(self):
        for name in ("rate", "perturbation"):
            check_number(name, getattr(self, name), 0.0, open_low=True)
        for name in ("alpha", "gamma", "fading"):
            check_number(name, getattr(self, name), 0.0)
        for name in ("first", "second"):
            check_number(name, getattr(self, name), 0.0, 1.0 - 1e-12)
        check_integer("plain_steps", self.plain_steps, 0)
        check_choice("answer", self.answer, ("lowest", "average"))
        check_integer("evaluations", self.evaluations, 4 if self.answer == "lowest" else 3)

    def _solve(self, problem: Minimisation, run: Run) -> Array:
        evaluations = Evaluations(problem, run, self.evaluations)
        point, trail, least = evaluations.start, [], math.inf
        evaluations.stand(point)
        mean, square = np.zeros_like(point), np.zeros_like(point)
        last = 0 if problem.noisy else 1  # an exact answer is evaluated
        steps = (evaluations.left - last) // (3 if self.answer == "lowest" else 2)
        with evaluations:
            for k in run.steps(steps, "Adam-SPSA step"):
                width = self.perturbation / (k + 1) ** self.gamma
                value, slope = self._slope(evaluations, point, width, run.rng)
                if value < least:
                    least = value
                    evaluations.stand(point)
                decay = self.first / (k + 1) ** self.fading
                mean = decay * mean + (1 - decay) * slope
                square = self.second * square + (1 - self.second) * slope**2
                step = slope
                if k >= self.plain_steps:
                    spread = np.sqrt(square / (1 - self.second ** (k + 1)))
                    step = mean / (1 - decay ** (k + 1)) / (spread + TINY)
                point = evaluations.clipped(point - self.rate / (k + 1) ** self.alpha * step)
                trail.append(point)
                if self.answer == "average":
                    evaluations.stand(tail_mean(trail))
        if not problem.noisy:
            with evaluations:
                evaluations(point[None] if self.answer == "lowest" else evaluations.standing[None])
        return evaluations.settle()

    def _slope(
        self, evaluations: Evaluations, x: Array, width: float, rng: np.random.Generator
    ) -> tuple[float, Array]:
        """Return the value at x (infinite if not asked for) and the estimate ``[P]`` of the gradient there,
        from one population; zero from a pair without a value.
        """
        signs = rng.choice([-1.0, 1.0], len(x))
        rows = [x + width * signs, x - width * signs]
        if self.answer == "lowest":
            rows.append(x)
        mean = evaluations(np.stack(rows)).mean
        value = float(mean[2]) if self.answer == "lowest" else math.inf
        rise = mean[0] - mean[1]
        return value, (rise / (2 * width) if np.isfinite(rise) else 0.0) * signs
