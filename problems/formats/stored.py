"""Problems and answers of any field as ``problems.save`` writes them."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from problems.contract import Problem, Result
from problems.errors import ProblemError
from problems.formats.numbers import check_index
from problems.storage import StorageError, load, save

MARK = b"PK\x03\x04"  # how every npz begins


def is_stored(path: str | os.PathLike[str]) -> bool:
    """Whether the file begins as what ``save`` writes does; False where it cannot be opened."""
    try:
        with open(path, "rb") as stream:
            return stream.read(len(MARK)) == MARK
    except OSError:
        return False


def read_stored(path: str | os.PathLike[str], index: int | None = None) -> Problem[Any]:
    """Read a saved problem, or that of a saved result.

    Raises:
        ProblemError: If it holds neither, or classes of other packages than ours.
    """
    check_index(path, index, 1)
    found = _content(path)
    if isinstance(found, Result):
        return found.problem
    if not isinstance(found, Problem):
        raise ProblemError(Path(path).name, f"a {type(found).__name__}", "a saved problem or result")
    return found


def write_stored(problem: Problem[Any], path: str | os.PathLike[str]) -> Path:
    """Save a problem; ``read_stored`` reads it back."""
    return save(problem, path)


def read_stored_solution(path: str | os.PathLike[str]) -> Any:
    """Read a saved solution, or that of a saved result.

    Raises:
        ProblemError: If the file is damaged, or holds classes of other packages than ours.
    """
    found = _content(path)
    return found.solution if isinstance(found, Result) else found


def _content(path: str | os.PathLike[str]) -> Any:
    try:
        return load(path)
    except StorageError as error:
        raise ProblemError(Path(path).name, str(error), "a file that problems.save wrote") from error
    except OSError as error:
        raise ProblemError(str(path), error.strerror or str(error), "a file that can be read") from error
