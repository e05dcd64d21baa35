"""Jobs of Qiskit's primitives as jobs of ours: where they stand, waiting with a limit, failures."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from backends.backend import Job, JobStatus
from backends.workload import Outcome
from problems.errors import BackendError

STATUS: dict[str, JobStatus] = {
    "INITIALIZING": "queued",
    "VALIDATING": "queued",
    "QUEUED": "queued",
    "RUNNING": "running",
    "DONE": "done",
    "ERROR": "failed",
    "CANCELLED": "cancelled",
}
FIRST_PAUSE, LAST_PAUSE = 0.001, 1.0  # seconds between two looks at a job


@dataclass(frozen=True, eq=False)
class QiskitJob(Job):
    """A job of a primitive, and how its result is read.

    Attributes:
        job: A ``BasePrimitiveJob`` of Qiskit.
        read: Makes an outcome of its result.
    """

    job: Any
    read: Callable[[Any], Outcome]

    @property
    def id(self) -> str:  # pyright: ignore[reportIncompatibleVariableOverride]
        """The primitive's own."""
        return str(self.job.job_id())

    def status(self) -> JobStatus:
        """Where the job stands, as the primitive says."""
        said = self.job.status()
        return STATUS.get(str(getattr(said, "name", said)).upper(), "running")

    def result(self, timeout: float | None = None) -> Outcome:
        """Wait for the outcome; a primitive's own ``result`` would wait without end."""
        deadline = None if timeout is None else time.monotonic() + timeout
        pause = FIRST_PAUSE
        while deadline is not None and self.status() in ("queued", "running"):
            left = deadline - time.monotonic()
            if left <= 0:
                raise TimeoutError(f"job {self.id} has not ended within {timeout:g} seconds")
            time.sleep(min(pause, left))
            pause = min(2 * pause, LAST_PAUSE)
        if self.status() == "cancelled":
            raise BackendError(f"job {self.id} was cancelled")
        try:
            return self.read(self.job.result())
        except Exception as error:  # whatever a foreign backend raises
            raise BackendError(f"job {self.id} failed: {error}") from error

    def cancel(self) -> None:
        """Ask for the end of the job; what has started in this process runs to its end."""
        self.job.cancel()
