"""``hybrid solvers`` and ``hybrid backends``: what is there, and what can take a file."""

from __future__ import annotations

import argparse
import shutil
import sys
import textwrap
from collections.abc import Mapping, Sequence
from typing import Any

from hybrid.cli.exits import Exit
from hybrid.cli.names import registered, solver_paths
from hybrid.cli.summary import summarise
from problems.contract import Problem
from problems.errors import BackendError, HybridError, ProblemError, UnsuitableProblem

TOO_NARROW = 40  # columns left for the last column, below which it is not wrapped


def list_solvers(options: argparse.Namespace) -> int:
    """List all solvers; with a file, those that can take it and why the others cannot."""
    if options.file is None and (options.problem is not None or options.index is not None):
        raise ProblemError("--for", "left out", "the file that --problem and --index are about")
    rows = _all_solvers() if options.file is None else _solvers_for(options)
    print_table(rows)
    return Exit.ANSWERED


def list_backends(options: argparse.Namespace) -> int:
    """List the backends that are installed, without importing any or asking any network; or one's devices."""
    if options.kind is not None:
        return _list_devices(options.kind)
    rows = [("NAME", "AVAILABLE", "WHAT IT IS")]
    for name, path in registered("hybrid.backends").items():
        summary = summarise(path)
        rows.append((name, _available(summary.missing), summary.sentence))
    print_table(rows)
    return Exit.ANSWERED


def _list_devices(kind: str) -> int:
    """Ask a backend by its method ``devices()``: dataclasses or mappings of named facts, the same for all."""
    from backends.registry import get

    devices = getattr(get(kind), "devices", None)
    if devices is None:
        remedy = "this one needs no choice"
        raise ProblemError("KIND", kind, "a backend with devices to choose from", remedy)
    found = [dict(device) if isinstance(device, Mapping) else vars(device) for device in devices()]
    if not found:
        raise BackendError(f"{kind} was reached and offers this account no device")
    heads = tuple(found[0])
    rows = [tuple(str(device[head]) for head in heads) for device in found]
    print_table([tuple(head.replace("_", " ").upper() for head in heads), *rows])
    return Exit.ANSWERED


def _all_solvers() -> list[Sequence[str]]:
    entries = {path: name for name, path in registered("hybrid.solvers").items()}
    rows: list[Sequence[str]] = [("NAME", "ENTRY POINT", "TAKES", "WHAT IT DOES")]
    for name, path in solver_paths().items():
        summary = summarise(path)
        lacking = f" ({_available(summary.missing)})" if summary.missing else ""
        rows.append((name, entries.get(path, ""), summary.takes, summary.sentence + lacking))
    return rows


def _solvers_for(options: argparse.Namespace) -> list[Sequence[str]]:
    from problems.formats.registry import read

    problem = read(options.file, options.problem, options.index)
    verdicts = [(name, *_suits(name, problem)) for name in solver_paths()]
    return [("NAME", "TAKES IT", "HOW, OR WHY NOT"), *sorted(verdicts, key=lambda row: row[1] == "no")]


def _suits(name: str, problem: Problem[Any]) -> tuple[str, str]:
    """Return yes or no, and how or why not."""
    from classical.binary.penalty import Penalty
    from hybrid.cli.choice import WRAPPER, needs_wrapper
    from hybrid.cli.names import solver_class
    from problems.fitting import fit

    try:
        cls = solver_class(name)
        wrapped = needs_wrapper(cls, problem)
        fit(Penalty(inner=cls()) if wrapped else cls(), problem)
    except UnsuitableProblem as error:
        return "no", error.why
    except (HybridError, TypeError) as error:  # a stranger's class may keep less of the contract than ours
        return "no", str(error)
    return "yes", f"its slack-free QUBO, through {WRAPPER}" if wrapped else "as it is"


def _available(missing: Sequence[str]) -> str:
    return f"needs {', '.join(missing)}" if missing else "yes"


def print_table(rows: Sequence[Sequence[str]]) -> None:
    """Print columns, the first row as their heads; on a terminal the last one is wrapped to its width."""
    *widths, _ = (max(map(len, column)) + 2 for column in zip(*rows, strict=True))
    room = shutil.get_terminal_size().columns - sum(widths)
    for row in rows:
        start = "".join(f"{cell:<{width}}" for cell, width in zip(row[:-1], widths, strict=True))
        lines = textwrap.wrap(row[-1], room) if sys.stdout.isatty() and room >= TOO_NARROW else [row[-1]]
        print(start + f"\n{'':<{sum(widths)}}".join(lines))
