"""Certified bounds by semidefinite relaxations, of cuts and QUBOs and of independent sets."""

from typing import TYPE_CHECKING

from problems.lazy import lazy

_NAMES = {
    "SemidefiniteBound": "problems.binary.bounds.semidefinite",
    "greatest_eigenvalue_bound": "problems.binary.bounds.certified",
    "least_eigenvalue_bound": "problems.binary.bounds.certified",
    "max_cut_bound": "problems.binary.bounds.spin_bounds",
    "qubo_bound": "problems.binary.bounds.spin_bounds",
    "theta_bound": "problems.binary.bounds.theta",
    "theta_number": "problems.binary.bounds.theta",
}

__all__ = list(_NAMES)  # pyright: ignore[reportUnsupportedDunderAll]
__getattr__, __dir__ = lazy(__name__, _NAMES)

if TYPE_CHECKING:
    from problems.binary.bounds.certified import greatest_eigenvalue_bound, least_eigenvalue_bound
    from problems.binary.bounds.semidefinite import SemidefiniteBound
    from problems.binary.bounds.spin_bounds import max_cut_bound, qubo_bound
    from problems.binary.bounds.theta import theta_bound, theta_number
