"""SPSA: stochastic approximation from two evaluations a step, whatever the dimension.

Reference: Spall, "Implementation of the simultaneous perturbation algorithm for stochastic optimization",
1998. The gains are a_k = a / (k + 1 + A)^α and c_k = c / (k + 1)^γ.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from classical.minimisation.evaluations import Evaluations, tail_mean
from problems.checking import check_integer, check_number
from problems.contract import Array, Solver
from problems.minimisation import Minimisation
from problems.run import Run

PROBES = 5  # pairs of evaluations that set the size of the first step


@dataclass(frozen=True)
class Spsa(Solver[Minimisation, Array]):
    """Minimise by random simultaneous perturbations; both points of a step are one population, and so are
    the pairs that set the gains.

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
        others = 0 if problem.noisy else 2  # an exact start and average are evaluated
        left = evaluations.left - others
        probes = PROBES if left >= 4 * PROBES else min(1, left // 2)
        steps = max(0, (left - 2 * probes) // 2)
        shift = self.stability * steps
        with evaluations:
            if not problem.noisy:
                evaluations(point[None])
            gain = self._gain(evaluations, probes, shift, run) if probes else 0.0
            for k in run.steps(steps, "SPSA step"):
                width = self.perturbation / (k + 1) ** self.gamma
                (gradient,) = slopes_at(evaluations, point, width, 1, run.rng)
                point = evaluations.clipped(point - gain / (k + 1 + shift) ** self.alpha * gradient)
                trail.append(point)
                evaluations.stand(tail_mean(trail))
        if not problem.noisy:
            with evaluations:
                evaluations(evaluations.standing[None])
        return evaluations.settle()

    def _gain(self, evaluations: Evaluations, probes: int, shift: float, run: Run) -> float:
        """Return the gain a that makes the first step as long as asked for."""
        slopes = slopes_at(evaluations, evaluations.start, self.perturbation, probes, run.rng)
        size = float(np.mean(np.abs(slopes)))
        return self.first_step * (shift + 1) ** self.alpha / size if size > 0 else 0.0


def slopes_at(
    evaluations: Evaluations, x: Array, width: float, count: int, rng: np.random.Generator
) -> Array:
    """Return simultaneous-perturbation estimates ``[count, P]`` of the gradient at x ``[P]``, from one
    population of mirrored pairs; zero from a pair without a value.
    """
    signs = rng.choice([-1.0, 1.0], (count, len(x)))
    mean = evaluations(np.concatenate([x + width * signs, x - width * signs])).mean
    rise = mean[:count] - mean[count:]
    return np.where(np.isfinite(rise), rise / (2 * width), 0.0)[:, None] * signs
