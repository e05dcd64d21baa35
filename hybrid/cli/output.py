"""Where answers go: text for people, one flat JSON object for programs."""

from __future__ import annotations

import json
import math
import os
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from hybrid.cli.names import short_name
from problems.contract import GAP_TOLERANCE, Evaluation, Problem, Result
from problems.errors import ProblemError
from problems.fitting import backends_within

FIELDS = (
    "problem", "solver", "backend", "seed", "status", "message", "objective", "sense", "feasible",
    "violations", "bound", "gap", "reference", "gap_to_reference", "qubits", "qubits_with_slack",
    "two_qubit_gates", "depth", "shots", "circuits", "jobs", "seconds", "solution",
)  # fmt: skip


class Target:
    """Where a command writes: text to standard output, JSON to a file, or the other way round for ``-``.

    Raises:
        ProblemError: If the file cannot be written, before any work is done.
    """

    def __init__(self, path: str | None):
        self._path = None if path in (None, "-") else Path(str(path))
        self._standard = path == "-"
        if self._path is not None and (self._path.is_dir() or not os.access(self._path.parent, os.W_OK)):
            raise ProblemError("--json", str(path), "a file in a folder that can be written")

    def say(self, text: str) -> None:
        """Write text for a person."""
        print(text, file=sys.stderr if self._standard else sys.stdout, flush=True)

    def write(self, record: Mapping[str, Any]) -> None:
        """Write the JSON, at once or not at all."""
        text = json.dumps(plain(record), indent=1, ensure_ascii=False, allow_nan=False) + "\n"
        if self._standard:
            sys.stdout.write(text)
        if self._path is None:
            return
        handle, temporary = tempfile.mkstemp(dir=self._path.parent, suffix=".partial")
        with os.fdopen(handle, "w", encoding="utf-8") as stream:
            stream.write(text)
        os.replace(temporary, self._path)


def as_record(result: Result[Any], seed: int) -> dict[str, Any]:
    """Return a result as a flat mapping: the fields, then the judge's figures, then all resources."""
    record: dict[str, Any] = dict.fromkeys(FIELDS)
    evaluation, problem = result.evaluation, result.problem
    record |= verdict(problem, evaluation)
    record |= {
        "solver": solver_name(result.solver),
        "backend": backend_name(result.solver),
        "seed": seed,
        "status": result.status,
        "message": result.message,
        "bound": result.bound,
        "gap": result.gap,
        "seconds": result.seconds,
        "solution": labels(problem, result.solution),
    }
    scalars = {name: value for name, value in evaluation.metrics.items() if np.ndim(value) == 0}
    for name, value in (scalars | dict(result.resources)).items():
        record[name] = value if record.get(name) is None else record[name]
    return record


def verdict(problem: Problem[Any], evaluation: Evaluation) -> dict[str, Any]:
    """Return what the judge says, and how far it is from the reference."""
    gap = None
    if problem.reference is not None and evaluation.feasible:
        gap = abs(evaluation.objective - problem.reference) / max(1.0, abs(problem.reference))
        gap = 0.0 if gap <= GAP_TOLERANCE else gap
    return {
        "problem": type(problem).__name__,
        "objective": evaluation.objective,
        "sense": problem.sense,
        "feasible": evaluation.feasible,
        "violations": {name: amount for name, amount in evaluation.violations.items() if amount},
        "reference": problem.reference,
        "gap_to_reference": gap,
    }


def estimate_record(
    problem: Problem[Any], solver: Any, seed: int, spent: Mapping[str, float]
) -> dict[str, Any]:
    """Return an estimate as a flat mapping."""
    return {
        "problem": type(problem).__name__,
        "solver": solver_name(solver),
        "backend": backend_name(solver),
        "seed": seed,
        **spent,
    }


def solver_name(solver: Any) -> str:
    """Return a solver's short name, with what it holds: ``penalty(qaoa(cobyla))``."""
    from problems.contract import Solver

    inner = [getattr(solver, name) for name in solver.__dataclass_fields__]
    held = [solver_name(part) for part in inner if isinstance(part, Solver)]
    return short_name(type(solver)) + (f"({', '.join(held)})" if held else "")


def backend_name(solver: Any) -> str | None:
    """Return the names of the backends that a solver holds, or None."""
    found = sorted({type(backend).__name__.lower() for backend in backends_within(solver)})
    return ", ".join(found) or None


def labels(problem: Problem[Any], solution: Any) -> Any:
    """Return a solution in the problem's own labels where it has them."""
    decode = getattr(problem, "decode", None)
    return solution if decode is None else decode(solution)


def plain(value: Any) -> Any:
    """Turn arrays and numbers into what strict JSON can hold; what is not finite becomes null."""
    if isinstance(value, Mapping):
        return {str(key): plain(part) for key, part in value.items()}
    if isinstance(value, np.ndarray):
        return plain(value.tolist())
    if isinstance(value, list | tuple):
        return [plain(part) for part in value]
    if isinstance(value, np.generic):
        return plain(value.item())
    if isinstance(value, float):
        if not math.isfinite(value):
            return None
        return int(value) if value == round(value) and abs(value) < 2**53 else value
    return value
