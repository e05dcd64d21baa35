"""Self-consistent atoms by a handful of elements of very high degree.

Reference: Čertík, Pask, Fernando, Goswami, Sukumar, Collins, Manzini, Vackář, "High-order finite element
method for atomic structure calculations", Comput. Phys. Commun. 297 (2024) 109051, arXiv 2307.05856.
"""

from __future__ import annotations

from dataclasses import dataclass

from classical.chemistry.element_field import ElementField
from classical.chemistry.mesh import ExponentialMesh, check_degree
from classical.chemistry.mixing import Mixing, PeriodicPulay
from classical.chemistry.self_consistent_field import settle
from problems.checking import check_integer, check_number
from problems.chemistry.atoms import Atom
from problems.chemistry.radial import SMALLEST_BOX
from problems.chemistry.solutions import AtomicStructure
from problems.contract import Array, Solver
from problems.errors import ProblemError
from problems.run import Run


@dataclass(frozen=True)
class AtomFiniteElements(Solver[Atom, AtomicStructure]):
    """Iterate the Kohn–Sham or Dirac–Kohn–Sham equations of an atom to self-consistency.

    It converges when no orbital energy has changed by more than the tolerance in two iterations running.
    Each iteration solves one dense eigenproblem for every l or κ. A history row is an iteration. An
    interruption or a deadline leaves the iteration with the least residual; so does a field that does not
    settle, as "failed" with a sentence.

    Attributes:
        degree: p; None for 26, with Dirac's equation 25.
        mesh: None for 4 elements with grading 200; with Dirac's equation 6 with grading 600, the first
            of 0.005 Bohr.
        quadrature: Points of an element; None for 53, with Dirac's equation 64, or 2 p + 1 if that is more.
        r_max: Where the atom ends, in Bohr; None for 50, with Dirac's equation 30.
        mixing: None for periodic Pulay mixing with α = 0.5, extrapolating in every third iteration, with
            Dirac's equation α = 0.4 in every one. The published 0.7 leaves Z = 66 … 69 swinging.
        tolerance: On orbital energies in Hartree.
        iterations: At most.
    """

    degree: int | None = None
    mesh: ExponentialMesh | None = None
    quadrature: int | None = None
    r_max: float | None = None
    mixing: Mixing | None = None
    tolerance: float = 1e-9
    iterations: int = 100

    def __post_init__(self):
        for relativistic in (False, True):
            check_degree(*self.polynomials(relativistic))
            self.ends(relativistic)
        if self.mixing is not None and not isinstance(self.mixing, Mixing):
            raise ProblemError("mixing", self.mixing, "a Mixing, such as LinearMixing() or PeriodicPulay()")
        check_number("tolerance", self.tolerance, 0.0, open_low=True)
        check_integer("iterations", self.iterations, 1)

    def polynomials(self, relativistic: bool) -> tuple[int, int]:
        """Return the degree and the number of points that an equation gets."""
        degree = self.degree if self.degree is not None else (25 if relativistic else 26)
        if self.quadrature is not None or not isinstance(degree, int):
            return degree, self.quadrature  # pyright: ignore[reportReturnType]
        return degree, max(64 if relativistic else 53, 2 * degree + 1)

    def ends(self, relativistic: bool) -> Array:
        """Return the element ends that an equation gets."""
        r_max = self.r_max if self.r_max is not None else (30.0 if relativistic else 50.0)
        check_number("r_max", r_max, SMALLEST_BOX)
        own = ExponentialMesh(6, 600.0, 0.005) if relativistic else ExponentialMesh(4, 200.0)
        return (self.mesh or own).ends(r_max)

    def mixed_by(self, relativistic: bool) -> Mixing:
        """Return the mixing that an equation gets."""
        return self.mixing or (PeriodicPulay(0.4, period=1) if relativistic else PeriodicPulay())

    def unsuitable(self, problem: Atom) -> str | None:
        """Refuse atoms with more shells of one kind than a channel has unknowns."""
        most = max(n for n, _, _ in problem.shells)
        have = self.polynomials(problem.relativistic)[0] * (len(self.ends(problem.relativistic)) - 1) - 1
        return None if most <= have else f"{have} unknowns hold no {most} shells; raise the degree"

    def _solve(self, problem: Atom, run: Run) -> AtomicStructure:
        relativistic = problem.relativistic
        field = ElementField.of(problem, self.ends(relativistic), *self.polynomials(relativistic))
        return settle(field, self.mixed_by(relativistic), self.tolerance, self.iterations, run)
