"""Shooting: one state at a time, integrated from both ends and matched, as atomic codes have long done.

Reference: Čertík, Pask, Vackář, "dftatom: a robust and general Schrödinger and Dirac solver for atomic
structure calculations", Comput. Phys. Commun. 184 (2013) 1777.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from classical.chemistry.radial_grid import GROUP, RadialGrid
from classical.chemistry.shooting_integration import adams_moulton, shoot
from problems.checking import check_choice, check_integer, check_number
from problems.chemistry.exact_levels import (
    asymptotic_exponent,
    coulomb_level,
    orbital_momentum,
    sommerfeld_level,
)
from problems.chemistry.piecewise_polynomial import PiecewisePolynomial
from problems.chemistry.radial import RadialEigenproblem
from problems.chemistry.solutions import RadialStates
from problems.contract import Array, NothingFound, Solver
from problems.errors import ProblemError
from problems.run import Run

BOX = 10.0  # Hartree above the potential at the wall, for states that the box alone holds


@dataclass(frozen=True, eq=False)
class Shot:
    """A matched state on the grid: its energy and (P, P') or (P, Q) ``[N, 2]``, not normalised."""

    energy: float
    values: Array
    passes: int


@dataclass(frozen=True, eq=False)
class CentralField:
    """What a shot needs: equation, grid, and the potential there ``[N + 1]``, whose first entry is unused."""

    dirac: bool
    grid: RadialGrid
    potential: Array
    charge: float
    speed_of_light: float

    def lowest(self, angular: int) -> float:
        """Return an energy below all states of a channel: the bare nucleus' in the deepest background."""
        background = float(np.min(self.potential[1:] + self.charge / self.grid.r[1:]))
        if not self.dirac:
            bare = coulomb_level(angular + 1, self.charge)
        else:
            bare = sommerfeld_level(abs(angular) + (angular > 0), angular, self.charge, self.speed_of_light)
        return bare + background - 1e-6 * (1 + abs(bare + background))


@dataclass(frozen=True)
class RadialShooting(Solver[RadialEigenproblem, RadialStates]):
    """Find each state by bisection on its nodes, then by first-order corrections from the kink at matching.

    Costs O(points) a pass and ten to thirty passes a state. A history row is a channel l or κ.

    Attributes:
        points: Of the grid, steps growing from the nucleus outwards; a multiple of 6.
        grading: Length of the last over the first step.
        order: Of the Adams–Moulton steps.
        tolerance: On energies in Hartree.
        iterations: Passes for a state, at most.
    """

    points: int = 1800
    grading: float = 1e5
    order: Literal[4, 6, 8] = 8
    tolerance: float = 1e-9
    iterations: int = 200

    def __post_init__(self):
        check_integer("points", self.points, 60)
        if self.points % GROUP:
            raise ProblemError("points", self.points, f"a multiple of {GROUP}")
        check_number("grading", self.grading, 1.0)
        check_choice("order", self.order, (4, 6, 8))
        check_number("tolerance", self.tolerance, 0.0, open_low=True)
        check_integer("iterations", self.iterations, 1)

    def _solve(self, problem: RadialEigenproblem, run: Run) -> RadialStates:
        grid = RadialGrid.of(problem.r_max, self.points, self.grading)
        potential = np.concatenate([[0.0], problem.values(grid.r[1:])])
        dirac = problem.equation == "dirac"
        field = CentralField(dirac, grid, potential, problem.charge, problem.speed_of_light)
        channels, shots = list(problem.channels), []
        for k in run.steps(len(channels), "channel"):
            angular = channels[k]
            low, passes = field.lowest(angular), len(shots)
            for n in problem.channels[angular]:
                shots.append(self.state(field, n, angular, low))
                low = shots[-1].energy
            run.offer(on_elements(field, list(problem.pairs[: len(shots)]), shots), float(-len(shots)))
            run.spent(passes=sum(shot.passes for shot in shots[passes:]))
            run.record(step=k, channel=str(angular), lowest=shots[passes].energy)
        return run.best

    def state(
        self, field: CentralField, n: int, angular: int, low: float, guess: float | None = None
    ) -> Shot:
        """Return the state (n, l) or (n, κ) above an energy, searched from a guess if there is one.

        Raises:
            NothingFound: If the passes do not suffice.
        """
        n, angular = int(n), int(angular)
        momentum = orbital_momentum(angular) if field.dirac else angular
        b = adams_moulton(self.order)
        r, v = field.grid.r, field.potential
        charge, c = float(field.charge), float(field.speed_of_light)  # one compiled form for integers too
        y, work = np.zeros((len(r), 2)), np.zeros((5, len(r), 2))
        high = float(v[-1] + momentum * (momentum + 1) / (2 * r[-1] ** 2)) + BOX
        energy = guess if guess is not None and low < guess < high else 0.5 * (low + high)
        for passes in range(1, self.iterations + 1):
            nodes, change = shoot(
                field.dirac, r, field.grid.stretch, v, charge, angular, momentum, float(energy), c, b, y, work
            )
            wanted = n - momentum - 1
            if nodes == wanted and abs(change) < self.tolerance:
                return Shot(energy + change, y, passes)
            if nodes > wanted or (nodes == wanted and change < 0):
                high = energy
            else:
                low = energy
            right = nodes == wanted and low < energy + change < high
            energy = energy + change if right else 0.5 * (low + high)
        raise NothingFound(
            f"the state n = {n} of channel {angular} was not found in {self.iterations} passes; a finer grid "
            "or a larger box may hold it"
        )


def on_elements(field: CentralField, pairs: list, shots: list[Shot]) -> RadialStates:
    """Return shots as normalised functions on elements of six steps."""
    grid, r = field.grid, field.grid.r
    large, small, exponents = [], [], []
    for (_, angular), shot in zip(pairs, shots, strict=True):
        p, q = shot.values.T
        q = q if field.dirac else np.zeros_like(q)
        scale = 1 / np.sqrt(np.sum(grid.stretch[1:] * (p[1:] ** 2 + q[1:] ** 2)))
        a = asymptotic_exponent(angular, field.charge, field.speed_of_light) if field.dirac else 0.0
        power = np.ones_like(r)
        power[1:] = r[1:] ** a
        exponents.append(a)
        large.append(grid.grouped(p / power * scale))
        small.append(grid.grouped(q / power * scale))
    states = RadialStates(
        "schroedinger",
        np.array([n for n, _ in pairs]),
        np.array([angular for _, angular in pairs]),
        np.array([shot.energy for shot in shots]),
        PiecewisePolynomial(grid.ends, grid.nodes[None], np.array(large)),
        None,
        np.zeros(len(shots)),
    )
    if not field.dirac:
        return states
    minor = PiecewisePolynomial(grid.ends, grid.nodes[None], np.array(small))
    return replace(states, equation="dirac", small=minor, exponents=np.array(exponents))
