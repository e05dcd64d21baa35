"""The self-consistent field of an atom by shooting on a grid."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numba import njit

from classical.chemistry.radial_grid import RadialGrid
from classical.chemistry.self_consistent_field import Field, Step
from classical.chemistry.shooting import CentralField, RadialShooting, Shot, on_elements
from classical.chemistry.shooting_integration import adams_moulton
from problems.chemistry.atoms import Atom
from problems.chemistry.piecewise_polynomial import PiecewisePolynomial
from problems.chemistry.solutions import AtomicStructure
from problems.contract import Array


@dataclass(frozen=True, eq=False)
class GridField(Field):
    """An atom on a grid; potentials and densities are ``[N]`` at its points but the nucleus.

    Attributes:
        atom: The atom.
        grid: The grid.
        shooting: How a state is found.
    """

    atom: Atom
    grid: RadialGrid
    shooting: RadialShooting
    _energies: dict[tuple[int, int], float] = field(default_factory=dict, init=False)

    @property
    def r(self) -> Array:
        """The radii but the nucleus."""
        return self.grid.r[1:]

    def integral(self, values: Array) -> float:
        """Return ∫ … dr by the trapezoidal rule, which is of high order for what vanishes at both ends."""
        return float(self.grid.stretch[1:] @ values)

    def orbitals(self, potential: Array) -> tuple[list[Shot], Array, Array]:
        """Shoot for every shell, from its energy in the last turn."""
        central = self._central(potential)
        shots, charge = [], np.zeros_like(potential)
        for n, angular, electrons in self.atom.subshells:
            guess = self._energies.get((n, angular))
            shot = self.shooting.state(central, n, angular, central.lowest(angular), guess)
            self._energies[n, angular] = shot.energy
            square = shot.values[1:, 0] ** 2
            if central.dirac:
                square += shot.values[1:, 1] ** 2
            charge += electrons / self.integral(square) * square
            shots.append(shot)
        return shots, np.array([shot.energy for shot in shots]), charge

    def hartree(self, charge: Array) -> Array:
        """Add up the charge inside and the potential of what is outside."""
        weights, b = self.grid.stretch[1:], adams_moulton(self.shooting.order)
        outside = running(charge / self.r * weights, b)
        return running(charge * weights, b) / self.r + outside[-1] - outside

    def structure(self, step: Step, iterations: int) -> AtomicStructure:
        """Return a turn's orbitals as an atom."""
        shells = self.atom.subshells
        central = self._central(step.given - self.atom.charge / self.r)
        given = self.grid.grouped(np.concatenate([step.given[:1], step.given]))
        return AtomicStructure(
            on_elements(central, [(n, angular) for n, angular, _ in shells], step.orbitals),
            np.array([f for _, _, f in shells]),
            self.atom.charge,
            PiecewisePolynomial(self.grid.ends, self.grid.nodes[None], given),
            step.total_energy,
            dict(step.parts),
            iterations,
            len(self.r),
        )

    def _central(self, potential: Array) -> CentralField:
        atom, whole = self.atom, np.concatenate([[0.0], potential])
        return CentralField(atom.relativistic, self.grid, whole, atom.charge, atom.speed_of_light)


@njit(cache=True, nogil=True)
def running(values, b):
    """Return ∫ up to each index of values ``[N]`` that rise from 0, by the Adams–Moulton weights."""
    total, found = 0.0, np.zeros(len(values))
    for i in range(len(values)):
        for k in range(min(len(b), i + 1)):
            total += b[k] * values[i - k]
        found[i] = total
    return found
