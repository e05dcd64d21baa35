"""The radial Dirac equation through the square of its Hamiltonian, whose lowest states are bound electrons.

Reference: Čertík et al., Comput. Phys. Commun. 297 (2024) 109051, section 2.2: P = r^a P̃, Q = r^a Q̃ with the
exponent of a point nucleus, and H² bounded from below, so that no spurious states appear. What is assembled
is H² − c⁴: without the rest energy's fourth power, light atoms keep their digits.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from classical.chemistry.mesh import ElementBasis, QuadraturePoints, assemble, scatter
from classical.chemistry.schroedinger_elements import Channel, lowest_vectors
from problems.chemistry.exact_levels import asymptotic_exponent
from problems.contract import Array
from problems.numerics.quadrature import gauss_jacobi, gauss_legendre, interpolation_matrix


@dataclass(frozen=True, eq=False)
class WeightedPoints(QuadraturePoints):
    """Points whose first element has the Gauss–Jacobi rule of r^a.

    Attributes:
        power: a.
        smooth: ``[E, Q]``, weights of ∫ r^a f dr, so that f alone need be smooth.
    """

    power: float
    smooth: Array

    @classmethod
    def jacobi(cls, ends: Array, points: int, power: float) -> WeightedPoints:
        """Gauss–Jacobi on the first element, Gauss–Legendre on the others.

        Raises:
            ProblemError: If a ≤ −1.
        """
        nodes, weights = gauss_legendre(points)
        first_nodes, first_weights = gauss_jacobi(points, power)
        reference = np.tile(nodes, (len(ends) - 1, 1))
        reference[0] = first_nodes
        half = np.diff(ends)[:, None] / 2
        r = ends[:-1, None] + half * (1 + reference)
        smooth = half * weights * r**power
        smooth[0] = half[0, 0] ** (power + 1) * first_weights  # r = half (1 + x)
        return cls(ends, reference, r, smooth / r**power, power, smooth)


@dataclass(frozen=True, eq=False)
class SquaredDiracElements:
    """Meshes and bases of all κ, and the eigensolver; potentials are given at the points of κ = −1.

    Attributes:
        ends: ``[E + 1]``.
        degree: p.
        quadrature: Points of an element.
        charge: Z of the nucleus.
        speed_of_light: c.
        shift: E_s ≥ 0 in Hartree, taken off the potential and put back onto the energies.
        exponent: a for every κ in place of the asymptotic one, or None.
    """

    ends: Array
    degree: int
    quadrature: int
    charge: float
    speed_of_light: float
    shift: float = 0.0
    exponent: float | None = None
    _known: dict[int, KappaElements] = field(default_factory=dict, init=False)

    @property
    def points(self) -> WeightedPoints:
        """Where potentials are given."""
        return self.elements(-1).points

    @property
    def unknowns(self) -> int:
        """The size of the eigenproblem."""
        return 2 * self.degree * (len(self.ends) - 1)

    def elements(self, kappa: int) -> KappaElements:
        """Return the matrices of one κ, made once."""
        if kappa not in self._known:
            a = asymptotic_exponent(kappa, self.charge, self.speed_of_light)
            self._known[kappa] = KappaElements.of(self, kappa, a if self.exponent is None else self.exponent)
        return self._known[kappa]

    def channel(self, potential: Array, kappa: int, count: int) -> Channel:
        """Return the lowest ``count`` electron states of κ in a potential ``[E, Q]``.

        Raises:
            NothingFound: If the matrices are not finite or the eigensolver fails.
        """
        own = self.elements(kappa)
        moved = self._moved(potential, own.points) - self.shift
        vectors = lowest_vectors(*own.pencil(moved, self.speed_of_light), count)
        half = len(vectors) // 2
        coefficients = np.zeros((2, count, half + 1))
        coefficients[:, :, :-1] = vectors.T.reshape(count, 2, half).swapaxes(0, 1)
        nodal = scatter(coefficients, len(self.ends) - 1)  # [2, k, E, p + 1]
        squares, norms = own.quotients(nodal, moved, self.speed_of_light)
        c2 = self.speed_of_light**2
        energies = squares / (c2 + np.sqrt(c2**2 + squares)) + self.shift
        nodal = nodal * (1 / np.sqrt(norms))[:, None, None]
        return Channel(energies, nodal[0], nodal[1], self._density(nodal, own.exponent), own.exponent)

    def _moved(self, potential: Array, points: WeightedPoints) -> Array:
        """Carry a potential to the points of another κ: on the first element V + Z/r is interpolated."""
        mine = self.points
        if points is mine:
            return potential
        moved = potential.copy()
        matrix = interpolation_matrix(mine.reference[0], points.reference[0])
        moved[0] = matrix @ (potential[0] + self.charge / mine.r[0]) - self.charge / points.r[0]
        return moved

    def _density(self, nodal: Array, exponent: float) -> Array:
        """Return P² + Q² ``[k, E, Q]`` at the points of κ = −1."""
        values = self.elements(-1).evaluated(nodal)
        return np.sum(values**2, axis=0) * self.points.r ** (2 * exponent)


@dataclass(frozen=True, eq=False)
class KappaElements:
    """What one κ needs: points, bases of the first and of the other elements, and the overlap."""

    kappa: int
    exponent: float
    points: WeightedPoints
    first: ElementBasis
    others: ElementBasis
    overlap: Array

    @classmethod
    def of(cls, mesh: SquaredDiracElements, kappa: int, exponent: float) -> KappaElements:
        """Prepare one κ."""
        points = WeightedPoints.jacobi(mesh.ends, mesh.quadrature, 2 * exponent - 2)
        first = ElementBasis.at(mesh.degree, points.reference[0])
        others = ElementBasis.at(mesh.degree, gauss_legendre(mesh.quadrature)[0])
        made = cls(kappa, exponent, points, first, others, np.zeros(0))
        block = assemble(made._products(points.smooth * points.r**2, "values", "values"))[:-1, :-1]
        zero = np.zeros_like(block)
        return cls(kappa, exponent, points, first, others, np.block([[block, zero], [zero, block]]))

    def pencil(self, potential: Array, c: float) -> tuple[Array, Array]:
        """Return the matrix of H² − c⁴ and the overlap in the basis (P̃, Q̃), cut at the last node."""
        r = self.points.r
        stretch = self._products(self.points.smooth * r**2, "slopes", "slopes")
        blocks = []
        for sign in (1, -1):
            well = self._products(self.points.smooth * self._well(potential, c, sign), "values", "values")
            blocks.append(assemble(c**2 * stretch + well)[:-1, :-1])
        mixed = self._products(self.points.smooth * c * potential * r**2, "slopes", "values")
        both = self._products(self.points.smooth * c * potential * 2 * self.kappa * r, "values", "values")
        corner = assemble(mixed - mixed.swapaxes(1, 2) + both)[:-1, :-1]
        return np.block([[blocks[0], corner], [corner.T, blocks[1]]]), self.overlap

    def quotients(self, nodal: Array, potential: Array, c: float) -> tuple[Array, Array]:
        """Return the Rayleigh quotients of H² − c⁴ ``[k]`` and the norms, from nodal values
        ``[2, k, E, p + 1]``, summed at the points.
        """
        (p, q), (dp, dq) = self.evaluated(nodal), self.evaluated(nodal, "slopes")
        r, weights = self.points.r, self.points.smooth
        energy = c**2 * (dp**2 + dq**2) * r**2
        energy += self._well(potential, c, 1) * p**2 + self._well(potential, c, -1) * q**2
        energy += 2 * c * potential * r * (r * (dp * q - p * dq) + 2 * self.kappa * p * q)
        norms = np.sum(weights * r**2 * (p**2 + q**2), axis=(1, 2))
        return np.sum(weights * energy, axis=(1, 2)) / norms, norms

    def evaluated(self, nodal: Array, what: str = "values") -> Array:
        """Return functions ``[..., E, p + 1]``, or their slopes, at the points ``[..., E, Q]``."""
        found = nodal @ getattr(self.others, what).T
        found[..., 0, :] = nodal[..., 0, :] @ getattr(self.first, what).T
        return found if what == "values" else found * (2 / np.diff(self.points.ends)[:, None])

    def _well(self, potential: Array, c: float, sign: int) -> Array:
        """Return r² [V² ± 2 V c² + c² (κ(κ ± 1) − a(a − 1))/r²]."""
        kappa, a = self.kappa, self.exponent
        r = self.points.r
        centrifugal = c**2 * (kappa * (kappa + sign) - a * (a - 1))
        return (potential * r) ** 2 + 2 * sign * c**2 * potential * r**2 + centrifugal

    def _products(self, weights: Array, left: str, right: str) -> Array:
        """Return ∫ w F_i G_j on each element ``[E, p + 1, p + 1]``."""
        f, g = getattr(self.others, left), getattr(self.others, right)
        found = np.matmul(f.T[None] * weights[:, None, :], g)
        found[0] = (getattr(self.first, left).T * weights[0]) @ getattr(self.first, right)
        scale = 2 / np.diff(self.points.ends)[:, None, None]
        return found * scale ** ((left == "slopes") + (right == "slopes"))
