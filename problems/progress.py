"""Progress of a root solve: a bar after a second, if someone can see it, or a callable that gets rows."""

from __future__ import annotations

import sys
import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from problems.contract import Progress

DELAY = 1.0  # seconds before a bar appears: quick solves stay silent
INTERVAL = 0.1  # seconds between two redraws


class Bar:
    """Follows the steps of the root run; as a context manager it closes what it drew."""

    def __init__(self, progress: Progress):
        self._callback = progress if callable(progress) else None
        self._wanted = progress is True or (progress is None and _visible())
        self._start = self._drawn = time.monotonic()
        self._bar: Any = None
        self._name, self._done = "", 0

    def __enter__(self) -> Bar:
        return self

    def __exit__(self, *error: object) -> None:
        if self._bar is not None:
            self._bar.n = self._done
            self._bar.close()

    def row(self, row: Mapping[str, Any]) -> None:
        """Hand a history row to the callable, if there is one."""
        if self._callback is not None:
            self._callback(row)

    def advance(self, total: int, name: str) -> None:
        """Count one step of a loop of ``total``; a loop with another name begins again at zero."""
        if name != self._name:
            self._name, self._done = name, 0
            if self._bar is not None:
                self._bar.reset(total)
                self._bar.set_description(name)
        self._done += 1
        now = time.monotonic()
        if not self._wanted or now - self._start < DELAY or now - self._drawn < INTERVAL:
            return
        self._drawn = now
        if self._bar is None:
            from tqdm.auto import tqdm

            self._bar = tqdm(total=total, desc=name, leave=False)
        self._bar.n = self._done
        self._bar.refresh()


def _visible() -> bool:
    """A terminal or a notebook; asked without importing IPython."""
    if sys.stderr is not None and sys.stderr.isatty():
        return True
    shell = getattr(sys.modules.get("IPython"), "get_ipython", lambda: None)()
    return type(shell).__name__ == "ZMQInteractiveShell"
