"""The self-consistent field, whatever solves for its orbitals: potential → orbitals → density → potential."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from classical.chemistry.mixing import Mixing
from classical.chemistry.thomas_fermi import effective_charge
from problems.chemistry.atoms import Atom
from problems.chemistry.exchange_correlation import exchange_correlation
from problems.chemistry.solutions import AtomicStructure
from problems.contract import Array, NothingFound
from problems.run import Run

SETTLED = 1e-4  # relative residual of the potential below which energies may end the iteration
AT_LEAST = 3  # iterations


@dataclass(frozen=True, eq=False)
class Step:
    """What one turn gives; arrays of the radius have the shape of the field's points.

    Attributes:
        given: V + Z/r that the orbitals were solved in.
        screened: V + Z/r of their density.
        orbitals: The states in the form of their solver.
        energies: ``[S]``, of the atom's shells.
        parts: Of the total energy, in Hartree.
        residual: ‖screened − given‖ / ‖screened‖.
    """

    given: Array
    screened: Array
    orbitals: Any
    energies: Array
    parts: Mapping[str, float]
    residual: float

    @property
    def total_energy(self) -> float:
        """In Hartree; its error is of second order in the density's."""
        return float(sum(self.parts.values()))


class Field(ABC):
    """An atom on a set of points."""

    atom: Atom

    @property
    @abstractmethod
    def r(self) -> Array:
        """The points."""

    @abstractmethod
    def integral(self, values: Array) -> float:
        """Return ∫ … dr."""

    @abstractmethod
    def orbitals(self, potential: Array) -> tuple[Any, Array, Array]:
        """Return the orbitals in a potential, their energies ``[S]`` and 4π r² n.

        Raises:
            NothingFound: If they cannot be solved for.
        """

    @abstractmethod
    def hartree(self, charge: Array) -> Array:
        """Return the electrostatic potential of 4π r² n."""

    @abstractmethod
    def structure(self, step: Step, iterations: int) -> AtomicStructure:
        """Return a turn's orbitals as an atom, in the potential that they were solved in."""

    def start(self) -> Array:
        """Return V + Z/r of the Thomas–Fermi atom."""
        return (self.atom.charge - effective_charge(self.r, self.atom.charge)) / self.r

    def size(self, potential: Array) -> float:
        """Return the L2 norm over space."""
        return float(np.sqrt(self.integral((potential * self.r) ** 2)))

    def step(self, given: Array) -> Step:
        """Turn V + Z/r once."""
        orbitals, energies, charge = self.orbitals(given - self.atom.charge / self.r)
        hartree = self.hartree(charge)
        c = self.atom.speed_of_light if self.atom.relativistic else None
        energy, potential = exchange_correlation(charge / (4 * np.pi * self.r**2), c)
        parts = self._parts(energies, given, charge, hartree, energy)
        screened = hartree + potential
        residual = self.size(screened - given) / self.size(screened)
        return Step(given, screened, orbitals, energies, parts, residual)

    def _parts(
        self, energies: Array, given: Array, charge: Array, hartree: Array, xc: Array
    ) -> dict[str, float]:
        """Return the parts of Σ f ε − ∫ V n + E_H + E_en + E_xc."""
        occupations = np.array([f for _, _, f in self.atom.subshells])
        nuclear = -self.atom.charge * self.integral(charge / self.r)
        return {
            "kinetic": float(occupations @ energies) - self.integral(given * charge) - nuclear,
            "nuclear": nuclear,
            "hartree": 0.5 * self.integral(hartree * charge),
            "exchange_correlation": self.integral(xc * charge),
        }


def settle(field: Field, mixing: Mixing, tolerance: float, iterations: int, run: Run) -> AtomicStructure:
    """Turn a field until no orbital energy moves by more than a tolerance in two iterations running.

    Raises:
        NothingFound: If it does not settle in so many iterations.
    """
    changes: list[float] = []
    last: Step | None = None
    try:
        for step, change in turns(field, mixing, iterations, run):
            last = step
            changes.append(change)
            energy, residual = step.total_energy, step.residual
            run.record(step=len(changes) - 1, total_energy=energy, residual=residual, change=change)
            settled = len(changes) >= AT_LEAST and residual < SETTLED and max(changes[-2:]) < tolerance
            if run.converged(settled, f"no orbital energy moves by more than {tolerance:g} Hartree"):
                return field.structure(step, len(changes))
    finally:  # an end of any kind leaves the last turn, which is put together only then
        if last is not None:
            run.offer(field.structure(last, len(changes)), last.residual)
    if last is None or run.out_of_time():
        return run.best
    raise NothingFound(
        f"the field did not settle in {iterations} iterations, and the last one moved an orbital energy by "
        f"{changes[-1]:.1e} Hartree; allow more iterations or mix less"
    )


def turns(field: Field, mixing: Mixing, iterations: int, run: Run) -> Iterator[tuple[Step, float]]:
    """Yield turns of a field, each with the largest change of an orbital energy, infinite in the first."""
    given, before = field.start(), None
    inputs, residuals = [], []
    for _ in run.steps(iterations, "iteration"):
        step = field.step(given)
        run.spent(iterations=1)
        yield step, math.inf if before is None else float(np.max(np.abs(step.energies - before)))
        before = step.energies
        inputs.append(given.ravel())
        residuals.append((step.screened - given).ravel())
        given = mixing.next_input(inputs, residuals).reshape(given.shape)
