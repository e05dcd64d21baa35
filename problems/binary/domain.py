"""Problems with words of their own on top of a binary program: the part they share."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable
from functools import cached_property
from typing import Any

import numpy as np

from problems.binary.program import BinaryProgram
from problems.binary.qubo import check_vector
from problems.checking import check_bits
from problems.contract import Array, Evaluation, Problem, Reduction
from problems.errors import ProblemError


class DomainProblem(Problem[Array]):
    """A problem whose solutions are bits ``[n]`` and which can write itself as a ``BinaryProgram``.

    Subclasses give ``program`` (a cached property) and speak their field's words in ``judge``, ``decode``
    (bits to labels) and ``encode`` (labels to bits).
    """

    @cached_property
    @abstractmethod
    def program(self) -> BinaryProgram:
        """The same problem as a binary program over the same bits."""

    @property
    def n(self) -> int:
        """Number of bits."""
        return self.program.n

    @abstractmethod
    def decode(self, solution: Array) -> Any:
        """Return the solution in the problem's own labels."""

    @abstractmethod
    def encode(self, labels: Any) -> Array:
        """Return bits ``[n]`` from the problem's own labels."""

    def judge(self, solution: Array) -> Evaluation:
        """Score bits ``[n]``."""
        return self.program.judge(check_bits("the solution", check_vector(solution), self.n))

    def ranks(self, solutions: Array) -> Array:
        """Rank bits ``[N, n]``."""
        return self.program.ranks(solutions)

    def repair(self, bits: Array) -> Array:
        """Make bits ``[..., n]`` feasible, then better, by single flips."""
        return self.program.repair(bits)

    def reduce(self, kinds: tuple[type, ...]) -> Reduction[Array] | None:
        """Reduce to the program, or through it to what the program reduces to."""
        there: Reduction[Array] = Reduction(self.program, _identity, _same)
        return there if BinaryProgram in kinds else there.then(self.program.reduce(kinds))


def _identity(solution: Array) -> Array:
    return solution


def _same(bound: float) -> float:
    return bound


def labels_of_bits(bits: Array, labels: tuple[Any, ...]) -> tuple[Any, ...]:
    """Return the labels where a bit is set."""
    chosen = check_bits("the solution", check_vector(bits), len(labels))
    return tuple(labels[k] for k in np.flatnonzero(chosen))


def places_of_labels(chosen: Iterable[Any], labels: tuple[Any, ...], what: str) -> Array:
    """Return uint8 bits ``[n]``, set at the chosen labels; a label may be given as its text.

    Raises:
        ProblemError: If a label is unknown or stands twice, or the labels are one text.
    """
    if isinstance(chosen, str) or not isinstance(chosen, Iterable):
        raise ProblemError(f"the {what}s", chosen, "labels in a list")
    place = {str(label): k for k, label in enumerate(labels)}
    bits = np.zeros(len(labels), dtype=np.uint8)
    for label in chosen:
        k = place.get(str(label))
        if k is None:
            raise ProblemError(f"the {what}", label, f"one of {labels[0]} … {labels[-1]}")
        if bits[k]:
            raise ProblemError(f"the {what}", label, f"each {what} once")
        bits[k] = 1
    return bits
