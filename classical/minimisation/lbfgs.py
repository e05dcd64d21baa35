"""L-BFGS-B: quasi-Newton steps from exact gradients, or from central differences taken as one population.

Reference: Byrd, Lu, Nocedal, Zhu, "A limited memory algorithm for bound constrained optimization", 1995. The
implementation is SciPy's.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize

from classical.minimisation.evaluations import Evaluations, descend, scipy_bounds
from problems.checking import check_integer, check_number
from problems.contract import Array, Solver
from problems.minimisation import Minimisation
from problems.run import Run

DIFFERENCE = 6e-6  # the cube root of the double-precision unit: where a central difference errs least


@dataclass(frozen=True)
class Lbfgs(Solver[Minimisation, Array]):
    """Minimise by quasi-Newton steps.

    Attributes:
        evaluations: How many at most. A gradient that the problem gives comes with its evaluation; one by
            differences takes 2P + 1.
        tolerance: Largest entry of the projected gradient at which it stops.
    """

    evaluations: int = 200
    tolerance: float = 1e-6

    def __post_init__(self):
        check_integer("evaluations", self.evaluations, 1)
        check_number("tolerance", self.tolerance, 0.0, open_low=True)

    def unsuitable(self, problem: Minimisation) -> str | None:
        """Refuse noise, and a budget too small for one gradient."""
        if problem.noisy:
            return "differences of noisy values are no gradients; Spsa or Cobyla can take it"
        needed = 1 if problem.differentiable else 2 * problem.dimension + 1
        if self.evaluations < needed:
            return f"one gradient takes {needed} evaluations, and evaluations={self.evaluations}"
        return None

    def _solve(self, problem: Minimisation, run: Run) -> Array:
        def once(evaluations: Evaluations, point: Array) -> str:
            slope = exact_slope if problem.differentiable else central_slope
            ended = minimize(
                lambda x: slope(evaluations, np.asarray(x)),
                point,
                jac=True,
                method="L-BFGS-B",
                bounds=scipy_bounds(problem),
                options={"gtol": self.tolerance, "ftol": 1e-15, "maxiter": self.evaluations, "maxfun": 10**6},
            )
            return f"L-BFGS-B: {ended.message}"

        return descend(problem, run, self.evaluations, once)


def exact_slope(evaluations: Evaluations, x: Array) -> tuple[float, Array]:
    """Return the value and the gradient ``[P]`` that the problem gives."""
    values = evaluations(x[None], gradient=True)
    assert values.gradient is not None
    return float(values.mean[0]), np.array(values.gradient[0], dtype=float)


def central_slope(evaluations: Evaluations, x: Array) -> tuple[float, Array]:
    """Return the value and the central differences ``[P]``, all points in one population."""
    steps = DIFFERENCE * np.maximum(1.0, np.abs(x))
    shifts = np.diag(steps)
    above, below = evaluations.clipped(x + shifts), evaluations.clipped(x - shifts)  # one-sided at a bound
    mean = evaluations(np.vstack([x, above, below])).mean
    rise, width = mean[1 : 1 + len(x)] - mean[1 + len(x) :], np.diag(above - below)
    return float(mean[0]), np.divide(rise, width, out=np.zeros_like(rise), where=width > 0)
