"""Roof duality of QUBOs: a bound, labels that minima have, and the smaller QUBO that they leave."""

from typing import TYPE_CHECKING

from problems.lazy import lazy

_NAMES = {
    "RoofDual": "problems.binary.roof.duality",
    "persistency": "problems.binary.roof.duality",
    "roof_dual": "problems.binary.roof.duality",
}

__all__ = list(_NAMES)  # pyright: ignore[reportUnsupportedDunderAll]
__getattr__, __dir__ = lazy(__name__, _NAMES)

if TYPE_CHECKING:
    from problems.binary.roof.duality import RoofDual, persistency, roof_dual
