"""A file from which a search goes on as if it had never stopped: written whole, then renamed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from problems.errors import ProblemError
from problems.storage import StorageError, load, save


def check_checkpoint(path: Path | None) -> None:
    """Refuse a path in a folder that does not exist, or that is a folder."""
    if path is None:
        return
    if not path.parent.is_dir():
        raise ProblemError("checkpoint", str(path), "a file in a folder that exists")
    if path.is_dir():
        raise ProblemError("checkpoint", str(path), "a file", "it is a folder")


def write_checkpoint(path: Path, key: str, state: dict[str, Any]) -> None:
    """Write the state of a search; a crash leaves the file before it or the new one, never a part.

    Args:
        path: The file.
        key: A digest of problem, solver and seed.
        state: Plain values and arrays.
    """
    save({"search": key, "state": state}, path)


def read_checkpoint(path: Path, key: str) -> dict[str, Any] | None:
    """Return the state written last, None if there is no file.

    Raises:
        ProblemError: If the file is of another search or no such file at all.
    """
    if not path.exists():
        return None
    try:
        stored = load(path)
    except StorageError as error:
        raise ProblemError("checkpoint", str(path), "a file that a search wrote", str(error)) from error
    if not isinstance(stored, dict) or set(stored) != {"search", "state"}:
        raise ProblemError("checkpoint", str(path), "a file that a search wrote")
    if stored["search"] != key:
        remedy = "its problem, fields and seed must be the same; another file starts afresh"
        raise ProblemError("checkpoint", str(path), "a file of this very search", remedy)
    return stored["state"]
