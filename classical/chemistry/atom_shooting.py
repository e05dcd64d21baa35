"""Self-consistent atoms by shooting, the established way, as a measure for other methods.

Reference: Čertík, Pask, Vackář, "dftatom", Comput. Phys. Commun. 184 (2013) 1777.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from classical.chemistry.grid_field import GridField
from classical.chemistry.mixing import Mixing, PeriodicPulay
from classical.chemistry.radial_grid import RadialGrid
from classical.chemistry.self_consistent_field import settle
from classical.chemistry.shooting import RadialShooting
from problems.checking import check_integer, check_number
from problems.chemistry.atoms import Atom
from problems.chemistry.radial import SMALLEST_BOX
from problems.chemistry.solutions import AtomicStructure
from problems.contract import Solver
from problems.errors import ProblemError
from problems.run import Run


@dataclass(frozen=True)
class AtomShooting(Solver[Atom, AtomicStructure]):
    """Iterate the Kohn–Sham or Dirac–Kohn–Sham equations, one shell at a time by shooting.

    Each shell starts from its energy in the iteration before. A history row is an iteration.

    Attributes:
        shooting: The grid's points and grading, and how a state is found.
        r_max: Where the atom ends, in Bohr.
        mixing: None for periodic Pulay mixing with α = 0.5, extrapolating in every third iteration, with
            Dirac's equation α = 0.4 in every one.
        tolerance: On orbital energies in Hartree.
        iterations: At most.
    """

    shooting: RadialShooting = field(default_factory=lambda: RadialShooting(points=2400, grading=1e6))
    r_max: float = 50.0
    mixing: Mixing | None = None
    tolerance: float = 1e-8
    iterations: int = 100

    def __post_init__(self):
        check_number("r_max", self.r_max, SMALLEST_BOX)
        if self.mixing is not None and not isinstance(self.mixing, Mixing):
            raise ProblemError("mixing", self.mixing, "a Mixing, such as LinearMixing() or PeriodicPulay()")
        check_number("tolerance", self.tolerance, 0.0, open_low=True)
        check_integer("iterations", self.iterations, 1)

    def _solve(self, problem: Atom, run: Run) -> AtomicStructure:
        grid = RadialGrid.of(self.r_max, self.shooting.points, self.shooting.grading)
        own = PeriodicPulay(0.4, period=1) if problem.relativistic else PeriodicPulay()
        found = GridField(problem, grid, self.shooting)
        return settle(found, self.mixing or own, self.tolerance, self.iterations, run)
