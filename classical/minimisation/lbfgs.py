"""L-BFGS-B: quasi-Newton steps from exact gradients, or from central differences taken as one population.

Reference: Byrd, Lu, Nocedal, Zhu, "A limited memory algorithm for bound constrained optimization", 1995. The
implementation is SciPy's.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize

from classical.minimisation.evaluations import Evaluations, descend, scipy_bounds
from classical.minimisation.slopes import central_slope, exact_slope
from problems.checking import check_integer, check_number
from problems.contract import Array, Solver
from problems.minimisation import Minimisation
from problems.run import Run


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
