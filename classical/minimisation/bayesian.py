"""Bayesian optimization: a Gaussian process of the values, and the points where it expects to improve most.

References: Jones, Schonlau, Welch, "Efficient global optimization of expensive black-box functions" (1998),
for the expected improvement; Ginsbourger, Le Riche, Carraro, "Kriging is well-suited to parallelize
optimization" (2010), for batches that believe the mean; Ament, Daulton, Eriksson, Balandat, Bakshy, arXiv
2310.20708, for its logarithm.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize
from scipy.special import erfcx, log_ndtr

from classical.minimisation.evaluations import Evaluations
from classical.minimisation.gaussian_process import GaussianProcess, fit_process
from problems.checking import check_integer, check_number
from problems.contract import Array, Solver
from problems.minimisation import Minimisation
from problems.run import Run

CANDIDATES = 256  # points spread over the box, from which the search for a next one begins
NEIGHBOURS = (0.1, 0.01, 0.001)  # of the box: deviations of as many candidates again around the best point
REFINED = 2  # candidates that are improved by descent
ROUNDS = {"maxiter": 20}  # of that descent
REFITTED = 1.1  # growth of the values after which the kernel is fitted again
GUESS = 0.25  # of the box: length of the kernel where the values say nothing
MOST_EVALUATIONS = 1000  # the cost of a step grows with the cube of them


@dataclass(frozen=True)
class BayesianOptimization(Solver[Minimisation, Array]):
    """Minimise functions whose every value is dear, in few dimensions.

    The box it searches is the bounds; one period around the best point where a coordinate is periodic;
    elsewhere ``reach`` to both sides of that point, and it moves along. Periodic coordinates are circles for
    the model. Of a noisy problem "best" is where the model's mean is least, and the answer is measured there.

    Attributes:
        evaluations: How many at most; 1000 and fewer.
        initial: Points of the first population, a Latin hypercube and the start; None for 2P + 2.
        batch: Points of every later population.
        reach: How far to look at once where there are neither bounds nor a period.
        tolerance: Largest expected improvement, in units of the model's amplitude, at which it stops, where
            exact.
    """

    evaluations: int = 60
    initial: int | None = None
    batch: int = 4
    reach: float = 2.0
    tolerance: float = 1e-10

    def __post_init__(self):
        check_integer("evaluations", self.evaluations, 1, MOST_EVALUATIONS)
        if self.initial is not None:
            check_integer("initial", self.initial, 2)
        check_integer("batch", self.batch, 1)
        for name in ("reach", "tolerance"):
            check_number(name, getattr(self, name), 0.0, open_low=True)

    def _solve(self, problem: Minimisation, run: Run) -> Array:
        evaluations = Evaluations(problem, run, self.evaluations)
        rows = self._design(problem, evaluations.start, run.rng)[: max(1, evaluations.left)]
        points, values = np.zeros((0, problem.dimension)), np.zeros(0)
        model, best = None, evaluations.start
        with evaluations:
            for _ in run.steps(self.evaluations, "model"):
                mean = evaluations(rows).mean
                there = np.isfinite(mean)
                points, values = np.vstack([points, rows[there]]), np.append(values, mean[there])
                box = self._box(problem, best)
                if len(values) < 2:
                    rows = spread(box, min(self.batch, max(1, evaluations.left)), run.rng)
                    continue
                model = updated(model, points, values, problem, GUESS * (box[1] - box[0]))
                best = evaluations.lowest
                if problem.noisy:
                    best = least_mean(model, box)
                    evaluations.stand(best)
                rows, worth = self._next(model, self._box(problem, best), best, evaluations, problem, run)
                why = f"no improvement above {self.tolerance:g} of the amplitude is expected"
                if not problem.noisy and run.converged(not worth, why):
                    break
        return evaluations.settle()

    def _design(self, problem: Minimisation, start: Array, rng: np.random.Generator) -> Array:
        size = self.initial or 2 * problem.dimension + 2
        return np.vstack([start, spread(self._box(problem, start), size - 1, rng)])

    def _box(self, problem: Minimisation, best: Array) -> tuple[Array, Array]:
        """Return the lower and upper ends ``[P]`` of what is searched."""
        half = np.full_like(best, self.reach)
        if problem.period is not None:
            half = np.where(np.asarray(problem.period) > 0, np.asarray(problem.period) / 2, half)
        low, high = best - half, best + half
        if problem.bounds is None:
            return low, high
        lowest, highest = (np.asarray(side, dtype=float) for side in problem.bounds)
        boxed = np.isfinite(lowest) & np.isfinite(highest)
        low, high = np.where(boxed, lowest, low), np.where(boxed, highest, high)
        return np.maximum(low, lowest), np.minimum(high, highest)

    def _next(
        self, model: GaussianProcess, box: tuple[Array, Array], best: Array, evaluations: Evaluations,
        problem: Minimisation, run: Run,
    ) -> tuple[Array, bool]:  # fmt: skip
        """Return the next population, and whether its first point is worth its evaluation."""
        worth = np.log(self.tolerance) + 0.5 * np.log(model.level[2])
        level = float(model.predict(best[None])[0][0]) if problem.noisy else float(model.values.min())
        rows, hopes = [], []
        for _ in range(min(self.batch, max(1, evaluations.left))):
            point, gain = most_improving(model, box, best, level, run.rng)
            if rows and not problem.noisy and gain < worth:
                break  # the batch has taken what there is to hope for
            hopes.append(gain)
            rows.append(point)
            model = model.believing(point)
        return np.array(rows), hopes[0] >= worth


def updated(
    model: GaussianProcess | None, points: Array, values: Array, problem: Minimisation, guess: Array
) -> GaussianProcess:
    """Return the model of all values; its kernel is fitted again when they have grown by a tenth."""
    period = np.zeros(points.shape[1]) if problem.period is None else np.asarray(problem.period, dtype=float)
    guess = np.where(guess > 0, guess, 1.0)  # a coordinate without room
    if model is not None and len(values) < REFITTED * len(model.values):
        return GaussianProcess(points, values, model.lengths, model.noise, period)
    return fit_process(points, values, period, guess, problem.noisy, model)


def spread(box: tuple[Array, Array], count: int, rng: np.random.Generator) -> Array:
    """Return a Latin hypercube ``[count, P]`` in a box."""
    cells = np.stack([rng.permutation(count) for _ in box[0]], axis=1)
    return box[0] + (box[1] - box[0]) * (cells + rng.random(cells.shape)) / max(1, count)


def most_improving(
    model: GaussianProcess, box: tuple[Array, Array], best: Array, level: float, rng: np.random.Generator
) -> tuple[Array, float]:
    """Return the point ``[P]`` of the largest expected improvement on a level, and its logarithm."""
    width = box[1] - box[0]
    near = [best + share * width * rng.normal(size=(CANDIDATES // 4, len(best))) for share in NEIGHBOURS]
    candidates = np.clip(np.vstack([spread(box, CANDIDATES, rng), *near]), *box)
    mean, deviation = model.predict(candidates)
    hopes = log_improvement((level - mean) / deviation) + np.log(deviation)

    def cost(x: Array) -> tuple[float, Array]:
        mean, deviation, rise, stretch = model.slopes(x)
        z = (level - mean) / deviation
        log = log_improvement(np.array(z))
        odds = np.exp(log_ndtr(z) - log)  # d log h / dz
        return -float(log + np.log(deviation)), (odds * (rise + z * stretch) - stretch) / deviation

    found, most = candidates[np.argmax(hopes)], float(hopes.max())
    for k in np.argsort(-hopes, kind="stable")[:REFINED]:
        end = minimize(
            cost,
            candidates[k],
            jac=True,
            method="L-BFGS-B",
            bounds=list(zip(*box, strict=True)),
            options=ROUNDS,
        )
        if -end.fun > most:
            found, most = np.clip(end.x, *box), -float(end.fun)
    return found, most


def log_improvement(z: Array) -> Array:
    """Return log(φ(z) + z Φ(z)), exact far below zero too."""
    z = np.asarray(z, dtype=float)
    density = -0.5 * z**2 - 0.5 * np.log(2 * np.pi)
    above = np.maximum(z, -1.0)
    plain = np.log(np.exp(-0.5 * above**2) / np.sqrt(2 * np.pi) + above * np.exp(log_ndtr(above)))
    middle = np.clip(z, -1e4, -1.0)  # 1 + z Φ/φ; further down it is 1/z² in double precision
    tail = np.log(np.maximum(1 + middle * np.sqrt(np.pi / 2) * erfcx(-middle / np.sqrt(2)), 1e-300))
    far = -2 * np.log(np.maximum(np.abs(z), 1.0))
    return np.where(z > -1.0, plain, density + np.where(z < -1e4, far, tail))


def least_mean(model: GaussianProcess, box: tuple[Array, Array]) -> Array:
    """Return the point ``[P]`` of the least mean, by descent from the best of the model's points."""
    middle, scale = model.level[0], np.sqrt(model.level[2])
    begin = np.clip(model.points[np.argmin(model.predict(model.points)[0])], *box)

    def cost(x: Array) -> tuple[float, Array]:
        mean, _, rise, _ = model.slopes(x)
        return (mean - middle) / scale, rise / scale

    return np.clip(
        minimize(cost, begin, jac=True, method="L-BFGS-B", bounds=list(zip(*box, strict=True))).x, *box
    )
