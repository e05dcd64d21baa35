"""Sessions and batches: groups of jobs that share a place in the queue."""

from __future__ import annotations

import hashlib
import json
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path
from threading import Lock
from typing import Any

from tests.backends.ibm_stub.jobs import Job, stamp


@dataclass
class Session:
    """One session or batch.

    Attributes:
        id: Its name.
        mode: "dedicated" for a session, "batch" for a batch.
        backend: The device's name.
        max_ttl: Seconds until it closes by itself, or None.
        accepting: Whether it takes jobs.
        opened, closed: Times, seconds since 1970; closed is None while open.
    """

    id: str
    mode: str
    backend: str | None
    max_ttl: float | None = None
    accepting: bool = True
    opened: float = field(default_factory=time.time)
    closed: float | None = None

    def expire(self) -> None:
        """Close it if its time is over."""
        if self.accepting and self.max_ttl is not None and time.time() > self.opened + self.max_ttl:
            self.accepting, self.closed = False, self.opened + self.max_ttl

    def described(self, jobs: list[Job]) -> dict[str, Any]:
        """Return the JSON of ``GET /sessions/ID``; a dedicated one is billed from first job to end."""
        mine = [job for job in jobs if job.session == self.id]
        starts = [job.started for job in mine if job.started is not None]
        running = any(not job.final for job in mine)
        last = max((job.ended for job in mine if job.ended is not None), default=None)
        elapsed = sum(job.quantum_seconds for job in mine)
        if self.mode == "dedicated":
            end = time.time() if self.closed is None or running else max(self.closed, last or 0.0)
            elapsed = end - min(starts) if starts else 0.0
        state = "closed" if not self.accepting and not running else "active" if starts else "open"
        return {
            "id": self.id,
            "mode": self.mode,
            "backend_name": self.backend,
            "state": state,
            "accepting_jobs": self.accepting,
            "max_ttl": self.max_ttl,
            "interactive_ttl": 60,
            "active_ttl": self.max_ttl,
            "started_at": stamp(min(starts)) if starts else None,
            "activated_at": stamp(min(starts)) if starts else None,
            "last_job_started": stamp(max(starts)) if starts else None,
            "last_job_completed": last and stamp(last),
            "closed_at": self.closed and stamp(self.closed),
            "elapsed_time": elapsed,
            "timestamps": [],
        }


class Sessions:
    """All sessions of a server; safe under threads.

    Args:
        seed: From which they have their names.
        file: Where they are kept, or None to keep them in memory.
    """

    def __init__(self, seed: int, file: Path | None):
        self.seed, self.file, self.lock = seed, file, Lock()
        self.all: list[Session] = []
        if file is not None and file.exists():
            self.all = [Session(**fields) for fields in json.loads(file.read_text())]

    def open(self, mode: str, backend: str | None, max_ttl: float | None) -> Session:
        """Append a session."""
        with self.lock:
            name = hashlib.sha256(f"{self.seed}/session/{len(self.all) + 1}".encode()).hexdigest()[:20]
            session = Session(name, mode, backend, max_ttl)
            self.all.append(session)
            self._save()
        return session

    def find(self, name: str) -> Session | None:
        """Return the session of this name, or None."""
        with self.lock:
            session = next((session for session in self.all if session.id == name), None)
            if session is not None:
                session.expire()
            return session

    def close(self, session: Session) -> None:
        """Take no more jobs."""
        with self.lock:
            if session.accepting:
                session.accepting, session.closed = False, time.time()
            self._save()

    def _save(self) -> None:
        if self.file is not None:
            self.file.write_text(json.dumps([asdict(session) for session in self.all]))
