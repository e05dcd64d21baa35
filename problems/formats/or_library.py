"""OR-Library files of multidimensional knapsacks: number streams without layout.

One problem is ``n m opt``, n profits, m rows of n weights, m capacities; opt is 0 where unknown. A file holds
one problem, or a count K and K problems. Which of the two follows from how many numbers there are.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from problems.binary.knapsack import MultidimensionalKnapsack
from problems.errors import ProblemError
from problems.formats.knapsack_layouts import LAYOUTS, Reading, error_of, readings, settled
from problems.formats.numbers import NumberStream, check_index, shown, write_text

OURS = ("mdkp-single", "mdkp-multi")


def read_knapsack(path: str | os.PathLike[str], index: int | None = None) -> MultidimensionalKnapsack:
    """Read one problem of a file with one or several.

    Args:
        path: The file.
        index: Which problem, counted from 1; needed where there are several.

    Raises:
        ProblemError: Naming file, line, what stands there and what was expected; also where one problem and
            several can both be read in it, or where only the layout of SAC-94 makes its optimum possible.
    """
    stream, name = NumberStream.of(path), Path(path).name
    found = readings(stream, LAYOUTS)
    sure = settled(found)
    candidates = [reading for reading in sure if reading.kind != "sac94"]
    if len(candidates) > 1:
        wanted = "one layout named, mdkp-single or mdkp-multi"
        raise ProblemError(
            f"the number of problems in {name}", "one or several", wanted, "--problem names it"
        )
    if candidates:
        problems = candidates[0].problems
        return problems[check_index(path, index, len(problems))]
    for kind in OURS:
        reading = found[kind]
        if isinstance(reading, Reading):
            found_here = f"doubtful: {reading.doubt}"
            raise ProblemError(name, found_here, "the layout that fits", "--problem sac94 reads it")
    raise nearest_error(stream, found)


def read_single_knapsack(path: str | os.PathLike[str], index: int | None = None) -> MultidimensionalKnapsack:
    """Read a file as one problem, whatever else its numbers could mean.

    Raises:
        ProblemError: Naming file, line, what stands there and what was expected.
    """
    check_index(path, index, 1)
    return LAYOUTS["mdkp-single"](NumberStream.of(path))[0]


def read_several_knapsacks(
    path: str | os.PathLike[str], index: int | None = None
) -> MultidimensionalKnapsack:
    """Read a file as a count and as many problems, whatever else its numbers could mean.

    Raises:
        ProblemError: Naming file, line, what stands there and what was expected.
    """
    problems = LAYOUTS["mdkp-multi"](NumberStream.of(path))
    return problems[check_index(path, index, len(problems))]


def write_several_knapsacks(
    problems: MultidimensionalKnapsack | Sequence[MultidimensionalKnapsack], path: str | os.PathLike[str]
) -> Path:
    """Write a file with a count and as many problems, one of them included."""
    listed = [problems] if isinstance(problems, MultidimensionalKnapsack) else list(problems)
    if not listed:
        raise ProblemError("problems", "none", "at least one")
    return write_text(path, f"{len(listed)}\n" + "".join(map(_written, listed)))


def write_knapsack(problem: MultidimensionalKnapsack, path: str | os.PathLike[str]) -> Path:
    """Write a file with one problem; numbers read back as the same floats."""
    return write_text(path, _written(problem))


def _written(problem: MultidimensionalKnapsack) -> str:
    if problem.reference == 0:
        raise ProblemError("reference", 0, "another value or None", "the format writes 0 for unknown")
    m, n = problem.weights.shape
    rows = [[n, m, problem.reference or 0.0], problem.profits, *problem.weights, problem.capacities]
    return "".join(" ".join(shown(float(v)) for v in row) + "\n" for row in rows)


def nearest_error(stream: NumberStream, found: dict[str, Reading | ProblemError]) -> ProblemError:
    """Return the error of the layout that the first numbers and their count speak for.

    One problem has exactly 3 + n + nm + m numbers. A count K before problems has n and m of the first of them
    in second and third place, and at least that problem's numbers.
    """
    return error_of(found["mdkp-multi" if _looks_like_several(stream) else "mdkp-single"])


def _looks_like_several(stream: NumberStream) -> bool:
    ahead = stream.ahead(3)
    if len(ahead) < 3 or len(stream) == _size(ahead[0], ahead[1]):
        return False
    if ahead[1] < 1 or ahead[2] < 1 or ahead[2] != round(ahead[2]):
        return False
    first = 1 + _size(ahead[1], ahead[2])
    return len(stream) >= first if ahead[0] > 1 else len(stream) == first


def _size(items: float, rows: float) -> float:
    return 3 + items + items * rows + rows
