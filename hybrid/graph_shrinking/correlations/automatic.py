"""The source to start with: the lifted relaxation where rows are and it is affordable, else the plain one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar

from hybrid.graph_shrinking.correlations.lifted import LiftedCorrelation
from hybrid.graph_shrinking.correlations.sdp import SemidefiniteCorrelation
from hybrid.graph_shrinking.correlations.source import Correlations, CorrelationSource, Helper
from hybrid.graph_shrinking.state import ShrinkingState


@dataclass(frozen=True)
class AutomaticCorrelation(CorrelationSource):
    """``lifted`` for programs with rows that it takes, else ``plain``; decided on the whole problem.

    Attributes:
        lifted: For rows.
        plain: Without rows, or beyond the width of ``lifted``.
    """

    lifted: CorrelationSource = field(default_factory=LiftedCorrelation)
    plain: CorrelationSource = field(default_factory=SemidefiniteCorrelation)
    least: ClassVar[float] = 1e-3

    def resolved(self, state: ShrinkingState) -> CorrelationSource:
        """Return the source that this state is for."""
        has_rows = len(state.program.constraints) > 0
        return self.lifted if has_rows and self.lifted.unsuitable(state) is None else self.plain

    def correlations(self, state: ShrinkingState, helper: Helper) -> Correlations:
        """Return those of the source that fits."""
        return self.resolved(state).correlations(state, helper)

    def price(self, state: ShrinkingState, seed: int) -> Mapping[str, float]:
        """Ask the source that fits."""
        return self.resolved(state).price(state, seed)
