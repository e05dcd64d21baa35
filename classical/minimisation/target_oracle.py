"""The account of a composite problem's optimizer: what is dear is budgeted, all is counted."""

from __future__ import annotations

from typing import Self

import numpy as np

from classical.minimisation.evaluations import EvaluationsUsedUp
from problems.contract import Array, NothingFound
from problems.errors import ProblemError
from problems.minimisation.composite import CompositeProblem
from problems.run import Run


class TargetOracle:
    """One problem within one run: mini-batches, and calls of f and of the loss, all of them counted.

    The budget counts calls of the loss, values and gradients alike; a call sees one batch. The run's
    resources are ``evaluations`` (those calls), ``target_gradient_calls`` and ``target_value_calls``, and, in
    rows, ``target_gradients``, ``target_values``, ``model_evaluations`` and ``model_gradients``.

    A method runs within ``with oracle:``. The block ends when the budget is used up, and whatever else ends
    it leaves what the method stood for as the run's incumbent.
    """

    def __init__(
        self, problem: CompositeProblem, run: Run, budget: int, batch: int | None, judged_every: int
    ):
        self.problem, self.left = problem, budget
        self.standing = np.array(problem.start, dtype=float)
        self._run, self._batch, self._judged_every = run, batch, judged_every
        self._queue = np.empty(0, dtype=np.int64)
        self._steps = 0
        self._calls = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> bool:
        if isinstance(error, EvaluationsUsedUp):
            return True
        if error is not None and not isinstance(error, ProblemError):
            self._run.offer(self.standing)
        return False

    def stand(self, theta: Array, **row: float) -> None:
        """End a step: stand for parameters ``[P]`` from now on and record a row.

        Raises:
            NothingFound: If they are not finite; the method then stands for those before.
        """
        if not np.all(np.isfinite(theta)):
            raise NothingFound(f"the parameters have no value after step {self._steps}; take smaller steps")
        self.standing = theta
        self._steps += 1
        if self._judged_every and self._steps % self._judged_every == 0:
            figures = {k: float(v) for k, v in self.problem.metrics(theta).items() if np.ndim(v) == 0}
            row |= {"objective": self.problem.exact(theta), **figures}
        self._run.record(step=self._calls, outer=self._steps, **row)

    def begin(self, theta: Array) -> Array:
        """Begin a step: renew data that depend on what was learnt, and return the rows of its batch."""
        self.problem = self.problem.at(theta, self._run.seed())
        count = self.problem.count
        if self._batch is None or self._batch >= count:
            return np.arange(count)
        if len(self._queue) < self._batch:  # an epoch is over; its incomplete last batch is left out
            self._queue = self._run.rng.permutation(count)
        rows, self._queue = self._queue[: self._batch], self._queue[self._batch :]
        return rows

    def targets(self, theta: Array, rows: Array) -> Array:
        """Return f(θ) ``[b, p]``."""
        self._run.spent(model_evaluations=len(rows))
        return self.problem.targets(theta, rows)

    def pull_back(self, theta: Array, rows: Array, weights: Array) -> Array:
        """Return the gradient ``[P]`` of Σ weights · f(θ)."""
        self._run.spent(model_gradients=len(rows))
        return self.problem.pull_back(theta, rows, weights)

    def gradient(self, z: Array, rows: Array) -> Array:
        """Pay for each row's target gradient ``[b, p]``.

        Raises:
            EvaluationsUsedUp: Before anything is paid, if nothing is left.
            ProblemError: If the problem returns another shape.
            NothingFound: If a slope has no value.
        """
        self._pay(len(rows), gradient=True)
        slopes = np.asarray(self.problem.target_gradient(z, rows, self._run.seed()), dtype=float)
        if slopes.shape != z.shape:
            raise ProblemError("the shape of the target gradient", slopes.shape, f"{z.shape}")
        if not np.all(np.isfinite(slopes)):
            raise NothingFound(f"the target gradient has no value at step {self._steps}")
        return slopes

    def value(self, z: Array, rows: Array, seed: int) -> float:
        """Pay for the mean loss of a batch; one seed for all values that are compared."""
        self._pay(len(rows), gradient=False)
        return float(self.problem.target_loss(z, rows, seed))

    def _pay(self, count: int, gradient: bool) -> None:
        if self.left < 1 or self._run.out_of_time():
            raise EvaluationsUsedUp
        self.left -= 1
        self._calls += 1
        kind = "gradient" if gradient else "value"
        amounts = {f"target_{kind}_calls": 1.0, f"target_{kind}s": float(count), "evaluations": 1.0}
        self._run.spent(**amounts, **self.problem.usage(count, gradient))


def refusal(problem: CompositeProblem, batch: int | None) -> str | None:
    """Return why batches of this size cannot be drawn, or None."""
    if batch is not None and batch > problem.count:
        return f"batch={batch}, and the problem has {problem.count} rows"
    return None
