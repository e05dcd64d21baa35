"""Electrons in atoms, judged by exact levels, published energies and the theorems that they must keep."""

from typing import TYPE_CHECKING

from problems.lazy import lazy

_NAMES = {
    "Atom": "problems.chemistry.atoms",
    "AtomicStructure": "problems.chemistry.solutions",
    "PiecewisePolynomial": "problems.chemistry.piecewise_polynomial",
    "RadialEigenproblem": "problems.chemistry.radial",
    "RadialStates": "problems.chemistry.solutions",
    "ground_state_shells": "problems.chemistry.occupations",
    "reference_energy": "problems.chemistry.reference_energies",
}

__all__ = list(_NAMES)  # pyright: ignore[reportUnsupportedDunderAll]
__getattr__, __dir__ = lazy(__name__, _NAMES)

if TYPE_CHECKING:
    from problems.chemistry.atoms import Atom
    from problems.chemistry.occupations import ground_state_shells
    from problems.chemistry.piecewise_polynomial import PiecewisePolynomial
    from problems.chemistry.radial import RadialEigenproblem
    from problems.chemistry.reference_energies import reference_energy
    from problems.chemistry.solutions import AtomicStructure, RadialStates
