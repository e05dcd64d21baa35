"""What a run has found: samples as they came and after repair, kept apart."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from hybrid.lagrangian.priced_repair import can_price, order_by_price, repair_by_price
from problems.binary.domain import DomainProblem
from problems.binary.program import BinaryProgram
from problems.binary.relaxation import LinearBound
from problems.contract import Array
from problems.run import Run


@dataclass(frozen=True, eq=False)
class Repair:
    """Makes samples feasible in the problem's own way, and where the rows are capacities by their prices too.

    The own way asks how much slack each flip takes, the other what that slack is worth; neither is always
    better, so both answers count.

    Attributes:
        problem: Judges and repairs.
        order: ``[k]`` the variables by profit per priced weight, or None.
    """

    problem: BinaryProgram | DomainProblem
    order: Array | None = None

    @classmethod
    def of(
        cls, problem: BinaryProgram | DomainProblem, program: BinaryProgram, relaxed: LinearBound | None
    ) -> Repair:
        """Choose by the program's rows."""
        if relaxed is None or not can_price(program):
            return cls(problem)
        return cls(problem, order_by_price(program, relaxed.prices, relaxed.point))

    def __call__(self, bits: Array) -> Array:
        """Repair bits ``[N, n]``; returns ``[N, n]``, or ``[2N, n]``, those repaired by price first."""
        own = self.problem.repair(bits)
        if self.order is None:
            return own
        program = self.problem if isinstance(self.problem, BinaryProgram) else self.problem.program
        return np.concatenate([repair_by_price(program, self.order, bits), own])


@dataclass(eq=False)
class Incumbents:
    """The best feasible points of a run, and what pareto-optimal infeasible ones there were.

    Attributes:
        problem: The judge.
        repair: Repairs samples; None takes them as they are.
        raw: The best feasible sample as it came ``[n]``, or None.
        repaired: The best feasible point after repair ``[n]``, or None.
        raw_value: Its minimised objective, ∞ before there is one.
        repaired_value: Its minimised objective, ∞ before there is one.
        pareto: ``[K, 2]`` violation and minimised objective of the samples that no other beats in both.
    """

    problem: BinaryProgram | DomainProblem
    repair: Repair | None
    raw: Array | None = None
    repaired: Array | None = None
    raw_value: float = np.inf
    repaired_value: float = np.inf
    pareto: Array = field(default_factory=lambda: np.zeros((0, 2)))

    @property
    def value(self) -> float:
        """The better of both minimised objectives, ∞ before there is any."""
        return min(self.raw_value, self.repaired_value)

    @property
    def best(self) -> Array | None:
        """The better feasible point ``[n]``; of equals the one that needed no repair."""
        return self.raw if self.raw_value <= self.repaired_value else self.repaired

    def take(self, samples: Array, counts: Array, run: Run) -> float:
        """Judge samples ``[N, n]`` before and after repair, and return their feasible share by counts."""
        ranks = self.problem.ranks(samples)
        run.offer_all(samples, counts)
        self.pareto = _pareto(np.concatenate([self.pareto, ranks]))
        feasible = ranks[:, 0] == 0
        found = _best(samples, ranks)
        if found is not None and found[1] < self.raw_value:
            self.raw, self.raw_value = found
        if self.repair is not None:
            repaired = self.repair(samples)
            found = _best(repaired, self.problem.ranks(repaired))
            if found is not None and found[1] < self.repaired_value:
                self.repaired, self.repaired_value = found
                run.offer(found[0])
        return float(counts[feasible].sum() / counts.sum())


def _best(bits: Array, ranks: Array) -> tuple[Array, float] | None:
    k = int(np.lexsort((ranks[:, 1], ranks[:, 0]))[0])
    return (np.array(bits[k]), float(ranks[k, 1])) if ranks[k, 0] == 0 else None


def _pareto(ranks: Array) -> Array:
    """Keep the rows that no other beats in both columns, by falling violation of the objective."""
    ordered = np.unique(ranks, axis=0)
    lowest = np.minimum.accumulate(np.append(np.inf, ordered[:-1, 1]))
    return ordered[ordered[:, 1] < lowest]
