"""Where particles begin: scattered about a point by a law."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from classical.minimisation.evaluations import clipped, start_of
from problems.checking import check_choice, check_number, frozen_array
from problems.contract import Array
from problems.minimisation import Minimisation
from problems.run import Run


@dataclass(frozen=True)
class Scatter:
    """Draw points about a centre; what falls outside the problem's bounds is moved onto them.

    Angles are never taken modulo their period: means of wrapped angles are wrong.

    Attributes:
        law: "normal"; "uniform" in a cube; or "box", uniform between the problem's bounds.
        width: Standard deviation of the normal, or half the side of the cube. 0 puts all on the centre.
        centre: One number for all coordinates, or one each; None for the problem's own start.
    """

    law: Literal["normal", "uniform", "box"] = "normal"
    width: float = 0.5
    centre: float | tuple[float, ...] | None = None

    def __post_init__(self):
        check_choice("law", self.law, ("normal", "uniform", "box"))
        check_number("width", self.width, 0.0)
        if isinstance(self.centre, tuple | list | np.ndarray):
            centre = frozen_array("centre", self.centre, shape=(None,))
            object.__setattr__(self, "centre", tuple(centre.tolist()))
        elif self.centre is not None:
            check_number("centre", self.centre)

    def unsuitable(self, problem: Minimisation) -> str | None:
        """Return why points for this problem cannot be drawn, or None."""
        if isinstance(self.centre, tuple) and len(self.centre) != problem.dimension:
            return f"the centre has {len(self.centre)} coordinates, and the problem {problem.dimension}"
        if problem.bounds is None:
            return "it draws from a box, and the problem has no bounds" if self.law == "box" else None
        low, high = (np.asarray(side, dtype=float) for side in problem.bounds)
        if self.law == "box":
            bounded = np.all(np.isfinite(low)) and np.all(np.isfinite(high))
            return None if bounded else "it draws from a box, and some coordinate has no bound"
        given = self.centre if self.centre is not None else problem.start
        if given is None:
            return None
        centre = np.broadcast_to(np.asarray(given, dtype=float), (problem.dimension,))
        outside = np.flatnonzero((centre < low) | (centre > high))
        if len(outside):
            k = int(outside[0])
            return (
                f"coordinate {k} of its centre is {centre[k]:g}, outside the bounds {low[k]:g} to {high[k]:g}"
            )
        return None

    def draw(self, problem: Minimisation, run: Run, count: int) -> Array:
        """Return so many points ``[count, P]``, drawn from the run's generator."""
        shape = (count, problem.dimension)
        if self.law == "box":
            assert problem.bounds is not None
            return run.rng.uniform(problem.bounds[0], problem.bounds[1], shape)
        centre = start_of(problem, run) if self.centre is None else np.asarray(self.centre, dtype=float)
        if self.law == "normal":
            return clipped(problem, centre + self.width * run.rng.normal(size=shape))
        return clipped(problem, centre + run.rng.uniform(-self.width, self.width, shape))
