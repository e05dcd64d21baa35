"""``hybrid judge``: any candidate, from any tool, by the problem's own ruler."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

import numpy as np

from hybrid.cli import NO_ANSWER, OK
from hybrid.cli.output import Target, labels, verdict
from problems.contract import Problem
from problems.errors import ProblemError
from problems.formats.numbers import read_text
from problems.formats.registry import read
from problems.report import number


def judge(options: argparse.Namespace) -> int:
    """Score a candidate file; the exit status says whether it is feasible."""
    target = Target(options.json)
    problem = read(options.file, options.problem, options.index)
    solution = read_solution(problem, options.solution)
    evaluation = problem.judge(solution)
    record = verdict(problem, evaluation)
    target.say(f"objective  {number(evaluation.objective)} ({problem.sense})")
    target.say(f"feasible   {'yes' if evaluation.feasible else 'no'}")
    for name, amount in record["violations"].items():
        target.say(f"violated   {name} by {number(amount)}")
    if problem.reference is not None:
        gap = record["gap_to_reference"]
        target.say(
            f"reference  {number(problem.reference)}" + ("" if gap is None else f", gap {100 * gap:.4g} %")
        )
    scalars = {name: value for name, value in evaluation.metrics.items() if np.ndim(value) == 0}
    target.write(record | scalars | {"solution": labels(problem, solution)})
    return OK if evaluation.feasible else NO_ANSWER


def read_solution(problem: Problem[Any], path: str) -> Any:
    """Read a candidate: our JSON, a JSON list of labels or object of values, bits, or labels in text.

    Exactly n zeros and ones, together or apart, are bits; anything else is labels.

    Raises:
        ProblemError: If it cannot be read as a solution of the problem.
    """
    text = read_text(path)
    try:
        content = json.loads(text)
    except json.JSONDecodeError:
        content = text.replace(",", " ").split()
    if isinstance(content, dict) and "solution" in content:
        content = content["solution"]
    if isinstance(content, int | float):
        content = text.split()
    encode = getattr(problem, "encode", None)
    if encode is None:
        raise ProblemError(
            "the problem", type(problem).__name__, "one with labels, whose solutions can be read"
        )
    if isinstance(content, dict):
        return encode(content)
    if not isinstance(content, list):
        raise ProblemError(Path(path).name, type(content).__name__, "labels, values by name, or bits")
    bits = _bits(content, problem)
    return encode(content) if bits is None else bits


def _bits(content: list[Any], problem: Any) -> np.ndarray | None:
    """The candidate as bits, if it is exactly n zeros and ones of a problem over bits."""
    words = [str(word) for word in content]
    joined = "".join(words)
    if len(joined) != problem.n or set(joined) - {"0", "1"} or (len(words) not in (1, problem.n)):
        return None
    return np.array([int(letter) for letter in joined], dtype=np.uint8)
