"""The loop of every dual method: ask the oracle at multipliers, tell the method, until it has settled."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from hybrid.lagrangian.oracle import Answer, Oracle
from problems.contract import Array


class Ascent(ABC):
    """A dual method on its way; ``multipliers`` is its next question."""

    multipliers: Array

    @abstractmethod
    def tell(self, answer: Answer) -> None:
        """Take the answer at ``multipliers`` and move on."""

    def settled(self) -> str | None:
        """Say in a sentence why there is nothing more to learn, or return None."""
        return None

    @property
    def average(self) -> Array | None:
        """Multipliers whose dual value is worth knowing besides, or None."""
        return None

    @property
    def primal(self) -> Array | None:
        """The fractional point ``[n]`` that the method has recovered, or None."""
        return None

    @property
    def penalties(self) -> Array | None:
        """The penalties ``[m]`` that go with the multipliers, or None for a method without them."""
        return None


@dataclass(frozen=True)
class DualMethod(ABC):
    """How multipliers are learnt; an immutable choice of settings.

    Attributes:
        cuts: Whether it models the dual function by answers, which then must come from the Lagrangian itself.
    """

    cuts: ClassVar[bool] = False

    @abstractmethod
    def begin(self, start: Array, equality: Array) -> Ascent:
        """Return an ascent at scaled multipliers ``[m]``; those of inequalities stay ≥ 0."""


@dataclass(frozen=True, eq=False)
class DualResult:
    """What an ascent has reached, in scaled units.

    Attributes:
        multipliers: ``[m]`` those of the greatest dual value.
        value: That value; a bound if the oracle is exact.
        values: The greatest value after each call.
        primal: The fractional point ``[n]`` recovered, or None.
        why: Why it ended.
    """

    multipliers: Array
    value: float
    values: tuple[float, ...]
    primal: Array | None
    why: str


AVERAGE_EVERY = 10  # calls between two looks at an averaged multiplier


def maximise_dual(
    method: DualMethod, oracle: Oracle, start: Array, calls: Iterable[int], target: float = math.inf
) -> DualResult:
    """Run a dual method on an oracle.

    Args:
        method: Any dual method.
        oracle: With an exact one every value is a bound.
        start: ``[m]`` scaled multipliers.
        calls: Counts the calls; ``range(n)``, or steps of a run that end at a deadline. Looks at averages are
            calls too.
        target: Stop once a value is no less.
    """
    model = oracle.model
    ascent = method.begin(model.projected(np.asarray(start, dtype=float)), model.equality)
    best, at, values, why = -math.inf, ascent.multipliers, [], "all calls were made"
    for call in calls:
        average = ascent.average if call % AVERAGE_EVERY == AVERAGE_EVERY - 1 else None
        answer = oracle.ask(ascent.multipliers if average is None else average)
        if answer.value > best:
            best, at = answer.value, answer.multipliers
        values.append(best)
        if average is None:
            ascent.tell(answer)
        if best >= target:
            why = "the target was reached"
            break
        sentence = ascent.settled()
        if sentence is not None:
            why = sentence
            break
    return DualResult(at, best, tuple(values), ascent.primal, why)
