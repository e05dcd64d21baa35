"""Adaptive graph shrinking: tie variables by correlation until a problem fits a device."""

from typing import TYPE_CHECKING

from problems.lazy import lazy

_NAMES = {
    "GraphShrinking": "hybrid.graph_shrinking.solver",
    "Recalculation": "hybrid.graph_shrinking.schedule",
    "ScatteredEncoding": "hybrid.graph_shrinking.encoding",
    "Shrinking": "hybrid.graph_shrinking.settings",
    "ShrunkProblem": "hybrid.graph_shrinking.shrunk",
    "SpectralStop": "hybrid.graph_shrinking.stopping",
    "SpinGraph": "hybrid.graph_shrinking.spin_graph",
    "Trace": "hybrid.graph_shrinking.trace",
    "shrink": "hybrid.graph_shrinking.shrinking",
}

__all__ = list(_NAMES)  # pyright: ignore[reportUnsupportedDunderAll]
__getattr__, __dir__ = lazy(__name__, _NAMES)

if TYPE_CHECKING:
    from hybrid.graph_shrinking.encoding import ScatteredEncoding
    from hybrid.graph_shrinking.schedule import Recalculation
    from hybrid.graph_shrinking.settings import Shrinking
    from hybrid.graph_shrinking.shrinking import shrink
    from hybrid.graph_shrinking.shrunk import ShrunkProblem
    from hybrid.graph_shrinking.solver import GraphShrinking
    from hybrid.graph_shrinking.spin_graph import SpinGraph
    from hybrid.graph_shrinking.stopping import SpectralStop
    from hybrid.graph_shrinking.trace import Trace
