"""The self-consistent field of an atom on finite elements."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from classical.chemistry.mesh import QuadraturePoints
from classical.chemistry.poisson import PotentialPoisson, ScaledPoisson
from classical.chemistry.radial_finite_elements import first_n, gathered
from classical.chemistry.schroedinger_elements import Channel, SchroedingerElements
from classical.chemistry.self_consistent_field import Field, Step
from classical.chemistry.squared_dirac import SquaredDiracElements
from problems.chemistry.atoms import Atom
from problems.chemistry.piecewise_polynomial import PiecewisePolynomial
from problems.chemistry.solutions import AtomicStructure
from problems.contract import Array


@dataclass(frozen=True, eq=False)
class ElementField(Field):
    """An atom on a mesh; potentials and densities are ``[E, Q]`` at its points."""

    atom: Atom
    elements: SchroedingerElements | SquaredDiracElements
    poisson: PotentialPoisson | ScaledPoisson

    @classmethod
    def of(cls, atom: Atom, ends: Array, degree: int, quadrature: int) -> ElementField:
        """Prepare the matrices that no potential changes."""
        if not atom.relativistic:
            elements = SchroedingerElements(ends, degree, quadrature)
            return cls(atom, elements, PotentialPoisson.of(elements.points, degree))
        dirac = SquaredDiracElements(ends, degree, quadrature, atom.charge, atom.speed_of_light)
        return cls(atom, dirac, ScaledPoisson.of(dirac.points))

    @property
    def points(self) -> QuadraturePoints:
        """Where potentials and densities are given."""
        return self.elements.points

    @property
    def r(self) -> Array:
        """The radii of the points."""
        return self.points.r

    @cached_property
    def channels(self) -> dict[int, Array]:
        """The electrons in each state of each l or κ, from the lowest, up to the last that is occupied."""
        electrons: dict[int, dict[int, float]] = {}
        for n, angular, f in self.atom.subshells:
            electrons.setdefault(angular, {})[n - first_n(self.atom.equation, angular)] = f
        return {
            angular: np.array([states.get(k, 0.0) for k in range(max(states) + 1)])
            for angular, states in electrons.items()
        }

    def integral(self, values: Array) -> float:
        """Return ∫ … dr."""
        return self.points.integral(values)

    def orbitals(self, potential: Array) -> tuple[dict[int, Channel], Array, Array]:
        """Solve one eigenproblem for every l or κ."""
        channels, charge = {}, np.zeros_like(potential)
        for angular, electrons in self.channels.items():
            channels[angular] = self.elements.channel(potential, angular, len(electrons))
            charge += np.tensordot(electrons, channels[angular].density, axes=1)
        first = {angular: first_n(self.atom.equation, angular) for angular in channels}
        energies = [channels[angular].energies[n - first[angular]] for n, angular, _ in self.atom.subshells]
        return channels, np.array(energies), charge

    def hartree(self, charge: Array) -> Array:
        """Solve Poisson's equation."""
        return self.poisson.potential(charge)

    def structure(self, step: Step, iterations: int) -> AtomicStructure:
        """Return a turn's orbitals as an atom."""
        shells = self.atom.subshells
        pairs = [(n, angular) for n, angular, _ in shells]
        return AtomicStructure(
            gathered(self.atom.equation, self.points.ends, pairs, step.orbitals),
            np.array([f for _, _, f in shells]),
            self.atom.charge,
            PiecewisePolynomial(self.points.ends, self.points.reference, step.given),
            step.total_energy,
            dict(step.parts),
            iterations,
            self.elements.unknowns,
        )
