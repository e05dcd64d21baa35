"""How to shrink: the settings of the method in one value."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from hybrid.graph_shrinking.correlations.automatic import AutomaticCorrelation
from hybrid.graph_shrinking.correlations.source import CorrelationSource
from hybrid.graph_shrinking.schedule import Recalculation
from hybrid.graph_shrinking.stopping import SpectralStop
from problems.checking import check_choice, check_integer, check_number
from problems.errors import ProblemError

Veto = Literal["hard", "likely", "off"]


@dataclass(frozen=True)
class Shrinking:
    """How to shrink.

    Attributes:
        target_qubits: Qubits to reach.
        source: Where correlations come from.
        veto: "hard" refuses ties that break a row for certain; "likely" also those whose group would take
            more than ``crowding`` of what a limit leaves, or leave some other group without a choice in
            either of its states; "off" refuses none.
        crowding: For "likely".
        propagate: Whether what the rows and the objective leave no choice about is fixed after each tie.
        recalculation: When correlations are calculated anew.
        ties_per_step: The most that one ranking gives at a time; 1 is the best pair alone.
        least: |correlation| below which shrinking stops; by default what the source can tell from nothing.
        spectral: Stop as well when the graph loses its shape; by default only the width and ``least`` count.
    """

    target_qubits: int = 20
    source: CorrelationSource = field(default_factory=AutomaticCorrelation)
    veto: Veto = "hard"
    crowding: float = 0.6
    propagate: bool = True
    recalculation: Recalculation = field(default_factory=Recalculation)
    ties_per_step: int = 4
    least: float | None = None
    spectral: SpectralStop | None = None

    def __post_init__(self):
        check_integer("target_qubits", self.target_qubits, 1)
        check_choice("veto", self.veto, ("hard", "likely", "off"))
        check_number("crowding", self.crowding, 0.0, 1.0, open_low=True)
        check_integer("ties_per_step", self.ties_per_step, 1)
        if self.least is not None:
            check_number("least", self.least, 0.0, 1.0)
        if not isinstance(self.source, CorrelationSource):
            raise ProblemError("source", self.source, "a CorrelationSource such as SemidefiniteCorrelation()")
