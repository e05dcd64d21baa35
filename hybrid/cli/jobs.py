"""``hybrid jobs``: what a journal holds, and going on with it."""

from __future__ import annotations

import argparse
import contextlib
import os
import shlex
from collections import Counter
from datetime import datetime
from pathlib import Path
from typing import Any

from backends.journal import Entry, Journal, Store
from backends.journal.outcomes import from_bytes
from backends.workload import Samples
from hybrid.cli.doors import JOURNAL, command_read, read_entries
from hybrid.cli.exits import Exit
from hybrid.cli.listing import print_table
from problems.errors import ProblemError
from problems.fitting import backends_within

SHORT = 12  # digits of a key that are shown in the list; any beginning that fits one key alone will do


def list_jobs(options: argparse.Namespace) -> int:
    """List all work of a journal, in the order in which it was asked for."""
    entries = read_entries(_path(options))
    rows = [("KEY", "STATE", "SENT", "WORK", "JOB, OR WHY NONE CAME")]
    for entry in entries:
        ending = entry.reason or entry.job or ""
        rows.append((entry.key[:SHORT], entry.state, _moment(entry.created), _work(entry), ending))
    print_table(rows)
    states = Counter(entry.state for entry in entries)
    print(", ".join(f"{number} {state}" for state, number in states.items()) or "nothing was sent yet")
    return Exit.ANSWERED


def show_job(options: argparse.Namespace) -> int:
    """Show one piece of work with its outcome's form and usage."""
    entry = _entry(options)
    facts: dict[str, Any] = {
        "key": entry.key, "state": entry.state, "work": _work(entry), "backend": entry.backend,
        "job": entry.job, "tag": entry.tag, "sent": _moment(entry.created), "changed": _moment(entry.changed),
        "reason": entry.reason, "attempts": entry.attempt + 1,
    }  # fmt: skip
    if entry.outcome is not None:
        outcome = from_bytes(entry.outcome)
        array = outcome.bits if isinstance(outcome, Samples) else outcome.mean
        facts["outcome"] = f"{type(outcome).__name__} {' × '.join(map(str, array.shape))}"
        facts |= {name.replace("_", " "): f"{amount:g}" for name, amount in outcome.usage.items()}
    if entry.command is not None:
        facts["command"] = _line(*command_read(entry.command))
    width = max(map(len, facts)) + 2
    for name, fact in facts.items():
        if fact is not None:
            print(f"{name:<{width}}{fact}")
    return Exit.ANSWERED


def cancel_job(options: argparse.Namespace) -> int:
    """Cancel one job at its backend, which the command that sent it names."""
    path, entry = _path(options).absolute(), _entry(options)
    words, directory = _command_of(entry.command, path)
    with contextlib.chdir(directory):
        backend = _backend_of(entry, words)
    journal = Journal(backend, path)
    try:
        journal.cancel(entry.key)
    finally:
        journal.close()
    (entry,) = (after for after in read_entries(path) if after.key == entry.key)
    if entry.state == "cancelled":
        print(f"{entry.job or entry.tag} is cancelled")
        return Exit.ANSWERED
    print(f"{entry.job or entry.tag} had ended before; 'hybrid jobs resume {path}' fetches its outcome")
    return Exit.UNANSWERED


def resume_jobs(options: argparse.Namespace) -> int:
    """Run the command that used a journal last once more: what is stored is replayed, what runs is joined."""
    from hybrid.cli.arguments import parse

    path = _path(options).absolute()
    store = Store(path, reading=True)
    try:
        words, directory = _command_of(store.last_command(), path)
    finally:
        store.close()
    again = parse(words)
    again.journal = str(path)
    again.resend_failed, again.replay_only = options.resend_failed, options.replay_only
    if again.json != "-":
        print(f"resuming: {_line(words, directory)}", flush=True)
    with contextlib.chdir(_existing(directory)):
        return again.command(again)


def _path(options: argparse.Namespace) -> Path:
    return Path(options.journal or JOURNAL)


def _entry(options: argparse.Namespace) -> Entry:
    """Return the one piece of work whose key begins as the words say."""
    path = _path(options)
    found = [entry for entry in read_entries(path) if entry.key.startswith(options.key)]
    if len(found) != 1:
        many = f"the beginning of one key of {path} alone" if found else f"the beginning of a key of {path}"
        raise ProblemError("KEY", options.key, many, f"'hybrid jobs list {path}' shows them")
    return found[0]


def _command_of(text: str | None, path: Path) -> tuple[list[str], str]:
    if text is None:
        remedy = "run again the program that filled it"
        raise ProblemError(
            f"the journal {path}", "without a command", "one that 'hybrid solve' filled", remedy
        )
    words, directory = command_read(text)
    return words, _existing(directory)


def _existing(directory: str) -> str:
    if not os.path.isdir(directory):
        raise ProblemError("the folder of the command", directory, "a folder that is still there")
    return directory


def _backend_of(entry: Entry, words: list[str]) -> Any:
    """Return the backend of the command's solver that a piece of work went to."""
    from hybrid.cli.arguments import parse
    from hybrid.cli.choice import choose
    from problems.formats.registry import read

    options = parse(words)
    problem = read(options.file, options.problem, options.index)
    for backend in backends_within(choose(problem, options).solver):
        if backend.identity == entry.backend:
            return backend
    remedy = "its settings or versions have changed since; cancel the job where it runs"
    raise ProblemError(
        f"the work {entry.key[:SHORT]}", entry.backend, "sent by its command's backend", remedy
    )


def _work(entry: Entry) -> str:
    return f"{entry.kind.lower()} × {entry.rows}"


def _moment(seconds: float) -> str:
    return datetime.fromtimestamp(seconds).isoformat(" ", "seconds")


def _line(words: list[str], directory: str) -> str:
    return f"hybrid {shlex.join(words)} (in {directory})"
