"""A hybrid run is killed at seeded moments until it gets through; the server's log says what that cost."""

from __future__ import annotations

import json
import multiprocessing
import shutil
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from backends.journal import Entry, Store
from problems.storage import digest
from tests.claims.ibm.life import SLOW_POST, Work, live, serve
from tests.claims.table import Row

PRELOADED = ("tests.claims.ibm.life", "qiskit_ibm_runtime", "qiskit_aer", "tests.backends.ibm_stub.execution")
LONGEST_LIFE = 4.0  # seconds within which a process is killed by the clock
AWAITED = (  # a request that the server has noted, and seconds after it within which a process is killed
    ("/metrics", 0.25),  # the last before an outcome is kept; then come the next entry and its submission
    ("/results", 0.06),  # the outcome is fetched, its price asked for, and both are kept
)
PHASES = ("between jobs", "before POST", "between POST and answer", "while polling", "while storing")


@dataclass
class Toll:
    """What the kills did.

    Attributes:
        kills: Processes killed while they ran.
        runs: Runs that came to their end.
        jobs: Jobs that the server accepted in these runs.
        lost: Those of which no run has the outcome.
        twice: Those whose work the server had accepted before.
        differing: Runs whose result differs in any bit from the uninterrupted one.
        phases: How often each phase was hit.
    """

    kills: int = 0
    runs: int = 0
    jobs: int = 0
    lost: int = 0
    twice: int = 0
    differing: int = 0
    phases: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True)
class Moment:
    """When a process is killed: so long after it started, or after its n-th request of a kind was noted."""

    delay: float
    path: str = ""
    number: int = 1

    @classmethod
    def drawn(cls, rng: np.random.Generator) -> Moment:
        """Draw by the clock or by requests, evenly, so that short phases are hit too."""
        kind = int(rng.integers(0, 1 + len(AWAITED)))
        if kind == 0:
            return cls(LONGEST_LIFE * rng.random())
        path, longest = AWAITED[kind - 1]
        return cls(longest * rng.random(), path, int(rng.integers(1, 5)))


def survive(folder: Path, kills: int, seed: int = 0, work: Work | None = None) -> Toll:
    """Kill so many processes, over as many runs as that takes; each run is finished.

    Args:
        folder: Where each run has a folder of its own.
        kills: How many.
        seed: Of the moments.
        work: What is killed; twelve iterations of QAOA by default.
    """
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(list(PRELOADED))
    rng, toll = np.random.default_rng(seed), Toll()
    work = Work() if work is None else work
    expected = _finished(context, folder / "uninterrupted", 0, rng, Toll(), work)
    while toll.kills < kills:
        home = folder / f"run{toll.runs}"
        result = _finished(context, home, kills, rng, toll, work)
        toll.runs += 1
        toll.differing += result != expected
        shutil.rmtree(home)
    return toll


def _finished(context: Any, home: Path, kills: int, rng: np.random.Generator, toll: Toll, work: Work) -> str:
    """Start a run over and over on a server of its own until it ends; count, and return its result."""
    state = home / "server"
    state.mkdir(parents=True)
    with _server(context, state) as variables:
        result = None
        while result is None:
            moment = Moment.drawn(rng) if toll.kills < kills else None
            killed, result = _life(context, home, variables, moment, work)
            if killed:
                toll.kills += 1
                toll.phases[_phase(home)] += 1
    accepted, entries = _accepted(state), _entries(home)
    kept = {entry.job for entry in entries if entry.state == "done"}
    contents = {digest(job["params"]) for job in accepted}
    tags = {tuple(job["tags"]) for job in accepted}
    toll.jobs += len(accepted)
    toll.lost += sum(job["id"] not in kept for job in accepted)
    toll.twice += len(_submissions(state)) - min(len(contents), len(tags))
    return result


@contextmanager
def _server(context: Any, state: Path) -> Iterator[dict[str, str]]:
    ours, theirs = context.Pipe()
    process = context.Process(target=serve, args=(state, theirs))
    process.start()
    theirs.close()
    try:
        if not ours.poll(120):
            raise RuntimeError("the server did not start")
        yield ours.recv()
        ours.send("stop")
    finally:
        process.join(30)
        if process.is_alive():
            process.kill()
            process.join()


def _life(
    context: Any, home: Path, variables: Mapping[str, str], moment: Moment | None, work: Work
) -> tuple[bool, str | None]:
    """Let one process live until it ends or the moment comes; whether it was killed, and its result."""
    (home / "started").unlink(missing_ok=True)
    noted = len(_log(home / "server"))
    process = context.Process(target=live, args=(home, dict(variables), work))
    process.start()
    while not (home / "started").exists() and process.is_alive():
        time.sleep(0.001)
    if moment is not None and moment.path:
        _await(home / "server", noted, moment, process)
    process.join(None if moment is None else moment.delay)
    killed = process.is_alive()
    if killed:
        process.kill()
    process.join()
    if not killed and process.exitcode:
        raise RuntimeError(f"the run ended with {process.exitcode}")
    result = home / "result.json"
    return killed, json.loads(result.read_text()) if result.exists() else None


def _await(state: Path, noted: int, moment: Moment, process: Any) -> None:
    """Wait until the server has noted the request, or the process has ended."""
    while process.is_alive():
        if sum(row["path"].endswith(moment.path) for row in _log(state)[noted:]) >= moment.number:
            return
        time.sleep(0.001)


def _phase(home: Path) -> str:
    """Say where a kill has hit, from what the journal and the server know."""
    time.sleep(2 * SLOW_POST)  # what has reached the server is accepted by then
    open_ones = [entry for entry in _entries(home) if entry.state in ("sending", "sent")]
    if not open_ones:
        return PHASES[0]
    (entry,) = open_ones
    if entry.state == "sending":
        accepted = any(entry.tag in job["tags"] for job in _accepted(home / "server"))
        return PHASES[2] if accepted else PHASES[1]
    asked = any(row["path"] == f"/jobs/{entry.job}/results" for row in _log(home / "server"))
    return PHASES[4] if asked else PHASES[3]


def _log(state: Path) -> list[dict[str, Any]]:
    """The requests that the server has noted, without a line that is being written."""
    path = state / "log.jsonl"
    lines = path.read_text().split("\n")[:-1] if path.exists() else []
    return [json.loads(line) for line in lines]


def _submissions(state: Path) -> list[dict[str, Any]]:
    """Submissions that the server did not refuse; 0 is one whose client was gone before the answer."""
    rows = _log(state)
    return [row for row in rows if row["method"] == "POST" and row["path"] == "/jobs" and row["status"] < 400]


def _accepted(state: Path) -> list[dict[str, Any]]:
    return [json.loads(path.read_text()) for path in state.glob("*.job.json")]


def _entries(home: Path) -> list[Entry]:
    path = home / "journal.sqlite"
    if not path.exists():
        return []
    store = Store(path, reading=True)
    try:
        return store.entries()
    finally:
        store.close()


def rows(quick: bool) -> Iterator[Row]:
    """The kills, over runs of twelve iterations."""
    kills = 20 if quick else 200
    with tempfile.TemporaryDirectory() as folder:
        toll = survive(Path(folder), kills)
    everywhere = quick or all(toll.phases[phase] for phase in PHASES)
    where = ", ".join(f"{toll.phases[phase]} {phase}" for phase in PHASES)
    yield Row(
        f"{toll.kills} kills in runs of 12 iterations: no job lost, none sent twice, results bit-identical",
        "",
        f"hit: {where}",
        f"{toll.lost} lost, {toll.twice} twice, {toll.differing} differ; {toll.jobs} jobs, {toll.runs} runs",
        (toll.lost, toll.twice, toll.differing) == (0, 0, 0) and toll.kills >= kills and everywhere,
    )
