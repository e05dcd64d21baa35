"""Which solver takes which problem, and which backends a solver holds: read from types and fields."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from functools import cache
from importlib.metadata import entry_points
from types import UnionType
from typing import Any, Protocol, TypeVar, Union, get_args, get_origin, runtime_checkable

from problems.contract import Problem, Reduction, Solver, UnsuitableProblem


@runtime_checkable
class Door(Protocol):
    """What a run must know about a ``backends.Backend`` without importing it."""

    local: bool

    def submit(self, workload: Any, tag: str = "") -> Any:
        """Send a workload and return its job."""

    def rehearsal(self) -> Any:
        """Return a stand-in that sends nothing."""

    def __enter__(self) -> Any: ...

    def __exit__(self, *error: Any) -> Any: ...


@cache
def kinds(solver: type) -> tuple[type, ...]:
    """Return the problem classes that a solver class takes, read from its generic arguments.

    Raises:
        TypeError: If the class does not say ``Solver[Kind, Solution]``.
    """
    for ancestor in solver.__mro__:
        for generic in getattr(ancestor, "__orig_bases__", ()):
            if get_origin(generic) is Solver and not isinstance(get_args(generic)[0], TypeVar):
                return _classes(get_args(generic)[0])
    raise TypeError(
        f"{solver.__name__} must name its problems: class {solver.__name__}(Solver[Kind, Solution])"
    )


def fit(solver: Solver[Any, Any], problem: Problem[Any]) -> Reduction[Any] | None:
    """Return the reduction that makes ``problem`` one of the solver's kinds; None if it is one already.

    Raises:
        UnsuitableProblem: If there is none, or the solver says why it cannot take it.
    """
    wanted = kinds(type(solver))
    reduction, unkept = None, problem.demands - solver.keeps
    if unkept or not isinstance(problem, wanted):
        reduction = problem.reduce(wanted)
        if reduction is None:
            names = " or ".join(kind.__name__ for kind in wanted)
            why = f"it takes {names}, and the problem does not reduce to that without loss"
            if unkept and isinstance(problem, wanted):
                why = f"it does not keep {' and '.join(sorted(unkept))} by itself"
            raise _refusal(solver, problem, why)
    why = solver.unsuitable(problem if reduction is None else reduction.problem)
    if why is not None:
        raise _refusal(solver, problem, why)
    return reduction


def refusal(solver: Solver[Any, Any], problem: Problem[Any]) -> str | None:
    """Say why a solver cannot take a problem, in a sentence, or return None."""
    try:
        fit(solver, problem)
    except UnsuitableProblem as error:
        return error.why
    return None


def _refusal(solver: Solver[Any, Any], problem: Problem[Any], why: str) -> UnsuitableProblem:
    refused = type(solver).__name__
    others = tuple(name for name in room_solvers(type(problem)) if name.split(".")[1] != refused)
    return UnsuitableProblem(refused, type(problem).__name__, why, others)


def room_solvers(problem: type) -> tuple[str, ...]:
    """Return the entry-point names of the installed solvers of a problem's room."""
    parts = problem.__module__.split(".")
    room = parts[1] if parts[0] == "problems" and len(parts) > 1 else None
    return tuple(sorted(e.name for e in entry_points(group="hybrid.solvers") if e.name.split(".")[0] == room))


def backends_within(value: Any) -> Iterator[Any]:
    """Yield the backends held by a solver's fields, those of inner solvers included."""
    for field in dataclasses.fields(value) if dataclasses.is_dataclass(value) else ():
        for part in _parts(getattr(value, field.name)):
            if isinstance(part, Door):
                yield part
            elif _composite(part):
                yield from backends_within(part)


def replace_backends(value: Any, exchange: Callable[[Any], Any]) -> Any:
    """Return the solver with every backend it holds, at any depth, exchanged."""
    changes = {}
    for field in dataclasses.fields(value):
        old = getattr(value, field.name)
        new = (
            tuple(_exchanged(part, exchange) for part in old)
            if isinstance(old, tuple)
            else _exchanged(old, exchange)
        )
        if new is not old and field.init and not (isinstance(old, tuple) and all(map(_same, old, new))):
            changes[field.name] = new
    return dataclasses.replace(value, **changes) if changes else value


def _exchanged(part: Any, exchange: Callable[[Any], Any]) -> Any:
    if isinstance(part, Door):
        return exchange(part)
    return replace_backends(part, exchange) if _composite(part) else part


def _same(old: Any, new: Any) -> bool:
    return old is new


def _parts(value: Any) -> tuple[Any, ...]:
    return value if isinstance(value, tuple) else (value,)


def _composite(part: Any) -> bool:
    return dataclasses.is_dataclass(part) and not isinstance(part, type | Problem)


def _classes(kind: Any) -> tuple[type, ...]:
    if get_origin(kind) in (Union, UnionType):
        return tuple(cls for part in get_args(kind) for cls in _classes(part))
    if isinstance(kind, str) or getattr(kind, "__forward_arg__", None):
        raise TypeError(f"{kind!r} must be a class when its solver is defined, not a name in quotes")
    return (get_origin(kind) or kind,)
