"""Nelder–Mead: a simplex that reflects, stretches and shrinks.

Reference: Nelder, Mead, "A simplex method for function minimization", 1965. The implementation is SciPy's,
with the dimension-dependent coefficients of Gao and Han (2012).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize

from classical.minimisation.evaluations import Evaluations, clipped, descend, scipy_bounds
from problems.checking import check_integer, check_number
from problems.contract import Array, Solver
from problems.minimisation import Minimisation
from problems.run import Run


@dataclass(frozen=True)
class NelderMead(Solver[Minimisation, Array]):
    """Minimise by a simplex.

    Attributes:
        evaluations: How many at most.
        initial_step: Edge of the first simplex, in units of the coordinates.
        tolerance: Spread of the simplex, in coordinates and in values, at which it stops.
    """

    evaluations: int = 200
    initial_step: float = 0.2
    tolerance: float = 1e-6

    def __post_init__(self):
        check_integer("evaluations", self.evaluations, 1)
        check_number("initial_step", self.initial_step, 0.0, open_low=True)
        check_number("tolerance", self.tolerance, 0.0, open_low=True)

    def _solve(self, problem: Minimisation, run: Run) -> Array:
        def once(evaluations: Evaluations, point: Array) -> str:
            simplex = np.vstack([point, point + self.initial_step * np.eye(len(point))])
            outside = np.any(simplex != clipped(problem, simplex), axis=1)
            simplex[outside] = clipped(problem, 2 * point - simplex[outside])  # step inwards at a bound
            minimize(
                lambda x: float(evaluations(np.asarray(x)[None]).mean[0]),
                point,
                method="Nelder-Mead",
                bounds=scipy_bounds(problem),
                options={
                    "initial_simplex": simplex,
                    "adaptive": True,
                    "xatol": self.tolerance,
                    "fatol": self.tolerance,
                    "maxfev": 10 * self.evaluations,
                    "maxiter": 10 * self.evaluations,
                },
            )
            return f"the simplex shrank to {self.tolerance:g}"

        return descend(problem, run, self.evaluations, once)
