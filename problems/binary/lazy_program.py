"""Programs with more rows than anyone would write down: they are asked for as points break them."""

from __future__ import annotations

from abc import abstractmethod
from functools import cached_property
from typing import Any

import numpy as np

from problems.binary.program import BinaryProgram
from problems.binary.rows import Rows
from problems.checking import check_bits
from problems.contract import Array, Evaluation, Problem


class LazyProgram(Problem[Array]):
    """A binary program of which ``program`` has the rows known from the start, ``separate`` finds the rest.

    Bits are feasible if they keep the rows of ``program`` and ``separate`` finds none that they break.
    """

    @cached_property
    @abstractmethod
    def program(self) -> BinaryProgram:
        """The objective and the rows that are known from the start."""

    @abstractmethod
    def separate(self, point: Array) -> Rows:
        """Return rows that a point ``[n]`` in [0, 1] breaks, each valid for every solution.

        For bits that keep the rows of ``program`` and are still no solution it must return at least one; for
        fractional points it may return none.
        """

    def repair(self, solutions: Array) -> Array:
        """Return solutions ``[N, n]`` near others; here they stay as they are, for no repair is known."""
        return check_bits("the solutions", solutions, self.n)

    @property
    def n(self) -> int:
        """Number of bits."""
        return self.program.n

    def judge(self, solution: Array) -> Evaluation:
        """Score bits ``[n]``; lazy rows that they break count like all others."""
        verdict = self.program.judge(solution)
        rows = self.separate(np.asarray(solution, dtype=float))
        amounts = rows.violations(np.asarray(solution))
        lazy = {rows.names[r]: float(amounts[r]) for r in np.flatnonzero(amounts)}
        return Evaluation(verdict.objective, {**verdict.violations, **lazy}, verdict.metrics)

    def ranks(self, solutions: Array) -> Array:
        """Rank bits ``[N, n]``."""
        bits = check_bits("the solutions", solutions, self.n)
        return np.array([self.judge(row).rank(self.sense) for row in bits], dtype=float).reshape(-1, 2)

    def decode(self, solution: Array) -> Any:
        """Return ``{name: bit}``."""
        return self.program.decode(solution)

    def encode(self, values: Any) -> Array:
        """Return bits from ``{name: bit}``."""
        return self.program.encode(values)
