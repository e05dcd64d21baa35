"""Target-based surrogates: each dear gradient in the space of outputs buys many cheap steps of parameters.

Reference: Lavington, Vaswani, Babanezhad, Schmidt, Le Roux, "Target-based surrogates for stochastic
optimization", arXiv 2302.02607. At targets z = f_B(θ) of a batch B, with g the slopes of its losses in z,
the surrogate is s(θ′) = (1/b) Σ ⟨g, f(θ′) − z⟩ + ‖f(θ′) − z‖² / (2η). With the full batch and η ≤ 1/L,
h(θ′) ≤ h(θ) + s(θ′) everywhere, so whatever lowers s lowers h.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from classical.minimisation.inner_solvers import Armijo, descend, least_squares, quasi_newton
from classical.minimisation.schedules import SCHEDULES, Schedule, scheduled
from classical.minimisation.surrogate import GEOMETRIES, Geometry, Surrogate, metric_of
from classical.minimisation.target_oracle import TargetOracle, refusal
from problems.checking import check_choice, check_integer, check_number
from problems.contract import Array, NothingFound, Solver
from problems.errors import ProblemError
from problems.minimisation.composite import CompositeProblem
from problems.run import Run

FIRST_LENGTH = 10.0  # of the first inner trial
SHORTEST, LONGEST = 1e-4, 1e4  # step in target space that a line search may find


@dataclass(frozen=True)
class TargetSurrogate(Solver[CompositeProblem, Array]):
    """Minimise a loss of a model's outputs with few gradients of the loss; the answer is the last iterate.

    A step pays for one target gradient on one batch (and, with ``line_search``, for values along it) and
    then moves θ down the surrogate, which costs only the model.

    Attributes:
        evaluations: Calls of the loss at most, gradients and line-search values alike, one batch each.
        inner_steps: m, inner steps at most after each gradient ("exact" has none).
        eta: η, the step in target space, or "1/L". With "newton", "mirror" or "adagrad" it is relative to
            their metric and must be a number. The line search starts from it.
        schedule: Of η: "constant" (full batches, interpolation), "sqrt" (η/√t) or "exp" (down to η/T).
        line_search: Backtracks η in target space until ℓ(z − η M⁻¹g) ≤ ℓ(z) − c η ⟨g, M⁻¹g⟩.
        inner: "gd": gradient descent with backtracking; "lbfgs"; "exact": least squares, of a linear model.
        geometry: Keeps targets near in the Euclidean metric, that of the second derivatives ("newton"), by
            the Kullback-Leibler divergence ("mirror"), or by summed squared slopes ("adagrad").
        batch: Rows of a batch; None for all.
        armijo: Of both backtrackings.
        inner_length: Length of every inner step of "gd", instead of backtracking; None backtracks.
        reset_length: Whether backtracking begins anew at 10 after every gradient, or goes on from where the
            inner steps before it ended.
        judged_every: Record h and the judge's metrics of every so many iterates, for curves; not paid for,
            and nothing depends on it.
    """

    evaluations: int = 200
    inner_steps: int = 20
    eta: float | Literal["1/L"] = "1/L"
    schedule: Schedule = "constant"
    line_search: bool = False
    inner: Literal["gd", "lbfgs", "exact"] = "gd"
    geometry: Geometry = "euclid"
    batch: int | None = None
    armijo: Armijo = Armijo()
    inner_length: float | None = None
    reset_length: bool = True
    judged_every: int = 0

    def __post_init__(self):
        check_integer("evaluations", self.evaluations, 1)
        check_integer("inner_steps", self.inner_steps, 1)
        check_integer("judged_every", self.judged_every, 0)
        if self.batch is not None:
            check_integer("batch", self.batch, 1)
        check_choice("schedule", self.schedule, SCHEDULES)
        check_choice("inner", self.inner, ("gd", "lbfgs", "exact"))
        check_choice("geometry", self.geometry, GEOMETRIES)
        if self.eta != "1/L":
            if isinstance(self.eta, str):
                raise ProblemError("eta", self.eta, "a positive number or '1/L'")
            check_number("eta", self.eta, 0.0, open_low=True)
        elif self.geometry != "euclid":
            raise ProblemError(
                "eta", "1/L", "a number", f"with geometry={self.geometry!r} L is not its scale"
            )
        if self.inner_length is not None:
            check_number("inner_length", self.inner_length, 0.0, open_low=True)
        if self.geometry == "mirror" and (self.line_search or self.inner == "exact"):
            field = "line_search" if self.line_search else "inner"
            raise ProblemError(field, getattr(self, field), "a geometry with a metric", "'mirror' has none")

    def unsuitable(self, problem: CompositeProblem) -> str | None:
        """Refuse a problem whose model is no cheaper than its loss, or that lacks what a field needs."""
        if problem.model_cost >= problem.target_cost:
            return (
                f"f is the dear part: a row of it costs {problem.model_cost:g} and its target gradient "
                f"{problem.target_cost:g}, so inner steps on f would save nothing (this is so where the "
                "parameters are a circuit's own angles and the loss is linear in its expectation values)"
            )
        if self.eta == "1/L" and problem.smoothness is None:
            return "eta='1/L' needs the problem's smoothness; give a number, with line_search=True if unsure"
        if self.inner == "exact" and not problem.linear:
            return "inner='exact' is a least-squares step, and f is not linear; take 'gd' or 'lbfgs'"
        if self.geometry == "newton" and not problem.curved:
            return "geometry='newton' needs the loss's second derivatives, which the problem does not give"
        if self.geometry == "mirror" and problem.potential != "softmax":
            return "geometry='mirror' is for logistic and softmax losses, and the problem's loss is neither"
        if self.geometry == "adagrad" and type(problem).at is not CompositeProblem.at:
            return "geometry='adagrad' sums slopes row by row, and the problem's rows change at every step"
        return refusal(problem, self.batch)

    def _solve(self, problem: CompositeProblem, run: Run) -> Array:
        oracle = TargetOracle(problem, run, self.evaluations, self.batch, self.judged_every)
        if problem.identity and self.inner_steps > 1:
            run.note("f is the identity, so inner steps beyond the first cannot spare any gradient")
        theta, length, eta = oracle.standing, FIRST_LENGTH, self._first_eta(problem)
        adaptive = self.geometry == "adagrad"
        squares = np.zeros((problem.count, problem.width)) if adaptive else None
        with oracle:
            for step in run.steps(self.evaluations, "target gradient"):
                rows = oracle.begin(theta)
                centre = oracle.targets(theta, rows)
                slopes = oracle.gradient(centre, rows)
                if squares is not None:
                    squares[rows] += slopes**2
                seen = None if squares is None else squares[rows]
                metric = metric_of(self.geometry, oracle, centre, rows, seen)
                if self.line_search:
                    first = eta * self.armijo.expand if step else eta
                    eta = self._searched(oracle, rows, centre, slopes, metric, first, run.seed())
                used = scheduled(eta, self.schedule, step, self.evaluations)
                surrogate = Surrogate(oracle, rows, theta, centre, slopes, used, metric)
                if self.reset_length:
                    length = FIRST_LENGTH
                theta, change, length = self._moved(surrogate, length)
                norm = float(np.linalg.norm(centre))
                oracle.stand(theta, surrogate=change, eta=used, inner_length=length, target_norm=norm)
        return oracle.standing

    def _first_eta(self, problem: CompositeProblem) -> float:
        if self.eta != "1/L":
            return float(self.eta)
        assert problem.smoothness is not None
        return 1 / problem.smoothness

    def _moved(self, surrogate: Surrogate, length: float) -> tuple[Array, float, float]:
        """Return θ after the inner steps, s there, and the last inner length."""
        if self.inner == "exact":
            return *least_squares(surrogate), length
        if self.inner == "lbfgs":
            return *quasi_newton(surrogate, self.inner_steps), length
        if self.inner_length is not None:
            return descend(surrogate, self.inner_steps, self.inner_length, None)
        return descend(surrogate, self.inner_steps, length, self.armijo)

    def _searched(
        self, oracle: TargetOracle, rows: Array, centre: Array, slopes: Array, metric: Array | None,
        eta: float, seed: int,
    ) -> float:  # fmt: skip
        """Return the η that backtracking in target space finds; every trial pays for a value."""
        assert metric is not None
        direction = slopes / metric
        wanted = self.armijo.sufficient * float(np.sum(slopes * direction)) / len(rows)
        before = oracle.value(centre, rows, seed)
        if not np.isfinite(before):
            raise NothingFound("the loss has no value where the line search begins")
        eta = min(max(eta, SHORTEST), LONGEST)
        while (
            eta > SHORTEST and not oracle.value(centre - eta * direction, rows, seed) <= before - eta * wanted
        ):
            eta = max(SHORTEST, self.armijo.shrink * eta)
        return eta
