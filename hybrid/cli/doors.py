"""``--journal`` and ``--budget``: what is put around the backends of a solver, and what is said about it."""

from __future__ import annotations

import argparse
import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from backends.backend import Backend
from backends.budget import LIMITS, Budget
from backends.journal import Journal, Store
from problems.errors import BackendError, ProblemError
from problems.fitting import backends_within, replace_backends

JOURNAL = "hybrid-journal.sqlite"  # of remote backends, in the working directory


@dataclass(frozen=True)
class Doors:
    """A solver whose backends are kept in a journal and held to a budget.

    Attributes:
        solver: With the backends exchanged.
        journal: The path of the file; None where no backend is kept.
    """

    solver: Any
    journal: Path | None

    def opening(self) -> str | None:
        """Name the journal before anything is sent, or None where there is none."""
        return None if self.journal is None else f"journal: {self.journal}"

    def replayed(self, resources: Any) -> str | None:
        """Say how many outcomes came from the journal, or None where there is none."""
        if self.journal is None:
            return None
        return f"outcomes replayed from the journal: {int(resources.get('replayed', 0))}"

    def left_behind(self) -> str | None:
        """Say which jobs may still run at their backends and how to go on with them, or None."""
        remote = any(not backend.local for backend in backends_within(self.solver))
        if self.journal is None or not remote or not self.journal.exists():
            return None
        try:
            waiting = [entry for entry in read_entries(self.journal) if entry.state in ("sending", "sent")]
        except BackendError:  # the solve could not open it either, and its own error says so
            return None
        if not waiting:
            return None
        names = ", ".join(entry.job or f"tag {entry.tag}" for entry in waiting[:3])
        more = f" and {len(waiting) - 3} more" if len(waiting) > 3 else ""
        return (
            f"not ended at the backend: {names}{more}; 'hybrid jobs resume {self.journal}' attaches to what "
            f"runs and goes on, 'hybrid jobs cancel {waiting[0].key[:12]} --journal {self.journal}' stops it"
        )


def surround(solver: Any, options: argparse.Namespace) -> Doors:
    """Put the journal and the budget of the words around every backend that a solver holds.

    A journal is kept for remote backends, and for all where the words name a file. All backends share one
    file and one budget.

    Raises:
        ProblemError: If there is no backend that the words could be about, or a limit is wrong.
    """
    limits = limits_of(options.budget)
    word = "--journal" if options.journal else "--budget" if limits else None
    if word and not any(backends_within(solver)):
        raise ProblemError(word, options.journal or " ".join(options.budget), "a solver that holds a backend")
    keeper = _Keeper(options, limits)
    return Doors(replace_backends(solver, keeper.around), keeper.path)


def limits_of(words: Sequence[str]) -> dict[str, float]:
    """Read ``NAME=AMOUNT``.

    Raises:
        ProblemError: If a word has another shape, its name is no limit or was there before.
    """
    limits: dict[str, float] = {}
    for word in words:
        name, equals, text = word.partition("=")
        name = name.replace("-", "_")
        try:
            amount = float(text)
        except ValueError:
            amount = None
        if (
            not equals
            or name not in LIMITS
            or name in limits
            or amount is None
            or not 0 <= amount < float("inf")
        ):
            raise ProblemError(
                "--budget", word, "NAME=AMOUNT with a number ≥ 0, once each of " + ", ".join(LIMITS)
            )
        limits[name] = amount
    return limits


def command_text(words: Sequence[str]) -> str:
    """Return a command line and where it ran as the text that a journal keeps."""
    return json.dumps({"words": list(words), "directory": os.getcwd()})


def command_read(text: str) -> tuple[list[str], str]:
    """Return the words and the directory of ``command_text``.

    Raises:
        ProblemError: If the text was kept by something else.
    """
    try:
        kept = json.loads(text)
        return list(kept["words"]), str(kept["directory"])
    except (ValueError, KeyError, TypeError):
        remedy = "run again the program that filled the journal"
        raise ProblemError("the command in the journal", text, "one of 'hybrid solve'", remedy) from None


def read_entries(path: Path) -> list[Any]:
    """Return all work of a journal, which may be held by another process.

    Raises:
        BackendError: If it is no journal.
    """
    store = Store(path, reading=True)
    try:
        return store.entries()
    finally:
        store.close()


class _Keeper:
    """Makes one wrapper for each backend; the first of each kind lends the others its file and its count."""

    def __init__(self, options: argparse.Namespace, limits: dict[str, float]):
        self._options, self._limits = options, limits
        self._made: dict[int, tuple[Backend, Backend]] = {}  # what is wrapped is kept, or its id might return
        self._journal: Journal | None = None
        self._budget: Budget | None = None

    @property
    def path(self) -> Path | None:
        return None if self._journal is None else self._journal.path

    def around(self, backend: Backend) -> Backend:
        if id(backend) not in self._made:
            self._made[id(backend)] = backend, self._budgeted(self._journaled(backend))
        return self._made[id(backend)][1]

    def _journaled(self, backend: Backend) -> Backend:
        options = self._options
        if isinstance(backend, Journal):  # its own path gives way to that of the words
            backend = backend.inner
        if backend.local and options.journal is None:
            return backend
        if self._journal is not None:
            return self._journal.beside(backend)
        self._journal = Journal(
            backend,
            Path(options.journal or JOURNAL),
            resend_failed=getattr(options, "resend_failed", False),
            replay_only=getattr(options, "replay_only", False),
            command=command_text(options.words),
        )
        return self._journal

    def _budgeted(self, backend: Backend) -> Backend:
        if not self._limits:
            return backend
        if self._budget is not None:
            return self._budget.beside(backend)
        self._budget = Budget(backend, **self._limits)
        return self._budget
