"""How many dimensions the flag aggregator should keep: the cosine it reaches against m, and other rules'."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from classical.distributed.aggregator import Aggregator
from classical.distributed.flag_aggregator import FlagAggregator, default_size
from problems.contract import Array
from problems.distributed.aggregation import AggregationProblem
from problems.errors import ProblemError


@dataclass(frozen=True, eq=False)
class SubspaceSweep:
    """Cosines to the honest mean, over repeats of one kind of aggregation.

    Attributes:
        workers: p.
        sizes: The dimensions m that were tried ``[M]``.
        cosines: ``[M, N]``, one column per problem.
        rivals: Of other rules ``[N]``, by name.
    """

    workers: int
    sizes: Array
    cosines: Array
    rivals: Mapping[str, Array]

    def mean(self, size: int) -> float:
        """Return the mean cosine at one dimension m."""
        return float(self.cosines[list(self.sizes).index(size)].mean())

    def plot(self, axes: Any = None) -> Any:
        """Draw mean cosines against m with their spread, the default m, and the other rules as lines."""
        from problems.report import matplotlib_pyplot

        axes = axes if axes is not None else matplotlib_pyplot("a plot").figure().subplots()
        mean, spread = self.cosines.mean(axis=1), self.cosines.std(axis=1)
        axes.fill_between(self.sizes, mean - spread, mean + spread, alpha=0.2)
        axes.plot(self.sizes, mean, marker="o", label="flag aggregator")
        for k, (name, cosines) in enumerate(self.rivals.items()):
            axes.axhline(cosines.mean(), color=f"C{k + 1}", linestyle="--", label=name)
        axes.axvline(default_size(self.workers), color="grey", linewidth=0.8, label="default m")
        axes.set_xlabel("subspace dimension m")
        axes.set_ylabel("cosine to the honest mean")
        axes.legend()
        return axes


def sweep_subspaces(
    problems: Sequence[AggregationProblem],
    sizes: Sequence[int] | None = None,
    rivals: Sequence[Aggregator] = (),
    rule: FlagAggregator | None = None,
) -> SubspaceSweep:
    """Try every dimension on every problem.

    Args:
        problems: Repeats of one kind, all with equally many workers.
        sizes: The dimensions; all of 1 … p by default.
        rivals: Rules to compare with; they are told the number of faulty workers.
        rule: The flag aggregator's other choices.
    """
    counts = {len(problem.gradients) for problem in problems}
    if len(counts) != 1:
        raise ProblemError("problems", sorted(counts), "problems with equally many workers")
    (workers,) = counts
    rule = FlagAggregator() if rule is None else rule
    tried = np.arange(1, workers + 1) if sizes is None else np.asarray(sizes)
    flags = [_with_size(rule, int(size)) for size in tried]
    cosines = np.array([[_cosine(flag, problem) for problem in problems] for flag in flags])
    others = {type(rival).__name__: np.array([_cosine(rival, each) for each in problems]) for rival in rivals}
    return SubspaceSweep(workers, tried, cosines, others)


def _with_size(rule: FlagAggregator, size: int) -> FlagAggregator:
    return FlagAggregator(size, rule.pairwise_weight, rule.iterations, rule.epsilon, rule.rescale)


def _cosine(rule: Aggregator, problem: AggregationProblem) -> float:
    direction, _ = rule(problem.gradients, len(problem.faulty))
    return problem.judge(direction).objective
