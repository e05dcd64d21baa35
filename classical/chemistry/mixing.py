"""How the next potential of a self-consistent field is made from the last ones.

References: Pulay, Chem. Phys. Lett. 73 (1980) 393; Banerjee, Suryanarayana, Pask, "Periodic Pulay method for
robust and efficient convergence acceleration of self-consistent field iterations", Chem. Phys. Lett. 647
(2016) 31.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass

import numpy as np

from problems.checking import check_integer, check_number
from problems.contract import Array


class Mixing(ABC):
    """A rule for the next input from all former inputs x ``[i + 1, N]`` and residuals f = g(x) − x."""

    @abstractmethod
    def next_input(self, inputs: list[Array], residuals: list[Array]) -> Array:
        """Return the next input ``[N]``."""

    @property
    @abstractmethod
    def memory(self) -> int:
        """How many former steps the rule looks back, the last one not counted."""


@dataclass(frozen=True)
class LinearMixing(Mixing):
    """x + α f.

    Attributes:
        alpha: α in (0, 1].
    """

    alpha: float = 0.3

    def __post_init__(self):
        check_number("alpha", self.alpha, 0.0, 1.0, open_low=True)

    @property
    def memory(self) -> int:
        """None."""
        return 0

    def next_input(self, inputs: list[Array], residuals: list[Array]) -> Array:
        """Return x + α f."""
        return inputs[-1] + self.alpha * residuals[-1]


@dataclass(frozen=True)
class PeriodicPulay(Mixing):
    """Linear mixing with an extrapolation x + α f − (R + α F) F⁺ f in every k-th step.

    R and F hold the last differences of inputs and of residuals; F⁺ is the pseudo-inverse, since the normal
    equations become singular at convergence.

    Attributes:
        alpha: α in (0, 1].
        history: Differences that an extrapolation uses; none is made before there are so many.
        period: k; 1 extrapolates always.
    """

    alpha: float = 0.5
    history: int = 5
    period: int = 3

    def __post_init__(self):
        check_number("alpha", self.alpha, 0.0, 1.0, open_low=True)
        check_integer("history", self.history, 1)
        check_integer("period", self.period, 1)

    @property
    def memory(self) -> int:
        """The history."""
        return self.history

    def next_input(self, inputs: list[Array], residuals: list[Array]) -> Array:
        """Return the extrapolated or the linearly mixed input."""
        step, f = len(inputs), residuals[-1]
        linear = inputs[-1] + self.alpha * f
        if step <= self.history or step % self.period != 0:
            return linear
        moves = np.diff(np.array(inputs[-self.history - 1 :]), axis=0).T
        changes = np.diff(np.array(residuals[-self.history - 1 :]), axis=0).T
        weights = np.linalg.lstsq(changes, f, rcond=None)[0]
        return linear - (moves + self.alpha * changes) @ weights
