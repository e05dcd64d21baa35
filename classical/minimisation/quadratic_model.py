"""Quadratic models in a trust region, each step one population: for few and noisy evaluations.

References: Sung, Yao, Harrigan, Rubin, Jiang, Lin, Babbush, McClean, "Using models to improve optimizers for
variational quantum algorithms", Quantum Science and Technology 5, 044008 (2020), for models over all
evaluations near the current point; Conn, Scheinberg, Vicente, "Introduction to derivative-free optimization"
(2009), ch. 10, for the trust region.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize

from classical.minimisation.evaluations import Evaluations
from classical.minimisation.quadratic_regression import LEAST_ROWS, Quadratic, fit_quadratic
from problems.checking import check_integer, check_number
from problems.contract import Array, Solver
from problems.minimisation import Minimisation, Values
from problems.run import Run

REMEMBERED = 3.0  # radii from the centre beyond which values are left out of the model
MOST_ROWS = 160  # values in a model; an eigendecomposition of as many rows is part of each step
TRUSTED, DISTRUSTED = 0.5, 0.25  # shares of the promised fall that widen and narrow the region
WIDER, NARROWER = 1.5, 0.5
REACHED = 0.99  # of the radius, in some coordinate: a step to the region's edge


@dataclass(frozen=True)
class QuadraticModel(Solver[Minimisation, Array]):
    """Minimise by regression on all evaluations near the current point.

    A step evaluates the model's least point in the trust region and a shell of points around it in random
    orthogonal directions, as one population, and fits the next model. Of an exact problem the region is
    centred at the lowest point seen and the answer is that point; of a noisy one both are the model's.

    Attributes:
        evaluations: How many at most.
        radius: How far the first region reaches in every coordinate.
        population: Points per step; None for P / 2 + 4.
        tolerance: Radius at which it stops.
    """

    evaluations: int = 150
    radius: float = 0.3
    population: int | None = None
    tolerance: float = 1e-6

    def __post_init__(self):
        check_integer("evaluations", self.evaluations, 1)
        check_number("radius", self.radius, 0.0, open_low=True)
        if self.population is not None:
            check_integer("population", self.population, LEAST_ROWS)
        check_number("tolerance", self.tolerance, 0.0, open_low=True)

    def _solve(self, problem: Minimisation, run: Run) -> Array:
        evaluations = Evaluations(problem, run, self.evaluations)
        size = self.population or problem.dimension // 2 + 4
        region = TrustRegion(problem, evaluations.start, self.radius)
        with evaluations:
            for _ in run.steps(self.evaluations, "model"):
                count = max(1, min(size, evaluations.left))
                rows = np.vstack([region.centre, shell(region.centre, region.radius, count - 1, run.rng)])
                rows = evaluations.clipped(rows)
                region.add(rows, evaluations(rows))
                if len(region.values) < LEAST_ROWS:
                    continue
                if not problem.noisy:
                    region.centre = evaluations.lowest
                region.resize(floor=self.tolerance / 2)
                why = f"the trust region shrank to {self.tolerance:g}"
                if run.converged(region.radius < self.tolerance, why):
                    break
                region.move()
                evaluations.stand(region.centre)
        return evaluations.settle()


class TrustRegion:
    """A centre ``[P]``, a radius, all values so far, and what the last model promised of the step here."""

    def __init__(self, problem: Minimisation, centre: Array, radius: float):
        self._problem = problem
        self.centre, self.radius = centre, radius
        self.points, self.values = np.zeros((0, len(centre))), np.zeros(0)
        self._before, self._least, self._promised = centre, np.inf, math.inf  # nothing was promised yet
        self._count, self._error = 0, None
        self._model: Quadratic | None = None  # of the present centre and radius

    def add(self, rows: Array, outcome: Values) -> None:
        """Take in a population; points without a value are left out."""
        there = np.isfinite(outcome.mean)
        self.points = np.vstack([self.points, rows[there]])
        self.values = np.append(self.values, outcome.mean[there])
        reported = None if outcome.error is None else float(np.sqrt(np.mean(outcome.error**2)))
        self._count, self._error = len(rows), reported if self._problem.noisy else 0.0

    def resize(self, floor: float) -> None:
        """Widen or narrow by how much of the promised fall came true.

        Exact problems narrow it after a short step too. On noisy ones a region is not narrowed where the next
        one would show noise alone: its curvature would make less of a difference than a population's error.
        """
        if self._promised == math.inf:
            return
        model = self._model = self.model()
        fall = self._least - self.values.min()
        if self._problem.noisy:
            fall = model.value(self._units(self._before)) - model.constant
        step = float(np.abs(self.centre - self._before).max()) / self.radius
        bend = NARROWER**2 * 0.5 * float(np.linalg.norm(model.hessian)) / math.sqrt(len(self.centre))
        blur = (model.noise if self._error is None else self._error) / math.sqrt(self._count)
        failed = fall < DISTRUSTED * self._promised or self._promised <= 0
        if step > REACHED and fall >= TRUSTED * self._promised:
            self.radius, self._model = WIDER * self.radius, None
        elif blur == 0 and (failed or step < NARROWER**2) or failed and blur < bend:
            self.radius, self._model = max(NARROWER * self.radius, floor), None

    def move(self) -> None:
        """Go to the model's least point in the region and the bounds, found by descent from the centre."""
        model = self._model or self.model()
        low, high = np.full_like(self.centre, -self.radius), np.full_like(self.centre, self.radius)
        if self._problem.bounds is not None:
            low = np.maximum(low, self._problem.bounds[0] - self.centre)
            high = np.minimum(high, self._problem.bounds[1] - self.centre)
        scale = self.radius * np.sqrt(len(self.centre))
        steepness = max(float(np.linalg.norm(model.slope)), np.finfo(float).tiny)  # the descent stops by size
        found = minimize(
            lambda u: (
                0.5 * (u @ (model.slope + model.gradient(u))) / steepness,
                model.gradient(u) / steepness,
            ),
            np.zeros_like(self.centre),
            jac=True,
            method="L-BFGS-B",
            bounds=list(zip(low / scale, high / scale, strict=True)),
        )
        self._before, self._least = self.centre, float(self.values.min())
        self.centre = self.centre + np.clip(found.x * scale, low, high)
        self._promised = model.constant - model.value(self._units(self.centre) - self._units(self._before))

    def model(self) -> Quadratic:
        """Return the quadratic around the centre, in units in which the shell has radius one."""
        u = self._units(self.points)
        distance = np.linalg.norm(u, axis=1)
        count = int(np.clip(np.sum(distance <= REMEMBERED), LEAST_ROWS, MOST_ROWS))
        near = np.argsort(distance, kind="stable")[:count]
        # what a quadratic leaves out grows with the cube of the distance
        return fit_quadratic(u[near], self.values[near], np.maximum(1.0, distance[near]) ** -6.0)

    def _units(self, points: Array) -> Array:
        return (points - self.centre) / (self.radius * np.sqrt(len(self.centre)))


def shell(centre: Array, radius: float, count: int, rng: np.random.Generator) -> Array:
    """Return points ``[count, P]`` in random orthogonal directions, a root mean square of ``radius`` away."""
    dimension = len(centre)
    draws = []
    while len(draws) * dimension < count:
        frame, triangle = np.linalg.qr(rng.normal(size=(dimension, dimension)))
        draws.append(frame * np.sign(np.diag(triangle)))
    directions = np.concatenate(draws)[:count] if draws else np.zeros((0, dimension))
    return centre + radius * np.sqrt(dimension) * directions
