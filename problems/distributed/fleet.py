"""A fleet: one minimisation, measured by many workers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from problems.contract import Array, Evaluation, Problem
from problems.errors import ProblemError
from problems.minimisation import Minimisation


@dataclass(frozen=True, eq=False)
class Fleet(Problem[Array]):
    """Minimise the mean of functions that live on separate workers; solutions are points ``[P]``.

    Attributes:
        workers: One function per worker, all of one dimension; a worker's noise is its own.
        judged: What an answer is judged by; None for the mean of the workers' noiseless values.
    """

    workers: tuple[Minimisation, ...]
    judged: Minimisation | None = None

    def __post_init__(self):
        object.__setattr__(self, "workers", tuple(self.workers))
        if not self.workers:
            raise ProblemError("workers", self.workers, "one minimisation at least")
        for k, worker in enumerate(self.workers):
            if not isinstance(worker, Minimisation):
                raise ProblemError(f"workers[{k}]", worker, "a Minimisation")
            if worker.dimension != self.dimension:
                expected = f"{self.dimension}, as for the first worker"
                raise ProblemError(f"the dimension of workers[{k}]", worker.dimension, expected)
        if self.judged is not None and self.judged.dimension != self.dimension:
            raise ProblemError("the dimension of judged", self.judged.dimension, f"{self.dimension}")

    @property
    def dimension(self) -> int:
        """P."""
        return self.workers[0].dimension

    @property
    def start(self) -> Array | None:
        """The first worker's start."""
        return self.workers[0].start

    def judge(self, solution: Array) -> Evaluation:
        """Score a point by the noiseless function."""
        if self.judged is not None:
            return self.judged.judge(solution)
        point = np.asarray(solution, dtype=float)
        if point.shape != (self.dimension,):
            raise ProblemError("the shape of the solution", tuple(point.shape), f"({self.dimension},)")
        return Evaluation(float(np.mean([worker.exact(point[None])[0] for worker in self.workers])))

    def plot(self, solution: Array, axes: Any = None) -> Any:
        """Draw the point as the judge's own problem draws it, or its coordinates."""
        if self.judged is not None and hasattr(self.judged, "plot"):
            return self.judged.plot(solution, axes)  # pyright: ignore[reportAttributeAccessIssue]
        from problems.report import matplotlib_pyplot

        axes = axes if axes is not None else matplotlib_pyplot("a plot").figure().subplots()
        axes.bar(range(self.dimension), solution)
        axes.set_xlabel("coordinate (index)")
        axes.set_ylabel("value (dimensionless)")
        return axes
