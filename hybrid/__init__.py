"""Solvers with a quantum backend in the loop, and the command line."""

from typing import TYPE_CHECKING

try:
    from problems.installation import refuse_foreign_packages
    from problems.lazy import lazy
except ModuleNotFoundError as error:
    raise ImportError(
        "another package named 'problems' stands before ours on sys.path; "
        "rename it, or reinstall hybrid-optimization in an environment of its own"
    ) from error

refuse_foreign_packages(__file__)

_NAMES = {
    "CircuitEnergy": "hybrid.variational",
    "LinearRamp": "hybrid.qaoa",
    "Qaoa": "hybrid.qaoa",
}

__all__ = list(_NAMES)  # pyright: ignore[reportUnsupportedDunderAll]
__getattr__, __dir__ = lazy(__name__, _NAMES)

if TYPE_CHECKING:
    from hybrid.qaoa import LinearRamp, Qaoa
    from hybrid.variational import CircuitEnergy
