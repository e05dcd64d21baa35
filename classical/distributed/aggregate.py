"""One call of an aggregation rule, as a solver of the problem that judges rules."""

from __future__ import annotations

from dataclasses import dataclass, field

from classical.distributed.aggregator import Aggregator
from classical.distributed.flag_aggregator import FlagAggregator
from problems.checking import check_integer
from problems.contract import Array, Solver
from problems.distributed.aggregation import AggregationProblem
from problems.run import Run


@dataclass(frozen=True)
class Aggregate(Solver[AggregationProblem, Array]):
    """Combine the gradients by a rule; the history has the workers' scores.

    Attributes:
        aggregator: The rule.
        faulty: How many faulty workers it is told of; None tells nothing.
    """

    aggregator: Aggregator = field(default_factory=FlagAggregator)
    faulty: int | None = None

    def __post_init__(self):
        if self.faulty is not None:
            check_integer("faulty", self.faulty, 0)

    def unsuitable(self, problem: AggregationProblem) -> str | None:
        """Ask the rule."""
        return self.aggregator.unsuitable(len(problem.gradients), self.faulty)

    def _solve(self, problem: AggregationProblem, run: Run) -> Array:
        direction, scores = self.aggregator(problem.gradients, self.faulty)
        if scores is not None:
            run.record(scores=tuple(scores.tolist()))
        return direction
