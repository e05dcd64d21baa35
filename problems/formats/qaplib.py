"""QAPLIB: number streams ``n``, n² flows, n² distances, and solutions ``n cost`` with a permutation.

Which matrix is flow and which distance differs by author; the cost only asks for their order in the file.
Commas may stand between the numbers. Burkard, Karisch and Rendl, Journal of Global Optimization 10 (1997).
"""

from __future__ import annotations

import os
from pathlib import Path

from problems.binary.assignment import QuadraticAssignment
from problems.contract import Array
from problems.formats.numbers import NumberStream, check_index, naming, parsed, read_text, shown, write_text


def read_assignment(path: str | os.PathLike[str], index: int | None = None) -> QuadraticAssignment:
    """Read a problem; A comes first in the file, B second, and Σ_ij A_ij B_p(i)p(j) is minimised.

    Raises:
        ProblemError: Naming file, line, what stands there and what was expected.
    """
    check_index(path, index, 1)
    return assignment_of(NumberStream.of(path, commas=True))


def assignment_of(stream: NumberStream) -> QuadraticAssignment:
    """Read a whole stream of numbers."""
    size = stream.integer("the number of facilities", low=1)
    flows = stream.numbers(size**2, "entry {k} of the first matrix")
    distances = stream.numbers(size**2, "entry {k} of the second matrix")
    stream.end("both matrices")
    return QuadraticAssignment(flows.reshape(size, size), distances.reshape(size, size))


def write_assignment(problem: QuadraticAssignment, path: str | os.PathLike[str]) -> Path:
    """Write a problem; numbers read back as the same floats, a best known cost has no place there."""
    matrices = [_block(problem.flows), _block(problem.distances)]
    return write_text(path, f"{problem.size}\n\n" + "\n".join(matrices))


def read_permutation(path: str | os.PathLike[str]) -> tuple[int, ...]:
    """Read a solution file ``n cost p_1 … p_n``: p_i is the location of facility i, counted from 1.

    That is the convention in which the cost is Σ_ij A_ij B_p(i)p(j); the cost in the file is not believed.

    Raises:
        ProblemError: Naming file, line and what was expected; also if p is no permutation.
    """
    stream = NumberStream.of(path, commas=True)
    size = stream.integer("the number of facilities", low=1)
    stream.number("the cost")
    locations: list[int] = []
    taken = set()
    for i in range(1, size + 1):
        location = stream.integer(f"the location of facility {i}", 1, size)
        if location in taken:
            raise stream.refusal(f"the location of facility {i}, each once")
        taken.add(location)
        locations.append(location)
    stream.end("the permutation")
    return tuple(locations)


def read_solution(problem: QuadraticAssignment, path: str | os.PathLike[str]) -> Array | None:
    """Return the bits of a solution file ``n cost p_1 … p_n``, or None if it is none.

    Raises:
        ProblemError: If it is one, but of another size or with no permutation in it.
    """
    words = read_text(path).replace(",", " ").split()
    first = parsed(words[:1]).tolist()
    if len(words) == problem.size or not first or first[0] not in (problem.size, len(words) - 2):
        return None
    locations = read_permutation(path)
    with naming(path):
        return problem.encode(locations)


def _block(matrix: Array) -> str:
    return "".join(" ".join(map(shown, row)) + "\n" for row in matrix.tolist())
