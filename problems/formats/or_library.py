"""OR-Library files of multidimensional knapsacks: number streams without layout.

One problem is ``n m opt``, n profits, m rows of n weights, m capacities; opt is 0 where unknown. A file holds
one problem, or a count K and K problems. Which of the two follows from how many numbers there are.
"""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np

from problems.binary.knapsack import MultidimensionalKnapsack
from problems.errors import ProblemError
from problems.formats.numbers import NumberStream, check_index, shown, write_text


def read_knapsack(path: str | os.PathLike[str], index: int | None = None) -> MultidimensionalKnapsack:
    """Read one problem of a file.

    Args:
        path: The file.
        index: Which problem, counted from 1; needed where there are several.

    Raises:
        ProblemError: Naming file, line, what stands there and what was expected.
    """
    stream = NumberStream(path)
    single = _is_single(stream)
    what = "the number of items" if single else "the number of problems"
    head = stream.word(what).integer(what, low=1)
    if single:
        problem = _problem(head, stream, "")
        stream.end("the capacities")
        check_index(path, index, 1)
        return problem
    position = check_index(path, index, head)
    chosen = None
    for k in range(head):
        place = f"problem {k + 1}: "
        items = stream.word(place + "the number of items").integer(place + "the number of items", low=1)
        problem = _problem(items, stream, place)
        chosen = problem if k == position else chosen
    stream.end(f"{head} problems")
    assert chosen is not None
    return chosen


def write_knapsack(problem: MultidimensionalKnapsack, path: str | os.PathLike[str]) -> Path:
    """Write a file with one problem; numbers read back as the same floats."""
    if problem.reference == 0:
        raise ProblemError("reference", 0, "another value or None", "the format writes 0 for unknown")
    m, n = problem.weights.shape
    rows = [[n, m, problem.reference or 0.0], problem.profits, *problem.weights, problem.capacities]
    return write_text(path, "".join(" ".join(shown(float(v)) for v in row) + "\n" for row in rows))


def _is_single(stream: NumberStream) -> bool:
    """Whether the file is one problem, told by how many numbers there are.

    One problem has exactly 3 + n + nm + m. A count K followed by problems has n and m of the first of them in
    second and third place, and at least that problem's numbers. What fits neither is read as one, to name
    what is wrong.
    """
    ahead = stream.ahead(3)
    if len(ahead) < 3 or len(stream) == _size(ahead[0], ahead[1]):
        return True
    if ahead[1] < 1 or ahead[2] < 1 or ahead[2] != round(ahead[2]):
        return True
    first = 1 + _size(ahead[1], ahead[2])
    return len(stream) < first if ahead[0] > 1 else len(stream) != first


def _size(items: float, rows: float) -> float:
    return 3 + items + items * rows + rows


def _problem(items: int, stream: NumberStream, place: str) -> MultidimensionalKnapsack:
    rows = stream.word(place + "the number of capacities").integer(place + "the number of capacities", low=1)
    best = stream.number(place + "the best known profit")
    profits = np.array(stream.numbers(items, place + "profit {k}"))
    weights = [
        stream.numbers(items, f"{place}weight {{k}} of capacity {i}", low=0.0) for i in range(1, rows + 1)
    ]
    capacities = stream.numbers(rows, place + "capacity {k}", low=0.0)
    return MultidimensionalKnapsack(
        profits, np.array(weights), np.array(capacities), best if best != 0 else None
    )
