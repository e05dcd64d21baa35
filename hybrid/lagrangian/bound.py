"""Certified values of the dual function, with the tier that each has earned.

``exact``: the Lagrangian was minimised exactly, because it is separable or by trying all bits; ``relaxed``:
it was bounded from below by roof duality; ``heuristic``: the value at a sampled point, which lies above the
dual function and bounds nothing.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np

from classical.binary.exhaustive import Exhaustive
from hybrid.lagrangian.model import LagrangianModel
from problems.binary.linear_form import LinearForm, linear_form
from problems.binary.quadratic import QuadraticForm
from problems.binary.qubo import Qubo
from problems.binary.relaxation import integral_objective, lagrangian_bound
from problems.binary.roof import roof_dual
from problems.contract import Array

Tier = Literal["exact", "relaxed", "heuristic"]
EXHAUSTIVE_LIMIT = 24


@dataclass(frozen=True)
class DualValue:
    """A lower bound on the minimised objective, in the program's units.

    Attributes:
        value: Certified, with what rounding can have done taken off.
        tier: How it was proved: "exact" or "relaxed".
    """

    value: float
    tier: Tier


@dataclass(frozen=True, eq=False)
class DualFunction:
    """The dual function of a model, bounded from below at any multipliers.

    Attributes:
        model: The scaled program.
        exhaustive: Products of at most this many bits are minimised by trying all of them.
    """

    model: LagrangianModel
    exhaustive: int = EXHAUSTIVE_LIMIT

    @cached_property
    def _linear(self) -> LinearForm:
        return linear_form(self.model.program)

    @property
    def separable(self) -> bool:
        """Whether the objective has no products, so that every bit has its own reduced cost."""
        return self.model.form.num_couplings == 0

    @property
    def tier(self) -> Tier:
        """The tier of every value."""
        return "exact" if self.separable or self.model.n <= self.exhaustive else "relaxed"

    def value(self, multipliers: Array) -> DualValue:
        """Bound the dual function at scaled multipliers ``[m]``; negative ones of inequalities count as 0."""
        prices = self.model.prices(self.model.projected(multipliers))
        if self.separable:
            rows = self.model.program.constraints
            signed = np.where(rows.is_at_least, prices, -prices)
            return DualValue(lagrangian_bound(self._linear, signed), "exact")
        qubo = self._qubo(prices)
        rounding = _rounding(self.model, prices)
        if self.tier == "exact":
            found = Exhaustive().solve(qubo, progress=False)
            assert found.bound is not None
            return DualValue(found.bound - rounding, "exact")
        return DualValue(roof_dual(qubo).bound - rounding, "relaxed")

    def _qubo(self, prices: Array) -> Qubo:
        rows, objective = self.model.program.constraints, self.model.program.minimised
        signed = np.where(rows.is_at_least, -prices, prices)
        terms = QuadraticForm(np.asarray(rows.matrix.T @ signed), offset=-math.fsum(signed * rows.right))
        return Qubo(objective + terms)


def rounded_inward(model: LagrangianModel, value: float) -> float:
    """Return the bound raised to an integer where every objective value is one."""
    return float(math.ceil(value)) if integral_objective(model.program) else value


def _rounding(model: LagrangianModel, prices: Array) -> float:
    """Bound what adding the priced rows to the objective in floating point can have changed."""
    rows, objective = model.program.constraints, model.program.minimised
    moved = abs(rows.matrix).T @ prices if len(rows) else np.zeros(model.n)
    size = np.abs(objective.linear).sum() + np.sum(np.abs(moved)) + np.abs(prices * rows.right).sum()
    longest = 8 + len(rows)
    return float(np.finfo(float).eps * longest * (size + abs(objective.offset)))
