"""From constraints to a QUBO: slack bits with an exact penalty, or no slack at all.

An encoding is an object. It knows its width before anything is built, takes its penalties from the data, and
returns a ``Reduction`` whose lift drops what it added. Rows that only forbid pairs (Σx <= 1) become products
in both.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from scipy.sparse import csr_array

from problems.binary.blocks import Blocks
from problems.binary.program import BinaryProgram
from problems.binary.quadratic import QuadraticForm, add_forms
from problems.binary.qubo import Qubo
from problems.binary.relaxation import linear_bound
from problems.checking import check_number
from problems.contract import Reduction
from problems.errors import Infeasible, ProblemError

Array = np.ndarray
DECIMALS = 6  # decimal places up to which a row is scaled to integers before it gets slack bits


@dataclass(frozen=True)
class Encoding(ABC):
    """A way to write a ``BinaryProgram`` as a ``Qubo``."""

    @abstractmethod
    def qubits(self, program: BinaryProgram) -> int:
        """Return the width of the QUBO without building it."""

    def one_hot(self, program: BinaryProgram) -> Blocks:
        """Return the blocks that the QUBO leaves to its solver."""
        return ()

    @abstractmethod
    def encode(self, program: BinaryProgram) -> Reduction[Array]:
        """Return the QUBO with the way back to the program's bits."""


@dataclass(frozen=True)
class SlackEncoding(Encoding):
    """One penalty P(aᵀx + slack − b)² per row, the slack in binary with a trimmed last bit.

    A row with slack range 0…U takes ⌊log2 U⌋ + 1 bits of weights 1, 2, 4, …, the last cut so that exactly 0…U
    can be written: the feasible set is preserved, bit for bit. Rows that nothing can break take nothing.

    Attributes:
        penalty: P; by default Σ|objective coefficients| + 1. A broken integer row has a residual of at least
            1, so it then costs more than the whole objective can repay, and the minimum of the QUBO is the
            program's optimum. Smaller values condition the QUBO better and may be enough.
    """

    penalty: float | None = None

    def __post_init__(self):
        if self.penalty is not None:
            check_number("penalty", self.penalty, 0.0, open_low=True)

    def qubits(self, program: BinaryProgram) -> int:
        """Return n + slack bits.

        Raises:
            ProblemError: If a row that needs slack has coefficients with more than six decimals.
            Infeasible: If a row cannot be satisfied by any assignment.
        """
        return program.n + sum(len(slack_weights(row.range)) for row in _integer_rows(program))

    def encode(self, program: BinaryProgram) -> Reduction[Array]:
        """Return the QUBO; its bounds are bounds of the program: a feasible point costs its objective."""
        rows = _integer_rows(program)
        width = program.n + sum(len(slack_weights(row.range)) for row in rows)
        penalty = self.penalty or _coefficient_sum(program) + 1.0
        forms = [program.minimised.embedded(width), _pair_products(program, penalty).embedded(width)]
        names, position, entries = list(program.names), program.n, []
        for row in rows:
            slack = slack_weights(row.range)
            entries.append(
                (np.append(row.index, position + np.arange(len(slack))), np.append(row.weight, slack))
            )
            position += len(slack)
            names += [f"slack[{row.name}][{k}]" for k in range(len(slack))]
        right = np.array([row.right for row in rows])
        forms.append(_squares(width, entries, right).scaled(penalty))
        return Reduction(
            Qubo(add_forms(forms), tuple(names)), partial(_first_bits, n=program.n), program.signed
        )


@dataclass(frozen=True)
class SlackFreeEncoding(Encoding):
    """No slack: unbalanced penalisation of inequalities, products for conflicts, squares for equalities.

    An inequality, scaled to largest coefficient 1 and written g = aᵀx − b <= 0, adds λg + ρ/2 (g + s)².
    Expanded by the unused capacity h = −g this is −λ₁h + λ₂h² + constant with λ₁ = λ + ρs and λ₂ = ρ/2, the
    unbalanced penalisation of Montañez-Barrera et al., arXiv 2211.13914. Its numbers come from the data:

    * λ is the row's price in the linear relaxation: the slope at which using more of the row stops paying.
      Rows of price 0 do not bind there and add nothing.
    * ρ = curvature · p̄ / (½)², p̄ the mean change of the objective by one flip: overshooting by half the
      largest coefficient costs as much as an average variable brings.
    * s = min(½ slack of the rounded relaxation, ¼): the centre sits where good feasible points are, not at
      equality.

    A pair conflict (from Σx <= 1) adds P x_u x_v with P twice the most that the less useful of the two can
    bring, so dropping it always pays: minima keep these rows. An equality adds P (aᵀx − b)², P the largest
    change that one flip of its variables makes in the objective over its smallest coefficient squared: no
    single flip pays for leaving it. Inequalities stay soft: the judge sees the samples, and infeasible ones
    lose.

    Attributes:
        curvature: The factor of ρ.
    """

    curvature: float = 0.5

    def __post_init__(self):
        check_number("curvature", self.curvature, 0.0, open_low=True)

    def qubits(self, program: BinaryProgram) -> int:
        """Return n: nothing is added."""
        return program.n

    def encode(self, program: BinaryProgram) -> Reduction[Array]:
        """Return the QUBO on the program's own bits; its bounds do not carry over.

        Raises:
            Infeasible: If the linear relaxation has no point.
        """
        n = program.n
        forms = [program.minimised, _pair_products(program)]
        forms += [
            QuadraticForm.squared(n, index, weight, -right).scaled(penalty)
            for index, weight, right, penalty in self._equalities(program)
        ]
        for row in self._inequalities(program):
            linear = np.zeros(n)
            linear[row.index] = row.price * row.weight
            forms.append(QuadraticForm(linear, offset=-row.price * row.right))
            forms.append(
                QuadraticForm.squared(n, row.index, row.weight, row.centre - row.right).scaled(row.rho / 2)
            )
        return Reduction(Qubo(add_forms(forms), program.names), partial(_first_bits, n=n), None)

    def penalties(self, program: BinaryProgram, bits: Array) -> Array:
        """Return what is added to the minimised objective at bits ``[..., n]``, straight from the formula."""
        x = np.asarray(bits, dtype=float)
        total = np.zeros(x.shape[:-1])
        for r, kind in enumerate(program.constraints.classes):
            if kind == "packing":
                index, _ = program.constraints.entries(r)
                prices = _pair_prices(program, index)
                for a in range(len(index)):
                    for b in range(a):
                        total += prices[a, b] * x[..., index[a]] * x[..., index[b]]
        for index, weight, right, penalty in self._equalities(program):
            total += penalty * (x[..., index] @ weight - right) ** 2
        for row in self._inequalities(program):
            excess = x[..., row.index] @ row.weight - row.right
            total += row.price * excess + row.rho / 2 * (excess + row.centre) ** 2
        return total

    def _equalities(self, program: BinaryProgram) -> list[tuple[Array, Array, float, float]]:
        rows, gains, found = program.constraints, program.minimised.gains(), []
        for r in np.flatnonzero(rows.is_equality):
            index, weight = rows.entries(int(r))
            if len(index):
                penalty = (gains[index].max() or 1.0) / np.abs(weight).min() ** 2
                found.append((index, weight, float(rows.right[r]), float(penalty)))
        return found

    def _inequalities(self, program: BinaryProgram) -> list[SoftRow]:
        rows, found = program.constraints, []
        soft = [
            r
            for r, kind in enumerate(rows.classes)
            if kind in ("knapsack", "general") and not rows.is_equality[r]
        ]
        low, high = rows.ranges
        if not any(_can_break(program, r, low, high) for r in soft):
            return found
        relaxed = linear_bound(program)
        rounded = program.repair((relaxed.point > 1 - 1e-6).astype(np.uint8))
        mean_gain = float(program.minimised.gains().mean())
        for r in soft:
            if relaxed.prices[r] <= 1e-9 or not _can_break(program, r, low, high):
                continue
            index, weight = rows.entries(r)
            sign = -1.0 if rows.is_at_least[r] else 1.0
            scale = np.abs(weight).max()
            scaled, right = sign * weight / scale, sign * float(rows.right[r]) / scale
            slack = max(0.0, right - float(scaled @ rounded[index]))
            rho = self.curvature * mean_gain / 0.25
            found.append(
                SoftRow(index, scaled, right, float(relaxed.prices[r] * scale), rho, min(0.5 * slack, 0.25))
            )
        return found


@dataclass(frozen=True, eq=False)
class SoftRow:
    """One inequality, scaled to largest coefficient 1: weight·x <= right."""

    index: Array
    weight: Array
    right: float
    price: float
    rho: float
    centre: float


@dataclass(frozen=True, eq=False)
class _IntegerRow:
    """One row in integers: weight·x + slack == right with slack in 0…range."""

    name: str
    index: Array
    weight: Array
    right: float
    range: int


def slack_weights(upper: int) -> Array:
    """Return the weights of the fewest bits whose sums are exactly 0…upper."""
    if upper <= 0:
        return np.zeros(0)
    count = upper.bit_length()
    weights = 2.0 ** np.arange(count)
    weights[-1] = upper - (2 ** (count - 1) - 1)
    return weights


def _squares(width: int, rows: list[tuple[Array, Array]], right: Array) -> QuadraticForm:
    """Return Σ_r (weight_r · x_index_r − right_r)² over ``width`` bits, all rows in one matrix product."""
    indptr = np.cumsum([0, *(len(index) for index, _ in rows)])
    index = np.concatenate([np.zeros(0, np.int64), *(index for index, _ in rows)])
    weight = np.concatenate([np.zeros(0), *(weight for _, weight in rows)])
    table: Any = csr_array((weight, index, indptr), shape=(len(rows), width))
    return QuadraticForm.from_matrix(table.T @ table, -2.0 * (table.T @ right), float(right @ right))


def _integer_rows(program: BinaryProgram) -> list[_IntegerRow]:
    rows, found = program.constraints, []
    low, high = rows.ranges
    for r, kind in enumerate(rows.classes):
        if kind == "packing" or (not rows.is_equality[r] and not _can_break(program, r, low, high)):
            continue
        sign = -1.0 if rows.is_at_least[r] else 1.0
        index, weight = rows.entries(r)
        scale = _integer_scale(np.append(weight, rows.right[r]), rows.names[r])
        weight, right = np.round(sign * weight * scale), float(np.round(sign * rows.right[r] * scale))
        least = float(np.minimum(weight, 0).sum())
        if least > right or (rows.is_equality[r] and np.maximum(weight, 0).sum() < right):
            raise Infeasible("the program", f"no assignment satisfies row {rows.names[r]}")
        upper = 0 if rows.is_equality[r] else int(right - least)
        found.append(_IntegerRow(rows.names[r], index, weight, right, upper))
    return found


def _integer_scale(numbers: Array, name: str) -> float:
    for decimals in range(DECIMALS + 1):
        scaled = numbers * 10.0**decimals
        if np.all(np.abs(scaled - np.round(scaled)) <= 1e-9 * np.maximum(1.0, np.abs(scaled))):
            return 10.0**decimals
    raise ProblemError(
        f"row {name}",
        numbers[0].item(),
        f"coefficients with at most {DECIMALS} decimals",
        "or use the slack-free encoding",
    )


def _can_break(program: BinaryProgram, r: int, low: Array, high: Array) -> bool:
    rows = program.constraints
    reach = rows.right[r] - low[r] if rows.is_at_least[r] else high[r] - rows.right[r]
    return bool(reach > rows.tolerance[r])


def _pair_products(program: BinaryProgram, penalty: float | None = None) -> QuadraticForm:
    """Add P x_u x_v for every pair that a packing row forbids; P from the data unless it is given."""
    rows = program.constraints
    firsts, seconds, prices = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)], [np.zeros(0)]
    for r, kind in enumerate(rows.classes):
        if kind == "packing":
            index, _ = rows.entries(r)
            left, right = np.triu_indices(len(index), 1)
            firsts.append(index[left])
            seconds.append(index[right])
            prices.append(_pair_prices(program, index)[left, right])
    first, second, price = (np.concatenate(part) for part in (firsts, seconds, prices))
    if penalty is not None:
        price = np.full_like(price, penalty)
    return QuadraticForm(np.zeros(program.n), first, second, price)


def _pair_prices(program: BinaryProgram, index: Array) -> Array:
    """Return ``[k, k]``: twice the most that setting the less useful bit of each pair can bring."""
    useful = np.maximum(0.0, -program.minimised.slopes()[0])[index]
    price = 2.0 * np.minimum.outer(useful, useful)
    return np.where(price > 0, price, 1.0)


def _coefficient_sum(program: BinaryProgram) -> float:
    return float(np.abs(program.objective.linear).sum() + np.abs(program.objective.coupling).sum())


def _first_bits(bits: Any, n: int) -> Array:
    return np.asarray(bits)[..., :n]
