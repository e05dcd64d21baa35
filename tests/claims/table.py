"""A claim as a row: what is claimed, what the source says, what a baseline and we reach, whether it holds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

COLUMNS = ("claim", "paper", "baseline", "ours", "holds")
INSTANCES = (
    Path(__file__).parents[3] / "shared" / "instances"
)  # public benchmark files, beside the project where present


@dataclass(frozen=True)
class Row:
    """One comparison, all figures from this run but the paper's.

    Attributes:
        claim: What should be true, with its bar.
        paper: The figure of the source, or "".
        baseline: What the rival or the null reached.
        ours: What we reached.
        holds: Whether the claim holds; None where it could not be tried.
        reason: Why it does not hold or could not be tried.
    """

    claim: str
    paper: str
    baseline: str
    ours: str
    holds: bool | None
    reason: str = ""

    def cells(self) -> tuple[str, ...]:
        """The row as text."""
        verdict = {True: "yes", False: "no", None: "skipped"}[self.holds]
        return (
            self.claim,
            self.paper,
            self.baseline,
            self.ours,
            f"{verdict}: {self.reason}" if self.reason else verdict,
        )

    def record(self) -> dict[str, object]:
        """The row as a JSON object; comparisons of arrays give numpy's own truth values."""
        return asdict(self) | {"holds": None if self.holds is None else bool(self.holds)}


def skipped(claim: str, missing: Path) -> Iterator[Row]:
    """Say that a claim could not be tried because a file is not there."""
    yield Row(claim, "", "", "", None, f"{missing.name} is not at hand")
