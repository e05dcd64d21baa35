"""Which files hold which problems: short names, and one ``read`` for all of them."""

from __future__ import annotations

import importlib
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from problems.contract import Problem
from problems.errors import ProblemError
from problems.formats.numbers import read_text


@dataclass(frozen=True)
class Kind:
    """A kind of problem file.

    Attributes:
        problem: Module and class of the problem.
        reader: Module and function that reads it.
        writer: Module and function that writes it.
        description: What the file is.
    """

    problem: str
    reader: str
    writer: str
    description: str


KINDS: dict[str, Kind] = {
    "mdkp": Kind(
        "problems.binary.knapsack:MultidimensionalKnapsack",
        "problems.formats.or_library:read_knapsack",
        "problems.formats.or_library:write_knapsack",
        "OR-Library multidimensional knapsack",
    ),
    "maxcut": Kind(
        "problems.binary.maxcut:MaxCut",
        "problems.formats.rudy:read_cut",
        "problems.formats.rudy:write_cut",
        "rudy (G-set) graph",
    ),
    "mis": Kind(
        "problems.binary.independent_set:IndependentSet",
        "problems.formats.dimacs:read_independent_set",
        "problems.formats.dimacs:write_independent_set",
        "DIMACS graph, independent sets of the graph as written",
    ),
    "qubo": Kind(
        "problems.binary.qubo:Qubo",
        "problems.formats.qubo_text:read_qubo",
        "problems.formats.qubo_text:write_qubo",
        "qbsolv text, or JSON",
    ),
    "program": Kind(
        "problems.binary.program:BinaryProgram",
        "problems.formats.program_json:read_json",
        "problems.formats.program_json:write_json",
        "JSON of a binary program, QUBO or Ising model",
    ),
}


def read(path: str | os.PathLike[str], kind: str | None = None, index: int | None = None) -> Problem[Any]:
    """Read a problem from a file.

    Args:
        path: The file.
        kind: One of ``KINDS``; not needed for our own JSON, which says what it is.
        index: Which problem of the file, counted from 1, where it holds several.

    Raises:
        ProblemError: Naming the file, the place in it, what stands there and what was expected.
    """
    if kind is not None and kind not in KINDS:
        raise ProblemError("problem", kind, "one of " + ", ".join(KINDS))
    if kind in (None, "program", "qubo") and _is_json(path):
        problem = _load(KINDS["program"].reader)(path, index)
        if kind == "qubo" and not isinstance(problem, _load(KINDS["qubo"].problem)):
            found = f"a {type(problem).__name__}"
            raise ProblemError(Path(path).name, found, "a Qubo", "--problem program reads all three")
        return problem
    if kind is None:
        wanted = "named, one of " + ", ".join(KINDS)
        raise ProblemError(
            f"the kind of problem in {Path(path).name}", "not known", wanted, "--problem names it"
        )
    return _load(KINDS[kind].reader)(path, index)


def _is_json(path: str | os.PathLike[str]) -> bool:
    return read_text(path).lstrip().startswith("{")


def _load(name: str) -> Any:
    module, _, attribute = name.partition(":")
    return getattr(importlib.import_module(module), attribute)
