"""A job whose end is written down the moment it is known."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace

from backends.backend import Job, JobStatus
from backends.journal.outcomes import from_bytes, to_bytes
from backends.journal.store import Store
from backends.workload import Outcome
from problems.errors import BackendError


class JournaledJob(Job):
    """A backend's job under a journal.

    Args:
        store: Where its end goes.
        key: Its work's.
        job: The backend's.
        again: Sends the work once more and returns the backend's new job; None where a failure is final.
    """

    def __init__(self, store: Store, key: str, job: Job, again: Callable[[], Job] | None = None):
        self.id = job.id
        self._store, self._key, self._job, self._again = store, key, job, again
        self._outcome: Outcome | None = None
        self._guard = threading.Lock()

    def status(self) -> JobStatus:
        """Where the work stands, as the backend says."""
        return self._job.status() if self._outcome is None else "done"

    def result(self, timeout: float | None = None) -> Outcome:
        """Wait for the outcome and keep it before it is handed on.

        The outcome is the stored one, read back: what a later run replays is what this run had.
        """
        with self._guard:
            if self._outcome is None:
                self._outcome = self._awaited(timeout)
            return self._outcome

    def cancel(self) -> None:
        """Stop the work at the backend, and write that down where it did stop."""
        self._job.cancel()
        if self._job.status() == "cancelled":
            self._store.ended(self._key, self.id, "cancelled", "cancelled by the user")

    def _awaited(self, timeout: float | None) -> Outcome:
        try:
            outcome = self._job.result(timeout)
        except BackendError as error:
            if not self._has_ended(error):
                raise
            if self._again is None:
                raise
            self._job, self._again = self._again(), None
            self.id = self._job.id
            return self._awaited(timeout)
        stored = to_bytes(outcome)
        self._store.done(self._key, stored)
        return from_bytes(stored)

    def _has_ended(self, error: BackendError) -> bool:
        """Write down the end of a job that failed; a lost connection is none."""
        state = self._job.status()
        if state == "failed" or state == "cancelled":
            self._store.ended(self._key, self.id, state, str(error))
            return True
        return False


class ReplayedJob(Job):
    """A job whose outcome is in the journal; its usage counts it as ``replayed``."""

    def __init__(self, id: str, stored: bytes):
        outcome = from_bytes(stored)
        self.id = id
        self._outcome = replace(outcome, usage={**outcome.usage, "replayed": 1.0})

    def status(self) -> JobStatus:
        """Always done."""
        return "done"

    def result(self, timeout: float | None = None) -> Outcome:
        """The stored outcome, without waiting."""
        return self._outcome

    def cancel(self) -> None:
        """Nothing is left to stop."""
