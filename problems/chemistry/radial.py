"""One electron in a central field: the radial Schrödinger and Dirac equations, judged by exact levels."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

import numpy as np

from problems.checking import check_choice, check_integer, check_number
from problems.chemistry.exact_levels import (
    SPEED_OF_LIGHT,
    coulomb_level,
    harmonic_level,
    orbital_momentum,
    sommerfeld_level,
)
from problems.chemistry.judging_grid import JudgingGrid, SampledStates, worst_overlap, wrong_node_counts
from problems.chemistry.solutions import Equation, RadialStates
from problems.contract import Array, Evaluation, Problem
from problems.errors import ProblemError

SMALLEST_BOX = 5.0  # Bohr
PROBES = 400

Pair = tuple[int, int]
Potential = Callable[[Array], Array] | Literal["coulomb", "harmonic"]


@dataclass(frozen=True, eq=False)
class RadialEigenproblem(Problem[RadialStates]):
    """Find bound states of −½ P'' + [l(l+1)/(2r²) + V] P = E P, or of the radial Dirac equation.

    The objective is the largest error of an energy in Hartree where the levels are known exactly, and the
    largest residual ‖(H − E) P‖ elsewhere. The judge integrates the functions on its own grid.

    Attributes:
        potential: V(r) in Hartree as a function of radii ``[R]``, named at the top of a module or an object
            that can be stored; "coulomb" is −Z/r, "harmonic" r²/2.
        charge: Z ≥ 0 in V → −Z/r at the nucleus; 0 where V stays finite, which "harmonic" does.
        equation: Schrödinger's or Dirac's.
        n_max: All states up to this principal quantum number are sought.
        wanted: Pairs (n, l), or (n, κ) for Dirac, in place of ``n_max``.
        r_max: Where the functions end, in Bohr.
        speed_of_light: c in atomic units.
        tolerance: Norms, overlaps and quotients ⟨H⟩ may be off by so much, the last relative to the energy.

    Raises:
        ProblemError: For κ = 0, n ≤ l, |κ| ≤ Z/c, a box below 5 Bohr, a potential that is not finite.
    """

    potential: Potential = "coulomb"
    charge: float = 1.0
    equation: Equation = "schroedinger"
    n_max: int = 3
    wanted: tuple[Pair, ...] | None = None
    r_max: float = 50.0
    speed_of_light: float = SPEED_OF_LIGHT
    tolerance: float = 1e-6

    def __post_init__(self):
        check_choice("equation", self.equation, ("schroedinger", "dirac"))
        check_number("charge", self.charge, 0.0)
        check_integer("n_max", self.n_max, 1)
        check_number("r_max", self.r_max, SMALLEST_BOX)
        check_number("speed_of_light", self.speed_of_light, 0.0, open_low=True)
        check_number("tolerance", self.tolerance, 0.0)
        if isinstance(self.potential, str):
            check_choice("potential", self.potential, ("coulomb", "harmonic"))
            if self.potential == "harmonic" and self.charge != 0:
                raise ProblemError("charge", self.charge, "0 in the harmonic potential")
        if self.wanted is not None:
            object.__setattr__(self, "wanted", tuple((int(n), int(k)) for n, k in self.wanted))
        for n, angular in self.pairs:
            self._check_pair(n, angular)
        self.values(np.geomspace(1e-8 * self.r_max, self.r_max, PROBES))

    @classmethod
    def harmonic(cls, equation: Equation = "schroedinger", n_max: int = 3, r_max: float = 10.0):
        """Return the oscillator V = r²/2."""
        return cls("harmonic", 0.0, equation, n_max, r_max=r_max)

    @property
    def reference(self) -> float | None:  # pyright: ignore[reportIncompatibleVariableOverride]
        """0 where the levels are known."""
        return None if self.exact_level(*self.pairs[0]) is None else 0.0

    @cached_property
    def pairs(self) -> tuple[Pair, ...]:
        """The states sought, by angular quantum number, then n."""
        if self.wanted is not None:
            return tuple(sorted(set(self.wanted), key=lambda pair: (orbital_key(pair[1]), pair[0])))
        angular = range(self.n_max)
        if self.equation == "dirac":
            angular = sorted((k for k in range(-self.n_max, self.n_max) if k != 0), key=orbital_key)
        lowest = _lowest(self.equation)
        return tuple((n, k) for k in angular for n in range(lowest(k), self.n_max + 1))

    @property
    def channels(self) -> dict[int, list[int]]:
        """The principal quantum numbers sought for each l or κ."""
        found: dict[int, list[int]] = {}
        for n, angular in self.pairs:
            found.setdefault(angular, []).append(n)
        return found

    def values(self, r: Array) -> Array:
        """Return V ``[R]`` at radii > 0.

        Raises:
            ProblemError: If a value is not finite or the shape is wrong.
        """
        if self.potential == "coulomb":
            return -self.charge / r
        if self.potential == "harmonic":
            return 0.5 * np.square(r)
        found = np.asarray(self.potential(r), dtype=float)  # pyright: ignore[reportCallIssue]
        if found.shape != np.shape(r):
            raise ProblemError(
                "the shape of the potential", found.shape, f"{np.shape(r)}, one value a radius"
            )
        if not np.all(np.isfinite(found)):
            at = float(np.asarray(r)[~np.isfinite(found)][0])
            raise ProblemError(
                f"the potential at r = {at:g}", float(found[~np.isfinite(found)][0]), "a finite number"
            )
        return found

    def exact_level(self, n: int, angular: int) -> float | None:
        """Return the exact energy of a state in Hartree, or None where there is no closed form."""
        schroedinger = self.equation == "schroedinger"
        if self.potential == "coulomb":
            if schroedinger:
                return coulomb_level(n, self.charge)
            return sommerfeld_level(n, angular, self.charge, self.speed_of_light)
        return harmonic_level(n, angular) if self.potential == "harmonic" and schroedinger else None

    def judge(self, solution: RadialStates) -> Evaluation:
        """Score states: violations count missing states, wrong node counts, energies nearer to another exact
        level of their channel than to their own, and figures past the tolerance.

        Raises:
            ProblemError: If it solves the other equation, or reaches beyond the box.
        """
        self._check_kind(solution)
        ends, degree = solution.large.ends, solution.large.degree
        grid = JudgingGrid.of(ends, degree, graded=bool(np.any(solution.exponents % 1 != 0)))
        sampled = SampledStates.of(solution, grid)
        have = [(int(n), int(k)) for n, k in zip(solution.n, solution.angular, strict=True)]
        missing = len(set(self.pairs) - set(have)) + len(have) - len(set(have))
        overlap = worst_overlap(solution, sampled, grid)
        potential = self.values(grid.r.ravel()).reshape(grid.r.shape)
        quotient = self._quotient_error(solution, sampled, grid, potential)
        wrong = wrong_node_counts(solution, sampled)
        errors = self._errors(solution)
        residual = self._residual(solution, sampled, grid, potential)
        metrics: dict[str, float | Array] = {
            "quotient_error": quotient, "residual": residual, "orthonormality": overlap, "wrong_nodes": wrong,
        }  # fmt: skip
        if errors is not None:
            metrics["energy_errors"] = errors
        objective = residual if errors is None else float(np.max(np.abs(errors), initial=0.0))
        violations = {
            "missing_states": float(missing),
            "wrong_nodes": float(wrong),
            "misplaced_levels": self._misplaced(solution),
            "orthonormality": overlap if overlap > self.tolerance else 0.0,
            "quotients": quotient if quotient > self.tolerance else 0.0,
        }
        return Evaluation(objective, violations, metrics)

    def plot(self, solution: RadialStates, axes: Any = None) -> Any:
        """Draw P of all states over the radius; returns the axes."""
        from problems.chemistry.pictures import draw_states

        return draw_states(solution, axes)

    def _errors(self, solution: RadialStates) -> Array | None:
        exact = [self.exact_level(int(n), int(k)) for n, k in zip(solution.n, solution.angular, strict=True)]
        return None if None in exact else solution.energies - np.array(exact, dtype=float)

    def _misplaced(self, solution: RadialStates) -> float:
        """Count energies off their exact level by more than half the distance to the next of their channel,
        as happens to all above a spurious one.
        """
        count = 0
        for n, angular, energy in zip(solution.n, solution.angular, solution.energies, strict=True):
            own, above = (self.exact_level(int(m), int(angular)) for m in (n, n + 1))
            if own is not None and above is not None:
                count += abs(energy - own) > 0.5 * (above - own)
        return float(count)

    def _quotient_error(
        self, solution: RadialStates, sampled: SampledStates, grid: JudgingGrid, potential: Array
    ) -> float:
        square = sampled.large**2 + sampled.small**2
        energy = sampled.kinetic(solution, grid.r, self.speed_of_light) + potential * square
        quotient = grid.integral(energy) / grid.integral(square)
        relative = np.abs(quotient - solution.energies) / np.maximum(1.0, np.abs(solution.energies))
        return float(np.max(relative, initial=0.0))

    def _residual(
        self, solution: RadialStates, sampled: SampledStates, grid: JudgingGrid, potential: Array
    ) -> float:
        if solution.equation == "dirac":
            rest = sampled.residual(solution, potential, grid.r, self.speed_of_light)
            return float(np.sqrt(np.max(np.sum(grid.integral(rest**2), axis=1), initial=0.0)))
        curvature = solution.large.curvature(grid.r.ravel()).reshape(sampled.large.shape)
        angular, energy = solution.angular[:, None, None], solution.energies[:, None, None]
        well = 0.5 * angular * (angular + 1) / grid.r**2 + potential - energy
        rest = well * sampled.large - 0.5 * curvature
        return float(np.sqrt(np.max(grid.integral(rest**2), initial=0.0)))

    def _check_pair(self, n: int, angular: int) -> None:
        dirac = self.equation == "dirac"
        name = "κ" if dirac else "l"
        if angular == 0 and dirac:
            raise ProblemError("κ", 0, "a nonzero integer", "κ = −1 is s, κ = 1 is p1/2")
        if angular < 0 and not dirac:
            raise ProblemError("l", angular, "an integer ≥ 0")
        if n < _lowest(self.equation)(angular):
            raise ProblemError(f"(n, {name})", (n, angular), "n > l")
        if dirac and abs(angular) <= self.charge / self.speed_of_light:
            raise ProblemError(
                "charge", self.charge, f"less than |κ| c = {abs(angular) * self.speed_of_light:.4f}",
                "a heavier point nucleus has no such bound state",
            )  # fmt: skip

    def _check_kind(self, solution: RadialStates) -> None:
        if not isinstance(solution, RadialStates):
            raise ProblemError("solution", solution, "a RadialStates")
        if solution.equation != self.equation:
            raise ProblemError("solution.equation", solution.equation, repr(self.equation))
        if solution.large.ends[-1] > self.r_max * (1 + 1e-12):
            raise ProblemError("solution.large.ends[-1]", solution.large.ends[-1], f"at most {self.r_max}")


def orbital_key(angular: int) -> tuple[int, int]:
    """Sort l as they are and κ as −1, 1, −2, 2, …."""
    return abs(angular), angular


def _lowest(equation: Equation) -> Callable[[int], int]:
    return _after_momentum if equation == "dirac" else _after


def _after_momentum(kappa: int) -> int:
    return orbital_momentum(kappa) + 1


def _after(momentum: int) -> int:
    return momentum + 1
