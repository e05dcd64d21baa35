"""Fit the weights of an operation to examples of a bilinear map.

Weights per path make a linear model, fitted by linear least squares. Weights per degree enter as products of
three, fitted by alternating least squares: each of the three factors is exact given the others.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from classical.equivariance.clebsch_gordan_product import ClebschGordanProduct
from classical.equivariance.operation import SphericalOperation
from problems.checking import check_integer, check_number
from problems.contract import Array, Solver
from problems.equivariance.bilinear import TargetBilinear, path_output
from problems.equivariance.coupling_measures import path_coefficients
from problems.run import Run

SINGULAR = 1e-12  # relative singular values below which a direction of weights does nothing


@dataclass(frozen=True)
class FitBilinear(Solver[TargetBilinear, Array]):
    """Fit an operation's weights to the examples; the answer is the weight of each path.

    Attributes:
        operation: Any; its degrees are replaced by those of the problem.
        restarts: Random starts of the alternating fit.
        iterations: Rounds of three factors at most, per start.
        tolerance: A relative decrease of the error below which a start has settled.
    """

    operation: SphericalOperation = ClebschGordanProduct()
    restarts: int = 8
    iterations: int = 500
    tolerance: float = 1e-10

    def __post_init__(self):
        check_integer("restarts", self.restarts, 1)
        check_integer("iterations", self.iterations, 1)
        check_number("tolerance", self.tolerance, 0.0)

    def _solve(self, problem: TargetBilinear, run: Run) -> Array:
        operation = replace(
            self.operation, lmax1=problem.lmax1, lmax2=problem.lmax2, lmax_out=problem.lmax_out,
            degrees1=None, degrees2=None, degrees_out=None,
        )  # fmt: skip
        run.offer(np.zeros(len(problem.paths)))
        _, coefficients = path_coefficients(operation)
        normal = Normal.of(problem)
        if operation.weights_per_path:
            run.offer(normal.best(np.diag(coefficients)))
            return run.best
        for start in run.steps(self.restarts, "restart"):
            found, rounds = self._alternate(normal, coefficients, problem, run)
            run.offer(found)
            run.spent(least_squares=3 * rounds)
            run.record(restart=start, error=normal.error(found), rounds=rounds)
        return run.best

    def _alternate(
        self, normal: Normal, coefficients: Array, problem: TargetBilinear, run: Run
    ) -> tuple[Array, int]:
        """Return the weights of paths of one start, and how many rounds it took."""
        paths = np.array(problem.paths)
        tops = problem.lmax1, problem.lmax2, problem.lmax_out
        chosen = [np.eye(top + 1)[paths[:, k]] for k, top in enumerate(tops)]
        weights = [run.rng.normal(size=top + 1) for top in tops]
        found, before = np.zeros(len(paths)), np.inf
        for step in range(self.iterations):
            for k in range(3):
                others = np.prod([chosen[j] @ weights[j] for j in range(3) if j != k], axis=0)
                design = (coefficients * others)[:, None] * chosen[k]
                weights[k] = normal.solve(design)
                found = design @ weights[k]
                weights[k] = weights[k] / (np.linalg.norm(weights[k]) or 1.0)  # the scale is a gauge
            error = normal.error(found)
            if error >= (1 - self.tolerance) * before or run.out_of_time():
                return found, step + 1
            before = error
        return found, self.iterations


@dataclass(frozen=True)
class Normal:
    """The examples as a quadratic function of the weights of paths, by a square root of its matrix.

    Attributes:
        root: R ``[P, P]`` with RᵀR the matrix of products of paths' outputs.
        target: ``[P]``: the outputs in the coordinates of R.
        scale: The norm of all outputs.
        left: The squared part of the outputs that no weights reach.
    """

    root: Array
    target: Array
    scale: float
    left: float

    @classmethod
    def of(cls, problem: TargetBilinear) -> Normal:
        """Reduce a problem's examples by a QR factorisation, which keeps the digits that products lose."""
        x, y, z = problem.example_pairs()
        columns = np.zeros((z.size, len(problem.paths)))
        for k, path in enumerate(problem.paths):
            full = np.zeros(z.shape)
            full[:, sum(path) % 2, path[2] ** 2 : (path[2] + 1) ** 2] = path_output(x, y, path)
            columns[:, k] = full.ravel()
        directions, root = np.linalg.qr(columns)
        target = directions.T @ z.ravel()
        scale = float(np.linalg.norm(z))
        return cls(root, target, scale, max(0.0, scale**2 - float(target @ target)))

    def solve(self, design: Array) -> Array:
        """Return the weights w of least error for weights of paths ``design @ w``."""
        return np.linalg.lstsq(self.root @ design, self.target, rcond=SINGULAR)[0]

    def best(self, design: Array) -> Array:
        """Return the weights of paths of least error in the span of ``design``."""
        return design @ self.solve(design)

    def error(self, weights: Array) -> float:
        """Return the relative error on the examples."""
        return float(np.sqrt(np.sum((self.root @ weights - self.target) ** 2) + self.left) / self.scale)
