"""Workers that come, go and lag: the same number of messages, nearly the same answer."""

from __future__ import annotations

from collections.abc import Iterator

from problems.distributed.decentralised import WorkerSchedule
from tests.claims.one_byte.instances import SEED, TOO_SHORT, accuracy, digits, shown, solver
from tests.claims.table import Row


def rows(quick: bool) -> Iterator[Row]:
    """All rows."""
    join, leave, steps = (5, 12, 20) if quick else (200, 400, 900)
    moves = (
        *[WorkerSchedule()] * 4,
        *[WorkerSchedule(join=join)] * 2,
        WorkerSchedule(leave=leave),
        WorkerSchedule(delay=3),
    )
    churning = digits(8, moves)
    messages = sum(len(churning.active(k)) for k in range(steps))
    moved = solver(8, steps).solve(churning, seed=SEED, progress=False)
    fixed = solver(8, messages // 8).solve(digits(8), seed=SEED, progress=False)
    points = 100 * (accuracy(fixed) - accuracy(moved))
    claim = (
        f"2 of 8 join at {join}, 1 leaves at {leave}, 1 is 3 steps late: "
        f"within 1 point of a fixed fleet with the same {messages} messages"
    )
    equal = "copies equal" if moved.feasible else "copies differ"
    ours, reason = f"{shown(moved)}, {equal}", TOO_SHORT if quick else ""
    holds = None if quick else points <= 1.0 and moved.feasible
    yield Row(claim, "workers may join and leave", f"fixed {shown(fixed)}", ours, holds, reason)
