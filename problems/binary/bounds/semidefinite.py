"""What a semidefinite relaxation says about a problem."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

Array = np.ndarray


@dataclass(frozen=True, eq=False)
class SemidefiniteBound:
    """A certified bound with the solution of the relaxation that it comes from.

    However loosely the relaxation was solved, ``value`` and ``rounded`` bound the optimum of the problem, in
    exact arithmetic on its data; ``gap`` says how far ``value`` may be from the relaxation's optimum.

    Attributes:
        value: A certified bound on the relaxation, and so on the problem's optimum, in the problem's sense.
        rounded: The same, moved inward to the next value that an objective of this data can take.
        primal: What the relaxation's objective is at the vectors; they are feasible, so ``value`` is on the
            other side of the relaxation's optimum. Not certified.
        vectors: ``[N, r]``, of whose inner products the positive semidefinite matrix is made.
        dual: The multipliers; what they price is said where the bound is made.
    """

    value: float
    rounded: float
    primal: float
    vectors: Array
    dual: Array

    @property
    def gap(self) -> float:
        """|value − primal| / max(1, |value|): small where the relaxation was solved."""
        return abs(self.value - self.primal) / max(1.0, abs(self.value))
