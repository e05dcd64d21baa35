"""``hybrid solve`` and ``hybrid estimate``: from words to a solver, and from its result to text and JSON."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from hybrid.cli import INTERRUPTED, NO_ANSWER, OK
from hybrid.cli.names import DEFAULT_SOLVER, short_name, solver_class
from hybrid.cli.output import Target, as_record, estimate_record
from hybrid.cli.settings import apply_settings
from problems.contract import Problem
from problems.errors import ProblemError
from problems.fitting import backends_within, kinds, replace_backends
from problems.formats.registry import read

WRAPPER = "penalty"


@dataclass(frozen=True)
class Chosen:
    """The solver that the words mean, and what to tell the user about the choice."""

    solver: Any
    remarks: tuple[str, ...]


def solve(options: argparse.Namespace) -> int:
    """Solve a file and report; the exit status says whether there is a feasible answer."""
    target = Target(options.json)
    problem = read(options.file, options.problem, options.index)
    chosen = choose(problem, options.solver, options.settings, options.backend)
    for remark in chosen.remarks:
        target.say(remark)
    result = chosen.solver.solve(problem, seed=options.seed, time_limit=options.time_limit)
    target.say(str(result))
    target.write(as_record(result, options.seed))
    if result.ended == "interrupted":
        return INTERRUPTED
    return OK if result.feasible else NO_ANSWER


def estimate(options: argparse.Namespace) -> int:
    """Rehearse a solve and report what it would spend."""
    target = Target(options.json)
    problem = read(options.file, options.problem, options.index)
    chosen = choose(problem, options.solver, options.settings, options.backend)
    for remark in chosen.remarks:
        target.say(remark)
    spent = chosen.solver.estimate(problem, seed=options.seed)
    target.say("at most, unless outcomes steer the work in another way:")
    for name, amount in spent.items():
        target.say(f"{name.replace('_', ' '):<18} {amount:g}")
    target.write(estimate_record(problem, chosen.solver, options.seed, spent))
    return OK


def choose(problem: Problem[Any], name: str | None, settings: Sequence[str], backend: str | None) -> Chosen:
    """Build the solver that the words mean for this problem.

    A QUBO solver named for a constrained problem means the penalty solver holding it, with the slack-free
    encoding.

    Raises:
        ProblemError: If a name, a setting or a backend does not fit.
    """
    remarks = [] if name else [f"no solver named: taking {DEFAULT_SOLVER}"]
    named = solver_class(name or DEFAULT_SOLVER)
    wrapped = needs_wrapper(named, problem)
    outer = [setting for setting in settings if setting.startswith(f"{WRAPPER}.")] if wrapped else []
    solver = apply_settings(named(), [setting for setting in settings if setting not in outer])
    if wrapped:
        wrapper = solver_class(WRAPPER)(inner=solver)
        solver = apply_settings(wrapper, [setting.removeprefix(f"{WRAPPER}.") for setting in outer])
        encoding = short_name(type(solver.encoding))
        remarks.append(f"the problem has constraints: {name} solves its {encoding} QUBO in {WRAPPER}")
    if backend is not None:
        solver = _on_backend(solver, backend)
    return Chosen(solver, tuple(remarks))


def needs_wrapper(solver: type[Any], problem: Problem[Any]) -> bool:
    """Whether this is a QUBO solver and the problem is a program that does not reduce to a QUBO."""
    from problems.binary.program import BinaryProgram
    from problems.binary.qubo import Qubo

    wanted = kinds(solver)
    if isinstance(problem, wanted) or problem.reduce(wanted) is not None or Qubo not in wanted:
        return False
    return isinstance(problem, BinaryProgram) or problem.reduce((BinaryProgram,)) is not None


def _on_backend(solver: Any, name: str) -> Any:
    from backends.registry import get

    if not list(backends_within(solver)):
        raise ProblemError(
            "--backend", name, f"left out: {short_name(type(solver))} has no field that takes a backend"
        )
    backend = get(name)
    return replace_backends(solver, lambda _: backend)
