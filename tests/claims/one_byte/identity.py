"""Copies that never meet stay equal to the last bit: fixed fleet, churn, replay, real processes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from problems.contract import Result
from problems.distributed.decentralised import WorkerSchedule
from tests.claims.one_byte.instances import digits, solver, task
from tests.claims.table import Row


def rows(quick: bool) -> Iterator[Row]:
    """All rows."""
    steps, over_tcp = (25, 8) if quick else (500, 100)
    fixed = solver(8, steps).solve(digits(8), seed=3, progress=False)
    yield equal_copies(f"digits, 8 workers, {steps} steps: one vector, bit for bit", fixed)
    moving = solver(8, steps).solve(digits(8, schedules(steps)), seed=3, progress=False)
    yield equal_copies(f"the same with a joiner, a leaver and a straggler, {steps} steps", moving)
    yield processes(2 if quick else 8, over_tcp)


def schedules(steps: int) -> tuple[WorkerSchedule, ...]:
    """One worker joins at two fifths, one leaves at four fifths, one is three steps late."""
    moves = WorkerSchedule(join=2 * steps // 5), WorkerSchedule(leave=4 * steps // 5), WorkerSchedule(delay=3)
    return (*[WorkerSchedule()] * 5, *moves)


def equal_copies(claim: str, result: Result) -> Row:
    """All copies, the replay from the log, and how often a copy had to be rebuilt."""
    run = result.solution
    copies = {copy.tobytes() for copy in run.replicas}
    again = run.replay(task().start).tobytes() in copies
    rebuilt = int(result.resources.get("resynchronisations", 0))
    ours = f"{len(run.replicas)} copies, {len(copies)} distinct; replay equal: {again}; rebuilt {rebuilt}"
    return Row(
        claim,
        "copies stay in step",
        "",
        ours,
        result.feasible and again and len(copies) == 1 and rebuilt == 0,
    )


def processes(workers: int, steps: int) -> Row:
    """One process per worker on the loopback device, with churn, against the simulation."""
    problem = digits(8, schedules(steps)) if workers == 8 else digits(workers)
    method = solver(8, steps, hash_every=10)
    simulated = method.solve(problem, seed=4, progress=False).solution
    real = replace(method, transport="tcp").solve(problem, seed=4, progress=False).solution
    logs = real.log.to_bytes() == simulated.log.to_bytes()
    copies = real.replicas.tobytes() == simulated.replicas.tobytes()
    claim = f"{workers} processes over TCP, {steps} steps: the simulation, bit for bit"
    return Row(claim, "", "", f"log equal: {logs}; parameters equal: {copies}", logs and copies)
