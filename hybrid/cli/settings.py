"""``--set path.to.field=value``: a solver is rebuilt along the paths, whatever their order on the line."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any, get_type_hints

from hybrid.cli.values import read_value
from problems.errors import ProblemError
from problems.fitting import Door, replace_backends

Setting = tuple[tuple[str, ...], str]  # the steps of a path that are still to go, and the text of the value


def split(setting: str) -> Setting:
    """Return the steps and the text of ``path.to.field=value``; dashes in a step stand for underscores.

    Raises:
        ProblemError: If it has another shape.
    """
    path, equals, text = setting.partition("=")
    steps = tuple(step.replace("-", "_") for step in path.split("."))
    if not equals or not all(steps):
        raise ProblemError("--set", setting, "path.to.field=value")
    return steps, text


def apply_settings(owner: Any, settings: Sequence[Setting], backend: Any = None, place: str = "") -> Any:
    """Return ``owner`` with its fields set: each object is chosen first, then its own fields, all at once.

    Args:
        owner: A solver, or anything that stands in a field of one.
        settings: Relative to ``owner``.
        backend: Goes into every object that is chosen by name, unless a setting names another one.
        place: The path to ``owner``, with a dot at its end, for messages.

    Raises:
        ProblemError: Naming the setting, and the fields there are or the values that fit.
    """
    changes: dict[str, Any] = {}
    for step in dict.fromkeys(steps[0] for steps, _ in settings):
        path = f"--set {place}{step}"
        hint = _hint(owner, step, path)
        texts = [text for steps, text in settings if steps == (step,)]
        deeper = [(steps[1:], text) for steps, text in settings if steps[0] == step and len(steps) > 1]
        value = getattr(owner, step)
        if len(texts) > 1:
            raise ProblemError(path, " and ".join(texts), "one value")
        if texts:
            value = read_value(texts[0], hint, path)
            if backend is not None and dataclasses.is_dataclass(value) and not isinstance(value, Door):
                value = replace_backends(value, lambda _: backend)
        changes[step] = apply_settings(value, deeper, backend, f"{place}{step}.") if deeper else value
    return _rebuilt(owner, changes, place)


def _hint(owner: Any, step: str, path: str) -> Any:
    """Return the type of a field; where it says nothing, that of the value in it."""
    kind = type(owner).__name__
    names = [entry.name for entry in dataclasses.fields(owner) if entry.init] if _is_object(owner) else []
    if step not in names:
        fields = f"one of the fields of {kind}: {', '.join(names)}"
        raise ProblemError(path, step, fields if names else f"nothing: {kind} has no fields")
    hint = get_type_hints(type(owner))[step]
    return type(getattr(owner, step)) if hint is Any else hint


def _rebuilt(owner: Any, changes: dict[str, Any], place: str) -> Any:
    if not changes:
        return owner
    try:
        return dataclasses.replace(owner, **changes)
    except ProblemError as error:
        raise ProblemError(
            f"--set {place}{error.field}", error.value, error.expected, error.remedy
        ) from error


def _is_object(value: Any) -> bool:
    return dataclasses.is_dataclass(value) and not isinstance(value, type)
