"""What an outer loop begins with: the scaled program, its relaxation, its repair, the first surrogate."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from classical.binary.as_program import as_program
from hybrid.lagrangian.incumbents import Repair
from hybrid.lagrangian.model import LagrangianModel
from hybrid.lagrangian.surrogates import Surrogate, Terms
from problems.binary.blocks import Blocks, disjoint_one_hot_rows
from problems.binary.domain import DomainProblem
from problems.binary.program import BinaryProgram
from problems.binary.relaxation import LinearBound, linear_bound
from problems.contract import Array

LARGEST_RELAXATION = 60_000  # products beyond which the linear relaxation is not solved


@dataclass(frozen=True, eq=False)
class Preparation:
    """The parts of a run that need no sample.

    Attributes:
        model: The scaled program.
        relaxed: The linear relaxation, or None without rows or with too many products.
        repair: Makes samples feasible.
        terms: The first terms of the surrogate.
        unsampled: ``[K, n]`` answers that need no sample: the rounded relaxation after repair.
        blocks: Variables of the one-hot rows that the inner solver's mixer keeps.
        kept: The places of those rows.
        slack: ``[m]`` what the first of them leaves of every row, in scaled units.
    """

    model: LagrangianModel
    relaxed: LinearBound | None
    repair: Repair
    terms: Terms
    unsampled: Array
    slack: Array
    blocks: Blocks = ()
    kept: tuple[int, ...] = field(default=())

    @classmethod
    def of(
        cls,
        problem: BinaryProgram | DomainProblem,
        surrogate: Surrogate,
        multipliers: Any,
        mixer: bool = False,
    ) -> Preparation:
        """Prepare a problem.

        Args:
            problem: Any program or domain problem.
            surrogate: How rows enter the QUBO.
            multipliers: "lp", "zero", or numbers ``[m]`` in the program's units.
            mixer: Leave disjoint one-hot rows to the inner solver.
        """
        program = as_program(problem)
        model = LagrangianModel.of(program)
        small = program.objective.num_couplings <= LARGEST_RELAXATION
        relaxed = linear_bound(program) if model.num_rows and small else None
        repair = Repair.of(problem, program, relaxed)
        if not isinstance(multipliers, str):
            first = model.from_prices(np.array(multipliers, dtype=float))
        elif multipliers == "zero" or relaxed is None:
            first = np.zeros(model.num_rows)
        else:
            first = model.from_prices(relaxed.prices)
        near = np.zeros((1, model.n), dtype=np.uint8)
        if repair.order is None and relaxed is not None:
            near[0] = relaxed.point > 1 - 1e-6
        unsampled = repair(near)
        slack = np.maximum(0.0, -model.excess(unsampled)[0])
        kept, blocks = disjoint_one_hot_rows(program) if mixer else ((), ())
        terms = surrogate.begin(model, first, slack)
        prepared = cls(model, relaxed, repair, terms, unsampled, slack, blocks, kept)
        return replace(prepared, terms=prepared.without_kept(terms))

    def without_kept(self, terms: Terms) -> Terms:
        """Return terms of which the rows that the mixer keeps are no part."""
        if not self.kept:
            return terms
        active = np.array(terms.active)
        active[list(self.kept)] = False
        return replace(terms, active=active)
