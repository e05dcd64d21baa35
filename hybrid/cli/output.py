"""Where an answer goes: text for people, JSON for programs."""

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

from problems.errors import ProblemError


class Output:
    """Text to standard output and JSON to a file, or text to standard error and JSON to standard output.

    Args:
        path: Where the JSON goes; None for nowhere, "-" for standard output.
        inputs: Files that the command reads, and must not write.

    Raises:
        ProblemError: If the file cannot be written; that is tried at once, before any work.
    """

    def __init__(self, path: str | None, *inputs: str):
        self._to_stdout = path == "-"
        self._path = None if path is None or self._to_stdout else Path(path)
        if self._path is not None:
            check_writable("--json", self._path, *inputs)

    def say(self, text: str) -> None:
        """Write text for a person."""
        print(text, file=sys.stderr if self._to_stdout else sys.stdout, flush=True)

    def write(self, record: Mapping[str, Any]) -> None:
        """Write a flat record as strict JSON: the file is there in full, or as it was before."""
        text = json.dumps(as_plain(record), indent=1, ensure_ascii=False, allow_nan=False) + "\n"
        if self._to_stdout:
            sys.stdout.write(text)
        if self._path is None:
            return
        try:
            self._replace(self._path, text)
        except OSError as error:
            raise _unwritable("--json", self._path, error) from error

    def _replace(self, path: Path, text: str) -> None:
        if _is_special(path):
            path.write_text(text, encoding="utf-8")
            return
        path = path.resolve()  # a link stays a link
        partial = path.with_name(f".{path.name}.{os.getpid()}.partial")
        try:
            partial.write_text(text, encoding="utf-8")
            os.replace(partial, path)
        finally:
            partial.unlink(missing_ok=True)


def check_writable(word: str, path: str | Path, *inputs: str) -> None:
    """Try whether a file can be written, before any work.

    Raises:
        ProblemError: Naming the option ``word``, if it cannot, or if it is one of the inputs.
    """
    target = Path(path)
    if any(target.exists() and Path(i).exists() and target.samefile(i) for i in inputs):
        raise ProblemError(word, str(path), "another file than the one that is read")
    try:
        if _is_special(target):
            target.open("a").close()
        else:
            tempfile.TemporaryFile(dir=target.resolve().parent).close()
        if target.is_dir():
            raise IsADirectoryError("it is a folder")
    except OSError as error:
        raise _unwritable(word, target, error) from error


def as_plain(value: Any) -> Any:
    """Return what strict JSON can hold: arrays as lists, whole numbers as integers, null for NaN and ±∞."""
    if isinstance(value, np.ndarray | np.generic):
        value = value.tolist()
    if isinstance(value, Mapping):
        return {str(key): as_plain(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [as_plain(part) for part in value]
    if isinstance(value, float):
        if not math.isfinite(value):
            return None
        return int(value) if value == round(value) and abs(value) < 2**53 else value
    return value


def _is_special(path: Path) -> bool:
    """Whether this is a device or a pipe, which is written to and never replaced."""
    return path.exists() and not path.is_file() and not path.is_dir()


def _unwritable(word: str, path: Path, error: OSError) -> ProblemError:
    return ProblemError(word, str(path), "a file that can be written", error.strerror or str(error))
