"""Rows that a lazy program leaves out, added as fractional and integer points break them.

Dantzig, Fulkerson and Johnson, Operations Research 2 (1954).
"""

from __future__ import annotations

import numpy as np

from problems.binary.lazy_program import LazyProgram
from problems.binary.program import BinaryProgram
from problems.binary.relaxation import linear_bound
from problems.binary.rows import Rows, stacked
from problems.contract import Array
from problems.run import Run


class LazyRows:
    """The rows of a lazy program that are known by now.

    Attributes:
        program: The program with them.
    """

    def __init__(self, problem: LazyProgram):
        self._problem = problem
        self._names = set(problem.program.constraints.names)
        self.program: BinaryProgram = problem.program

    @property
    def count(self) -> int:
        """How many rows were added."""
        return len(self.program.constraints) - len(self._problem.program.constraints)

    def tighten(self, run: Run) -> None:
        """Add rows until the linear relaxation breaks none that separation finds; report its bound."""
        step = 0
        while not run.out_of_time():
            relaxed = linear_bound(self.program)
            run.bound(relaxed.value)
            run.record(step=step, bound=relaxed.value, rows_added=self.count)
            step += 1
            if not self.add(relaxed.point):
                return

    def add(self, point: Array) -> bool:
        """Add the rows that a point ``[n]`` breaks; returns whether there were any that are new."""
        found = self._problem.separate(np.asarray(point, dtype=float))
        new = [r for r, name in enumerate(found.names) if name not in self._names]
        if not new:
            return False
        self._names.update(found.names)
        rows = stacked([self.program.constraints, _selected(found, new)])
        program = self.program
        self.program = BinaryProgram(program.objective, rows, program.names, program.sense)
        return True


def _selected(rows: Rows, chosen: list[int]) -> Rows:
    terms = []
    for r in chosen:
        index, weight = rows.entries(r)
        row = dict(zip(index.tolist(), weight.tolist(), strict=True))
        terms.append((row, rows.relation[r], float(rows.right[r])))
    return Rows.from_rows(rows.n, terms, [rows.names[r] for r in chosen])
