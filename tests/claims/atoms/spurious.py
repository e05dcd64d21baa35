"""Levels of Dirac's equation that are none: with the Hamiltonian itself, and with its square."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from classical.chemistry import PlainDiracElements
from classical.chemistry.plain_dirac import spurious_levels
from problems.chemistry import RadialEigenproblem
from problems.chemistry.exact_levels import SPEED_OF_LIGHT, sommerfeld_level
from tests.claims.atoms.levels import DIRAC_ELEMENTS, KAPPAS, PAIRS
from tests.claims.table import Row


def rows(quick: bool) -> Iterator[Row]:
    """One row a nuclear charge."""
    for charge in (92,) if quick else (20, 50, 92):
        yield counted(charge)


def counted(charge: int) -> Row:
    """Count the levels within the ladder that no exact level explains."""
    plain, squared, ladder = {}, {}, 0.0
    for kappa in KAPPAS:
        pairs = tuple(pair for pair in PAIRS if pair[1] == kappa)
        problem = RadialEigenproblem("coulomb", charge, "dirac", wanted=pairs)
        exact = np.array([sommerfeld_level(n, kappa, charge) for n, _ in pairs])
        spectrum, _, _ = PlainDiracElements().spectrum(problem, kappa)
        plain[kappa] = len(spurious_levels(spectrum[spectrum > -(SPEED_OF_LIGHT**2)], exact))
        states = DIRAC_ELEMENTS.solve(problem, progress=False).solution
        squared[kappa] = len(spurious_levels(states.energies, exact))
        ladder = max(ladder, float(np.max(np.abs(states.energies - exact))))
    positive = {kappa: count for kappa, count in plain.items() if kappa > 0}
    return Row(
        f"Coulomb, Z = {charge}, κ = −6 … 5: H has spurious levels in each κ > 0, H² the exact ladder",
        "none with H²",
        f"H: {sum(positive.values())} in κ > 0, {sum(plain.values()) - sum(positive.values())} in κ < 0",
        f"H²: {sum(squared.values())}; ladder within {ladder:.1e}",
        bool(all(positive.values()) and not any(squared.values()) and ladder < 1e-8),
    )
