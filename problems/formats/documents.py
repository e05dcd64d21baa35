"""JSON read strictly: each key once, and a sentence for whatever is wrong."""

from __future__ import annotations

import json
from typing import Any

from problems.errors import ProblemError

LONGEST_INTEGER = 400  # digits; beyond the range of a float, and more than Python converts


def parse(text: str) -> Any:
    """Return the value of a JSON text.

    Raises:
        ProblemError: Naming the line, or the key that stands twice.
    """
    try:
        return json.loads(text, object_pairs_hook=_each_key_once, parse_int=_integer)
    except json.JSONDecodeError as error:
        raise ProblemError(f"line {error.lineno}", error.msg, "JSON") from None
    except RecursionError:
        raise ProblemError("the JSON", "nested too deeply", "an object of lists, numbers and texts") from None


def as_object(where: str, value: Any) -> dict[str, Any]:
    """Return a JSON object as it is and refuse anything else."""
    if not isinstance(value, dict):
        raise ProblemError(where, "missing" if value is None else value, "a JSON object")
    return value


def _each_key_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    document: dict[str, Any] = {}
    for key, value in pairs:
        if key in document:
            raise ProblemError(f"the key {key!r}", "given twice", "each key of an object once")
        document[key] = value
    return document


def _integer(digits: str) -> int | float:
    return int(digits) if len(digits) < LONGEST_INTEGER else float(digits)
