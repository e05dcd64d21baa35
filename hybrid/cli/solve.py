"""``hybrid solve``: a problem file goes in, a judged answer comes out."""

from __future__ import annotations

import argparse
from typing import Any

from hybrid.cli import record
from hybrid.cli.choice import choose
from hybrid.cli.doors import surround
from hybrid.cli.exits import Exit
from hybrid.cli.output import Output, check_writable
from problems.contract import Result
from problems.errors import BackendError, BudgetExceeded, Infeasible, NothingFound
from problems.formats.registry import read
from problems.storage import save


def solve(options: argparse.Namespace) -> int:
    """Solve a file and report; the exit status says whether there is a feasible answer."""
    output = Output(options.json, options.file)
    if options.save is not None:
        check_writable("--save", options.save, options.file)
    problem = read(options.file, options.problem, options.index)
    choice = choose(problem, options)
    for remark in choice.remarks:
        output.say(remark)
    doors = surround(choice.solver, options)
    _say(output, doors.opening())
    try:
        result = doors.solver.solve(problem, seed=options.seed, time_limit=options.time_limit)
    except (BackendError, BudgetExceeded, Infeasible, KeyboardInterrupt, NothingFound) as error:
        status, message = _ending(error)
        output.write(record.of_nothing(problem, choice.solver, options.seed, status, message))
        _say(output, doors.left_behind())
        raise
    if options.save is not None:
        save(result, options.save)
    _report(result, options.seed, output)
    _say(output, doors.replayed(result.resources))
    _say(output, doors.left_behind())
    if result.ended == "interrupted":
        return Exit.INTERRUPTED
    return Exit.ANSWERED if result.feasible else Exit.UNANSWERED


def _report(result: Result[Any], seed: int, output: Output) -> None:
    output.write(record.of_result(result, seed))
    output.say(str(result))
    gap = record.gap_to_reference(result.problem, result.evaluation)
    if gap is not None:
        output.say(f"{100 * gap:.4g} % from the reference")


def _say(output: Output, sentence: str | None) -> None:
    if sentence is not None:
        output.say(sentence)


def _ending(error: BaseException) -> tuple[str, str]:
    """Return status and message of a solve without an answer, as a result would say them."""
    if isinstance(error, KeyboardInterrupt):
        return "interrupted", "stopped by the user before there was any answer"
    status = {Infeasible: "infeasible", BudgetExceeded: "budget"}.get(type(error), "failed")
    return status, str(error)
