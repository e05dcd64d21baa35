"""The open file of a journal, which journals of several backends may share."""

from __future__ import annotations

import threading
from collections import defaultdict
from typing import Any

from backends.journal.store import Store


class Held:
    """An open file, how often it was entered, and a lock for each key."""

    def __init__(self):
        self.guard = threading.RLock()
        self.depth = 0
        self.store: Store | None = None
        self._keys: defaultdict[str, threading.RLock] = defaultdict(threading.RLock)

    def __reduce__(self) -> tuple[Any, ...]:
        return Held, ()  # a copy opens the file for itself, and is refused where another process has it

    def one_at_a_time(self, key: str) -> threading.RLock:
        """Return the lock of one piece of work."""
        with self.guard:
            return self._keys[key]

    def close(self) -> None:
        """Close the file, so that another process may hold it."""
        with self.guard:
            if self.store is not None:
                self.store.close()
            self.store = None
