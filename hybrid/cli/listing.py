"""``hybrid solvers`` and ``hybrid backends``: what is there, and what fits a file."""

from __future__ import annotations

import argparse
from typing import Any

from hybrid.cli import OK
from hybrid.cli.names import OPTIMIZERS, SOLVERS, foreign_solvers, load, solver_class
from hybrid.cli.solve import WRAPPER, needs_wrapper
from problems.contract import Problem
from problems.errors import MissingExtra, UnsuitableProblem
from problems.fitting import fit
from problems.formats.registry import read


def list_solvers(options: argparse.Namespace) -> int:
    """List all solvers; with a file, say of each how it takes the file or why not."""
    paths = SOLVERS | OPTIMIZERS | foreign_solvers()
    problem = None if options.file is None else read(options.file, options.problem, options.index)
    for name in paths:
        try:
            solver = load(paths[name])
        except (ImportError, MissingExtra) as error:
            print(f"{name:<14} not available: {error}")
            continue
        print(f"{name:<14} {first_line(solver) if problem is None else _suits(name, problem)}")
    return OK


def list_backends(options: argparse.Namespace) -> int:
    """List the backends that are installed, asking no network."""
    from importlib.metadata import entry_points

    from backends.registry import OWN, names

    found = {entry.name: entry.value for entry in entry_points(group="hybrid.backends")}
    for name in names():
        try:
            print(f"{name:<14} {first_line(load((found | OWN)[name]))}")
        except (ImportError, MissingExtra) as error:
            print(f"{name:<14} not available: {error}")
    return OK


def first_line(cls: type[Any]) -> str:
    """Return the sentence that a class says about itself."""
    return (cls.__doc__ or "").strip().splitlines()[0]


def _suits(name: str, problem: Problem[Any]) -> str:
    cls = solver_class(name)
    wrapped = needs_wrapper(cls, problem)
    solver = solver_class(WRAPPER)(inner=cls()) if wrapped else cls()
    try:
        fit(solver, problem)
    except UnsuitableProblem as error:
        return f"no: {error.why}"
    return f"yes, its slack-free QUBO in {WRAPPER}" if wrapped else "yes"
