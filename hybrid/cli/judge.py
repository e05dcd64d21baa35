"""``hybrid judge``: any candidate, from any tool, by the problem's own ruler."""

from __future__ import annotations

import argparse
from typing import Any

from hybrid.cli import record
from hybrid.cli.candidate import read_candidate
from hybrid.cli.exits import Exit
from hybrid.cli.output import Output
from problems.formats.registry import read
from problems.report import number


def judge(options: argparse.Namespace) -> int:
    """Score a candidate file; the exit status says whether it is feasible."""
    output = Output(options.json, options.file, options.solution)
    problem = read(options.file, options.problem, options.index)
    solution = read_candidate(problem, options.solution)
    evaluation = problem.judge(solution)
    verdict: dict[str, Any] = {"problem": type(problem).__name__, **record.verdict(problem, evaluation)}
    verdict["solution"] = record.labels(problem, solution)
    output.write(verdict | record.scalars(evaluation))
    output.say(f"objective  {number(evaluation.objective)} ({problem.sense})")
    output.say(f"feasible   {'yes' if evaluation.feasible else 'no'}")
    for name, amount in verdict["violations"].items():
        output.say(f"violated   {name} by {number(amount)}")
    if problem.reference is not None:
        gap = verdict["gap_to_reference"]
        further = "" if gap is None else f", {100 * gap:.4g} % from it"
        output.say(f"reference  {number(problem.reference)}{further}")
    return Exit.ANSWERED if evaluation.feasible else Exit.UNANSWERED
