"""Dual fixing: a variable that the objective pulls one way, and that no row holds back, goes that way.

Reference: Achterberg, Bixby, Gu, Rothberg and Weninger, INFORMS Journal on Computing 32 (2020), section 4.4.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from problems.binary.presolve.fixing import FREE, reduced
from problems.binary.presolve.margins import slope_margin
from problems.binary.presolve.step import Outcome, Removed
from problems.binary.program import BinaryProgram
from problems.binary.rows import Rows

Array = np.ndarray


@dataclass(frozen=True)
class DualFixing:
    """Fix a variable whose slope has one sign over all bits where no row is in the way.

    At least one optimal solution is kept: take any one and move every fixed variable to its value. No row
    breaks, since none holds that move back, and the objective gets no worse, since the slope bound holds
    whatever the other bits are.
    """

    def apply(self, program: BinaryProgram) -> Outcome | None:
        """Return the program without these variables, or None."""
        form, (up, down) = program.minimised, row_locks(program.constraints)
        least, greatest = form.slopes()
        margin = slope_margin(form)
        values = np.full(program.n, FREE, dtype=np.int8)
        values[(greatest <= -margin) & (up == 0)] = 1
        values[(least >= margin) & (down == 0)] = 0
        return reduced(program, Removed(), values) if np.any(values != FREE) else None


def row_locks(rows: Rows) -> tuple[Array, Array]:
    """Return in how many rows ``[n]`` each variable's going up, and its going down, uses slack."""
    sign = np.where(rows.is_at_least, -1.0, 1.0)
    lengths = np.diff(rows.indptr)
    uses, equal = rows.weight * np.repeat(sign, lengths) > 0, np.repeat(rows.is_equality, lengths)
    up = np.bincount(rows.index[uses | equal], minlength=rows.n)
    down = np.bincount(rows.index[~uses | equal], minlength=rows.n)
    return up, down
