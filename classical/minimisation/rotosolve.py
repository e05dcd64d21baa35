"""Rotosolve: each coordinate to its exact minimum in turn, from the few values that fix a trigonometric line.

References: Ostaszewski, Grant, Benedetti, "Structure optimization for parameterized quantum circuits",
Quantum 5, 391 (2021), for degree 1; Wierichs, Izaac, Wang, Lin, "General parameter-shift rules for quantum
gradients", Quantum 6, 677 (2022), for higher degrees.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from classical.minimisation.evaluations import Evaluations
from problems.checking import check_choice, check_integer, check_number
from problems.contract import Array, Solver
from problems.minimisation import Minimisation
from problems.run import Run


@dataclass(frozen=True)
class Rotosolve(Solver[Minimisation, Array]):
    """Minimise coordinate by coordinate, exactly; no step size, no gradient.

    A trigonometric polynomial of degree R is fixed by 2R + 1 values at equal distances; they are one
    population. On exact problems the value at the current point is known from the coordinate before, so 2R
    new ones do.

    Attributes:
        evaluations: How many at most.
        shuffle: Draw the order of the coordinates anew in every sweep.
        tolerance: Fall of the value over a sweep at which it stops, relative to its size, where exact.
    """

    evaluations: int = 300
    shuffle: bool = False
    tolerance: float = 1e-9

    def __post_init__(self):
        check_integer("evaluations", self.evaluations, 1)
        check_choice("shuffle", self.shuffle, (True, False))
        check_number("tolerance", self.tolerance, 0.0, open_low=True)

    def unsuitable(self, problem: Minimisation) -> str | None:
        """Refuse bounds, and coordinates along which the function is not known to be trigonometric."""
        if problem.degree is None or problem.period is None or np.any(np.asarray(problem.degree) < 1):
            return "it takes functions that are trigonometric along every coordinate (degree and period)"
        return None if problem.bounds is None else "it knows no bounds"

    def _solve(self, problem: Minimisation, run: Run) -> Array:
        assert problem.degree is not None
        assert problem.period is not None
        evaluations = Evaluations(problem, run, self.evaluations)
        point, value, before = evaluations.start, None, np.inf
        with evaluations:
            for _ in run.steps(self.evaluations, "sweep"):
                order = np.arange(problem.dimension)
                if self.shuffle:
                    order = run.rng.permutation(order)
                for k in order.tolist():
                    known = None if problem.noisy else value
                    period, degree = float(problem.period[k]), int(problem.degree[k])
                    values = self._line(evaluations, point, k, period, degree, known)
                    angle, value = lowest(values)
                    point = point.copy()
                    point[k] += period * angle / (2 * np.pi)
                    evaluations.stand(point)
                fall = before - value if value is not None else np.inf
                if not problem.noisy and run.converged(
                    fall <= self.tolerance * max(1.0, abs(value or 0.0)), "a sweep brought nothing"
                ):
                    break
                before = np.inf if value is None else value
        if not problem.noisy:
            with evaluations:
                evaluations(point[None])
        return evaluations.settle()

    def _line(
        self, evaluations: Evaluations, point: Array, k: int, period: float, degree: int, known: float | None
    ) -> Array:
        """Return the values ``[2R + 1]`` at equal distances along coordinate k, the first at the point."""
        count = 2 * degree + 1
        rows = np.repeat(point[None], count, axis=0)
        rows[:, k] += period * np.arange(count) / count
        if known is None:
            return np.array(evaluations(rows).mean, dtype=float)
        return np.append(known, evaluations(rows[1:]).mean)


def lowest(values: Array) -> tuple[float, float]:
    """Return where in [−π, π] a trigonometric polynomial is least, and its value there.

    Args:
        values: ``[2R + 1]`` at the angles 2πj / (2R + 1).
    """
    count = len(values)
    spectrum = np.fft.rfft(values) / count
    orders = np.arange(len(spectrum))
    if len(spectrum) == 2:
        angle = float(np.angle(spectrum[1]))  # a + 2|c| cos(φ + arg c) is least where φ + arg c = π
        angles = np.array([np.pi - angle])
    else:
        # the derivative is Σ_k i k c_k z^k over z = e^(iφ), a polynomial after z^R
        slopes = 1j * orders[1:] * spectrum[1:]
        roots = (
            np.roots(np.concatenate([slopes[::-1], [0.0], np.conj(slopes)])) if np.any(slopes) else np.ones(1)
        )
        angles = np.angle(roots)
    curve = spectrum[0].real + 2 * np.real(np.exp(1j * np.outer(angles, orders[1:])) @ spectrum[1:])
    best = int(np.argmin(curve))
    wrapped = (angles[best] + np.pi) % (2 * np.pi) - np.pi
    return float(wrapped), float(curve[best])
