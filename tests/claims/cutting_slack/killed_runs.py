"""Slack-free runs on a remote whose processes are killed, and what a run was said to cost."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

from problems.binary import MultidimensionalKnapsack
from tests.backends.journal.scripted import ScriptedRemote
from tests.claims.table import Row
from tests.hybrid.lagrangian.killed import on_a_knapsack, slack_free

KILLS = 20


def rows(quick: bool) -> Iterator[Row]:
    """The estimate, and the kills in the full form."""
    yield estimate()
    if not quick:
        yield kills(KILLS)


def kills(count: int) -> Row:
    """Kill processes at seeded moments until all runs on the loopback service are through."""
    claim = f"{count} seeded kills on the loopback service, QAOA inside: none lost, none twice, one answer"
    if sys.platform == "win32":
        return Row(claim, "", "", "", None, "Windows has no SIGKILL and no fork server")
    if find_spec("qiskit_ibm_runtime") is None:
        return Row(claim, "", "", "", None, "qiskit-ibm-runtime is not installed")
    from tests.claims.ibm.kills import survive
    from tests.claims.ibm.life import Work

    with tempfile.TemporaryDirectory() as folder:
        toll = survive(Path(folder), count, seed=3, work=Work(on_a_knapsack))
    where = ", ".join(f"{number} {phase}" for phase, number in toll.phases.items())
    ours = (
        f"{toll.lost} lost, {toll.twice} twice, {toll.differing} differ; {toll.jobs} jobs, {toll.runs} runs"
    )
    holds = toll.kills == count and (toll.lost, toll.twice, toll.differing) == (0, 0, 0)
    return Row(claim, "", f"hit: {where}", ours, holds)


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
