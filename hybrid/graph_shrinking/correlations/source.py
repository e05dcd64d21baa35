"""What a source of correlations is, and what it may ask of whoever uses it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Protocol

import numpy as np

from hybrid.graph_shrinking.state import ShrinkingState
from problems.contract import Problem, Result, Solver

Array = np.ndarray


class Helper(Protocol):
    """The part of a run that sources use: seeds, the clock, and inner solvers."""

    def seed(self) -> int:
        """Draw the next seed."""
        ...

    def out_of_time(self) -> bool:
        """Whether to close."""
        ...

    def solve(
        self, solver: Solver[Any, Any], problem: Problem[Any], time_limit: float | None = None
    ) -> Result[Any]:
        """Solve a subproblem."""
        ...


@dataclass(frozen=True, eq=False)
class Correlations:
    """Estimates of ⟨s_a s_b⟩ between the K active spins in order, the reference last.

    Attributes:
        matrix: ``[K, K]``, symmetric, within [−1, 1].
        priority: ``[K, K]`` by what pairs are picked, negative where never; by default |matrix|.
        sign: ``[K, K]`` how a pair is tied, ±1; by default the sign of ``matrix``.
    """

    matrix: Array
    priority: Array | None = None
    sign: Array | None = None


@dataclass(frozen=True)
class CorrelationSource(ABC):
    """A way to estimate which spins are equal and which are opposite in good solutions.

    ``least`` is the |correlation| below which it says nothing; ``single`` asks for a new calculation after
    each tie.
    """

    least: ClassVar[float] = 1e-3
    single: ClassVar[bool] = False

    def unsuitable(self, state: ShrinkingState) -> str | None:
        """Say in a sentence why this state is beyond the source, or return None."""
        return None

    @abstractmethod
    def correlations(self, state: ShrinkingState, helper: Helper) -> Correlations:
        """Return the correlations of the active spins."""

    def price(self, state: ShrinkingState, seed: int) -> Mapping[str, float]:
        """Return the resources that one calculation would spend; nothing where nothing is counted."""
        return {}


def zeroed_where_isolated(correlations: Array, couplings: Array) -> Array:
    """Return correlations clipped to [−1, 1], with none for spins without couplings and none with itself."""
    clipped = np.clip(correlations, -1.0, 1.0)
    alone = ~np.any(couplings != 0, axis=1)
    clipped[alone] = 0.0
    clipped[:, alone] = 0.0
    np.fill_diagonal(clipped, 0.0)
    return clipped
