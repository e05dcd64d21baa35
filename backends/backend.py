"""The one door for quantum work: a ``Backend`` takes a ``Workload`` and returns a ``Job``."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

from backends.workload import Outcome, Sampling, Workload
from problems.errors import BackendError
from problems.storage import digest

JobStatus = Literal["queued", "running", "done", "failed", "cancelled"]


class Job(ABC):
    """Work that was handed over."""

    id: str

    @abstractmethod
    def status(self) -> JobStatus:
        """Where the work stands."""

    @abstractmethod
    def result(self, timeout: float | None = None) -> Outcome:
        """Wait for the outcome.

        Raises:
            TimeoutError: If it has not come within ``timeout`` seconds.
            BackendError: If the job failed.
        """

    @abstractmethod
    def cancel(self) -> None:
        """Stop the work if it has not ended."""


@dataclass(frozen=True)
class FinishedJob(Job):
    """The job of a backend that answers at once."""

    id: str
    outcome: Outcome

    def status(self) -> JobStatus:
        """Always done."""
        return "done"

    def result(self, timeout: float | None = None) -> Outcome:
        """The outcome, without waiting."""
        return self.outcome

    def cancel(self) -> None:
        """Nothing is left to stop."""


@dataclass(frozen=True)
class Backend(ABC):
    """Where quantum workloads run. Subclasses are frozen dataclasses whose fields are their settings.

    Attributes:
        local: Whether it runs in this process: it answers at once and costs nothing but time.
        noisy: Whether expectation values come with an error even where no precision was asked for.
    """

    local: ClassVar[bool] = True
    noisy: ClassVar[bool] = False

    @property
    def identity(self) -> str:
        """What a journal knows this backend by: equal identities give interchangeable outcomes."""
        return f"{type(self).__name__.lower()}:{digest(self)}"

    @property
    def engine(self) -> Backend:
        """What does the work: this backend itself, or the one that a journal or a budget holds."""
        return self

    def unsuitable(self, workload: Workload) -> str | None:
        """Say in a sentence why this workload cannot be taken, or return None."""
        return None

    @abstractmethod
    def estimate(self, workload: Workload) -> Mapping[str, float]:
        """Return the resources the workload would use, without running it."""

    @abstractmethod
    def submit(self, workload: Workload, tag: str = "") -> Job:
        """Hand over a workload.

        Raises:
            BackendError: If it is refused, before anything is sent.
        """

    def attach(self, job_id: str) -> Job | None:
        """Return the job of an earlier submission, or None where there are none to be found."""
        return None

    def find(self, tag: str) -> Job | None:
        """Return the job that was submitted under ``tag``, or None."""
        return None

    def rehearsal(self) -> Backend:
        """Return a stand-in that answers with seeded noise of the right shape and charges by ``estimate``."""
        from backends.rehearsal import Rehearsal

        return Rehearsal(self)

    def __enter__(self) -> Backend:
        return self

    def __exit__(self, *error: Any) -> None:
        return None


@dataclass(frozen=True)
class LocalBackend(Backend):
    """A simulator in this process: subclasses say how to run a workload, a pure function of it."""

    @abstractmethod
    def run(self, workload: Workload) -> Outcome:
        """Carry out a workload that was found suitable."""

    def submit(self, workload: Workload, tag: str = "") -> Job:
        """Run at once and return a finished job."""
        refuse_unsuitable(self, workload)
        return FinishedJob(tag or "local", self.run(workload))


def refuse_unsuitable(backend: Backend, workload: Workload) -> None:
    """Raise a ``BackendError`` with the backend's reason where it cannot take a workload."""
    why = backend.unsuitable(workload)
    if why is not None:
        raise BackendError(f"{type(backend).__name__} cannot run this workload: {why}")


def usage_of(workload: Workload, **further: float) -> dict[str, float]:
    """Count what every backend counts: qubits, circuits, jobs, shots, entangling gates as written."""
    rows = len(workload.parameters)
    counted = {"qubits": float(workload.ansatz.num_qubits), "circuits": float(rows), "jobs": 1.0}
    counted["two_qubit_gates"] = float(workload.ansatz.num_entangling)
    if isinstance(workload, Sampling):
        counted["shots"] = float(workload.shots * rows)
    return counted | further


__all__ = ["Backend", "FinishedJob", "Job", "JobStatus", "LocalBackend", "refuse_unsuitable", "usage_of"]
