"""Sources of correlations: which spins are equal and which are opposite in good solutions."""

from typing import TYPE_CHECKING

from problems.lazy import lazy

_NAMES = {
    "AutomaticCorrelation": "hybrid.graph_shrinking.correlations.automatic",
    "CorrelationSource": "hybrid.graph_shrinking.correlations.source",
    "Correlations": "hybrid.graph_shrinking.correlations.source",
    "CutCorrelation": "hybrid.graph_shrinking.correlations.linear",
    "LiftedCorrelation": "hybrid.graph_shrinking.correlations.lifted",
    "RandomCorrelation": "hybrid.graph_shrinking.correlations.random",
    "SampledCorrelation": "hybrid.graph_shrinking.correlations.sampled",
    "SemidefiniteCorrelation": "hybrid.graph_shrinking.correlations.sdp",
    "SingleLayerCorrelation": "hybrid.graph_shrinking.correlations.closed_form",
    "ThermalCorrelation": "hybrid.graph_shrinking.correlations.thermal",
}

__all__ = list(_NAMES)  # pyright: ignore[reportUnsupportedDunderAll]
__getattr__, __dir__ = lazy(__name__, _NAMES)

if TYPE_CHECKING:
    from hybrid.graph_shrinking.correlations.automatic import AutomaticCorrelation
    from hybrid.graph_shrinking.correlations.closed_form import SingleLayerCorrelation
    from hybrid.graph_shrinking.correlations.lifted import LiftedCorrelation
    from hybrid.graph_shrinking.correlations.linear import CutCorrelation
    from hybrid.graph_shrinking.correlations.random import RandomCorrelation
    from hybrid.graph_shrinking.correlations.sampled import SampledCorrelation
    from hybrid.graph_shrinking.correlations.sdp import SemidefiniteCorrelation
    from hybrid.graph_shrinking.correlations.source import Correlations, CorrelationSource
    from hybrid.graph_shrinking.correlations.thermal import ThermalCorrelation
