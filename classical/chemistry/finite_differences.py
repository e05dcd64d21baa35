"""Second-order finite differences for the radial Schrödinger equation on a grid of growing steps.

With equal steps they are linear finite elements with a lumped overlap.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.linalg import eigh_tridiagonal

from classical.chemistry.radial_finite_elements import highest
from classical.chemistry.radial_grid import GROUP, RadialGrid
from problems.checking import check_integer, check_number
from problems.chemistry.piecewise_polynomial import PiecewisePolynomial
from problems.chemistry.radial import RadialEigenproblem
from problems.chemistry.solutions import RadialStates
from problems.contract import Array, Solver
from problems.errors import ProblemError
from problems.run import Run


@dataclass(frozen=True)
class FiniteDifferences(Solver[RadialEigenproblem, RadialStates]):
    """Solve −½ P'' + … on a grid; with P = √(dr/di) y the matrix is tridiagonal and symmetric.

    Errors fall with the second power of the step; O(points) a state. A history row is a channel.

    Attributes:
        points: Steps of the grid, a multiple of 6.
        grading: Length of the last over the first step; 1 makes them equal. Round-off grows with the inverse
            square of the first step.
    """

    points: int = 6000
    grading: float = 30.0

    def __post_init__(self):
        check_integer("points", self.points, 12)
        if self.points % GROUP:
            raise ProblemError("points", self.points, f"a multiple of {GROUP}")
        check_number("grading", self.grading, 1.0)

    def unsuitable(self, problem: RadialEigenproblem) -> str | None:
        """Refuse Dirac's equation."""
        if problem.equation == "dirac":
            return "central differences of Dirac's first-order equation double its states"
        return None

    def _solve(self, problem: RadialEigenproblem, run: Run) -> RadialStates:
        grid = RadialGrid.of(problem.r_max, self.points, self.grading)
        channels, energies, values = list(problem.channels), [], []
        for k in run.steps(len(channels), "channel"):
            momentum = channels[k]
            found, functions = lowest_states(problem, grid, momentum, highest(problem, momentum))
            for n in problem.channels[momentum]:
                energies.append(found[n - momentum - 1])
                values.append(grid.grouped(functions[n - momentum - 1]))
            pairs = problem.pairs[: len(energies)]
            large = PiecewisePolynomial(grid.ends, grid.nodes[None], np.array(values))
            n, angular = np.array(pairs).T
            states = RadialStates(
                "schroedinger", n, angular, np.array(energies), large, None, np.zeros(len(pairs))
            )
            run.offer(states, float(len(channels) - k - 1))
            run.record(step=k, channel=str(momentum), lowest=float(found[0]))
        return run.best


def lowest_states(
    problem: RadialEigenproblem, grid: RadialGrid, momentum: int, count: int
) -> tuple[Array, Array]:
    """Return energies ``[count]`` and P ``[count, N + 1]`` of one channel."""
    r, stretch = grid.r[1:-1], grid.stretch[1:-1]
    rate = np.log(grid.stretch[2] / grid.stretch[1])
    well = problem.values(r) + momentum * (momentum + 1) / (2 * r**2)
    diagonal = (1 + rate**2 / 8) / stretch**2 + well
    beside = -0.5 / (stretch[1:] * stretch[:-1])
    energies, vectors = eigh_tridiagonal(diagonal, beside, select="i", select_range=(0, count - 1))
    functions = np.zeros((count, len(grid.r)))
    peaks = vectors[np.argmax(np.abs(vectors), axis=0), np.arange(count)]
    functions[:, 1:-1] = vectors.T * np.sign(peaks)[:, None] / np.sqrt(stretch)
    return energies, functions
