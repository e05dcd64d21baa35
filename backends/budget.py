"""Limits on what a solve may spend, held before anything is sent."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from backends.around import Around
from backends.backend import Backend, Job, JobStatus, refuse_unsuitable
from backends.workload import Outcome, Workload
from problems.checking import check_number
from problems.errors import BackendError, BudgetExceeded, ProblemError

LIMITS = ("shots", "circuits", "jobs", "qpu_seconds", "money")
BILLED = (
    "qpu_seconds",
    "money",
)  # only machines charge these; a remote backend must estimate them to be held
ROUNDING = 1e-9  # a limit that is the sum of its parts must not fail by the last bits of that sum


class Account:
    """What was spent and what is promised to work under way, for any number of threads."""

    def __init__(self):
        self._guard = threading.Lock()
        self._spent: dict[str, float] = {}
        self._entered = 0

    def __reduce__(self) -> tuple[Any, ...]:
        raise BackendError(
            "a budget counts in one process; solve without an executor of processes, or give each its own"
        )

    def enter(self) -> None:
        """Start anew at the outermost entry: a budget holds one root solve."""
        with self._guard:
            if not self._entered:
                self._spent.clear()
            self._entered += 1

    def leave(self) -> None:
        """Undo one ``enter``."""
        with self._guard:
            self._entered -= 1

    def spent(self) -> dict[str, float]:
        """Return what was spent, estimates standing for what has not come back."""
        with self._guard:
            return dict(self._spent)

    def reserve(self, amounts: Mapping[str, float], limits: Mapping[str, float]) -> None:
        """Promise amounts, all or none.

        Raises:
            BudgetExceeded: If one would pass its limit.
        """
        with self._guard:
            for name, limit in limits.items():
                used, needed = self._spent.get(name, 0.0), amounts[name]
                if used + needed > limit * (1 + ROUNDING):
                    left = f"{limit - used:g} of the budget of {limit:g} are left"
                    raise BudgetExceeded(
                        f"the next submission needs {needed:g} {name.replace('_', ' ')} and {left}; "
                        "nothing was sent"
                    )
            self._add(amounts)

    def correct(self, estimated: Mapping[str, float], usage: Mapping[str, float]) -> None:
        """Exchange what was promised for what the outcome says; what it does not say stays as promised."""
        with self._guard:
            self._add({name: usage.get(name, amount) - amount for name, amount in estimated.items()})

    def _add(self, amounts: Mapping[str, float]) -> None:
        for name, amount in amounts.items():
            self._spent[name] = self._spent.get(name, 0.0) + amount


class BudgetedJob(Job):
    """A job that corrects the account when its outcome comes."""

    def __init__(self, job: Job, estimated: Mapping[str, float], account: Account):
        self.id = job.id
        self._job, self._estimated, self._account = job, estimated, account
        self._guard, self._settled = threading.Lock(), False

    def status(self) -> JobStatus:
        """Where the work stands."""
        return self._job.status()

    def result(self, timeout: float | None = None) -> Outcome:
        """Wait for the outcome and count what it cost; a failed job stays counted by its estimate."""
        outcome = self._job.result(timeout)
        with self._guard:
            if not self._settled:
                self._account.correct(self._estimated, outcome.usage)
                self._settled = True
        return outcome

    def cancel(self) -> None:
        """Stop the work; it stays counted by its estimate, for it may be billed."""
        self._job.cancel()


@dataclass(frozen=True)
class Budget(Around):
    """Hold one root solve to limits: a submission whose estimate would pass one is not sent.

    Estimates are exchanged for the usage that outcomes report as they come. Outcomes that a journal replays
    count as if they were new, so that a resumed run stops where the first one did; for that the budget goes
    outside: ``Budget(Journal(…))``. With an incumbent the solve ends with the status ``budget``. It counts
    anew whenever it is entered, which every root solve does.

    Attributes:
        inner: Where work goes.
        shots: Measured bit strings; None for no limit, here and below.
        circuits: Circuits with their parameters.
        jobs: Submissions.
        qpu_seconds: Seconds of the machine.
        money: In the currency in which the backend estimates it.

    Raises:
        ProblemError: If a limit is not a number ≥ 0, or there is none at all.
    """

    shots: float | None = None
    circuits: float | None = None
    jobs: float | None = None
    qpu_seconds: float | None = None
    money: float | None = None
    _account: Account = field(
        default_factory=Account, init=False, repr=False, compare=False, metadata={"content": False}
    )

    def __post_init__(self):
        super().__post_init__()
        for name, limit in self.limits.items():
            check_number(name, limit, 0.0)
        if not self.limits:
            raise ProblemError("the budget", "without a limit", "at least one of " + ", ".join(LIMITS))

    @property
    def limits(self) -> dict[str, float]:
        """The limits that are set, by name."""
        return {name: getattr(self, name) for name in LIMITS if getattr(self, name) is not None}

    @property
    def spent(self) -> dict[str, float]:
        """What was spent so far of what is limited, estimates standing for what has not come back."""
        return dict.fromkeys(self.limits, 0.0) | self._account.spent()

    def beside(self, inner: Backend) -> Budget:
        """Return a budget for another backend that counts against the same limits."""
        other = replace(self, inner=inner)
        object.__setattr__(other, "_account", self._account)
        return other

    def unsuitable(self, workload: Workload) -> str | None:
        """Say what the backend says, or that it does not estimate what a limit is set on."""
        why = self.inner.unsuitable(workload)
        if why is not None or self.local:
            return why
        billed = [name for name in BILLED if name in self.limits]
        lacking = [name for name in billed if name not in self.inner.estimate(workload)] if billed else []
        if not lacking:
            return None
        return f"it does not estimate {' and '.join(lacking)}, so that limit of the budget cannot be held"

    def submit(self, workload: Workload, tag: str = "") -> Job:
        """Send a workload if the estimate is within what is left.

        Raises:
            BudgetExceeded: If it is not; nothing is sent then.
            BackendError: If the workload is refused.
        """
        refuse_unsuitable(self, workload)
        counted = self.inner.estimate(workload)
        estimated = {name: float(counted.get(name, 0.0)) for name in self.limits}
        self._account.reserve(estimated, self.limits)
        try:
            job = self.inner.submit(workload, tag)
        except BackendError as error:
            if not error.retryable:  # it was refused: nothing was sent
                self._account.correct(estimated, dict.fromkeys(estimated, 0.0))
            raise
        return BudgetedJob(job, estimated, self._account)

    def __enter__(self) -> Backend:
        self.inner.__enter__()
        self._account.enter()
        return self

    def __exit__(self, *error: Any) -> None:
        self._account.leave()
        self.inner.__exit__(*error)
