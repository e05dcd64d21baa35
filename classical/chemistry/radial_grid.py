"""A grid along the radius with exponentially growing steps, and pieces of it as elements."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from classical.chemistry.mesh import exponential_ends
from problems.contract import Array

GROUP = 6  # steps in an element of a polynomial of that degree


@dataclass(frozen=True, eq=False)
class RadialGrid:
    """r_i = A (e^{b i} − 1): steps of an element are in the same ratios everywhere.

    Attributes:
        r: ``[N + 1]``, from 0 outwards.
        stretch: ``[N + 1]``, dr/di, which are the weights of the trapezoidal rule for what vanishes at the
            ends.
    """

    r: Array
    stretch: Array

    @classmethod
    def of(cls, r_max: float, steps: int, grading: float) -> RadialGrid:
        """Lay so many steps."""
        r = exponential_ends(0.0, r_max, steps, grading)
        rate = np.log(grading) / (steps - 1)
        slope = (r[-1] - r[0]) / steps if rate == 0 else rate * (r + r[-1] / np.expm1(rate * steps))
        return cls(r, np.broadcast_to(slope, r.shape).copy())

    @property
    def ends(self) -> Array:
        """Every sixth point."""
        return self.r[::GROUP]

    @property
    def nodes(self) -> Array:
        """The reference nodes ``[7]`` of any element."""
        first = self.r[: GROUP + 1]
        return 2 * first / first[-1] - 1

    def grouped(self, values: Array) -> Array:
        """Return values ``[N + 1]`` by element ``[N / 6, 7]``."""
        index = np.arange(0, len(self.r) - 1, GROUP)[:, None] + np.arange(GROUP + 1)
        return values[index]
