"""A fleet: one minimisation, measured by many workers, some of which may fail."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from problems.checking import check_integer, check_number
from problems.contract import Array, Evaluation, Problem, Reduction
from problems.distributed.attacks import Attack, without_coordinates
from problems.distributed.worker_gradients import (
    GradientRule,
    begin_gradient,
    gradient_evaluations,
    gradient_rule,
)
from problems.errors import BackendError, ProblemError
from problems.minimisation import Minimisation


@dataclass(frozen=True, eq=False)
class Fleet(Problem[Array]):
    """Minimise the mean of functions that live on separate workers; solutions are points ``[P]``.

    Which workers are faulty is known to the simulation and to the judge; a solver sees gradients alone.

    Attributes:
        workers: One function per worker, all of one dimension; a worker's noise is its own.
        judged: What an answer is judged by; None for the mean of the honest workers' noiseless values.
        faulty: Which workers do not send their gradient but what ``attack`` makes of it.
        attack: What they send.
        drop_rate: Probability with which a coordinate of any worker's gradient is lost on its way; the
            receiver then has a zero.
    """

    workers: tuple[Minimisation, ...]
    judged: Minimisation | None = None
    faulty: tuple[int, ...] = ()
    attack: Attack | None = None
    drop_rate: float = 0.0
    reduces_to = ("DecentralisedTraining",)

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
        self._check_faults()

    def _check_faults(self) -> None:
        object.__setattr__(self, "faulty", tuple(sorted(self.faulty)))
        for worker in self.faulty:
            check_integer("faulty", worker, 0, len(self.workers) - 1)
        if len(set(self.faulty)) < len(self.faulty) or len(self.faulty) >= len(self.workers):
            raise ProblemError("faulty", self.faulty, "different workers, and one honest one at least")
        if self.attack is not None and not isinstance(self.attack, Attack):
            raise ProblemError("attack", self.attack, "an Attack")
        if self.faulty and self.attack is None:
            raise ProblemError("attack", None, "what the faulty workers send", "for example Reversal()")
        check_number("drop_rate", self.drop_rate, 0.0, 1.0)

    @property
    def dimension(self) -> int:
        """P."""
        return self.workers[0].dimension

    @property
    def start(self) -> Array | None:
        """The first worker's start."""
        return self.workers[0].start

    @property
    def honest(self) -> tuple[int, ...]:
        """The workers that are not faulty."""
        return tuple(k for k in range(len(self.workers)) if k not in self.faulty)

    @property
    def gradient_rules(self) -> tuple[GradientRule, ...]:
        """How each worker's gradient is had."""
        return tuple(gradient_rule(worker) for worker in self.workers)

    @property
    def gradient_evaluations(self) -> int:
        """How many function values all gradients together take."""
        return sum(gradient_evaluations(worker) for worker in self.workers)

    def gradients(self, x: Array, seed: int) -> Array:
        """Return what arrives from each worker ``[p, P]`` at x ``[P]``, a pure function of x and the seed.

        Every worker measures with a seed of its own; ``gradient_rules`` says how. All jobs are sent before
        any is awaited. A worker whose backend fails leaves a row of NaN and a warning.

        Raises:
            BackendError: If no worker gave a gradient.
        """
        measured = self._measured(x, seed)
        if self.faulty and self.attack is not None:
            faulty, honest = list(self.faulty), measured[list(self.honest)]
            drawn = _seed(seed, len(self.workers))
            measured[faulty] = self.attack(_with_numbers(honest), measured[faulty], drawn)
        if self.drop_rate > 0:
            return without_coordinates(measured, self.drop_rate, _seed(seed, len(self.workers) + 1))
        return measured

    def alignment(self, direction: Array, x: Array, seed: int) -> float:
        """Return the cosine between a direction ``[P]`` and the honest workers' mean gradient at x.

        It is 0 where one of them vanishes. The workers measure again, with the same outcome for a seed.
        """
        honest = _with_numbers(self._measured(x, seed)[list(self.honest)]).mean(axis=0)
        lengths = np.linalg.norm(honest) * np.linalg.norm(direction)
        return float(honest @ direction / lengths) if lengths > 0 else 0.0

    def detection(self, scores: Array) -> float:
        """Return how well scores ``[p]`` tell the honest workers (higher) from the faulty ones: the share of
        pairs in the right order, ties half (the area under the ROC curve); NaN without faulty workers.
        """
        scores = np.asarray(scores, dtype=float)
        if scores.shape != (len(self.workers),):
            raise ProblemError("the shape of scores", scores.shape, f"({len(self.workers)},)")
        if not self.faulty:
            return float("nan")
        ahead = scores[list(self.honest)][:, None] - scores[list(self.faulty)][None]
        return float(np.mean(np.sign(ahead) / 2 + 0.5))

    def _measured(self, x: Array, seed: int) -> Array:
        """Each worker's own gradient ``[p, P]``."""
        x = np.asarray(x, dtype=float)
        begun = [
            _unless_lost(begin_gradient, worker, x, _seed(seed, k)) for k, worker in enumerate(self.workers)
        ]
        rows = [one if isinstance(one, BackendError) else _unless_lost(one) for one in begun]
        lost = {k: row for k, row in enumerate(rows) if isinstance(row, BackendError)}
        if len(lost) == len(rows):
            raise lost[0]
        for k, error in lost.items():
            warnings.warn(f"worker {k} gave no gradient: {error}", stacklevel=3)
            rows[k] = np.full(self.dimension, np.nan)
        return np.array(rows)

    def judge(self, solution: Array) -> Evaluation:
        """Score a point by the noiseless function."""
        if self.judged is not None:
            return self.judged.judge(solution)
        point = np.asarray(solution, dtype=float)
        if point.shape != (self.dimension,):
            raise ProblemError("the shape of the solution", tuple(point.shape), f"({self.dimension},)")
        return Evaluation(float(np.mean([self.workers[k].exact(point[None])[0] for k in self.honest])))

    def reduce(self, kinds: tuple[type, ...]) -> Reduction[Array] | None:
        """Return it as a decentralised training, where that is wanted and all workers are honest."""
        from problems.distributed.decentralised import DecentralisedTraining, as_training

        wanted = DecentralisedTraining in kinds and not self.faulty and not self.drop_rate
        return as_training(self) if wanted else None

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


def _unless_lost(action: Callable[..., Any], *arguments: Any) -> Any:
    """What an action returns, or the failure of the backend behind it."""
    try:
        return action(*arguments)
    except BackendError as error:
        return error


def _with_numbers(rows: Array) -> Array:
    """The rows that are not NaN; one row of zeros if there are none."""
    kept = rows[np.isfinite(rows).all(axis=1)]
    return kept if len(kept) else np.zeros((1, rows.shape[1]))


def _seed(seed: int, stream: int) -> int:
    """A seed of 63 bits for one of the streams of a seed."""
    return int(np.random.SeedSequence((seed, stream)).generate_state(1, np.uint64)[0] >> np.uint64(1))
