"""The journal's file: SQLite in write-ahead mode, one row for each piece of work."""

from __future__ import annotations

import sqlite3
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

from backends.journal.arithmetic import arithmetic, differences
from backends.journal.lock import ProcessLock
from problems.errors import BackendError

State = Literal["sending", "sent", "done", "failed", "cancelled"]
SCHEMA = """
CREATE TABLE journal (id TEXT NOT NULL, format INTEGER NOT NULL);
CREATE TABLE commands (id INTEGER PRIMARY KEY, text TEXT UNIQUE NOT NULL, used REAL NOT NULL);
CREATE TABLE fillers (id INTEGER PRIMARY KEY, text TEXT UNIQUE NOT NULL);
CREATE TABLE work (
    key TEXT PRIMARY KEY, backend TEXT NOT NULL, kind TEXT NOT NULL, rows INTEGER NOT NULL,
    tag TEXT UNIQUE NOT NULL, attempt INTEGER NOT NULL, state TEXT NOT NULL, job TEXT, reason TEXT,
    outcome BLOB, created REAL NOT NULL, changed REAL NOT NULL,
    command INTEGER REFERENCES commands (id), filler INTEGER REFERENCES fillers (id)
);
"""
TABLES = {"journal", "commands", "fillers", "work"}
FORMAT = 1
FOREIGN = "it is no journal, or one of another version"


@dataclass(frozen=True)
class Entry:
    """One piece of work in a journal.

    Attributes:
        key: What it is known by.
        backend: The identity of the backend it went to.
        kind: ``Expectation`` or ``Sampling``.
        rows: Rows of parameters.
        tag: The text it was sent under.
        attempt: How many times it was sent before.
        state: ``sending`` is written before the submission, ``sent`` once the backend has named the job.
        job: The backend's own name for it, or None.
        reason: Why it failed, or None.
        outcome: In the stored form of ``outcomes``, or None.
        created: When it was last sent, in seconds since 1970.
        changed: When its state last changed.
        command: The command line that sent it, as it was handed over, or None.
    """

    key: str
    backend: str
    kind: str
    rows: int
    tag: str
    attempt: int
    state: State
    job: str | None
    reason: str | None
    outcome: bytes | None
    created: float
    changed: float
    command: str | None


ENTRY = (
    "SELECT key, backend, kind, rows, tag, attempt, state, job, reason, outcome, created, changed, "
    "commands.text FROM work LEFT JOIN commands ON commands.id = work.command"
)
# a key that was there before keeps its place; all else is that of the new attempt
BEGIN = """
INSERT INTO work (key, backend, kind, rows, tag, attempt, state, created, changed, command, filler) VALUES (
    :key, :backend, :kind, :rows, :tag, :attempt, 'sending', :created, :created,
    (SELECT id FROM commands WHERE text = :command), (SELECT id FROM fillers WHERE text = :filler)
) ON CONFLICT (key) DO UPDATE SET
    tag = excluded.tag, attempt = excluded.attempt, state = excluded.state, job = NULL, reason = NULL,
    created = excluded.created, changed = excluded.changed, command = excluded.command,
    filler = excluded.filler
"""


class Store:
    """An open journal file, for any number of threads of one process.

    Args:
        path: The file; made where it is not there, unless only reading.
        reading: Only look: no lock is taken and nothing is written, so it may be open elsewhere.

    Raises:
        BackendError: If another process holds it, it is no journal, or it cannot be opened.
    """

    def __init__(self, path: Path, reading: bool = False):
        self.path = path
        self._guard, self._lock = threading.RLock(), ProcessLock(path.with_name(path.name + ".lock"))
        if reading and not path.is_file():
            raise BackendError(f"there is no journal {path}")
        if not reading:
            self._lock.acquire(f"the journal {path}")
        try:
            self._connection = _opened(path, reading)
            self.id = self._identified(reading)
        except (sqlite3.Error, BackendError) as error:
            self._lock.release()
            raise BackendError(f"the journal {path} cannot be opened: {error}") from error

    def close(self) -> None:
        """Close the file and let other processes have it."""
        with self._guard:
            self._connection.close()
            self._lock.release()

    def entry(self, key: str) -> Entry | None:
        """Return the work of this key, or None."""
        found = self._ask(f"{ENTRY} WHERE key = ?", key)
        return Entry(*found[0]) if found else None

    def entries(self) -> list[Entry]:
        """Return all work in the order in which it was first written down."""
        return [Entry(*row) for row in self._ask(f"{ENTRY} ORDER BY work.rowid")]

    def last_command(self) -> str | None:
        """Return the command line that used this journal last, or None."""
        found = self._ask("SELECT text FROM commands ORDER BY used DESC, id DESC LIMIT 1")
        return found[0][0] if found else None

    def note_command(self, text: str) -> None:
        """Remember a command line as the last one."""
        again = "ON CONFLICT (text) DO UPDATE SET used = excluded.used"
        self._write(f"INSERT INTO commands (text, used) VALUES (?, ?) {again}", text, time.time())

    def other_arithmetic(self) -> list[str]:
        """Say for each other set of versions that filled this journal what it differs in from ours."""
        filled = "SELECT DISTINCT fillers.text FROM fillers JOIN work ON work.filler = fillers.id"
        return [differences(text, arithmetic()) for (text,) in self._ask(filled) if text != arithmetic()]

    def begin(self, entry: Entry) -> None:
        """Write down what is about to be sent; it is on the disk when this returns."""
        with self._transaction() as connection:
            connection.execute("INSERT OR IGNORE INTO fillers (text) VALUES (?)", (arithmetic(),))
            connection.execute(BEGIN, asdict(entry) | {"filler": arithmetic()})

    def sent(self, key: str, job: str) -> None:
        """Write down the backend's name for the job."""
        self._change(key, "state = 'sent', job = ?", job)

    def done(self, key: str, outcome: bytes) -> None:
        """Keep the outcome."""
        self._change(key, "state = 'done', outcome = ?", outcome)

    def ended(self, key: str, job: str, state: Literal["failed", "cancelled"], reason: str) -> None:
        """Write down that no outcome of a job will come, unless another attempt has taken its place."""
        assignment = "UPDATE work SET state = ?, reason = ?, changed = ? WHERE key = ? AND job = ?"
        self._write(assignment, state, reason, time.time(), key, job)

    def _change(self, key: str, assignment: str, value: Any) -> None:
        self._write(f"UPDATE work SET {assignment}, changed = ? WHERE key = ?", value, time.time(), key)

    def _ask(self, query: str, *values: Any) -> list[Any]:
        with self._guard:
            try:
                return self._connection.execute(query, values).fetchall()
            except sqlite3.Error as error:
                raise BackendError(f"the journal {self.path} cannot be read: {error}") from error

    def _write(self, statement: str, *values: Any) -> None:
        with self._transaction() as connection:
            connection.execute(statement, values)

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        with self._guard:
            try:
                self._connection.execute("BEGIN IMMEDIATE")
                try:
                    yield self._connection
                except BaseException:
                    self._connection.execute("ROLLBACK")
                    raise
                self._connection.execute("COMMIT")
            except sqlite3.Error as error:
                raise BackendError(f"the journal {self.path} cannot be written: {error}") from error

    def _identified(self, reading: bool) -> str:
        tables = {name for (name,) in self._connection.execute("SELECT name FROM sqlite_master")}
        if not tables.issuperset(TABLES) and (tables or reading):
            raise BackendError(FOREIGN)
        if not reading:
            if self._connection.execute("PRAGMA journal_mode = WAL").fetchone() != ("wal",):
                raise BackendError("its file system has no write-ahead mode; put it on a local disk")
            # NORMAL may lose the last transactions of this mode in a power cut: a job paid for, and forgotten
            self._connection.execute("PRAGMA synchronous = FULL")
        if not tables:
            name = f"INSERT INTO journal VALUES ('{uuid.uuid4().hex[:16]}', {FORMAT});"
            self._connection.executescript(f"BEGIN IMMEDIATE;{SCHEMA}{name}COMMIT;")
        ((name, version),) = self._connection.execute("SELECT id, format FROM journal")
        if version != FORMAT:
            raise BackendError(FOREIGN)
        return name


def _opened(path: Path, reading: bool) -> sqlite3.Connection:
    """Connect; transactions are written by hand, for they end where a row must be on the disk."""
    address = f"{path.absolute().as_uri()}?mode={'ro' if reading else 'rwc'}"
    return sqlite3.connect(address, uri=True, isolation_level=None, check_same_thread=False, timeout=30.0)
