"""The record of a shrinking: every tie, fixing, veto and undoing in order, and a picture of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np

Array = np.ndarray
Kind = Literal["merge", "fix", "implied", "free", "vetoed", "undone"]
COLOURS = {"merge": "C0", "fix": "C1", "implied": "C2", "free": "C4"}


@dataclass(frozen=True)
class Step:
    """One event.

    Attributes:
        kind: "merge" of two groups, "fix" of one by its correlation with the reference, "implied" by the rows
            or the objective, "free" where a group without any coupling was set, "vetoed", or "undone".
        first: The spin that is kept; the last of all stands for bit 0.
        second: The spin that goes.
        sign: +1 where they are equal, −1 where they are opposite.
        correlation: Of the pair when it was picked, NaN where none was asked.
        qubits: Left after the event.
        calculation: Which calculation of correlations it rests on, from 1.
        why: The row that spoke against it, where one did.
    """

    kind: Kind
    first: int
    second: int
    sign: int
    correlation: float
    qubits: int
    calculation: int
    why: str = ""


@dataclass(frozen=True)
class Trace:
    """A whole shrinking.

    Attributes:
        width: Qubits before.
        steps: The events in order.
        stopped: The rule that ended it.
        calculations: How often correlations were calculated.
        correlation_seconds: What they took.
        seconds: What everything took.
    """

    width: int
    steps: tuple[Step, ...]
    stopped: str
    calculations: int
    correlation_seconds: float = field(default=0.0, metadata={"content": False})
    seconds: float = field(default=0.0, metadata={"content": False})

    def count(self, kind: Kind) -> int:
        """Return how many events of a kind there were."""
        return sum(step.kind == kind for step in self.steps)

    def rows(self) -> list[dict[str, Any]]:
        """Return the events as mappings, for tables, files and histories; NaN is left out."""
        return [{name: value for name, value in vars(step).items() if value == value} for step in self.steps]

    @classmethod
    def from_rows(cls, rows: Sequence[Mapping[str, Any]], width: int, stopped: str = "") -> Trace:
        """Return the trace that ``rows`` wrote; mappings without a ``kind``, as in a history, are skipped."""
        steps = []
        for row in rows:
            if "kind" in row:
                known: dict[str, Any] = {"correlation": float("nan")}
                known |= {name: row[name] for name in Step.__dataclass_fields__ if name in row}
                steps.append(Step(**known))
        most = max((step.calculation for step in steps), default=0)
        return cls(width, tuple(steps), stopped, most)

    def plot(self, axes: Any = None) -> Any:
        """Draw the qubits that are left against the events, and which correlation each rested on.

        Returns:
            The matplotlib figure.
        """
        import matplotlib.pyplot as plt

        if axes is None:
            _, axes = plt.subplots(2, 1, sharex=True, figsize=(7, 5), layout="constrained")
        left, right = axes
        changes = [step for step in self.steps if step.kind in COLOURS]
        left.step(range(len(changes) + 1), [self.width, *(step.qubits for step in changes)], where="post")
        left.set_ylabel("qubits")
        left.set_title(f"stopped: {self.stopped}", fontsize=9)
        for kind, colour in COLOURS.items():
            spots = [(k + 1, abs(s.correlation)) for k, s in enumerate(changes) if s.kind == kind]
            if spots:
                place, size = np.array(spots).T
                right.scatter(place, np.nan_to_num(size), s=9, color=colour, label=f"{kind} ({len(spots)})")
        right.set_ylabel("|correlation|")
        right.set_xlabel(f"ties; {self.count('vetoed')} vetoed, {self.count('undone')} undone")
        if changes:
            right.legend(fontsize=8)
        return left.figure

    def plot_tree(self, axes: Any = None) -> Any:
        """Draw which group joined which, as lines from each spin to the one that it follows.

        Returns:
            The matplotlib figure.
        """
        import matplotlib.pyplot as plt

        if axes is None:
            _, axes = plt.subplots(figsize=(7, 4), layout="constrained")
        changes = [step for step in self.steps if step.kind in COLOURS]
        for k, step in enumerate(changes):
            style = "-" if step.sign > 0 else "--"
            axes.plot([step.second, step.first], [k + 1, k + 1], style, color=COLOURS[step.kind], lw=1)
            axes.plot(step.second, k + 1, ".", color=COLOURS[step.kind], ms=3)
        axes.set_xlabel("spin (the last stands for bit 0); dashed: opposite")
        axes.set_ylabel("tie")
        return axes.figure
