"""Roof-dual fixing: persistency of the objective, where there are no rows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from problems.binary.presolve.fixing import FREE, reduced
from problems.binary.presolve.step import Outcome, Removed
from problems.binary.program import BinaryProgram
from problems.binary.qubo import Qubo
from problems.binary.roof.duality import roof_dual

Array = np.ndarray


@dataclass(frozen=True)
class RoofDualFixing:
    """Fix the variables that roof duality labels in a program without rows.

    At least one optimal solution is kept: the weak labels hold together in some minimum. See
    ``problems.binary.roof.duality``.
    """

    def apply(self, program: BinaryProgram) -> Outcome | None:
        """Return the program without the labelled variables, or None."""
        if len(program.constraints) or program.n == 0:
            return None
        values = roof_dual(Qubo(program.minimised)).weak
        return reduced(program, Removed(), values) if np.any(values != FREE) else None
