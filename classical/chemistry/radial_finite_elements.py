"""Energies and orbitals in a central field by a handful of elements of very high degree.

Reference: Čertík, Pask, Fernando, Goswami, Sukumar, Collins, Manzini, Vackář, "High-order finite element
method for atomic structure calculations", Comput. Phys. Commun. 297 (2024) 109051, arXiv 2307.05856.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from classical.chemistry.mesh import ExponentialMesh, check_degree
from classical.chemistry.schroedinger_elements import Channel, SchroedingerElements, outward_sign
from classical.chemistry.squared_dirac import SquaredDiracElements
from problems.checking import check_number
from problems.chemistry.piecewise_polynomial import PiecewisePolynomial
from problems.chemistry.radial import RadialEigenproblem
from problems.chemistry.solutions import RadialStates
from problems.contract import Array, Solver
from problems.numerics.quadrature import gauss_lobatto_legendre
from problems.run import Run

SHIFT = 500.0  # Hartree below the potential at the box's end, so that E + c² − E_s keeps its sign


@dataclass(frozen=True)
class RadialFiniteElements(Solver[RadialEigenproblem, RadialStates]):
    """Solve the radial Schrödinger equation, or Dirac's through the square of its Hamiltonian.

    Errors fall exponentially with the degree. One dense symmetric eigenproblem of N p unknowns (2 N p for
    Dirac) a channel l or κ: O((N p)³) operations, about a millisecond. A history row is a channel.

    Attributes:
        degree: p of the polynomials on an element, at least 2.
        mesh: The elements; their last end is the problem's ``r_max``.
        quadrature: Points of an element, at least p + 1; for polynomial potentials 2 p + 1 are exact.
        shift: E_s in Hartree for Dirac's equation; None for 500 above the potential at the box's end.
    """

    degree: int = 26
    mesh: ExponentialMesh = field(default_factory=lambda: ExponentialMesh(5, 200.0))
    quadrature: int = 53
    shift: float | None = None

    def __post_init__(self):
        check_degree(self.degree, self.quadrature)
        if self.shift is not None:
            check_number("shift", self.shift)

    def unsuitable(self, problem: RadialEigenproblem) -> str | None:
        """Refuse more states of a channel than there are unknowns, and elements longer than the box."""
        if self.mesh.first is not None and self.mesh.first >= problem.r_max:
            return f"the first element of {self.mesh.first:g} Bohr fills the box of {problem.r_max:g}"
        most = max(highest(problem, angular) for angular in problem.channels)
        have = self.degree * self.mesh.elements - 1
        if most > have:
            return f"{have} unknowns hold no {most} states of one channel; raise the degree or the elements"
        return None

    def _solve(self, problem: RadialEigenproblem, run: Run) -> RadialStates:
        elements = self._elements(problem)
        potential = problem.values(elements.points.r.ravel()).reshape(elements.points.r.shape)
        channels = list(problem.channels)
        found: dict[int, Channel] = {}
        for k in run.steps(len(channels), "channel"):
            angular = channels[k]
            found[angular] = elements.channel(potential, angular, highest(problem, angular))
            states = collected(problem, elements.ends, found)
            run.offer(states, float(len(channels) - len(found)))
            run.spent(eigenproblems=1)
            run.record(step=k, channel=str(angular), lowest=float(found[angular].energies[0]))
        return run.best

    def _elements(self, problem: RadialEigenproblem) -> SchroedingerElements | SquaredDiracElements:
        ends = self.mesh.ends(problem.r_max)
        if problem.equation == "schroedinger":
            return SchroedingerElements(ends, self.degree, self.quadrature)
        shift = self.shift
        if shift is None:
            shift = SHIFT + max(0.0, float(problem.values(np.array([problem.r_max]))[0]))
        c = problem.speed_of_light
        return SquaredDiracElements(ends, self.degree, self.quadrature, problem.charge, c, shift)


def highest(problem: RadialEigenproblem, angular: int) -> int:
    """Return how many states of a channel reach up to the highest that is sought."""
    return max(problem.channels[angular]) - first_n(problem.equation, angular) + 1


def first_n(equation: str, angular: int) -> int:
    """Return the lowest principal quantum number of a channel l or κ."""
    return angular + 1 if equation == "schroedinger" or angular > 0 else -angular


def collected(problem: RadialEigenproblem, ends: Array, found: dict[int, Channel]) -> RadialStates:
    """Put the states that the problem wants into one answer, in its order."""
    pairs = [pair for pair in problem.pairs if pair[1] in found]
    return gathered(problem.equation, ends, pairs, found)


def gathered(equation: str, ends: Array, pairs: list, found: dict[int, Channel]) -> RadialStates:
    """Put the states (n, l) or (n, κ) out of solved channels into one answer."""
    rows = [(found[angular], n - first_n(equation, angular)) for n, angular in pairs]
    large = np.stack([channel.large[k] for channel, k in rows])
    signs = outward_sign(large)[:, None, None]
    nodes = gauss_lobatto_legendre(large.shape[-1])[0][None]
    small = None
    if equation == "dirac":
        values = np.stack([channel.small[k] for channel, k in rows if channel.small is not None])
        small = PiecewisePolynomial(ends, nodes, signs * values)
    return RadialStates(
        equation,  # pyright: ignore[reportArgumentType]
        np.array([n for n, _ in pairs]),
        np.array([angular for _, angular in pairs]),
        np.array([channel.energies[k] for channel, k in rows]),
        PiecewisePolynomial(ends, nodes, signs * large),
        small,
        np.array([channel.exponent for channel, _ in rows]),
    )
