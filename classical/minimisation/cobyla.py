"""COBYLA: linear models on a moving simplex, no gradients; steady on slightly noisy functions.

Reference: Powell, "A direct search optimization method that models the objective and constraint functions by
linear interpolation", 1994. The implementation is SciPy's.
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


@dataclass(frozen=True)
class Cobyla(Solver[Minimisation, Array]):
    """Minimise by linear interpolation.

    Attributes:
        evaluations: How many at most.
        initial_step: Radius of the first trust region, in units of the coordinates.
        tolerance: Radius at which it stops.
    """

    evaluations: int = 100
    initial_step: float = 0.2
    tolerance: float = 1e-4

    def __post_init__(self):
        check_integer("evaluations", self.evaluations, 1)
        check_number("initial_step", self.initial_step, 0.0, open_low=True)
        check_number("tolerance", self.tolerance, 0.0, open_low=True)

    def _solve(self, problem: Minimisation, run: Run) -> Array:
        def once(evaluations: Evaluations, point: Array) -> str:
            minimize(
                lambda x: float(evaluations(np.asarray(x)[None]).mean[0]),
                point,
                method="COBYLA",
                bounds=scipy_bounds(problem),
                options={
                    "rhobeg": self.initial_step,
                    "tol": self.tolerance,
                    "maxiter": 10 * self.evaluations,
                },
            )
            return f"the trust region shrank to {self.tolerance:g}"

        return descend(problem, run, self.evaluations, once)
