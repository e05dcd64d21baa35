"""Shrinking with a remote inside, in a process that is killed again and again, and its estimated cost."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from backends.backend import Backend
from classical.minimisation import Cobyla
from hybrid.graph_shrinking import GraphShrinking, Recalculation
from hybrid.graph_shrinking.correlations import SampledCorrelation, SemidefiniteCorrelation
from hybrid.qaoa import Qaoa
from problems.binary import MaxCut
from tests.backends.journal.scripted import ScriptedRemote
from tests.claims.table import Row

COUNTED = ("jobs", "circuits", "shots")


def rows(quick: bool) -> Iterator[Row]:
    """The price of each run beside its estimate; the kills in the full form."""
    for label, solver in CASES.items():
        yield estimated(label, solver)
    if not quick:
        yield killed(20)


def sampler(backend: Backend, evaluations: int) -> Qaoa:
    """A loop that samples a device to train, and once to answer."""
    optimizer = Cobyla(evaluations=evaluations)
    return Qaoa(layers=1, optimizer=optimizer, evaluation_shots=64, shots=64, backend=backend)


def inside(backend: Backend) -> GraphShrinking:
    """The device samples what is left of six bits."""
    return GraphShrinking(target_qubits=4, source=SemidefiniteCorrelation(), inner=sampler(backend, 8))


def inside_and_in_the_source(backend: Backend) -> GraphShrinking:
    """The device gives the correlations as well."""
    source = SampledCorrelation(sampler(backend, 3))
    plan = Recalculation(every=1)
    return GraphShrinking(
        target_qubits=4, source=source, inner=sampler(backend, 3), recalculation=plan, ties_per_step=1
    )


CASES: dict[str, Callable[[Backend], GraphShrinking]] = {
    "QAOA inside": inside,
    "QAOA inside and in the source": inside_and_in_the_source,
}


def price(solver: Callable[[Backend], GraphShrinking]) -> tuple[dict[str, float], dict[str, float]]:
    """Return what a run was estimated to spend, and what it spent."""
    problem = MaxCut.random(n=6, seed=0)
    with tempfile.TemporaryDirectory() as folder:
        built: Any = solver(ScriptedRemote(Path(folder)))
        expected = dict(built.estimate(problem, seed=1))
        return expected, dict(built.solve(problem, seed=1, progress=False).resources)


def estimated(label: str, solver: Callable[[Backend], GraphShrinking]) -> Row:
    """Estimate beside what was spent: exact where only ``inner`` is remote, else a bound of that name."""
    expected, spent = price(solver)
    factor = max(expected[name] / spent[name] for name in COUNTED)
    least = min(expected[name] / spent[name] for name in (*COUNTED, "qpu_seconds"))
    remote = isinstance(solver(ScriptedRemote(Path())).source, SampledCorrelation)
    told = "an upper bound" if remote else "within a factor of 1.5"
    return Row(
        f"{label}: the estimate of jobs, circuits and shots is {told}, that of seconds a bound",
        "",
        "estimated " + ", ".join(f"{name} {expected[name]:g}" for name in COUNTED),
        "spent " + ", ".join(f"{name} {spent[name]:g}" for name in COUNTED),
        least >= 1 and (remote or factor <= 1.5),
    )


def killed(kills: int) -> Row:
    """Kill it at seeded moments; the journal must send nothing twice and bring back the same answer."""
    claim = f"{kills} seeded kills on the loopback service, QAOA inside: none lost, none twice, one answer"
    if sys.platform == "win32":
        return Row(claim, "", "", "", None, "Windows has no SIGKILL and no fork server")
    if find_spec("qiskit_ibm_runtime") is None:
        return Row(claim, "", "", "", None, "qiskit-ibm-runtime is not installed")
    from tests.claims.ibm.kills import survive
    from tests.claims.ibm.life import Work

    with tempfile.TemporaryDirectory() as folder:
        toll = survive(Path(folder), kills, seed=3, work=Work(inside, nodes=6))
    where = ", ".join(f"{number} {phase}" for phase, number in toll.phases.items())
    ours = (
        f"{toll.lost} lost, {toll.twice} twice, {toll.differing} differ; {toll.jobs} jobs, {toll.runs} runs"
    )
    holds = toll.kills == kills and (toll.lost, toll.twice, toll.differing) == (0, 0, 0)
    return Row(claim, "", f"hit: {where}", ours, holds)
