"""Points seen at a time between the ends of a bridge."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from problems.checking import check_number, frozen_array
from problems.contract import Array
from problems.errors import ProblemError


@dataclass(frozen=True, eq=False)
class Snapshot:
    """Samples of the law at one time.

    Attributes:
        time: In (0, 1).
        points: ``[m, D]``.
    """

    time: float
    points: Array

    def __post_init__(self):
        check_number("time", self.time, 0.0, 1.0, open_low=True)
        if self.time == 1.0:
            raise ProblemError("time", self.time, "a time below 1", "points at 1 are the target")
        object.__setattr__(self, "time", float(self.time))
        points = frozen_array("points", self.points, shape=(None, None))
        if len(points) < 2 or np.prod(points.shape) == 0:
            raise ProblemError("the shape of points", points.shape, "(m, D) with m of 2 at least")
        object.__setattr__(self, "points", points)
