"""Slack-free runs on a remote whose processes are killed, and what a run was said to cost."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from problems.binary import MultidimensionalKnapsack
from tests.backends.journal.kills import survive
from tests.backends.journal.scripted import ScriptedRemote
from tests.claims.table import Row
from tests.hybrid.lagrangian.killed import on_a_knapsack, slack_free

KILLS = 20


def rows(quick: bool) -> Iterator[Row]:
    """Kills and the estimate; the quick form kills three times."""
    yield kills(3 if quick else KILLS)
    yield estimate()


def kills(count: int) -> Row:
    """Kill processes at seeded moments until all runs are through."""
    claim = f"{count} seeded kills with QAOA inside: nothing lost, nothing sent twice, the same answer"
    if sys.platform == "win32":
        return Row(claim, "", "", "", None, "Windows has no SIGKILL and no fork server")
    with tempfile.TemporaryDirectory() as folder:
        toll = survive(Path(folder), count, seed=3, solver=on_a_knapsack)
    ours = f"{toll.kills} kills in {toll.runs} runs: lost {toll.lost}, twice {toll.twice}, differing "
    holds = toll.kills == count and (toll.lost, toll.twice, toll.differing) == (0, 0, 0)
    return Row(claim, "", "", ours + str(toll.differing), holds)


def estimate() -> Row:
    """Ask what a run may spend, then spend it."""
    problem = MultidimensionalKnapsack.random(6, 2, seed=3)
    with tempfile.TemporaryDirectory() as folder:
        solver = slack_free(ScriptedRemote(Path(folder)), start=(-0.4, 0.9))
        told = solver.estimate(problem, seed=1)
        spent = solver.solve(problem, seed=1, progress=False).resources
    names = ("jobs", "shots", "qpu_seconds")
    return Row(
        "the estimate is within a factor 1.5 of what a run without an early end spends, and never below",
        "", ", ".join(f"{name} {spent[name]:g}" for name in names),
        ", ".join(f"{name} {told[name]:g}" for name in names),
        all(spent[name] <= told[name] <= 1.5 * spent[name] for name in names),
    )  # fmt: skip
