"""Reading a value from its text by the type of the field that it is for."""

from __future__ import annotations

import types
from pathlib import Path
from typing import Any, Literal, Union, get_args, get_origin

from backends.backend import Backend
from backends.registry import get
from hybrid.cli.names import ENCODINGS, SOLVERS, chosen_class, load
from problems.contract import Problem, Solver
from problems.errors import ProblemError
from problems.fitting import kinds

PLAIN = {int: "an integer", float: "a number", Path: "a path", str: "text"}


class _Unreadable(Exception):
    """The text is no value of this type."""


def read_value(text: str, hint: Any, place: str) -> Any:
    """Read a value; the first member of a union that can read the text wins, plain text last.

    Where the type is a solver or an encoding, the text is a short name or an entry point; where it is a
    backend, a name that ``hybrid backends`` lists.

    Raises:
        ProblemError: Naming ``place``, and what fits.
    """
    members = _members(hint)
    if types.NoneType in members and text.lower() == "none":
        return None
    readable = sorted((m for m in members if m is not types.NoneType), key=lambda member: member is str)
    for member in readable:
        try:
            return _read(text, member, place)
        except _Unreadable:
            continue
    wanted = [_description(member) for member in readable] + ["none"] * (types.NoneType in members)
    raise ProblemError(place, text, " or ".join(wanted))


def _members(hint: Any) -> tuple[Any, ...]:
    return get_args(hint) if get_origin(hint) in (Union, types.UnionType) else (hint,)


def _read(text: str, hint: Any, place: str) -> Any:
    if hint in PLAIN:
        try:
            return hint(text)
        except ValueError:
            raise _Unreadable from None
    if hint is bool:
        return _choice(text.lower(), {"true": True, "false": False})
    if get_origin(hint) is Literal:
        return _choice(text, {str(choice): choice for choice in get_args(hint)})
    if get_origin(hint) is tuple:
        return _tuple(text, get_args(hint), place)
    if isinstance(hint, type) and issubclass(hint, Backend):
        return get(text)
    cls = chosen_class(text)
    if cls is None or not _fits(cls, hint):
        raise _Unreadable
    return cls()


def _choice(text: str, choices: dict[str, Any]) -> Any:
    if text not in choices:
        raise _Unreadable
    return choices[text]


def _tuple(text: str, hints: tuple[Any, ...], place: str) -> tuple[Any, ...]:
    parts = [part.strip() for part in text.strip().strip("()[]").split(",") if part.strip()]
    if hints[-1] is Ellipsis:
        hints = hints[:1] * len(parts)
    if len(hints) != len(parts):
        raise _Unreadable
    return tuple(read_value(part, hint, place) for part, hint in zip(parts, hints, strict=True))


def _may_reduce(problem: type[Problem[Any]], wanted: tuple[type, ...]) -> bool:
    """Whether a problem of this class may be one of the wanted kinds in another form."""
    named = problem.reduces_to
    return problem.reduce is not Problem.reduce and (
        named is None or any(kind.__name__ in named for kind in wanted)
    )


def _fits(cls: type[Any], hint: Any) -> bool:
    """Whether a class may stand in a field: a subclass, and where it is a solver, one of the right kind."""
    wanted = get_origin(hint) or hint
    if not isinstance(wanted, type) or not issubclass(cls, wanted):
        return False
    if not issubclass(cls, Solver) or not get_args(hint):
        return True
    problems = _members(get_args(hint)[0])
    return any(issubclass(problem, kinds(cls)) or _may_reduce(problem, kinds(cls)) for problem in problems)


def _description(hint: Any) -> str:
    if hint in PLAIN:
        return PLAIN[hint]
    if hint is bool:
        return "true or false"
    if get_origin(hint) is Literal:
        return "one of " + ", ".join(map(str, get_args(hint)))
    if get_origin(hint) is tuple:
        return "values separated by commas"
    fitting = [name for name, path in (SOLVERS | ENCODINGS).items() if _fits(load(path), hint)]
    return "one of " + ", ".join(fitting) if fitting else f"fields of {getattr(hint, '__name__', hint)}"
