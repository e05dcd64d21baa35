"""Binary programs: named bits, a quadratic objective, linear rows. The common language of the binary room."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from problems.binary.names import bits_by_name, check_names, named_bits
from problems.binary.quadratic import QuadraticForm
from problems.binary.qubo import Ising, Qubo, check_vector
from problems.binary.rows import Rows
from problems.checking import check_bits, check_choice, optional_number
from problems.contract import Array, Evaluation, Problem, Reduction, Sense
from problems.errors import ProblemError


@dataclass(frozen=True, eq=False)
class BinaryProgram(Problem[Array]):
    """Optimise a quadratic objective over bits under linear rows; solutions are uint8 ``[n]``.

    Attributes:
        objective: In the program's own sense.
        rows: The constraints; none by default.
        names: One label per variable; by default x0, x1, ….
        sense: "min" or "max".
        reference: The best known objective, if any.
    """

    objective: QuadraticForm
    rows: Rows | None = None
    names: tuple[str, ...] = ()
    sense: Sense = "min"
    reference: float | None = None

    def __post_init__(self):
        check_choice("sense", self.sense, ("min", "max"))
        if self.rows is None:
            object.__setattr__(self, "rows", Rows(self.objective.n))
        if self.constraints.n != self.n:
            raise ProblemError(
                "the number of variables of rows", self.constraints.n, f"{self.n}, as in the objective"
            )
        object.__setattr__(self, "names", check_names(self.names, self.n))
        object.__setattr__(self, "reference", optional_number("reference", self.reference))

    @classmethod
    def from_arrays(
        cls,
        linear: Any,
        matrix: Any = None,
        right: Any = (),
        relation: str | Sequence[str] = "<=",
        quadratic: Any = None,
        sense: Sense = "min",
        names: Sequence[str] = (),
        row_names: Sequence[str] = (),
        offset: float = 0.0,
    ) -> BinaryProgram:
        """Build linearᵀx + xᵀQx + offset under ``matrix @ x (relation) right``.

        Args:
            linear: ``[n]``.
            matrix: ``[m, n]``, dense or scipy-sparse, or None without rows.
            right: ``[m]``.
            relation: One of "<=", ">=", "==" for all rows, or one per row.
            quadratic: Any square Q ``[n, n]``, dense or scipy-sparse, or None.
            sense: "min" or "max".
            names: Variable labels.
            row_names: Row labels.
            offset: The constant.
        """
        if quadratic is None:
            objective = QuadraticForm(linear, offset=offset)
        else:
            objective = QuadraticForm.from_matrix(quadratic, linear, offset)
        rows = None if matrix is None else Rows.from_matrix(matrix, right, relation, row_names)
        return cls(objective, rows, tuple(names), sense)

    @classmethod
    def random(cls, n: int = 12, rows: int = 4, density: float = 0.5, seed: int = 0) -> BinaryProgram:
        """Draw integer data with all three relations; a hidden point satisfies every row."""
        rng = np.random.default_rng(seed)
        hidden = rng.integers(0, 2, n)
        matrix = rng.integers(-9, 10, (rows, n)) * (rng.random((rows, n)) < density)
        relation = [("<=", ">=", "==")[k % 3] for k in range(rows)]
        slack = rng.integers(0, 6, rows)
        right = matrix @ hidden + np.array([{"<=": 1, ">=": -1, "==": 0}[r] for r in relation]) * slack
        pairs = np.triu(rng.integers(-9, 10, (n, n)) * (rng.random((n, n)) < density), 1)
        sense: Sense = "max" if rng.integers(2) else "min"
        return cls.from_arrays(rng.integers(-20, 21, n), matrix, right, relation, pairs, sense)

    @property
    def n(self) -> int:
        """Number of variables."""
        return self.objective.n

    @property
    def constraints(self) -> Rows:
        """The rows, never None."""
        assert self.rows is not None
        return self.rows

    @property
    def minimised(self) -> QuadraticForm:
        """The objective with its sign turned so that smaller is better."""
        return self.objective if self.sense == "min" else -self.objective

    def signed(self, value: float) -> float:
        """Turn a value of the minimised objective into the program's own sense, or back."""
        return value if self.sense == "min" else -value

    def judge(self, solution: Array) -> Evaluation:
        """Score bits ``[n]``; the violated rows are named with their amounts."""
        bits = check_bits("the solution", check_vector(solution), self.n)
        amounts = self.constraints.violations(bits)
        broken = {self.constraints.names[r]: float(amounts[r]) for r in np.flatnonzero(amounts)}
        return Evaluation(float(self.objective.values(bits)), broken)

    def ranks(self, solutions: Array) -> Array:
        """Rank bits ``[N, n]``."""
        bits = check_bits("the solutions", solutions, self.n)
        return np.stack(
            [self.constraints.violations(bits).sum(axis=-1), self.minimised.values(bits)], axis=-1
        )

    def reduce(self, kinds: tuple[type, ...]) -> Reduction[Array] | None:
        """Without rows, reduce to a ``Qubo`` or an ``Ising``; with rows that is a solver's choice."""
        if len(self.constraints):
            return None
        there = Reduction(Qubo(self.minimised, self.names), np.asarray, self.signed)
        if Qubo in kinds:
            return there
        return there.then(there.problem.reduce((Ising,))) if Ising in kinds else None

    def decode(self, solution: Array) -> dict[str, int]:
        """Return ``{name: bit}``."""
        return named_bits(solution, self.names)

    def encode(self, values: Mapping[str, int]) -> Array:
        """Return bits from ``{name: bit}``; variables left out are 0."""
        return bits_by_name(values, self.names)

    def repair(self, bits: Array) -> Array:
        """Make bits ``[..., n]`` feasible, then better, by single flips; see ``repair_bits``."""
        from problems.binary.repair import repair_bits

        return repair_bits(self, bits)

    def plot(self, solution: Array, axes: Any = None) -> Any:
        """Draw how far each row is used by the solution."""
        from problems.binary.pictures import row_use

        return row_use(self, solution, axes)
