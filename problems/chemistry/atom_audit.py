"""A self-consistent atom recomputed from its orbitals: energies, electrostatics and the virial.

All integrals are done again on the judges' own grid; the electrostatic potential comes from the charge inside
each radius. Reference: Levy and Perdew, Phys. Rev. A 32 (1985) 2010, for the virial theorem.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from problems.chemistry.exchange_correlation import exchange_correlation
from problems.chemistry.judging_grid import JudgingGrid, SampledStates, worst_overlap, wrong_node_counts
from problems.chemistry.solutions import AtomicStructure
from problems.contract import Array
from problems.numerics.quadrature import differentiation_matrix, gauss_legendre


@dataclass(frozen=True, eq=False)
class AtomAudit:
    """Figures of one atom on one grid; arrays of the radius are ``[M, G]``."""

    atom: AtomicStructure
    grid: JudgingGrid
    sampled: SampledStates
    speed_of_light: float

    @classmethod
    def of(cls, atom: AtomicStructure, speed_of_light: float) -> AtomAudit:
        """Sample the orbitals."""
        part = atom.states.large
        graded = bool(np.any(atom.states.exponents % 1 != 0))
        grid = JudgingGrid.of(part.ends, part.degree, graded)
        return cls(atom, grid, SampledStates.of(atom.states, grid), speed_of_light)

    @cached_property
    def radial_density(self) -> Array:
        """4π r² n."""
        squares = self.sampled.large**2 + self.sampled.small**2
        return np.tensordot(self.atom.occupations, squares, axes=1)

    @cached_property
    def charge_inside(self) -> Array:
        """Electrons within each radius."""
        return self.grid.running(self.radial_density)

    @cached_property
    def electrons(self) -> float:
        """∫ n."""
        return float(self.grid.integral(self.radial_density))

    @cached_property
    def hartree(self) -> Array:
        """The electrostatic potential of the electrons, q(r)/r + ∫_r^∞ 4π r n dr."""
        outside = self.radial_density / self.grid.r
        return self.charge_inside / self.grid.r + self.grid.integral(outside) - self.grid.running(outside)

    @cached_property
    def exchange_correlation(self) -> tuple[Array, Array]:
        """Energy per electron and potential."""
        relativistic = self.atom.states.equation == "dirac"
        density = self.radial_density / (4 * np.pi * self.grid.r**2)
        return exchange_correlation(density, self.speed_of_light if relativistic else None)

    @cached_property
    def kinetic_energy(self) -> float:
        """Of the independent electrons, without their rest energy."""
        density = self.sampled.kinetic(self.atom.states, self.grid.r, self.speed_of_light)
        return float(self.atom.occupations @ self.grid.integral(density))

    @cached_property
    def nuclear_energy(self) -> float:
        """−Z ∫ n/r."""
        return -self.atom.charge * float(self.grid.integral(self.radial_density / self.grid.r))

    @cached_property
    def hartree_energy(self) -> float:
        """∬ n n'/(2 |r − r'|): each shell against the charge within it."""
        return float(self.grid.integral(self.charge_inside * self.radial_density / self.grid.r))

    @cached_property
    def exchange_correlation_energy(self) -> float:
        """∫ n e_xc."""
        return float(self.grid.integral(self.exchange_correlation[0] * self.radial_density))

    @property
    def total_energy(self) -> float:
        """The Kohn–Sham energy of the orbitals."""
        return float(sum(self.parts().values()))

    def parts(self) -> dict[str, float]:
        """Return the parts of the total energy."""
        return {
            "kinetic": self.kinetic_energy,
            "nuclear": self.nuclear_energy,
            "hartree": self.hartree_energy,
            "exchange_correlation": self.exchange_correlation_energy,
        }

    @property
    def virial(self) -> float:
        """2 T + E_en + E_H − ∫ n r V_xc' for Schrödinger's equation; 0 at self-consistency, in Hartree.

        For Dirac's the kinetic term is Σ f ⟨c α·p⟩, which is T + 2 c² ∫ Q² in place of 2 T, and relativistic
        exchange has the same form.
        """
        if self.atom.states.equation == "dirac":
            small = self.grid.integral(self.sampled.small**2)
            kinetic = self.kinetic_energy + 2 * self.speed_of_light**2 * float(self.atom.occupations @ small)
        else:
            kinetic = 2 * self.kinetic_energy
        return kinetic + self.nuclear_energy + self.hartree_energy - self._exchange_force

    @property
    def worst_overlap(self) -> float:
        """The largest |⟨i|j⟩ − δ_ij|."""
        return worst_overlap(self.atom.states, self.sampled, self.grid)

    @property
    def wrong_nodes(self) -> int:
        """How many orbitals have not n − l − 1 nodes."""
        return wrong_node_counts(self.atom.states, self.sampled)

    @property
    def potential_residual(self) -> float:
        """‖V − V[n]‖ / ‖V + Z/r‖ in the norm weighted by the density."""
        own = self.hartree + self.exchange_correlation[1]
        r = self.grid.r.ravel()
        given = (self.atom.potential(r) + self.atom.charge / r).reshape(own.shape)
        off = self.grid.integral((given - own) ** 2 * self.radial_density)
        return float(np.sqrt(off / self.grid.integral(own**2 * self.radial_density)))

    @property
    def _exchange_force(self) -> float:
        """∫ n r V_xc' dV, by differentiating V_xc on the panels' nodes."""
        slope = differentiation_matrix(gauss_legendre(self.grid.r.shape[1])[0])
        scale = 2 / np.diff(self.grid.edges)[:, None]
        derivative = self.exchange_correlation[1] @ slope.T * scale
        return float(self.grid.integral(self.radial_density * self.grid.r * derivative))
