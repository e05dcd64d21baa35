"""Finite elements for Dirac's equation without what makes them sound, for comparison.

Either the Hamiltonian itself is taken, whose spectrum is unbounded on both sides and fills with spurious
states, or its square without the functions' behaviour at a point nucleus, which costs all accuracy.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from scipy.linalg import eigh

from classical.chemistry.mesh import (
    ExponentialMesh,
    QuadraturePoints,
    assemble,
    check_degree,
    legendre_basis,
    scatter,
)
from classical.chemistry.radial_finite_elements import SHIFT, collected, highest
from classical.chemistry.schroedinger_elements import Channel
from classical.chemistry.squared_dirac import SquaredDiracElements
from problems.checking import check_choice
from problems.chemistry.radial import RadialEigenproblem
from problems.chemistry.solutions import RadialStates
from problems.contract import Array, NothingFound, Solver
from problems.run import Run


@dataclass(frozen=True)
class PlainDiracElements(Solver[RadialEigenproblem, RadialStates]):
    """Solve the radial Dirac equation in the two ways that the squared Hamiltonian with r^β improves on.

    A history row is a channel κ.

    Attributes:
        degree: p of the polynomials on an element, at least 2.
        mesh: The elements.
        quadrature: Gauss points of an element, at least p + 1.
        form: "first_order" takes the lowest levels of H above −c², spurious or not; "squared_linear" takes
            H² with P and Q ∝ r at the nucleus, whatever κ and Z.
    """

    degree: int = 23
    mesh: ExponentialMesh = field(default_factory=lambda: ExponentialMesh(7, 100.0))
    quadrature: int = 53
    form: Literal["first_order", "squared_linear"] = "first_order"

    def __post_init__(self):
        check_degree(self.degree, self.quadrature)
        check_choice("form", self.form, ("first_order", "squared_linear"))

    def unsuitable(self, problem: RadialEigenproblem) -> str | None:
        """Refuse Schrödinger's equation."""
        return None if problem.equation == "dirac" else "it is for Dirac's equation"

    def _solve(self, problem: RadialEigenproblem, run: Run) -> RadialStates:
        ends = self.mesh.ends(problem.r_max)
        channels, found = list(problem.channels), {}
        for k in run.steps(len(channels), "channel"):
            kappa = channels[k]
            found[kappa] = self._channel(problem, ends, kappa, highest(problem, kappa))
            run.offer(collected(problem, ends, found), float(len(channels) - k - 1))
            run.record(step=k, channel=str(kappa), lowest=float(found[kappa].energies[0]))
        return run.best

    def _channel(self, problem: RadialEigenproblem, ends: Array, kappa: int, count: int) -> Channel:
        c = problem.speed_of_light
        if self.form == "squared_linear":
            mesh = SquaredDiracElements(ends, self.degree, self.quadrature, problem.charge, c, SHIFT, 1.0)
            points = mesh.points
            return mesh.channel(problem.values(points.r.ravel()).reshape(points.r.shape), kappa, count)
        energies, vectors, points = self.spectrum(problem, kappa)
        chosen = np.flatnonzero(energies > -(c**2))[:count]
        if len(chosen) < count:
            raise NothingFound(f"the mesh holds only {len(chosen)} levels of κ = {kappa}")
        inner = np.zeros((2, count, len(vectors) // 2 + 2))
        inner[:, :, 1:-1] = vectors[:, chosen].T.reshape(count, 2, -1).swapaxes(0, 1)
        nodal = scatter(inner, len(ends) - 1)
        density = np.sum((nodal @ legendre_basis(self.degree, self.quadrature).values.T) ** 2, axis=0)
        scale = 1 / np.sqrt(np.sum(points.weights * density, axis=(1, 2)))
        large, small = nodal * scale[:, None, None]
        return Channel(energies[chosen], large, small, density * scale[:, None, None] ** 2, 0.0)

    def spectrum(self, problem: RadialEigenproblem, kappa: int) -> tuple[Array, Array, QuadraturePoints]:
        """Return all eigenvalues of the first-order Hamiltonian in Hartree, ascending, their vectors, and the
        points of integration.
        """
        points = QuadraturePoints.legendre(self.mesh.ends(problem.r_max), self.quadrature)
        basis, c = legendre_basis(self.degree, self.quadrature), problem.speed_of_light
        potential = problem.values(points.r.ravel()).reshape(points.r.shape)
        slopes = 2 / np.diff(points.ends)[:, None, None] * basis.slopes

        def between(weights: Array, right: Array) -> Array:
            blocks = np.matmul(basis.values.T[None] * (points.weights * weights)[:, None, :], right)
            return assemble(blocks)[1:-1, 1:-1]

        one = np.ones_like(points.r)
        overlap = between(one, basis.values)
        upper = between(potential, basis.values)
        # c (d/dr + κ/r) takes P to Q; its transpose is c (−d/dr + κ/r), as functions vanish at the ends
        raising = c * (between(one, slopes) + between(kappa / points.r, basis.values))
        matrix = np.block([[upper, raising.T], [raising, upper - 2 * c**2 * overlap]])
        zero = np.zeros_like(overlap)
        energies, vectors = eigh(matrix, np.block([[overlap, zero], [zero, overlap]]))
        return energies, vectors, points


def spurious_levels(energies: Array, exact: Array, tolerance: float = 0.02) -> Array:
    """Return the energies in the exact levels' range that no exact level explains, relative to |E|.

    Args:
        energies: ``[k]`` found.
        exact: ``[m]``, all exact levels of the channel in that range.
        tolerance: Relative distance within which a level counts as found.
    """
    window = energies[energies < np.max(exact) * (1 - tolerance)]
    distance = np.abs(window[:, None] - exact[None]) / np.abs(exact)
    return window[np.min(distance, axis=1) > tolerance]
