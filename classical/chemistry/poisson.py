"""The electrostatic potential of a radial charge by finite elements, factored once per mesh.

Reference: Čertík et al., Comput. Phys. Commun. 297 (2024) 109051, section 2.4.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.linalg import cho_factor, cho_solve

from classical.chemistry.mesh import ElementBasis, QuadraturePoints, assemble, assemble_vector, scatter
from problems.contract import Array
from problems.numerics.quadrature import gauss_legendre


@dataclass(frozen=True, eq=False)
class PotentialPoisson:
    """Solve ∫ r² V' φ' = ∫ ρ φ for V itself: smooth charges, as Schrödinger's equation gives.

    Natural at the nucleus; V(r_max) = (electrons)/r_max.

    Attributes:
        points: Gauss–Legendre points where charges are given and V is wanted.
        basis: Polynomials at these points.
        factor: Of the stiffness matrix without the last node.
        border: The stiffness matrix's last column.
    """

    points: QuadraturePoints
    basis: ElementBasis
    factor: tuple[Array, bool]
    border: Array

    @classmethod
    def of(cls, points: QuadraturePoints, degree: int) -> PotentialPoisson:
        """Use degree 2p, the degree of the charge, as far as the points integrate it."""
        count = points.r.shape[1]
        basis = ElementBasis.at(min(2 * degree, count - 1), points.reference[0])
        scale = 2 / np.diff(points.ends)[:, None]
        stiffness = assemble(_stiffness(basis.slopes, points.weights * (points.r * scale) ** 2))
        return cls(points, basis, cho_factor(stiffness[:-1, :-1]), stiffness[:-1, -1])  # pyright: ignore

    def potential(self, charge: Array) -> Array:
        """Return V ``[E, Q]`` of 4π r² n ``[E, Q]``."""
        load = assemble_vector((self.points.weights * charge) @ self.basis.values)[:-1]
        edge = self.points.integral(charge) / self.points.ends[-1]
        inner = cho_solve(self.factor, load - self.border * edge)
        return scatter(np.append(inner, edge), len(self.points.ends) - 1) @ self.basis.values.T


@dataclass(frozen=True, eq=False)
class ScaledPoisson:
    """Solve −u'' = 4π r n for u = r V: charges like r^(2β − 2) at the nucleus, as Dirac's equation gives.

    u(0) = 0 and u'(r_max) = 0.

    Attributes:
        points: Points where charges are given and V is wanted; those of the first element may differ.
        first: Polynomials at the points of the first element.
        others: Polynomials at the points of the others.
        factor: Of the stiffness matrix without the first node.
    """

    points: QuadraturePoints
    first: ElementBasis
    others: ElementBasis
    factor: tuple[Array, bool]

    @classmethod
    def of(cls, points: QuadraturePoints) -> ScaledPoisson:
        """Use one degree less than there are points."""
        count = points.r.shape[1]
        nodes, weights = gauss_legendre(count)
        others = ElementBasis.at(count - 1, nodes)
        half = np.diff(points.ends)[:, None] / 2
        stiffness = assemble(_stiffness(others.slopes, weights / half))
        first = ElementBasis.at(count - 1, points.reference[0])
        return cls(points, first, others, cho_factor(stiffness[1:, 1:]))  # pyright: ignore

    def potential(self, charge: Array) -> Array:
        """Return V ``[E, Q]`` of 4π r² n ``[E, Q]``."""
        weighted = self.points.weights * charge / self.points.r
        load = weighted @ self.others.values
        load[0] = weighted[0] @ self.first.values
        inner = cho_solve(self.factor, assemble_vector(load)[1:])
        nodal = scatter(np.append(0.0, inner), len(self.points.ends) - 1)
        scaled = nodal @ self.others.values.T
        scaled[0] = nodal[0] @ self.first.values.T
        return scaled / self.points.r


def _stiffness(slopes: Array, weights: Array) -> Array:
    return np.matmul(slopes.T[None] * weights[:, None, :], slopes)
