"""Answers for central fields: one-electron states, and a whole atom, as functions that can be asked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from problems.checking import check_choice, check_number, frozen_array, refuse_elements
from problems.chemistry.exact_levels import orbital_momentum
from problems.chemistry.occupations import shell_name
from problems.chemistry.piecewise_polynomial import PiecewisePolynomial
from problems.contract import Array
from problems.errors import ProblemError

Equation = Literal["schroedinger", "dirac"]


@dataclass(frozen=True, eq=False)
class RadialStates:
    """States of one electron in a central field: energies and radial functions P = r R, and Q for Dirac.

    P(r) = r^a P̃(r) and Q(r) = r^a Q̃(r) with piecewise polynomials P̃, Q̃ and an exponent a for each state; the
    norm is ∫ P² + Q² dr = 1.

    Attributes:
        equation: Which equation they solve.
        n: ``[S]``, principal quantum numbers.
        angular: ``[S]``, l for Schrödinger's equation, κ for Dirac's.
        energies: ``[S]`` in Hartree, without the rest energy.
        large: P̃ of all states, values ``[S, E, q]``.
        small: Q̃ of all states; None for Schrödinger's equation.
        exponents: ``[S]``, a.
    """

    equation: Equation
    n: Array
    angular: Array
    energies: Array
    large: PiecewisePolynomial
    small: PiecewisePolynomial | None
    exponents: Array

    def __post_init__(self):
        check_choice("equation", self.equation, ("schroedinger", "dirac"))
        n = frozen_array("n", self.n, shape=(None,), dtype=np.int64)
        angular = frozen_array("angular", self.angular, shape=n.shape, dtype=np.int64)
        energies = frozen_array("energies", self.energies, shape=n.shape)
        exponents = frozen_array("exponents", self.exponents, shape=n.shape)
        refuse_elements("exponents", exponents, exponents < 0, "an exponent ≥ 0")
        if self.equation == "schroedinger":
            refuse_elements("exponents", exponents, exponents != 0, "0 for Schrödinger's equation")
        if (self.small is None) == (self.equation == "dirac"):
            raise ProblemError("small", self.small, "functions for Dirac's equation, None for Schrödinger's")
        for part in (self.large, self.small):
            if part is not None and (part.values.ndim != 3 or len(part.values) != len(n)):
                raise ProblemError("the shape of the functions", part.values.shape, f"({len(n)}, E, q)")
        for name, array in (("n", n), ("angular", angular), ("energies", energies), ("exponents", exponents)):
            object.__setattr__(self, name, array)

    def __len__(self) -> int:
        return len(self.n)

    def large_component(self, r: Array) -> Array:
        """Return P ``[S, R]`` at radii ``[R]`` > 0."""
        return self.large(r) * np.power(r, self.exponents[:, None])

    def small_component(self, r: Array) -> Array:
        """Return Q ``[S, R]`` at radii ``[R]`` > 0; zero for Schrödinger's equation."""
        if self.small is None:
            return np.zeros((len(self), len(r)))
        return self.small(r) * np.power(r, self.exponents[:, None])

    def large_slope(self, r: Array) -> Array:
        """Return P' ``[S, R]`` at radii ``[R]`` > 0."""
        return self._slope(self.large, r)

    def small_slope(self, r: Array) -> Array:
        """Return Q' ``[S, R]`` at radii ``[R]`` > 0; zero for Schrödinger's equation."""
        return np.zeros((len(self), len(r))) if self.small is None else self._slope(self.small, r)

    def names(self) -> list[str]:
        """Return names such as "3d" or "3d3/2"."""
        relativistic = self.equation == "dirac"
        pairs = zip(self.n, self.angular, strict=True)
        return [shell_name(int(n), int(angular), relativistic) for n, angular in pairs]

    def energy(self, n: int, angular: int) -> float:
        """Return the energy of one state, with ``angular`` l or κ.

        Raises:
            ProblemError: If there is no such state.
        """
        at = np.flatnonzero((self.n == n) & (self.angular == angular))
        if len(at) == 0:
            raise ProblemError("(n, angular)", (n, angular), "a state of this answer")
        return float(self.energies[at[0]])

    def momenta(self) -> Array:
        """Return l of the large component ``[S]``."""
        if self.equation == "schroedinger":
            return self.angular
        return np.array([orbital_momentum(int(kappa)) for kappa in self.angular], dtype=np.int64)

    def _slope(self, part: PiecewisePolynomial, r: Array) -> Array:
        exponents = self.exponents[:, None]
        return np.power(r, exponents) * (part.slope(r) + exponents / r * part(r))


@dataclass(frozen=True, eq=False)
class AtomicStructure:
    """A self-consistent atom: its orbitals, how they are occupied, and the potential they live in.

    Attributes:
        states: The orbitals.
        occupations: ``[S]``, electrons in each shell or subshell.
        charge: Z of the nucleus.
        screened: V(r) + Z/r in Hartree, the part of the potential that electrons make.
        total_energy: In Hartree, by the method's own account.
        parts: Of the total energy, by name.
        iterations: Of the self-consistent field.
        unknowns: Of one radial eigenproblem.
    """

    states: RadialStates
    occupations: Array
    charge: int
    screened: PiecewisePolynomial
    total_energy: float
    parts: Mapping[str, float] = field(default_factory=dict)
    iterations: int = 0
    unknowns: int = 0

    def __post_init__(self):
        occupations = frozen_array("occupations", self.occupations, shape=(len(self.states),))
        refuse_elements("occupations", occupations, occupations < 0, "electrons ≥ 0")
        check_number("total_energy", self.total_energy)
        object.__setattr__(self, "occupations", occupations)

    def shell_densities(self, r: Array) -> Array:
        """Return f (P² + Q²) of each shell ``[S, R]``, electrons per Bohr of radius."""
        squares = self.states.large_component(r) ** 2 + self.states.small_component(r) ** 2
        return self.occupations[:, None] * squares

    def radial_density(self, r: Array) -> Array:
        """Return 4π r² n(r) ``[R]``, electrons per Bohr of radius."""
        return np.sum(self.shell_densities(r), axis=0)

    def density(self, r: Array) -> Array:
        """Return n(r) ``[R]`` at radii > 0, electrons per cubic Bohr."""
        return self.radial_density(r) / (4 * np.pi * np.square(r))

    def potential(self, r: Array) -> Array:
        """Return V(r) ``[R]`` at radii > 0 in Hartree; beyond the last element the bare ion's."""
        r = np.asarray(r, dtype=float)
        beyond = (self.charge - np.sum(self.occupations)) / -r
        return np.where(r <= self.screened.ends[-1], self.screened(r) - self.charge / r, beyond)
