"""Bounded integers as bits: binary, unary, one-hot and domain-wall codes, each an object to choose."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass

import numpy as np

from problems.binary.encodings import slack_weights
from problems.errors import ProblemError

Array = np.ndarray
CodeRow = tuple[tuple[tuple[int, float], ...], str, float]
MOST_BITS = 1 << 16  # for one variable; codes with a bit per value are not meant for wide ranges


@dataclass(frozen=True)
class IntegerCode(ABC):
    """A way to write an integer in low…high as low + weights · bits, with rows that hold the bits to it."""

    @abstractmethod
    def weights(self, span: int) -> Array:
        """Return the weights ``[k]`` of the bits that write 0…span."""

    def rows(self, span: int) -> tuple[CodeRow, ...]:
        """Return the rows ``(((bit, coefficient), …), relation, right)`` that valid bits keep, if any."""
        return ()

    @abstractmethod
    def bits(self, value: int, span: int) -> Array:
        """Return the bits ``[k]`` of a value in 0…span."""

    def _check_span(self, span: int, per_value: int) -> None:
        if span + per_value > MOST_BITS:
            what = f"a {type(self).__name__} of {span + per_value} bits"
            raise ProblemError(
                "the range of an integer",
                span,
                f"at most {MOST_BITS} values in {what}",
                "BinaryCode takes wide ranges",
            )


@dataclass(frozen=True)
class BinaryCode(IntegerCode):
    """⌊log2 span⌋ + 1 bits of weights 1, 2, 4, …, the last cut so that exactly 0…span can be written.

    The shortest code and the only one without rows; several patterns may mean one value, and weights differ
    by orders of magnitude.
    """

    def weights(self, span: int) -> Array:
        """Return 1, 2, 4, … with a trimmed last weight."""
        return slack_weights(span)

    def bits(self, value: int, span: int) -> Array:
        """Return the pattern that uses the trimmed last bit only where it must."""
        weights = self.weights(span).astype(np.int64)
        bits, rest = np.zeros(len(weights), dtype=np.uint8), value
        if len(weights) and rest > weights[:-1].sum():
            bits[-1], rest = 1, rest - int(weights[-1])
        for k in range(len(weights) - 1):
            bits[k] = rest >> k & 1
        return bits


@dataclass(frozen=True)
class UnaryCode(IntegerCode):
    """A bit of weight 1 per step; the value is how many are set, in any order. No rows, equal weights."""

    def weights(self, span: int) -> Array:
        """Return span ones."""
        self._check_span(span, 0)
        return np.ones(span)

    def bits(self, value: int, span: int) -> Array:
        """Return the first ``value`` bits set."""
        return (np.arange(span) < value).astype(np.uint8)


@dataclass(frozen=True)
class OneHotCode(IntegerCode):
    """A bit per value, exactly one of them set: one equality row, and mixers that keep it exist."""

    def weights(self, span: int) -> Array:
        """Return 0…span."""
        self._check_span(span, 1)
        return np.arange(span + 1.0)

    def rows(self, span: int) -> tuple[CodeRow, ...]:
        """Return that exactly one bit is set."""
        return ((tuple((k, 1.0) for k in range(span + 1)), "==", 1.0),)

    def bits(self, value: int, span: int) -> Array:
        """Return the bit of the value."""
        return (np.arange(span + 1) == value).astype(np.uint8)


@dataclass(frozen=True)
class DomainWallCode(IntegerCode):
    """Bits 1…1 0…0 with the wall at the value: a row per neighbouring pair. Chancellor, Quantum Science and
    Technology 4 (2019).
    """

    def weights(self, span: int) -> Array:
        """Return span ones."""
        self._check_span(span, 0)
        return np.ones(span)

    def rows(self, span: int) -> tuple[CodeRow, ...]:
        """Return that no bit is set after one that is not."""
        return tuple((((k + 1, 1.0), (k, -1.0)), "<=", 0.0) for k in range(span - 1))

    def bits(self, value: int, span: int) -> Array:
        """Return the first ``value`` bits set."""
        return (np.arange(span) < value).astype(np.uint8)
