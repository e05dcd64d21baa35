"""An atom in the local density approximation: the Kohn–Sham and the Dirac–Kohn–Sham equations, judged.

Reference: Čertík et al., Comput. Phys. Commun. 297 (2024) 109051; virial theorem: Levy and Perdew 1985.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

from problems.checking import check_choice, check_integer, check_number
from problems.chemistry.atom_audit import AtomAudit
from problems.chemistry.exact_levels import SPEED_OF_LIGHT
from problems.chemistry.occupations import (
    HEAVIEST,
    LETTERS,
    Shell,
    capacity,
    ground_state_shells,
    split_by_kappa,
)
from problems.chemistry.reference_energies import reference_energy
from problems.chemistry.solutions import AtomicStructure, Equation
from problems.contract import Evaluation, Problem
from problems.errors import ProblemError


@dataclass(frozen=True, eq=False)
class Atom(Problem[AtomicStructure]):
    """Find the self-consistent spherical, unpolarised atom.

    The objective is the total energy in Hartree, recomputed by the judge from the orbitals alone: their
    kinetic energy, and the electrostatic and exchange-correlation energies of their density. Nonrelativistic
    self-consistent orbitals minimise it, relativistic ones make it stationary.

    Attributes:
        charge: Z of the nucleus, 1 to 92.
        relativity: "none" for Schrödinger's, "dirac" for Dirac's equation.
        exchange_correlation: "vwn"; with relativistic exchange where the equation is Dirac's.
        occupations: ((n, l), electrons) of each shell; None for the ground state of the neutral atom.
        allow_ion: Whether the electrons may be fewer or more than Z.
        speed_of_light: c in atomic units.
        tolerance: Charge, overlaps, and the potential (relative) may be off by so much.

    Raises:
        ProblemError: For charges outside 1 … 92, shells that do not exist or hold too many, and electrons
            that do not add up to Z unless ``allow_ion``.
    """

    charge: int = 10
    relativity: Literal["none", "dirac"] = "none"
    exchange_correlation: Literal["vwn"] = "vwn"
    occupations: tuple[tuple[tuple[int, int], float], ...] | None = None
    allow_ion: bool = False
    speed_of_light: float = SPEED_OF_LIGHT
    tolerance: float = 1e-5

    def __post_init__(self):
        check_integer("charge", self.charge, 1, HEAVIEST)
        check_choice("relativity", self.relativity, ("none", "dirac"))
        check_choice("exchange_correlation", self.exchange_correlation, ("vwn",))
        check_number("speed_of_light", self.speed_of_light, 0.0, open_low=True)
        check_number("tolerance", self.tolerance, 0.0)
        if self.relativistic and self.charge >= self.speed_of_light:
            raise ProblemError("charge", self.charge, f"less than c = {self.speed_of_light:g}")
        if self.occupations is not None:
            object.__setattr__(self, "occupations", _checked(self.occupations))
        electrons = self.electrons
        if electrons != self.charge and not self.allow_ion:
            raise ProblemError(
                "the sum of the occupations",
                electrons,
                f"{self.charge} electrons",
                "set allow_ion for an ion",
            )

    @property
    def relativistic(self) -> bool:
        """Whether the equation is Dirac's."""
        return self.relativity == "dirac"

    @property
    def equation(self) -> Equation:
        """The equation of the orbitals."""
        return "dirac" if self.relativistic else "schroedinger"

    @cached_property
    def shells(self) -> tuple[Shell, ...]:
        """``(n, l, electrons)`` by n, then l, empty shells left out."""
        if self.occupations is None:
            return ground_state_shells(self.charge)
        return tuple(sorted((*pair, f) for pair, f in self.occupations if f > 0))

    @cached_property
    def subshells(self) -> tuple[Shell, ...]:
        """``(n, l, electrons)``, or ``(n, κ, electrons)`` where the equation is Dirac's."""
        return split_by_kappa(self.shells) if self.relativistic else self.shells

    @property
    def electrons(self) -> float:
        """How many there are."""
        return float(sum(f for _, _, f in self.shells))

    @cached_property
    def reference(self) -> float | None:  # pyright: ignore[reportIncompatibleVariableOverride]
        """The published total energy in Hartree where one is listed for this very atom."""
        published = self.speed_of_light == SPEED_OF_LIGHT and self.shells == ground_state_shells(self.charge)
        return reference_energy(self.charge, self.relativistic) if published else None

    def judge(self, solution: AtomicStructure) -> Evaluation:
        """Score an atom; violations count wrong shells and figures past the tolerance.

        Metrics: ``energy_error`` against the reference, ``reported_error`` of the candidate's own total,
        ``virial``, ``charge_error``, ``orthonormality``, ``wrong_nodes``, ``potential_residual`` (the L2 norm
        of V − V[n], weighted by the density, over that of V − V_nucleus) and the parts of the energy.

        Raises:
            ProblemError: If it is another atom or solves the other equation.
        """
        self._check_kind(solution)
        audit = AtomAudit.of(solution, self.speed_of_light)
        energy = audit.total_energy
        metrics: dict[str, float] = {
            **audit.parts(),
            "reported_error": solution.total_energy - energy,
            "virial": audit.virial,
            "charge_error": abs(audit.electrons - self.electrons),
            "orthonormality": audit.worst_overlap,
            "wrong_nodes": float(audit.wrong_nodes),
            "potential_residual": audit.potential_residual,
        }
        if self.reference is not None:
            metrics["energy_error"] = energy - self.reference
        violations = {"wrong_shells": self._wrong_shells(solution), "wrong_nodes": metrics["wrong_nodes"]}
        for name in ("charge_error", "orthonormality", "potential_residual"):
            violations[name] = metrics[name] if metrics[name] > self.tolerance else 0.0
        return Evaluation(energy, violations, metrics)

    def plot(self, solution: AtomicStructure, axes: Any = None) -> Any:
        """Draw the radial density and what each shell adds to it; returns the axes."""
        from problems.chemistry.pictures import draw_atom

        return draw_atom(solution, axes)

    def _wrong_shells(self, solution: AtomicStructure) -> float:
        states = solution.states
        have = {
            (int(n), int(k)): float(f)
            for n, k, f in zip(states.n, states.angular, solution.occupations, strict=True)
        }
        wanted = {(n, k): f for n, k, f in self.subshells}
        names = set(have) | set(wanted)
        doubled = len(states) - len(have)
        return float(doubled + sum(abs(have.get(k, 0.0) - wanted.get(k, 0.0)) > 1e-12 for k in names))

    def _check_kind(self, solution: AtomicStructure) -> None:
        if not isinstance(solution, AtomicStructure):
            raise ProblemError("solution", solution, "an AtomicStructure")
        if solution.charge != self.charge:
            raise ProblemError("solution.charge", solution.charge, str(self.charge))
        if solution.states.equation != self.equation:
            raise ProblemError("solution.states.equation", solution.states.equation, repr(self.equation))


def _checked(occupations: Any) -> tuple[tuple[tuple[int, int], float], ...]:
    found = {}
    for pair, electrons in occupations:
        n, momentum = pair
        check_integer("n", n, 1)
        check_integer("l", momentum, 0, min(int(n), len(LETTERS)) - 1)
        check_number(f"occupations of (n, l) = {pair}", electrons, 0.0, capacity(momentum))
        if (n, momentum) in found:
            raise ProblemError("occupations", f"two entries for (n, l) = {pair}", "one entry a shell")
        found[int(n), int(momentum)] = float(electrons)
    if not any(found.values()):
        raise ProblemError("occupations", occupations, "some electrons")
    return tuple(sorted(found.items()))
