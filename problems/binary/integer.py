"""Integer programs: bounded integers, bits and spins under linear and quadratic rows, solved over bits."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from problems.binary.integer_codes import BinaryCode, IntegerCode
from problems.binary.names import check_names
from problems.binary.polynomial import QuadraticPolynomial
from problems.binary.program import BinaryProgram
from problems.binary.quadratic import QuadraticForm
from problems.binary.rows import RELATIONS, TOLERANCE, Rows
from problems.checking import check_choice, check_number, frozen_array, optional_number, refuse_elements
from problems.contract import Array, Evaluation, Problem, Reduction, Sense
from problems.errors import ProblemError

WIDEST = 2**53  # bounds beyond it are no exact integers in float arithmetic


@dataclass(frozen=True, eq=False)
class QuadraticRow:
    """A row ``polynomial(z) (<=, >=, ==) right``.

    Attributes:
        polynomial: The left side.
        relation: "<=", ">=" or "==".
        right: The right-hand side.
        name: As it is reported.
    """

    polynomial: QuadraticPolynomial
    relation: str
    right: float
    name: str

    def __post_init__(self):
        check_choice("relation", self.relation, RELATIONS)
        check_number("right", self.right)
        object.__setattr__(self, "right", float(self.right) + 0.0)  # −0 becomes 0

    def violations(self, values: Array, tolerance: float) -> Array:
        """Return by how much values ``[..., N]`` break the row, ``[...]``; 0 within the tolerance."""
        excess = self.polynomial.values(values) - self.right
        signed = {"<=": excess, ">=": -excess, "==": np.abs(excess)}[self.relation]
        return np.where(signed > tolerance, signed, 0.0)


@dataclass(frozen=True, eq=False)
class IntegerProgram(Problem[Array]):
    """Optimise a quadratic polynomial over bounded integers; solutions are the values, int64 ``[N]``.

    It reduces to a ``BinaryProgram``: every variable becomes bits by its code, and in quadratic rows every
    product of two bits becomes a bit of its own, held to it by three rows. Both are exact.

    Attributes:
        objective: In the program's own sense.
        low: ``[N]`` least values; −1 of a spin.
        high: ``[N]`` greatest values; +1 of a spin.
        spin: ``[N]`` which variables take −1 and +1 only; none by default.
        rows: Linear rows over the values; none by default.
        quadratic_rows: Rows with products.
        names: One label per variable; by default x0, x1, ….
        sense: "min" or "max".
        reference: The best known objective, if any.
        codes: How each variable becomes bits; binary by default. Spins and variables of two values take one
            bit whatever their code is.
    """

    objective: QuadraticPolynomial
    low: Array
    high: Array
    spin: Array | None = None
    rows: Rows | None = None
    quadratic_rows: tuple[QuadraticRow, ...] = ()
    names: tuple[str, ...] = ()
    sense: Sense = "min"
    reference: float | None = None
    codes: tuple[IntegerCode, ...] = ()

    def __post_init__(self):
        n = self.objective.n
        check_choice("sense", self.sense, ("min", "max"))
        low = frozen_array("low", self.low, shape=(n,), dtype=np.int64)
        high = frozen_array("high", self.high, shape=(n,), dtype=np.int64)
        names = check_names(self.names, n)
        spin = np.array(np.zeros(n, bool) if self.spin is None else self.spin, dtype=bool)
        spin.setflags(write=False)
        if spin.shape != (n,):
            raise ProblemError("the shape of spin", spin.shape, f"({n},)")
        for k in np.flatnonzero((low > high) | (np.maximum(np.abs(low), np.abs(high)) > WIDEST)):
            bounds = f"[{low[k]}, {high[k]}]"
            raise ProblemError(f"the bounds of {names[k]}", bounds, "low <= high, both within ±2^53")
        refuse_elements("spin", low, spin & ((low != -1) | (high != 1)), "bounds −1 and 1 of every spin")
        rows = Rows(n) if self.rows is None else self.rows
        if rows.n != n or any(row.polynomial.n != n for row in self.quadratic_rows):
            raise ProblemError("the number of variables of rows", rows.n, f"{n}, as in the objective")
        labels = [*rows.names, *(row.name for row in self.quadratic_rows)]
        check_names(labels, len(labels))
        codes = tuple(self.codes) or (BinaryCode(),) * n
        if len(codes) != n or not all(isinstance(code, IntegerCode) for code in codes):
            raise ProblemError("codes", codes, f"{n} integer codes, one per variable")
        settled = {"low": low, "high": high, "spin": spin, "rows": rows, "names": names, "codes": codes}
        settled["quadratic_rows"] = tuple(self.quadratic_rows)
        settled["reference"] = optional_number("reference", self.reference)
        for name, value in settled.items():
            object.__setattr__(self, name, value)

    @classmethod
    def random(cls, n: int = 5, rows: int = 2, seed: int = 0) -> IntegerProgram:
        """Draw small integer data with every kind of variable and row; a hidden point keeps every row."""
        rng = np.random.default_rng(seed)
        spin = rng.random(n) < 0.2
        low = np.where(spin, -1, rng.integers(-3, 2, n))
        high = np.where(spin, 1, low + rng.integers(1, 5, n))
        hidden = np.where(spin, rng.choice([-1, 1], n), rng.integers(low, high + 1))
        matrix = rng.integers(-4, 5, (rows, n))
        relation = [("<=", ">=", "==")[k % 3] for k in range(rows)]
        slack = np.array([{"<=": 2, ">=": -2, "==": 0}[r] for r in relation])
        product = QuadraticPolynomial(
            rng.integers(-3, 4, n), np.array([0]), np.array([n - 1]), np.array([1.0])
        )
        ring = QuadraticRow(product, "<=", float(product.values(hidden)) + 1.0, "product")
        first, second = np.triu_indices(n)
        objective = QuadraticPolynomial(
            rng.integers(-9, 10, n),
            first,
            second,
            rng.integers(-3, 4, len(first)),
            float(rng.integers(-5, 6)),
        )
        linear = Rows.from_matrix(matrix, matrix @ hidden + slack, relation)
        return cls(objective, low, high, spin, linear, (ring,), sense="max" if rng.integers(2) else "min")

    @property
    def n(self) -> int:
        """Number of variables."""
        return self.objective.n

    @property
    def is_spin(self) -> Array:
        """Which variables ``[N]`` take −1 and +1 only."""
        assert self.spin is not None
        return self.spin

    @property
    def linear_rows(self) -> Rows:
        """The linear rows, never None."""
        assert self.rows is not None
        return self.rows

    def simplest(self) -> BinaryProgram | IntegerProgram:
        """Return the same problem as a ``BinaryProgram`` where all variables are bits and all rows linear."""
        if self.is_spin.any() or np.any(self.low != 0) or np.any(self.high != 1) or self.quadratic_rows:
            return self
        objective = self.objective
        form = QuadraticForm.from_triplets(
            self.n,
            objective.first,
            objective.second,
            objective.coefficient,
            objective.linear,
            objective.offset,
        )
        return BinaryProgram(form, self.linear_rows, self.names, self.sense, self.reference)

    def judge(self, solution: Array) -> Evaluation:
        """Score values ``[N]``; the violated rows and bounds are named with their amounts."""
        values = self._values("the solution", solution)
        if values.ndim != 1:
            raise ProblemError("the shape of the solution", values.shape, f"({self.n},)")
        names = (*(f"bounds of {name}" for name in self.names), *self._row_names)
        amounts = self._violations(values)
        broken = {names[r]: float(amounts[r]) for r in np.flatnonzero(amounts)}
        return Evaluation(float(self.objective.values(values)), broken)

    def ranks(self, solutions: Array) -> Array:
        """Rank values ``[B, N]``."""
        values = self._values("the solutions", solutions)
        signed = self.objective.values(values) * (1.0 if self.sense == "min" else -1.0)
        return np.stack([self._violations(values).sum(axis=-1), signed], axis=-1)

    @cached_property
    def binary(self) -> Reduction[Array]:
        """The same problem over bits; its solutions lift on ``[..., n]`` to values ``[..., N]``."""
        from problems.binary.integer_to_bits import to_bits

        return to_bits(self)

    def reduce(self, kinds: tuple[type, ...]) -> Reduction[Array] | None:
        """Reduce to the program over bits, or through it to what that reduces to."""
        return self.binary if BinaryProgram in kinds else self.binary.then(self.binary.problem.reduce(kinds))

    def decode(self, solution: Array) -> dict[str, int]:
        """Return ``{name: value}``."""
        return dict(zip(self.names, self._values("the solution", solution).tolist(), strict=True))

    def encode(self, values: Mapping[str, int]) -> Array:
        """Return values int64 ``[N]`` from ``{name: value}``; variables left out take the value nearest to 0.

        Raises:
            ProblemError: On an unknown name or a value that is no integer.
        """
        place = {name: k for k, name in enumerate(self.names)}
        vector = np.where(self.is_spin, 1, np.clip(0, self.low, self.high)).astype(np.int64)
        for name, value in values.items():
            if str(name) not in place:
                known = f", such as {self.names[0]}" if self.names else ""
                raise ProblemError("the solution's variable", str(name), "a name of the problem" + known)
            check_number(f"the value of {name}", value, -WIDEST, WIDEST)
            if value != round(value):
                raise ProblemError(f"the value of {name}", value, "an integer")
            vector[place[str(name)]] = int(value)
        return vector

    def plot(self, solution: Array, axes: Any = None) -> Any:
        """Draw the value of each variable within its bounds."""
        from problems.binary.pictures import values_in_bounds

        return values_in_bounds(self, solution, axes)

    @property
    def _row_names(self) -> tuple[str, ...]:
        return (*self.linear_rows.names, *(row.name for row in self.quadratic_rows))

    def _values(self, field: str, solution: Any) -> Array:
        return frozen_array(field, solution, shape=(*np.shape(solution)[:-1], self.n), dtype=np.int64)

    def _violations(self, values: Array) -> Array:
        """Return ``[..., N + m]``: how far variables are out of bounds, and by how much rows are broken."""
        outside = np.maximum(np.maximum(self.low - values, values - self.high), 0)
        outside = np.where(self.is_spin & (values == 0), 1, outside).astype(float)
        rows, count = self.linear_rows, math.prod(values.shape[:-1])
        excess = (rows.matrix @ values.reshape(count, self.n).T.astype(float)).T - rows.right
        excess = np.where(rows.is_equality, np.abs(excess), np.where(rows.is_at_least, -excess, excess))
        excess = np.where(excess > self._tolerance, excess, 0.0).reshape(*values.shape[:-1], len(rows))
        curved = [row.violations(values, self._slack_of(row))[..., None] for row in self.quadratic_rows]
        return np.concatenate([outside, excess, *curved], axis=-1)

    @cached_property
    def _tolerance(self) -> Array:
        """Within which each linear row ``[m]`` counts as kept; 0 where all its numbers are integers."""
        size = np.maximum(np.abs(self.low), np.abs(self.high)).astype(float)
        reach = abs(self.linear_rows.matrix) @ size
        scale = np.maximum(np.maximum(reach, np.abs(self.linear_rows.right)), 1.0)
        return np.where(self.linear_rows.integral, 0.0, TOLERANCE * scale)

    def _slack_of(self, row: QuadraticRow) -> float:
        if row.polynomial.is_integral() and row.right == round(row.right):
            return 0.0
        return TOLERANCE * max(row.polynomial.reach(self.low, self.high), abs(row.right), 1.0)
