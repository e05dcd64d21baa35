"""A program in the units in which multipliers, steps and penalties are of order one.

Every row is turned to ``<=`` or ``==`` and divided by its size, the objective is minimised and divided by its
largest coefficient. Bounds and prices leave in the program's own units.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy.sparse import csr_array, diags_array

from problems.binary.program import BinaryProgram
from problems.binary.quadratic import QuadraticForm
from problems.checking import check_choice
from problems.errors import Infeasible

Array = np.ndarray
RowScale = Literal["weight", "capacity"]


@dataclass(frozen=True, eq=False)
class LagrangianModel:
    """Minimise ``form`` under ``matrix @ x <= right``, with equality where ``equality`` says so.

    Attributes:
        program: The program as it is.
        form: The minimised objective over ``unit``.
        unit: The largest coefficient of the objective, 1 if there is none.
        matrix: ``[m, n]`` rows over ``size``, those of ``>=`` turned round.
        right: ``[m]``.
        equality: ``[m]`` which rows are equalities.
        size: ``[m]`` what each row was divided by.
    """

    program: BinaryProgram
    form: QuadraticForm
    unit: float
    matrix: csr_array
    right: Array
    equality: Array
    size: Array

    @classmethod
    def of(cls, program: BinaryProgram, scale: RowScale = "weight") -> LagrangianModel:
        """Scale a program.

        Args:
            program: Any program.
            scale: "weight" divides a row by its largest coefficient, "capacity" by its right-hand side where
                that is not 0.

        Raises:
            Infeasible: If a row cannot be kept by any bits.
        """
        check_choice("scale", scale, ("weight", "capacity"))
        rows, objective = program.constraints, program.minimised
        _refuse_broken(program)
        largest = np.zeros(len(rows))
        np.maximum.at(largest, np.repeat(np.arange(len(rows)), np.diff(rows.indptr)), np.abs(rows.weight))
        size = np.where(largest > 0, largest, 1.0)
        if scale == "capacity":
            size = np.where(rows.right != 0, np.abs(rows.right), size)
        turn = np.where(rows.is_at_least, -1.0, 1.0) / size
        unit = float(max(np.abs(objective.linear).max(initial=0), np.abs(objective.coupling).max(initial=0)))
        unit = unit or 1.0
        matrix = csr_array(diags_array(turn) @ rows.matrix) if len(rows) else rows.matrix
        return cls(
            program, objective.scaled(1.0 / unit), unit, matrix, turn * rows.right, rows.is_equality, size
        )

    @property
    def n(self) -> int:
        """Number of variables."""
        return self.form.n

    @property
    def num_rows(self) -> int:
        """Number of rows."""
        return len(self.right)

    def excess(self, bits: Array) -> Array:
        """Return g ``[..., m]`` = matrix @ x − right of points ``[..., n]``, fractional ones too."""
        points = np.asarray(bits, dtype=float)
        flat = points.reshape(-1, self.n)
        return (self.matrix @ flat.T).T.reshape(*points.shape[:-1], self.num_rows) - self.right

    def lagrangian(self, multipliers: Array) -> QuadraticForm:
        """Return form + multipliersᵀ(matrix x − right)."""
        return self.form + QuadraticForm(
            np.asarray(self.matrix.T @ multipliers), offset=-float(multipliers @ self.right)
        )

    def projected(self, multipliers: Array) -> Array:
        """Return multipliers ``[m]`` with those of inequalities no less than 0."""
        return np.where(self.equality, multipliers, np.maximum(multipliers, 0.0))

    def prices(self, multipliers: Array) -> Array:
        """Return multipliers in units of the minimised objective per unit of each row's right-hand side."""
        return multipliers * self.unit / self.size

    def from_prices(self, prices: Array) -> Array:
        """Return scaled multipliers of prices in the program's own units."""
        return np.asarray(prices, dtype=float) * self.size / self.unit


def _refuse_broken(program: BinaryProgram) -> None:
    rows = program.constraints
    low, high = rows.ranges
    above = ~rows.is_at_least & (low > rows.right + rows.tolerance)
    below = (rows.is_at_least | rows.is_equality) & (high < rows.right - rows.tolerance)
    broken = np.flatnonzero(above | below)
    if len(broken):
        raise Infeasible("the program", f"no bits keep the row {rows.names[broken[0]]!r}")
