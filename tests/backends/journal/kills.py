"""A hybrid loop in a process that is killed at seeded moments until it gets through, and what the remote saw.

``survive`` works for any remote backend that is handed in by a function of a module.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from backends.backend import Backend
from backends.journal.journal import Journal
from backends.journal.store import Store
from classical.minimisation.cobyla import Cobyla
from hybrid.qaoa import Qaoa
from problems.binary import MaxCut
from problems.contract import Result, Solver
from problems.storage import digest
from tests.backends.journal.scripted import ScriptedRemote

ITERATIONS = 12
GRACE = 0.2  # above the remote's lag and the time it takes to accept


@dataclass(frozen=True)
class Toll:
    """What the kills did.

    Attributes:
        kills: Processes killed while they ran.
        runs: Runs that came to their end.
        lost: Jobs that the remote accepted and no run has the outcome of.
        twice: Works that the remote accepted more than once.
        differing: Runs whose result differs in any bit from the uninterrupted one.
        states: The states in which works were left by kills, with their numbers.
    """

    kills: int
    runs: int
    lost: int
    twice: int
    differing: int
    states: dict[str, int]


def scripted(folder: Path) -> Backend:
    """A remote whose phases are long enough to be hit, and which loses two answers after it has accepted."""
    return ScriptedRemote(folder, accept=0.01, duration=0.02, lag=0.05, lose_answers=(2, 5))


def accepted_by_folder(folder: Path) -> list[tuple[str, str]]:
    """Job and work of all that the scripted remote accepted."""
    return [(name, about["work"]) for name, about in ScriptedRemote(folder).accepted().items()]


def twelve_iterations(backend: Backend) -> Solver[Any, Any]:
    """A hybrid loop that samples a device twelve times to train, and once to answer."""
    return Qaoa(
        layers=1, optimizer=Cobyla(evaluations=ITERATIONS), evaluation_shots=64, shots=64, backend=backend
    )


def fingerprint(result: Result[Any]) -> str:
    """A digest of all that a run brings back but how much of it was replayed."""
    resources = {name: amount for name, amount in result.resources.items() if name != "replayed"}
    parts = (result.solution, result.candidates, result.counts, result.history, resources, result.ended)
    return digest(parts)


def live(folder: Path, remote: Callable[[Path], Backend], solver: Callable[[Backend], Any]) -> None:
    """Run the loop; the body of a process that may be killed at any moment."""
    (folder / "started").write_text(str(os.getpid()))
    journal = Journal(remote(folder), folder / "journal.sqlite", grace=GRACE)
    result = solver(journal).solve(MaxCut.random(n=6, seed=0), seed=1)
    (folder / "result.partial").write_text(json.dumps(fingerprint(result)))
    os.replace(folder / "result.partial", folder / "result.json")


def survive(
    folder: Path,
    kills: int,
    seed: int = 0,
    remote: Callable[[Path], Backend] = scripted,
    accepted: Callable[[Path], list[tuple[str, str]]] = accepted_by_folder,
    solver: Callable[[Backend], Any] = twelve_iterations,
    longest_life: float = 0.6,
) -> Toll:
    """Kill ``kills`` processes at seeded moments, over as many runs as that takes; each run is finished.

    Args:
        folder: Where each run has a folder of its own.
        kills: How many.
        seed: Of the moments.
        remote: Makes the remote of a run; a function at the top of a module.
        accepted: Job and work of all that the remote of a run accepted.
        solver: Makes the loop on a backend.
        longest_life: Seconds within which a process is killed.
    """
    rng, context = np.random.default_rng(seed), multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([__name__])
    expected = _run(context, folder / "uninterrupted", remote, solver, None)[1]
    done, runs, totals, states = 0, 0, np.zeros(3, dtype=int), {}
    while done < kills:
        home, runs, result = folder / f"run{runs}", runs + 1, None
        while result is None:
            moment = longest_life * rng.random() if done < kills else None
            killed, result = _run(context, home, remote, solver, moment)
            done += killed
            if killed:
                for state in _unfinished(home):
                    states[state] = states.get(state, 0) + 1
        jobs, kept = accepted(home), {entry.job for entry in _entries(home)}
        works = [work for _, work in jobs]
        totals += [sum(job not in kept for job, _ in jobs), len(works) - len(set(works)), result != expected]
        shutil.rmtree(home)
    lost, twice, differing = map(int, totals)
    return Toll(done, runs, lost, twice, differing, states)


def _run(
    context: Any, home: Path, remote: Callable[..., Any], solver: Callable[..., Any], moment: float | None
) -> tuple[bool, str | None]:
    """Let one process live until it ends or the moment comes; whether it was killed, and its result."""
    home.mkdir(parents=True, exist_ok=True)
    (home / "started").unlink(missing_ok=True)
    process = context.Process(target=live, args=(home, remote, solver))
    process.start()
    while not (home / "started").exists() and process.is_alive():
        time.sleep(0.001)
    process.join(moment)
    killed = process.is_alive()
    if killed:
        process.kill()
    process.join()
    if not killed and process.exitcode:
        raise AssertionError(f"the loop ended with {process.exitcode}")
    result = home / "result.json"
    return killed, json.loads(result.read_text()) if result.exists() else None


def _entries(home: Path) -> list[Any]:
    path = home / "journal.sqlite"
    if not path.exists():
        return []
    store = Store(path)
    try:
        return store.entries()
    finally:
        store.close()


def _unfinished(home: Path) -> list[str]:
    return [entry.state for entry in _entries(home) if entry.state != "done"]
