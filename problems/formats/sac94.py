"""SAC-94 files of multidimensional knapsacks: number streams without layout.

``m n`` (capacities, items), n profits, m capacities, m rows of n weights, and the optimum, 0 where unknown.
"""

from __future__ import annotations

import os
from pathlib import Path

from problems.binary.knapsack import MultidimensionalKnapsack
from problems.errors import ProblemError
from problems.formats.knapsack_layouts import LAYOUTS, Reading, readings, settled
from problems.formats.numbers import NumberStream, check_index, shown, write_text


def read_sac94(path: str | os.PathLike[str], index: int | None = None) -> MultidimensionalKnapsack:
    """Read the problem of a file.

    Raises:
        ProblemError: Naming file, line, what stands there and what was expected; also where only a layout of
            OR-Library makes its optimum possible.
    """
    check_index(path, index, 1)
    found = readings(NumberStream.of(path), LAYOUTS)
    reading, sure = found["sac94"], [other.kind for other in settled(found)]
    if not isinstance(reading, Reading):
        raise reading
    if "sac94" not in sure:
        remedy = f"--problem {sure[0]} reads it"
        raise ProblemError(Path(path).name, f"doubtful: {reading.doubt}", "the layout that fits", remedy)
    return reading.problems[0]


def write_sac94(problem: MultidimensionalKnapsack, path: str | os.PathLike[str]) -> Path:
    """Write a file with one problem; numbers read back as the same floats."""
    if problem.reference == 0:
        raise ProblemError("reference", 0, "another value or None", "the format writes 0 for unknown")
    m, n = problem.weights.shape
    rows = [[m, n], problem.profits, problem.capacities, *problem.weights, [problem.reference or 0.0]]
    return write_text(path, "".join(" ".join(shown(float(v)) for v in row) + "\n" for row in rows))
