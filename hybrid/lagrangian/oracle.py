"""What a dual method may ask: a point that makes the Lagrangian small at given multipliers.

A method sees nothing else of the problem, so an exact minimiser and a quantum sampler are the same to it.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from dataclasses import dataclass, field

import numpy as np

from classical.binary.exhaustive import Exhaustive
from hybrid.lagrangian.bound import DualFunction
from hybrid.lagrangian.model import LagrangianModel
from problems.binary.qubo import Qubo
from problems.contract import Array


@dataclass(frozen=True, eq=False)
class Answer:
    """What an oracle says at multipliers, in scaled units.

    Attributes:
        multipliers: ``[m]`` the question.
        bits: ``[n]`` the point with the smallest Lagrangian that was met.
        objective: Its scaled objective.
        excess: ``[m]`` its g = Ax − b.
        mean_excess: ``[m]`` the mean of g over all samples; equal to ``excess`` for an exact oracle.
        upper: The best feasible scaled objective known so far, ∞ before there is one.
        exact: Whether ``bits`` is a minimiser, so that ``value`` is the dual function.
        shots: ``[S, m]`` g of single samples, or None where there is one point alone.
    """

    multipliers: Array
    bits: Array
    objective: float
    excess: Array
    mean_excess: Array
    upper: float = math.inf
    exact: bool = True
    shots: Array | None = None

    @property
    def value(self) -> float:
        """The Lagrangian at the point: the dual function if it is a minimiser, no less otherwise."""
        return self.objective + float(self.multipliers @ self.excess)


class Oracle(ABC):
    """Answers questions about the Lagrangian; ``model`` holds the scaled program."""

    model: LagrangianModel

    @abstractmethod
    def ask(self, multipliers: Array) -> Answer:
        """Return a point that makes the Lagrangian small at multipliers ``[m]``."""

    @property
    def best(self) -> Array | None:
        """The best feasible bits ``[n]`` met so far, repaired ones included."""
        return None


@dataclass(eq=False)
class ExactOracle(Oracle):
    """Minimise the Lagrangian exactly: bit by bit without products, by trying all bits otherwise.

    Every minimiser is repaired, and the best feasible point met gives ``upper``.

    Attributes:
        model: The scaled program; with products it has at most 24 bits.
        calls: How often it was asked.
    """

    model: LagrangianModel
    calls: int = 0
    upper: float = math.inf
    _best: Array | None = field(default=None, repr=False)
    _seen: set[bytes] = field(default_factory=set, repr=False)

    @property
    def best(self) -> Array | None:
        """The best feasible bits ``[n]`` met so far, repaired ones included."""
        return self._best

    @classmethod
    def takes(cls, model: LagrangianModel) -> bool:
        """Whether the model can be minimised exactly."""
        function = DualFunction(model)
        return function.separable or function.tier == "exact"

    def ask(self, multipliers: Array) -> Answer:
        """Return a minimiser of the Lagrangian; bits of reduced cost 0 are 0 where there are no products."""
        self.calls += 1
        if self.model.form.num_couplings == 0:
            costs = self.model.form.linear + self.model.matrix.T @ multipliers
            bits = (costs < 0).astype(np.uint8)
        else:
            bits = Exhaustive().solve(Qubo(self.model.lagrangian(multipliers)), progress=False).solution
        if bits.tobytes() not in self._seen:  # few points are minimisers again and again
            self._seen.add(bits.tobytes())
            self._offer(np.stack([bits, self.model.program.repair(bits)]))
        excess = self.model.excess(bits)
        objective = float(self.model.form.values(bits))
        return Answer(np.array(multipliers), bits, objective, excess, excess, self.upper)

    def _offer(self, candidates: Array) -> None:
        for bits, rank in zip(candidates, self.model.program.ranks(candidates), strict=True):
            if rank[0] == 0 and rank[1] / self.model.unit < self.upper:
                self.upper, self._best = float(rank[1] / self.model.unit), np.array(bits)
