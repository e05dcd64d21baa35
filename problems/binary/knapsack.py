"""The multidimensional knapsack: choose items of most profit within several capacities."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from problems.binary.domain import DomainProblem, labels_of_bits, places_of_labels
from problems.binary.program import BinaryProgram
from problems.binary.quadratic import QuadraticForm
from problems.binary.rows import Rows
from problems.checking import check_integer, check_number, frozen_array, optional_number, refuse_elements
from problems.contract import Array, Evaluation
from problems.errors import ProblemError


@dataclass(frozen=True, eq=False)
class MultidimensionalKnapsack(DomainProblem):
    """Maximise Σ p_j x_j under Σ_j w_ij x_j <= c_i; solutions are bits ``[n]``, labels count items from 1.

    Attributes:
        profits: ``[n]``.
        weights: ``[m, n]``, none negative; an item heavier than a capacity simply cannot be packed.
        capacities: ``[m]``, none negative.
        reference: The best known profit, if any.
    """

    profits: Array
    weights: Array
    capacities: Array
    reference: float | None = None
    sense = "max"

    def __post_init__(self):
        profits = frozen_array("profits", self.profits, shape=(None,))
        if len(profits) == 0:
            raise ProblemError("profits", "empty", "one profit per item, at least one")
        capacities = frozen_array("capacities", self.capacities, shape=(None,))
        weights = frozen_array("weights", self.weights, shape=(len(capacities), len(profits)))
        refuse_elements("weights", weights, weights < 0, "a weight ≥ 0")
        refuse_elements("capacities", capacities, capacities < 0, "a capacity ≥ 0")
        object.__setattr__(self, "reference", optional_number("reference", self.reference))
        for name, value in (("profits", profits), ("weights", weights), ("capacities", capacities)):
            object.__setattr__(self, name, value)

    @classmethod
    def random(
        cls, n: int = 20, m: int = 5, tightness: float = 0.5, seed: int = 0
    ) -> MultidimensionalKnapsack:
        """Draw an instance after Chu and Beasley (1998), in integers.

        Weights are uniform in 1…1000, capacities ``tightness`` of each row's total, and profits a row average
        of the weights plus up to 500, which makes them correlated and the instance hard.
        """
        check_integer("n", n, 1)
        check_integer("m", m, 1)
        check_number("tightness", tightness, 0.0, 1.0)
        rng = np.random.default_rng(seed)
        weights = rng.integers(1, 1001, (m, n))
        profits = np.round(weights.mean(axis=0) + 500 * rng.random(n))
        return cls(profits, weights, np.floor(tightness * weights.sum(axis=1)))

    @classmethod
    def read(cls, path: str | os.PathLike[str], index: int | None = None) -> MultidimensionalKnapsack:
        """Read an OR-Library file; ``index`` counts from 1 where it holds several problems."""
        from problems.formats.or_library import read_knapsack

        return read_knapsack(path, index)

    def write(self, path: str | os.PathLike[str]) -> Path:
        """Write an OR-Library file with one problem."""
        from problems.formats.or_library import write_knapsack

        return write_knapsack(self, path)

    @cached_property
    def program(self) -> BinaryProgram:
        """One row per capacity."""
        names = tuple(f"capacity {i}" for i in range(1, len(self.capacities) + 1))
        rows = Rows.from_matrix(self.weights, self.capacities, "<=", names)
        return BinaryProgram(QuadraticForm(self.profits), rows, self._names, "max")

    @property
    def _names(self) -> tuple[str, ...]:
        return tuple(f"item {j}" for j in range(1, len(self.profits) + 1))

    def judge(self, solution: Array) -> Evaluation:
        """Score bits ``[n]``; adds how many items there are and how full the fullest capacity is."""
        verdict = super().judge(solution)
        used = self.weights @ np.asarray(solution, dtype=float)
        full = float(np.max(used / np.where(self.capacities > 0, self.capacities, 1.0), initial=0.0))
        return Evaluation(
            verdict.objective,
            verdict.violations,
            {"items": float(np.sum(solution)), "fullest_capacity": full},
        )

    def decode(self, solution: Array) -> tuple[int, ...]:
        """Return the numbers of the packed items, counted from 1."""
        return labels_of_bits(solution, tuple(range(1, self.n + 1)))

    def encode(self, labels: Iterable[int]) -> Array:
        """Return bits from item numbers counted from 1."""
        return places_of_labels(labels, tuple(range(1, self.n + 1)), "item")

    def plot(self, solution: Array, axes: Any = None) -> Any:
        """Draw how each capacity is used, packed item by packed item."""
        from problems.binary.pictures import stacked_capacities

        return stacked_capacities(self, solution, axes)
