"""From the words of the command line to the solver that they mean for a problem."""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from typing import Any

from backends.registry import get
from classical.binary.penalty import Penalty
from hybrid.cli.names import name_of, solver_class
from hybrid.cli.settings import Setting, apply_settings, split
from problems.binary.program import BinaryProgram
from problems.binary.qubo import Qubo
from problems.contract import Problem
from problems.errors import ProblemError
from problems.fitting import backends_within, kinds, replace_backends
from problems.ground_state import GroundState

DEFAULT_SOLVER = "milp"
VARIATIONAL = "vqe"  # for Hamiltonians, which no program solver takes
WRAPPER = "penalty"  # the first step of settings that are meant for the solver around the one that was named


@dataclass(frozen=True)
class Choice:
    """The solver that the words mean, and what to tell the user about it."""

    solver: Any
    remarks: tuple[str, ...]


def choose(problem: Problem[Any], options: argparse.Namespace) -> Choice:
    """Build the solver that the words mean for this problem.

    A QUBO solver that is named for a constrained problem means the penalty solver holding it, with the
    slack-free encoding.

    Raises:
        ProblemError: If a name, a setting or a backend does not fit.
    """
    default = VARIATIONAL if isinstance(problem, GroundState) else DEFAULT_SOLVER
    remarks = [] if options.solver else [f"no solver was named: taking {default}"]
    solver = solver_class(options.solver or default)()
    settings = [split(setting) for setting in options.settings]
    backend = None if options.backend is None else get(options.backend)
    wrapped = needs_wrapper(type(solver), problem)
    inner = [setting for setting in settings if not (wrapped and _is_for_wrapper(setting))]
    outer = [(steps[1:], text) for steps, text in settings if wrapped and _is_for_wrapper((steps, text))]
    if backend is not None:
        solver = replace_backends(solver, lambda _: backend)
    solver = apply_settings(solver, inner, backend)
    if wrapped:
        solver = apply_settings(Penalty(inner=solver), outer, backend, f"{WRAPPER}.")
        names = name_of(type(solver.inner)), name_of(type(solver.encoding)), WRAPPER
        remarks.append("the problem is constrained: {} gets its {} QUBO from {}".format(*names))
    if backend is not None and not any(backends_within(solver)):
        raise ProblemError("--backend", options.backend, f"no backend: {name_of(type(solver))} holds none")
    return Choice(solver, tuple(remarks))


def needs_wrapper(solver: type[Any], problem: Problem[Any]) -> bool:
    """Whether this is a QUBO solver and the problem a program that is no QUBO without an encoding."""
    wanted = kinds(solver)
    if Qubo not in wanted or isinstance(problem, wanted) or problem.reduce(wanted) is not None:
        return False
    return isinstance(problem, BinaryProgram) or problem.reduce((BinaryProgram,)) is not None


def _is_for_wrapper(setting: Setting) -> bool:
    steps, _ = setting
    return steps[0] == WRAPPER and len(steps) > 1
