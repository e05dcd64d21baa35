"""How closely a trajectory of consensus points follows the gradient, and at which rate.

Reference: Riedl, Klock, Geldhauser, Fornasier, arXiv 2306.09778: hops of width s at inverse temperature α are
stochastic gradient steps of rate τ = α s².
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from problems.checking import check_number, frozen_array
from problems.contract import Array
from problems.errors import ProblemError
from problems.minimisation import Minimisation

RESOLVED = 2.0  # largest z at which a rate is fitted; above it a hop is cut short by the number of samples


@dataclass(frozen=True, eq=False)
class GradientAlignment:
    """The steps of a trajectory beside the gradients at which they began.

    Attributes:
        cosine: ``[K]``, of each step with −∇E; NaN where either vanishes.
        rate: ``[K]``, ⟨step, −∇E⟩/‖∇E‖² of each step, in units of x² per unit of the objective.
        z: ``[K]``, α s ‖∇E‖: above about 1.3 the samples no longer resolve the step.
        weight: ``[K]``, ‖∇E‖².
    """

    cosine: Array
    rate: Array
    z: Array
    weight: Array

    def fitted_rate(self) -> float:
        """Return the rate τ of all steps together, by least squares of the steps on −∇E.

        Raises:
            ProblemError: If z exceeds 2 anywhere: what would be fitted is the samples' reach, not a rate.
        """
        largest = float(self.z.max(initial=0.0))
        if largest > RESOLVED:
            remedy = "take a smaller alpha or width, or leave out the steep part of the trajectory"
            raise ProblemError("z", largest, f"at most {RESOLVED:g} at every step", remedy)
        known = self.weight > 0
        return float(np.sum(self.rate[known] * self.weight[known]) / np.sum(self.weight[known]))


def gradient_alignment(trajectory: Array, gradients: Array, alpha: float, width: float) -> GradientAlignment:
    """Compare the steps of a trajectory with the gradients at which they began.

    Args:
        trajectory: Points ``[K + 1, P]``.
        gradients: ``[K, P]``, at all points but the last.
        alpha: α.
        width: s.

    Raises:
        ProblemError: If shapes or figures are not as said, or no gradient differs from zero.
    """
    points = frozen_array("trajectory", trajectory, shape=(None, None))
    if len(points) < 2:
        raise ProblemError("trajectory", f"{len(points)} points", "2 points at least")
    slopes = frozen_array("gradients", gradients, shape=(len(points) - 1, points.shape[1]))
    check_number("alpha", alpha, 0.0, open_low=True)
    check_number("width", width, 0.0, open_low=True)
    steps, weight = np.diff(points, axis=0), np.sum(slopes**2, axis=1)
    if not np.any(weight > 0):
        raise ProblemError("gradients", "all zero", "a gradient somewhere")
    along = -np.sum(steps * slopes, axis=1)
    lengths = np.linalg.norm(steps, axis=1) * np.sqrt(weight)
    nothing = np.full(len(steps), np.nan)
    return GradientAlignment(
        cosine=np.divide(along, lengths, out=nothing.copy(), where=lengths > 0),
        rate=np.divide(along, weight, out=nothing.copy(), where=weight > 0),
        z=alpha * width * np.sqrt(weight),
        weight=weight,
    )


def trajectory_of(history: Sequence[Mapping[str, Any]]) -> Array:
    """Return the consensus points ``[K, P]`` of a result's history; its last row, the answer, is no step.

    Raises:
        ProblemError: If the history has none: points of more than 64 coordinates are not kept.
    """
    points = [row["consensus"] for row in history if "consensus" in row and "spread" in row]
    if not points:
        raise ProblemError(
            "history", f"{len(history)} rows", "rows with a consensus of at most 64 coordinates"
        )
    return np.array(points, dtype=float)


def gradients_along(problem: Minimisation, points: Array) -> Array:
    """Return the gradients ``[K, P]`` of an exact problem at points ``[K, P]``.

    Raises:
        ProblemError: If it is noisy or gives none.
    """
    if problem.noisy or not problem.differentiable:
        raise ProblemError("problem", type(problem).__name__, "an exact problem that gives gradients")
    gradients = problem.evaluate(points, 0, gradient=True).gradient
    if gradients is None:
        raise ProblemError("problem", type(problem).__name__, "an exact problem that gives gradients")
    return gradients
