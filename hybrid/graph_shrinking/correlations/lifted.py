"""Correlations from the lifted relaxation of the program itself: the rows are in it, no penalty is.

From x and X of the relaxation, ⟨s_i⟩ = 1 − 2x_i and ⟨s_i s_j⟩ = 1 − 2(x_i + x_j − 2X_ij).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from hybrid.graph_shrinking.correlations.lifted_cone import lifted_point
from hybrid.graph_shrinking.correlations.source import Correlations, CorrelationSource, Helper
from hybrid.graph_shrinking.state import ShrinkingState
from problems.checking import check_choice, check_integer, check_number

Array = np.ndarray
RESOLUTION = 1e-3  # what a loose solution can tell apart; below it the lower index goes first


@dataclass(frozen=True)
class LiftedCorrelation(CorrelationSource):
    """One relaxation per tie, over the program that is left; the program's own objective, never a penalty.

    Attributes:
        pick: "ones" fixes the bit nearest to 1, which propagation makes the most of; "fields" the most
            decided bit, to either value; "pairs" also ties groups to each other.
        accuracy: Of the conic solver; a ranking needs little.
        iterations: The most that it makes.
        most_qubits: Wider problems are refused.
    """

    pick: str = "ones"
    accuracy: float = 1e-4
    iterations: int = 400
    most_qubits: int = 150
    least: ClassVar[float] = 0.0
    single: ClassVar[bool] = True

    def __post_init__(self):
        check_choice("pick", self.pick, ("ones", "fields", "pairs"))
        check_number("accuracy", self.accuracy, 0.0, 1.0, open_low=True)
        check_integer("iterations", self.iterations, 1)
        check_integer("most_qubits", self.most_qubits, 1)

    def unsuitable(self, state: ShrinkingState) -> str | None:
        """Refuse widths for which the relaxation is too dear, and slack bits, which it does not know."""
        if state.surrogate.n != state.program.n:
            return "the lifted relaxation keeps the rows without slack bits; take a slack-free encoding"
        if state.qubits > self.most_qubits:
            more = f"it has {state.qubits} bits, more than {self.most_qubits}"
            return f"{more}; SemidefiniteCorrelation is cheaper"
        return None

    def correlations(self, state: ShrinkingState, helper: Helper) -> Correlations:
        """Return the correlations with what is to be picked first."""
        point = lifted_point(state.reduced_program(), self.accuracy, self.iterations)
        matrix = correlations_of_moments(point.mean, point.second)
        rounded = np.round(matrix / RESOLUTION) * RESOLUTION
        if self.pick == "pairs":
            return Correlations(rounded)
        priority, sign = np.full(matrix.shape, -1.0), np.sign(rounded)
        scores = np.abs(rounded[:-1, -1])
        if self.pick == "ones":
            scores = np.clip(np.round(point.mean / RESOLUTION) * RESOLUTION, 0.0, 1.0)
            sign = np.full(matrix.shape, -1.0)
        priority[:-1, -1] = priority[-1, :-1] = scores
        return Correlations(rounded, priority, sign)


def correlations_of_moments(mean: Array, second: Array) -> Array:
    """Return ⟨s_a s_b⟩ ``[n+1, n+1]``, the last spin being +1, from ⟨x_i⟩ and ⟨x_i x_j⟩."""
    size = len(mean) + 1
    matrix = np.zeros((size, size))
    matrix[:-1, :-1] = 1.0 - 2.0 * (mean[:, None] + mean[None, :] - 2.0 * second)
    matrix[:-1, -1] = matrix[-1, :-1] = 1.0 - 2.0 * mean
    np.fill_diagonal(matrix, 0.0)
    return np.clip(matrix, -1.0, 1.0)
