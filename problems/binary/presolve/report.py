"""What presolve did, as figures and as a small table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import astuple, dataclass

from problems.binary.presolve.step import Removed
from problems.binary.program import BinaryProgram

HEADINGS = ("step", "fixed", "rows dropped", "coefficients changed", "rows merged")


@dataclass(frozen=True)
class Size:
    """The size of a program.

    Attributes:
        variables: Number of variables.
        rows: Number of rows.
        entries: Number of non-zero coefficients in rows.
        couplings: Number of products in the objective.
    """

    variables: int
    rows: int
    entries: int
    couplings: int

    @classmethod
    def of(cls, program: BinaryProgram) -> Size:
        """Measure a program."""
        rows = program.constraints
        return cls(program.n, len(rows), len(rows.index), program.objective.num_couplings)


@dataclass(frozen=True)
class Report:
    """What each step removed; prints as a table.

    Attributes:
        steps: ``(name, removed)`` per step, in the order given, over all rounds.
        rounds: How often the steps were gone through.
        before: The program's size.
        after: The smaller program's size.
    """

    steps: tuple[tuple[str, Removed], ...]
    rounds: int
    before: Size
    after: Size

    @property
    def total(self) -> Removed:
        """What all steps removed together."""
        return sum((removed for _, removed in self.steps), Removed())

    def __str__(self) -> str:
        lines = [HEADINGS, *((name, *map(str, astuple(removed))) for name, removed in self.steps)]
        lines.append(("all", *map(str, astuple(self.total))))
        sizes = [f"{size.variables} × {size.rows}" for size in (self.before, self.after)]
        rounds = f"{self.rounds} round{'s' if self.rounds != 1 else ''}"
        return _aligned(lines) + f"\nvariables × rows: {sizes[0]} → {sizes[1]} in {rounds}"


def _aligned(lines: Sequence[tuple[str, ...]]) -> str:
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    return "\n".join(
        "  ".join(
            cell.ljust(width) if k == 0 else cell.rjust(width)
            for k, (cell, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in lines
    )
