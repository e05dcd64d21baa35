"""One process at a time holds a journal: a lock of the operating system, which ends with its process."""

from __future__ import annotations

import os
from pathlib import Path
from typing import IO

from problems.errors import BackendError


class ProcessLock:
    """An exclusive lock on ``path``; the file holds the process id of whoever has it.

    The file stays behind when the lock is released: removing it would let two processes lock two files of
    one name.
    """

    def __init__(self, path: Path):
        self._path = path
        self._stream: IO[str] | None = None

    def acquire(self, what: str) -> None:
        """Take the lock at once or not at all.

        Args:
            what: What the lock protects, for the message.

        Raises:
            BackendError: If another holds it, with the process id, or the file cannot be written.
        """
        try:
            stream = open(self._path, "a+", encoding="utf-8")  # noqa: SIM115  the lock lives as long as it
        except OSError as error:
            raise BackendError(f"{self._path} cannot be written: {error.strerror or error}") from error
        try:
            _lock(stream)
        except OSError:
            stream.seek(0)
            holder = stream.read().strip() or "unknown"
            stream.close()
            raise BackendError(
                f"{what} is held by the process {holder}; wait until it has ended, or name another journal"
            ) from None
        stream.seek(0)
        stream.truncate()
        stream.write(str(os.getpid()))
        stream.flush()
        self._stream = stream

    def release(self) -> None:
        """Let go; closing the file does it."""
        if self._stream is not None:
            self._stream.close()
            self._stream = None


def _lock(stream: IO[str]) -> None:
    """Lock the whole file, raising ``OSError`` where another has it."""
    try:
        import fcntl
    except ImportError:  # Windows
        import msvcrt

        stream.seek(1 << 30)  # far behind the process id, which others must be able to read
        msvcrt.locking(stream.fileno(), msvcrt.LK_NBLCK, 1)  # pyright: ignore[reportAttributeAccessIssue]
        return
    fcntl.flock(stream.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
