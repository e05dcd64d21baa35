"""What all runs of one root solve share: the executor, the bar, the open backends, a seen Ctrl-C."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor
from contextlib import ExitStack
from typing import Any

from problems.fitting import backends_within
from problems.progress import Bar


class OutOfTime(Exception):
    """The deadline passed while a run waited for a remote job."""


class Tree:
    """The root solve that a run belongs to; ``perform`` carries out one solver on one problem within it."""

    __slots__ = ("bar", "executor", "fits", "interrupted", "opened", "perform", "rehearsal", "stack")

    def __init__(
        self,
        executor: Executor | None,
        bar: Bar,
        stack: ExitStack,
        rehearsal: bool,
        perform: Callable[..., Any],
    ):
        self.executor, self.bar, self.stack, self.rehearsal = executor, bar, stack, rehearsal
        self.perform = perform
        self.interrupted = False
        self.opened: dict[int, Any] = {}
        self.fits: dict[tuple[int, type, frozenset[str]], tuple[Any, ...]] = {}

    def open(self, solver: Any) -> None:
        """Enter every backend held by a solver's fields, once."""
        for backend in backends_within(solver):
            if id(backend) not in self.opened:
                self.opened[id(backend)] = backend
                self.stack.enter_context(backend)
