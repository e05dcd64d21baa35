"""Methods for electrons in atoms: high-order finite elements, and the solvers they are measured against."""

from typing import TYPE_CHECKING

from problems.lazy import lazy

_NAMES = {
    "AtomFiniteElements": "classical.chemistry.atom_finite_elements",
    "AtomShooting": "classical.chemistry.atom_shooting",
    "ExponentialMesh": "classical.chemistry.mesh",
    "FiniteDifferences": "classical.chemistry.finite_differences",
    "LinearMixing": "classical.chemistry.mixing",
    "PeriodicPulay": "classical.chemistry.mixing",
    "PlainDiracElements": "classical.chemistry.plain_dirac",
    "RadialFiniteElements": "classical.chemistry.radial_finite_elements",
    "RadialShooting": "classical.chemistry.shooting",
}

__all__ = list(_NAMES)  # pyright: ignore[reportUnsupportedDunderAll]
__getattr__, __dir__ = lazy(__name__, _NAMES)

if TYPE_CHECKING:
    from classical.chemistry.atom_finite_elements import AtomFiniteElements
    from classical.chemistry.atom_shooting import AtomShooting
    from classical.chemistry.finite_differences import FiniteDifferences
    from classical.chemistry.mesh import ExponentialMesh
    from classical.chemistry.mixing import LinearMixing, PeriodicPulay
    from classical.chemistry.plain_dirac import PlainDiracElements
    from classical.chemistry.radial_finite_elements import RadialFiniteElements
    from classical.chemistry.shooting import RadialShooting
