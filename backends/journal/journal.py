"""A backend that writes down all it sends and all that comes back, and sends nothing a second time."""

from __future__ import annotations

import time
import warnings
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

from backends.around import Around
from backends.backend import Backend, FinishedJob, Job, refuse_unsuitable
from backends.journal.held import Held
from backends.journal.job import JournaledJob, ReplayedJob
from backends.journal.keys import key_of, tag_of
from backends.journal.search import look_until
from backends.journal.store import Entry, Store
from backends.workload import Workload
from problems.checking import check_number
from problems.errors import BackendError, ProblemError
from problems.storage import StorageError

UNKNOWABLE = "the journal could not know this workload again"
REMEDY = "Journal(…, resend_failed=True) or 'hybrid jobs resume --resend-failed' sends it again, at its price"


@dataclass(frozen=True)
class Journal(Around):
    """Keep every submission of a backend in a file, so that an interrupted run goes on where it was.

    Work is known by the backend's identity and the workload with its seed, its parameters to 1e-10. It is
    written down with a tag of its own before it is sent, the backend's name for the job right after, the
    outcome when it comes. The next run that asks for the same work gets the stored outcome, with its usage
    and ``replayed`` 1; else the job it named, attached to; else the job that the backend finds under the
    tag, looked for until ``grace`` seconds after it was sent; and only then is it sent. This holds for any
    solver, as long as its arithmetic is the same: the journal remembers versions and processors, and warns
    where others go on.

    One process at a time holds the file; threads may share it. It is opened by the first submission or
    ``with``, and closed by ``close`` or at the end of the outermost ``with``. The same seed in the same
    journal replays the noise of a device too: repetitions need other seeds.

    Attributes:
        inner: Where work goes.
        path: The file, SQLite; made where it is not there.
        grace: Seconds from a submission during which a look-up by tag may not know it yet.
        resend_failed: Send once more, in each run, what failed or was cancelled at the backend; it may have
            been billed.
        replay_only: Give stored outcomes alone and send nothing.
        command: The command line that fills the journal, kept for whoever resumes it; hold no secret in it.

    Raises:
        ProblemError: If a field is out of its range.
    """

    path: Path = field(default=Path("hybrid-journal.sqlite"), metadata={"content": False})
    grace: float = field(default=60.0, metadata={"content": False})
    resend_failed: bool = field(default=False, metadata={"content": False})
    replay_only: bool = field(default=False, metadata={"content": False})
    command: str = field(default="", metadata={"content": False}, repr=False)
    _held: Held = field(
        default_factory=Held, init=False, repr=False, compare=False, metadata={"content": False}
    )

    def __post_init__(self):
        super().__post_init__()
        if not isinstance(self.path, str | Path) or not str(self.path):
            raise ProblemError("path", self.path, "the path of a file")
        object.__setattr__(self, "path", Path(self.path))
        check_number("grace", self.grace, 0.0)

    def unsuitable(self, workload: Workload) -> str | None:
        """Say what the backend says, or that the workload has no digest to be known by."""
        why = self.inner.unsuitable(workload)
        if why is not None:
            return why
        try:
            key_of(self.inner, workload)
        except StorageError as error:
            return f"{UNKNOWABLE}: {error}"
        return None

    def submit(self, workload: Workload, tag: str = "") -> Job:
        """Return the stored outcome's job, or the one that runs, or send the workload.

        Args:
            workload: The work.
            tag: Not used: what is sent goes under the journal's own tag.

        Raises:
            BackendError: If the workload is refused, it failed before and ``resend_failed`` is not set, it is
                not stored and ``replay_only`` is set, or the backend cannot be asked about an earlier
                submission.
        """
        refuse_unsuitable(self.inner, workload)
        try:
            key = key_of(self.inner, workload)
        except StorageError as error:
            raise BackendError(f"{UNKNOWABLE}: {error}") from error
        store = self._store()
        with self._held.one_at_a_time(key):
            entry = store.entry(key)
            if entry is not None and entry.outcome is not None:
                return ReplayedJob(entry.job or entry.tag, entry.outcome)
            if self.replay_only:
                raise BackendError(
                    f"the journal {self.path} holds no outcome for the work {key}, and only stored ones were "
                    "asked for; replay with the versions that filled it, or leave out replay_only"
                )
            return self._sent(store, key, entry, workload)

    def cancel(self, key: str) -> None:
        """Cancel the job of an earlier submission.

        Raises:
            BackendError: If there is no such work, it has ended, or the backend does not know it.
        """
        store = self._store()
        entry = store.entry(key)
        if entry is None or entry.state not in ("sending", "sent"):
            why = "is not in it" if entry is None else f"is {entry.state}"
            raise BackendError(f"nothing to cancel in the journal {self.path}: the work {key} {why}")
        job = self._reconciled(entry)
        if job is None:
            raise BackendError(f"nothing to cancel: the backend has no job under the tag {entry.tag}")
        if entry.job != job.id:
            store.sent(key, job.id)
        JournaledJob(store, key, job).cancel()

    def close(self) -> None:
        """Close the file, so that another process may hold it; the next submission opens it again."""
        self._held.close()

    def beside(self, inner: Backend) -> Journal:
        """Return a journal for another backend that shares this one's open file."""
        other = replace(self, inner=inner)
        object.__setattr__(other, "_held", self._held)
        return other

    def __enter__(self) -> Backend:
        self._store()
        try:
            if not self.replay_only:  # a session that nothing will be sent to is not opened
                self.inner.__enter__()
        except BaseException:
            if not self._held.depth:
                self.close()
            raise
        self._held.depth += 1
        return self

    def __exit__(self, *error: Any) -> None:
        try:
            if not self.replay_only:
                self.inner.__exit__(*error)
        finally:
            self._held.depth -= 1
            if not self._held.depth:
                self.close()

    def _store(self) -> Store:
        with self._held.guard:
            if self._held.store is None:
                store = Store(self.path)
                try:
                    self._warn(store)
                    if self.command:
                        store.note_command(self.command)
                except BaseException:
                    store.close()
                    raise
                self._held.store = store
            return self._held.store

    def _warn(self, store: Store) -> None:
        others = [] if self.replay_only else store.other_arithmetic()
        if others:
            warnings.warn(
                f"the journal {self.path} was filled by other versions ({others[0]}): a run whose arithmetic "
                "differs in the last bits asks for other work and pays for it; replay_only=True refuses that",
                stacklevel=4,
            )

    def _sent(self, store: Store, key: str, entry: Entry | None, workload: Workload) -> Job:
        """Return the running job of an earlier submission, or send."""
        again = partial(self._send, store, key, workload)
        if entry is None:
            return self._kept(store, key, again(0))
        if entry.state in ("failed", "cancelled"):
            if not self.resend_failed:
                raise BackendError(f"the work {key} {entry.state} before: {entry.reason} ({REMEDY})")
            return self._kept(store, key, again(entry.attempt + 1))
        job = self._reconciled(entry)
        if job is None:  # the backend never had it: the same attempt goes out
            return self._kept(store, key, again(entry.attempt))
        if entry.job != job.id:
            store.sent(key, job.id)
        resend = partial(self._resend, store, key, workload, entry.attempt) if self.resend_failed else None
        return JournaledJob(store, key, job, resend)

    def _resend(self, store: Store, key: str, workload: Workload, failed: int) -> Job:
        """Send the attempt after a failed one, unless another thread has done so."""
        with self._held.one_at_a_time(key):
            entry = store.entry(key)
            assert entry is not None
            if entry.attempt == failed:
                return self._send(store, key, workload, failed + 1)
            if entry.outcome is not None:
                return ReplayedJob(entry.job or entry.tag, entry.outcome)
            return self._reconciled(entry) or self._send(store, key, workload, entry.attempt)

    def _send(self, store: Store, key: str, workload: Workload, attempt: int) -> Job:
        kind, rows, tag = type(workload).__name__, len(workload.parameters), tag_of(store.id, key, attempt)
        now = time.time()
        entry = Entry(
            key, self.identity, kind, rows, tag, attempt, "sending", None, None, None, now, now, self.command
        )
        store.begin(entry)
        try:
            job = self.inner.submit(workload, tag)
        except BackendError as error:
            found = self._reconciled(entry) if error.retryable else None
            if found is None:
                raise
            job = found  # it was accepted, and only the answer was lost
        store.sent(key, job.id)
        return job

    def _kept(self, store: Store, key: str, job: Job) -> Job:
        kept = JournaledJob(store, key, job)
        if isinstance(job, FinishedJob):
            kept.result()
        return kept

    def _reconciled(self, entry: Entry) -> Job | None:
        """Return the job of an earlier submission, or None if the backend never had it.

        Raises:
            BackendError: If the backend named a job and does not know it now, or cannot be asked.
        """
        if self.inner.local:  # nothing in a process outlives it
            return None
        deadline, seed = entry.created + self.grace, int(entry.key[:16], 16)
        if entry.job is None:
            return look_until(partial(self.inner.find, entry.tag), deadline, seed)
        job = look_until(partial(self._attached, entry), deadline, seed)
        if job is None:
            raise BackendError(
                f"the backend accepted the job {entry.job} of the work {entry.key} and does not know it now; "
                "it may have been billed: look for it in your account, or name another journal to pay again"
            )
        return job

    def _attached(self, entry: Entry) -> Job | None:
        return self.inner.attach(entry.job or "") or self.inner.find(entry.tag)
