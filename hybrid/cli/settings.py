"""``--set path.to.field=value`` on solvers: objects are rebuilt along the path, values read by type."""

from __future__ import annotations

import dataclasses
import types
from collections.abc import Sequence
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from hybrid.cli.names import OBJECTS, load
from problems.errors import ProblemError
from problems.fitting import Door


def apply_settings(solver: Any, settings: Sequence[str]) -> Any:
    """Return the solver with its fields set; objects are chosen before their own fields, whatever the order.

    Raises:
        ProblemError: Naming the setting, and the fields there are or the values that fit.
    """
    parsed = [_split(setting) for setting in settings]
    for path, text in sorted(parsed, key=lambda pair: len(pair[0])):
        solver = _with(solver, path, text, ".".join(path))
    return solver


def _split(setting: str) -> tuple[tuple[str, ...], str]:
    path, equals, text = setting.partition("=")
    if not equals or not path:
        raise ProblemError("--set", setting, "path.to.field=value")
    return tuple(step.replace("-", "_") for step in path.split(".")), text


def _with(owner: Any, path: tuple[str, ...], text: str, whole: str) -> Any:
    step = path[0]
    names = [field.name for field in dataclasses.fields(owner)] if dataclasses.is_dataclass(owner) else []
    if step not in names:
        kind = type(owner).__name__
        wanted = (
            f"a field of {kind}: {', '.join(names)}" if names else f"nothing further: {kind} has no fields"
        )
        raise ProblemError(f"--set {whole}", step, wanted)
    old = getattr(owner, step)
    if len(path) > 1:
        new = _with(old, path[1:], text, whole)
    else:
        new = _value(text, get_type_hints(type(owner)).get(step, Any), old, whole)
    return dataclasses.replace(owner, **{step: new})  # pyright: ignore[reportArgumentType]


def _value(text: str, hint: Any, old: Any, whole: str) -> Any:
    """Read a value by the field's type; the first member of a union that can read it wins."""
    members = get_args(hint) if get_origin(hint) in (Union, types.UnionType) else (hint,)
    if text.lower() == "none" and type(None) in members:
        return None
    if isinstance(old, Door) or any(getattr(member, "__name__", "") == "Backend" for member in members):
        from backends.registry import get

        return get(text)
    readable = [member for member in members if member is not type(None)]
    for member in sorted(readable, key=lambda m: m is str):  # text reads as anything: try it last
        try:
            return _read(text, member)
        except ValueError:
            continue
    wanted = " or ".join(_describe(member) for member in readable)
    raise ProblemError(f"--set {whole}", text, wanted)


def _read(text: str, hint: Any) -> Any:
    if hint is bool:
        if text.lower() not in ("true", "false"):
            raise ValueError(text)
        return text.lower() == "true"
    if hint in (int, float, str):
        return hint(text)
    if get_origin(hint) is Literal:
        for choice in get_args(hint):
            if text == str(choice):
                return choice
        raise ValueError(text)
    if get_origin(hint) is tuple:
        inner = get_args(hint)[0]
        return tuple(_read(part.strip(), inner) for part in text.strip("()[]").split(",") if part.strip())
    cls = get_origin(hint) or hint
    if text in OBJECTS and isinstance(cls, type):
        chosen = load(OBJECTS[text])
        if issubclass(chosen, cls):
            return chosen()
    raise ValueError(text)


def _describe(hint: Any) -> str:
    if get_origin(hint) is Literal:
        return "one of " + ", ".join(map(str, get_args(hint)))
    if get_origin(hint) is tuple:
        return "numbers separated by commas"
    words = {int: "an integer", float: "a number", bool: "true or false", str: "text"}
    if hint in words:
        return words[hint]
    cls = get_origin(hint) or hint
    fitting = [
        name for name, path in OBJECTS.items() if isinstance(cls, type) and issubclass(load(path), cls)
    ]
    return "one of " + ", ".join(fitting) if fitting else getattr(cls, "__name__", str(cls))
