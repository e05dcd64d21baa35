"""Reading a candidate from a file, whatever tool wrote it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

from problems.binary.domain import DomainProblem
from problems.binary.integer import IntegerProgram
from problems.binary.names import bits_by_name
from problems.binary.permutations import PermutationProblem
from problems.binary.program import BinaryProgram
from problems.binary.qubo import Ising, Qubo, spins_of_bits
from problems.contract import Array, Problem
from problems.errors import ProblemError
from problems.formats.numbers import read_text
from problems.formats.registry import read_solution
from problems.formats.solution_text import values_by_name
from problems.formats.stored import is_stored, read_stored_solution
from problems.ground_state import GroundState

SHAPES = "labels, values by name, or zeros and ones"
Judged = DomainProblem | BinaryProgram | Qubo | Ising | IntegerProgram | GroundState


def read_candidate(problem: Problem[Any], path: str) -> Any:
    """Read a candidate: our JSON, a JSON list of labels or object of values, bits, or labels in text.

    Where the file was written by ``problems.save`` it is that solution, or the solution of that result,
    whatever the field.

    Exactly n zeros and ones, in whatever groups, are bits; in a JSON list they are labels as long as none
    stands twice. Labels name what is chosen, values by name leave the others at 0. Of an integer program n
    integers are its values in order. Solution files of other solvers give values by name; of assignments and
    tours those of QAPLIB and TSPLIB are read; of a ground state a circuit: our JSON, or a JSON list of gates.

    Raises:
        ProblemError: Naming the file, if it cannot be read as a solution of the problem.
    """
    name = Path(path).name
    if is_stored(path):
        return read_stored_solution(path)
    if not isinstance(problem, Judged):
        field = f"for a {type(problem).__name__}"
        raise ProblemError(name, field, "a solution or a result that was saved", "problems.save writes both")
    text = read_text(path)
    try:
        known = read_solution(problem, path)
        if known is not None:
            return known
        values = None if isinstance(problem, Ising) else values_by_name(text, path, _names(problem))
        return _solution(problem, _content(text, name) if values is None else values)
    except ProblemError as error:
        raise ProblemError(f"{name}: {error.field}", error.value, error.expected, error.remedy) from error


def _content(text: str, name: str) -> dict[str, Any] | list[Any] | str:
    """Return values by name, a JSON list, or text that is no JSON."""
    if not text.strip():
        raise ProblemError(name, "empty", f"{SHAPES}; [] chooses nothing")
    if text.lstrip()[0] not in '{["':
        return text
    try:
        content = json.loads(text)
    except json.JSONDecodeError as error:
        raise ProblemError(f"{name}, line {error.lineno}", "no JSON", "well-formed JSON", error.msg) from None
    if isinstance(content, dict) and {"problem", "objective", "solution"} <= content.keys():
        content = content["solution"]
    if not isinstance(content, dict | list | str):
        raise ProblemError(f"the solution in {name}", content, SHAPES)
    return content


def _solution(problem: Any, content: dict[str, Any] | list[Any] | str) -> Array:
    if isinstance(content, dict):
        return _from_values(problem, content)
    words = content.replace(",", " ").split() if isinstance(content, str) else content
    if isinstance(problem, IntegerProgram):
        return _from_integers(problem, words)
    digits = "".join(map(str, words))
    are_bits = len(digits) == problem.n and not set(digits) - {"0", "1"}
    if are_bits and (isinstance(content, str) or len(set(map(str, words))) < len(words)):
        return _from_bits(problem, digits)
    if isinstance(problem, DomainProblem):
        return problem.encode(words)
    for k, word in enumerate(words):
        if word in words[:k]:
            raise ProblemError("the chosen variable", word, "each variable once")
    chosen = bits_by_name({str(word): 1 for word in words}, problem.names)
    return spins_of_bits(chosen) if isinstance(problem, Ising) else chosen


def _names(problem: Any) -> tuple[str, ...]:
    """Return the names that a solution file of another solver would use."""
    if isinstance(problem, DomainProblem):
        return () if isinstance(problem, PermutationProblem) else problem.program.names
    return problem.names


def _from_integers(problem: IntegerProgram, words: list[Any]) -> Array:
    if len(words) != problem.n:
        raise ProblemError("the number of values", len(words), f"{problem.n}, one per variable in order")
    try:
        values: dict[str, Any] = dict(zip(problem.names, map(float, words), strict=True))
    except (TypeError, ValueError):
        raise ProblemError(
            "the values", " ".join(map(str, words)), "integers in the order of names"
        ) from None
    return problem.encode(values)


def _from_bits(problem: Any, digits: str) -> Array:
    bits = np.array([int(digit) for digit in digits], dtype=np.uint8)
    return spins_of_bits(bits) if isinstance(problem, Ising) else bits


def _from_values(problem: Any, values: dict[str, Any]) -> Array:
    """Take values by the names of the variables, or in a domain problem by their labels."""
    if not isinstance(problem, DomainProblem):
        return problem.encode(values)
    if values.keys() <= set(problem.program.names):
        return problem.program.encode(values)
    problem.encode(values)  # refuses unknown labels
    return problem.encode([label for label, value in values.items() if _bit(label, value)])


def _bit(label: str, value: Any) -> bool:
    if value not in (0, 1):
        raise ProblemError(f"the value of {label}", value, "0 or 1")
    return value == 1
