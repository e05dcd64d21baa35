"""SPSA: stochastic approximation from two evaluations a step, whatever the dimension.

Reference: Spall, "Implementation of the simultaneous perturbation algorithm for stochastic optimization",
1998. The gains are a_k = a / (k + 1 + A)^α and c_k = c / (k + 1)^γ.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass

import numpy as np

from classical.minimisation.evaluations import Evaluations, EvaluationsUsedUp
from problems.checking import check_integer, check_number
from problems.contract import Array, Solver
from problems.minimisation import Minimisation
from problems.run import Run

PROBES = 5  # pairs of evaluations that set the size of the first step
AVERAGED_SHARE = 0.1  # of the steps, at the end, whose iterates are averaged into the answer


@dataclass(frozen=True)
class Spsa(Solver[Minimisation, Array]):
    """Minimise by random simultaneous perturbations; both points of a step are one population.

    The answer is the average of the last iterates, measured afresh where the problem is noisy. Of an exact
    problem it is the lowest point seen; the start and that average are among them.

    Attributes:
        evaluations: How many at most, those that set the gains and confirm the answer included.
        first_step: How far the first step moves each coordinate on average; it sets a.
        perturbation: c; on noisy problems about the size at which the noise is drowned.
        alpha: Decay of the steps.
        gamma: Decay of the perturbations.
        stability: A, as a share of the number of steps.
    """

    evaluations: int = 300
    first_step: float = 0.1
    perturbation: float = 0.1
    alpha: float = 0.602
    gamma: float = 0.101
    stability: float = 0.1

    def __post_init__(self):
        check_integer("evaluations", self.evaluations, 2)
        for name in ("first_step", "perturbation"):
            check_number(name, getattr(self, name), 0.0, open_low=True)
        for name in ("alpha", "gamma", "stability"):
            check_number(name, getattr(self, name), 0.0, 1.0)

    def _solve(self, problem: Minimisation, run: Run) -> Array:
        evaluations = Evaluations(problem, run, self.evaluations)
        point, trail = evaluations.start, []
        left = evaluations.left - (0 if problem.noisy else 2)  # an exact start and average are evaluated
        probes = PROBES if left >= 4 * PROBES else 1
        steps = max(0, (left - 2 * probes) // 2)
        shift = self.stability * steps
        with suppress(EvaluationsUsedUp):
            if not problem.noisy:
                evaluations(point[None])
            slopes = [slope(evaluations, point, self.perturbation, run.rng) for _ in range(probes)]
            size = float(np.mean(np.abs(slopes)))
            gain = self.first_step * (shift + 1) ** self.alpha / size if size > 0 else 0.0
            for k in run.steps(steps, "SPSA step"):
                width = self.perturbation / (k + 1) ** self.gamma
                gradient = slope(evaluations, point, width, run.rng)
                point = evaluations.clipped(point - gain / (k + 1 + shift) ** self.alpha * gradient)
                trail.append(point)
        last = trail[-max(1, round(AVERAGED_SHARE * len(trail))) :]
        answer = np.mean(last, axis=0) if last else point
        if not problem.noisy:
            with suppress(EvaluationsUsedUp):
                evaluations(answer[None])
        return evaluations.settle(answer)


def slope(evaluations: Evaluations, x: Array, width: float, rng: np.random.Generator) -> Array:
    """Return the simultaneous-perturbation estimate ``[P]`` of the gradient."""
    signs = rng.choice([-1.0, 1.0], len(x))
    mean = evaluations(np.stack([x + width * signs, x - width * signs])).mean
    return (mean[0] - mean[1]) / (2 * width) * signs
