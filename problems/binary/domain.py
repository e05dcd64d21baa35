"""Problems with words of their own on top of a binary program: the part they share."""

from __future__ import annotations

from abc import abstractmethod
from functools import cached_property
from typing import Any

from problems.binary.program import BinaryProgram
from problems.binary.qubo import check_vector
from problems.checking import check_bits
from problems.contract import Array, Evaluation, Problem, Reduction


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
