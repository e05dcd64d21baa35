"""The jobs of the service: accepted, queued, executed one after the other, and kept on disk if asked."""

from __future__ import annotations

import hashlib
import json
import os
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from threading import Condition
from typing import Any

FINAL = ("Completed", "Failed", "Cancelled")


@dataclass
class Job:
    """One job.

    Attributes:
        id: Its name, which follows from the server's seed and the job's number.
        number: Counted from 1 in order of acceptance.
        backend: The device's name.
        program: The program's name, ``executor``.
        tags: The client's tags.
        params: What is to be executed.
        session: The session or batch, or None.
        limit: Seconds of the device that the client allows, or None.
        private: Whether the result can be read only once.
        accepted: Time of acceptance, seconds since 1970.
        started, ended: Times of execution, or None.
        status: Queued, Running, Completed, Failed or Cancelled.
        reason, reason_code: Why it failed or was cancelled.
        estimate: Seconds of the device that it will take by the rule.
        executions: Shots of all its circuits with all arguments.
        quantum_seconds: Seconds of the device that it took.
        read: Whether a private result has been read.
        deleted: Whether the client deleted it.
    """

    id: str
    number: int
    backend: str
    program: str
    tags: list[str]
    params: dict[str, Any]
    session: str | None = None
    limit: float | None = None
    private: bool = False
    accepted: float = field(default_factory=time.time)
    started: float | None = None
    ended: float | None = None
    status: str = "Queued"
    reason: str | None = None
    reason_code: int | None = None
    estimate: float | None = None
    executions: int = 0
    quantum_seconds: float = 0.0
    read: bool = False
    deleted: bool = False

    @property
    def final(self) -> bool:
        """Whether it has ended."""
        return self.status in FINAL

    def end(self, status: str, reason: str | None = None, reason_code: int | None = None) -> None:
        """Set the final state."""
        self.status, self.reason, self.reason_code, self.ended = status, reason, reason_code, time.time()

    def described(self, with_params: bool) -> dict[str, Any]:
        """Return the JSON of ``GET /jobs/ID``."""
        state: dict[str, Any] = {"status": self.status}
        if self.reason is not None:
            state |= {"reason": self.reason, "reason_code": self.reason_code}
        described = {
            "id": self.id,
            "backend": self.backend,
            "state": state,
            "status": self.status,
            "created": stamp(self.accepted),
            "program": {"id": self.program},
            "tags": self.tags,
            "session_id": self.session,
            "private": self.private,
            "estimated_running_time_seconds": self.estimate,
        }
        return described | ({"params": self.params} if with_params and not self.private else {})

    def metrics(self) -> dict[str, Any]:
        """Return the JSON of ``GET /jobs/ID/metrics``."""
        return {
            "timestamps": {
                "created": stamp(self.accepted),
                "running": self.started and stamp(self.started),
                "finished": self.ended and stamp(self.ended),
            },
            "executions": self.executions,
            "usage": {
                "status": "completed" if self.final else "pending",
                "quantum_seconds": self.quantum_seconds,
                "qpu_charge_time_seconds": self.quantum_seconds,
                "seconds": self.quantum_seconds,
            },
        }


class Jobs:
    """All jobs of a server; safe under threads.

    Args:
        seed: From which jobs have their names and, by their number, their own seeds.
        folder: Where jobs and results are kept, or None to keep them in memory.
    """

    def __init__(self, seed: int, folder: Path | None):
        self.seed, self.folder = seed, folder
        self.changed = Condition()
        self.all: list[Job] = []
        self._results: dict[str, str] = {}
        if folder is not None:
            folder.mkdir(parents=True, exist_ok=True)
            self.all = sorted(
                (Job(**json.loads(path.read_text())) for path in folder.glob("*.job.json")),
                key=lambda job: job.number,
            )
        for job in self.all:
            if job.status == "Running":
                job.status, job.started = "Queued", None

    def accept(self, **fields: Any) -> Job:
        """Append a job; on return it is on disk."""
        with self.changed:
            number = len(self.all) + 1
            name = hashlib.sha256(f"{self.seed}/{number}".encode()).hexdigest()[:20]
            job = Job(name, number, **fields)
            self.save(job)
            self.all.append(job)
            self.changed.notify_all()
        return job

    def find(self, name: str) -> Job | None:
        """Return the job of this name, or None."""
        with self.changed:
            return next((job for job in self.all if job.id == name and not job.deleted), None)

    def change(self, job: Job, act: Callable[[Job], object]) -> None:
        """Change a job and save it."""
        with self.changed:
            act(job)
            self.save(job)
            self.changed.notify_all()

    def save(self, job: Job) -> None:
        """Write a job to disk, whole or not at all."""
        if self.folder is not None:
            _replace(self.folder / f"{job.id}.job.json", json.dumps(asdict(job)))

    def complete(self, job: Job, text: str) -> bool:
        """Store a result and end its job, unless that was cancelled meanwhile; say whether it was stored."""
        with self.changed:
            if job.final:
                return False
            if self.folder is None:
                self._results[job.id] = text
            else:
                _replace(self.folder / f"{job.id}.result.json", text)
            self.change(job, lambda it: it.end("Completed"))
        return True

    def result(self, job: Job) -> str:
        """Return the result of a completed job."""
        if self.folder is None:
            return self._results[job.id]
        return (self.folder / f"{job.id}.result.json").read_text()

    def cancel(self, job: Job) -> bool:
        """Cancel a job and say whether that was still possible."""
        with self.changed:
            if job.final:
                return False
            self.change(job, lambda it: it.end("Cancelled", "The job was cancelled by the user.", None))
        return True

    def waiting(self, backend: str | None = None) -> int:
        """How many jobs have not ended."""
        with self.changed:
            return sum(not job.final and backend in (None, job.backend) for job in self.all)

    def consumed(self) -> float:
        """Seconds of the devices that all jobs took."""
        with self.changed:
            return sum(job.quantum_seconds for job in self.all)


def stamp(seconds: float) -> str:
    """Return a time as the service writes it."""
    return datetime.fromtimestamp(seconds, UTC).isoformat().replace("+00:00", "Z")


def _replace(path: Path, text: str) -> None:
    part = path.with_suffix(".part")
    part.write_text(text)
    os.replace(part, path)
