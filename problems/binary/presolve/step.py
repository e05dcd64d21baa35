"""What a presolve step is: a small object that turns a program into a smaller one, with the way back."""

from __future__ import annotations

from dataclasses import astuple, dataclass
from typing import Protocol

import numpy as np

from problems.binary.program import BinaryProgram
from problems.contract import Reduction

Array = np.ndarray


@dataclass(frozen=True)
class Removed:
    """What a step took away; amounts add.

    Attributes:
        fixed: Variables whose value is settled.
        rows: Rows dropped because the others say as much.
        coefficients: Coefficients and right-hand sides of rows that were changed.
        merged: Rows that went into a larger row.
    """

    fixed: int = 0
    rows: int = 0
    coefficients: int = 0
    merged: int = 0

    def __add__(self, other: Removed) -> Removed:
        return Removed(*(a + b for a, b in zip(astuple(self), astuple(other), strict=True)))


@dataclass(frozen=True, eq=False)
class Outcome:
    """A step's smaller program.

    Attributes:
        reduction: Its ``problem`` is the smaller ``BinaryProgram``; ``lift`` acts on bits ``[..., k]``.
        removed: What the program lost.
    """

    reduction: Reduction[Array]
    removed: Removed

    @property
    def program(self) -> BinaryProgram:
        """The smaller program."""
        assert isinstance(self.reduction.problem, BinaryProgram)
        return self.reduction.problem


class Step(Protocol):
    """One idea of presolve.

    The optimal value is kept, and so is at least one optimal solution; every feasible solution of the smaller
    program lifts to a feasible one of the same objective.
    """

    def apply(self, program: BinaryProgram) -> Outcome | None:
        """Return the smaller program, or None where the step finds nothing to do.

        Raises:
            Infeasible: If the step shows that no bits keep the rows; the message names the row.
        """
        ...
