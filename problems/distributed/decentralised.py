"""Decentralised training: workers that hold a copy of the parameters each and exchange a few bytes a step."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from problems.checking import check_integer, frozen_array
from problems.contract import Array, Evaluation, Problem, Reduction
from problems.distributed.fleet import Fleet
from problems.distributed.message_log import MessageLog
from problems.errors import ProblemError
from problems.minimisation.problem import Minimisation


@dataclass(frozen=True)
class WorkerSchedule:
    """When a worker takes part.

    Attributes:
        join: First step at which it sends.
        leave: First step at which it no longer does; None to stay.
        delay: Steps that its messages travel.
        identity: What its directions are keyed by; None for its place in the fleet.
    """

    join: int = 0
    leave: int | None = None
    delay: int = 0
    identity: int | None = None

    def __post_init__(self):
        check_integer("join", self.join, 0)
        check_integer("delay", self.delay, 0)
        if self.leave is not None:
            check_integer("leave", self.leave, self.join + 1)
        if self.identity is not None:
            check_integer("identity", self.identity, 0)

    def active(self, step: int) -> bool:
        """Whether it sends at a step."""
        return self.join <= step and (self.leave is None or step < self.leave)


@dataclass(frozen=True, eq=False)
class DecentralisedRun:
    """What a decentralised training leaves: the workers' copies, and the log that explains them.

    Attributes:
        parameters: ``[P]``, the copy of the first worker that is there at the end.
        replicas: ``[A, P]``, the copies of all that are.
        start: ``[P]``, where they began.
        log: Every message.
    """

    parameters: Array
    replicas: Array
    start: Array
    log: MessageLog

    def __post_init__(self):
        width = self.log.protocol.dimension
        for name, shape in (("parameters", (width,)), ("replicas", (None, width)), ("start", (width,))):
            object.__setattr__(self, name, frozen_array(name, getattr(self, name), shape=shape))

    @property
    def membership(self) -> tuple[tuple[int, tuple[int, ...]], ...]:
        """(step, ids of the active workers), wherever they change."""
        seen: list[tuple[int, tuple[int, ...]]] = []
        for step in range(self.log.steps):
            members = self.log.active(step)
            if not seen or seen[-1][1] != members:
                seen.append((step, members))
        return tuple(seen)

    def replay(self, start: Array) -> Array:
        """Rebuild the parameters ``[P]`` from those at the start and the log alone."""
        return self.log.replay(start).parameters

    def bytes_sent(self) -> int:
        """Count the payload of all messages."""
        return len(self.log.payload)


@dataclass(frozen=True, eq=False)
class DecentralisedTraining(Problem[DecentralisedRun]):
    """Minimise the mean of the workers' functions where no worker sees another's function or data.

    The judge scores the first worker's copy by the noiseless function. It rebuilds that copy from the start
    and the log, and compares all copies bit by bit: any difference is a violation, and so is a log whose
    membership is not that of the schedules.

    Attributes:
        fleet: One function per worker.
        schedules: When each takes part; empty for all of them, all the time.
    """

    fleet: Fleet
    schedules: tuple[WorkerSchedule, ...] = ()

    def __post_init__(self):
        if not isinstance(self.fleet, Fleet):
            raise ProblemError("fleet", self.fleet, "a Fleet")
        if self.fleet.faulty or self.fleet.drop_rate:
            expected = "a fleet of honest workers, as its attacks are on gradients and none is sent here"
            raise ProblemError("fleet", f"a fleet with faulty workers {self.fleet.faulty}", expected)
        count = len(self.fleet.workers)
        schedules = tuple(self.schedules) or (WorkerSchedule(),) * count
        if len(schedules) != count:
            raise ProblemError("the number of schedules", len(schedules), f"{count}, one per worker")
        named = tuple(
            replace(schedule, identity=k) if schedule.identity is None else schedule
            for k, schedule in enumerate(schedules)
        )
        object.__setattr__(self, "schedules", named)
        if len(set(self.identities)) != count:
            raise ProblemError("the identities of schedules", self.identities, "a different one per worker")
        self._refuse_gaps()

    def _refuse_gaps(self) -> None:
        end = 0
        for schedule in sorted(self.schedules, key=lambda one: one.join):
            if schedule.join > end:
                expected = "someone active at every step, as parameters live nowhere but in the workers"
                raise ProblemError("schedules", f"without any worker at step {end}", expected)
            if schedule.leave is None:
                return
            end = max(end, schedule.leave)

    @property
    def identities(self) -> tuple[int, ...]:
        """The id of each worker of the fleet, in the fleet's order."""
        return tuple(k if s.identity is None else s.identity for k, s in enumerate(self.schedules))

    @property
    def dimension(self) -> int:
        """P."""
        return self.fleet.dimension

    @property
    def bounds(self) -> tuple[Array, Array] | None:
        """The limits that all workers' functions share, or None."""
        limits = [worker.bounds for worker in self.fleet.workers if worker.bounds is not None]
        if not limits:
            return None
        low = np.max([np.broadcast_to(low, self.dimension) for low, _ in limits], axis=0)
        high = np.min([np.broadcast_to(high, self.dimension) for _, high in limits], axis=0)
        return low, high

    def worker(self, identity: int) -> Minimisation:
        """Return the function of the worker with this id."""
        return self.fleet.workers[self.identities.index(identity)]

    def active(self, step: int) -> tuple[int, ...]:
        """Return the ids, ascending, of the workers that send at a step."""
        there = zip(self.identities, self.schedules, strict=True)
        return tuple(sorted(identity for identity, schedule in there if schedule.active(step)))

    def judge(self, solution: DecentralisedRun) -> Evaluation:
        """Score a run by the noiseless function of its parameters, its copies and its log."""
        if not isinstance(solution, DecentralisedRun):
            raise ProblemError("the solution", type(solution).__name__, "a DecentralisedRun")
        log, parameters = solution.log, solution.parameters
        verdict = self.fleet.judge(parameters)
        start = solution.start if self.fleet.start is None else np.asarray(self.fleet.start, dtype=float)
        violations = {
            "parameter discrepancy": _difference(solution.replicas, parameters),
            "replay": _difference(solution.replay(start), parameters),
            "membership": self._misplaced(log),
        }
        mine = self.worker(log.active(log.steps - 1)[0] if log.steps else self.active(0)[0])
        metrics: dict[str, float | Array] = dict(mine.judge(parameters).metrics) | dict(verdict.metrics)
        places = max(1, int(log.members.sum()))
        metrics |= {
            "bytes_per_worker_and_step": solution.bytes_sent() / places,
            "evaluations": 2.0 * log.messages,
            "float32_gradients_over_bytes_sent": 4.0
            * self.dimension
            * log.messages
            / max(1, len(log.payload)),
        }
        broken = dict(verdict.violations) | {name: amount for name, amount in violations.items() if amount}
        return replace(verdict, violations=broken, metrics=metrics)

    def _misplaced(self, log: MessageLog) -> float:
        """How many places of the log's membership are not as the schedules have them."""
        if log.protocol.workers != tuple(sorted(self.identities)):
            return float(max(1, log.members.size))
        return float(sum(len(set(log.active(k)) ^ set(self.active(k))) for k in range(log.steps)))

    def plot(self, solution: DecentralisedRun, axes: Any = None) -> Any:
        """Draw the parameters as the fleet draws them."""
        return self.fleet.plot(solution.parameters, axes)


def as_training(problem: Fleet | Minimisation) -> Reduction[Array]:
    """Return a fleet, or one function as a fleet of one, as a training; the answer is its parameters."""
    fleet = problem if isinstance(problem, Fleet) else Fleet((problem,), judged=problem)
    return Reduction(DecentralisedTraining(fleet), parameters_of)


def parameters_of(run: DecentralisedRun) -> Array:
    """Return the parameters ``[P]`` of a run."""
    return run.parameters


def _difference(one: Array, other: Array) -> float:
    """The largest difference, 0 only if every bit agrees."""
    if np.shape(one)[-1:] != np.shape(other)[-1:]:
        return float("inf")
    one, other = np.broadcast_arrays(np.asarray(one) + 0.0, np.asarray(other) + 0.0)  # −0 is 0 when stored
    if np.ascontiguousarray(one).tobytes() == np.ascontiguousarray(other).tobytes():
        return 0.0
    with np.errstate(invalid="ignore"):
        largest = float(np.max(np.abs(one - other)))
    return max(largest, 5e-324) if np.isfinite(largest) else float("inf")
