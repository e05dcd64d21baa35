"""One life of a hybrid run on the loopback service, in a process that may be killed at any moment."""

from __future__ import annotations

import json
import os
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from backends import Backend, Journal
from classical.minimisation import Cobyla
from hybrid import Qaoa
from problems.binary import MaxCut
from problems.contract import Solver
from tests.backends.ibm_stub import Slow, Stub
from tests.backends.journal.kills import fingerprint
from tests.claims.ibm.environment import remote

ITERATIONS = 12
GRACE = 2.0  # seconds; far above the time in which the server accepts what has reached it
SLOW_USAGE = 0.04  # seconds between the outcome and its price, after which both are kept
SLOW_POST = 0.1  # seconds between a submission's arrival and its acceptance: long enough to be hit


def serve(state: Path, channel: Connection) -> None:
    """Serve a device from a process of its own until told to stop, or until nobody is left to tell."""
    slow = (
        Slow("POST", "/jobs", occurrences=None, seconds=SLOW_POST),
        Slow("GET", "/jobs/*/metrics", occurrences=None, seconds=SLOW_USAGE),
    )
    with Stub(("manila",), state=state, faults=slow, queue_seconds=0.05, run_seconds=0.05) as stub:
        channel.send(stub.environment)
        try:
            channel.recv()
        except EOFError:
            return


def twelve_iterations(backend: Backend) -> Qaoa:
    """Twelve iterations on the device, each a job of its own, and one that answers."""
    optimizer = Cobyla(evaluations=ITERATIONS)
    return Qaoa(layers=1, optimizer=optimizer, evaluation_shots=32, shots=32, backend=backend)


@dataclass(frozen=True)
class Work:
    """What is solved again and again: a loop on a backend, made by a function, on a random graph."""

    solver: Callable[[Backend], Solver[Any, Any]] = twelve_iterations
    nodes: int = 4


def live(home: Path, variables: Mapping[str, str], work: Work) -> None:
    """Do the work on the device and write the result."""
    os.environ.update(variables)
    warnings.simplefilter("ignore", DeprecationWarning)  # of the client's package
    (home / "started").write_text(str(os.getpid()))
    device = remote("manila", optimization_level=1)
    with Journal(device, home / "journal.sqlite", grace=GRACE) as journal:
        problem = MaxCut.random(n=work.nodes, seed=0)
        result = work.solver(journal).solve(problem, seed=1, progress=False)
    (home / "result.partial").write_text(json.dumps(fingerprint(result)))
    os.replace(home / "result.partial", home / "result.json")
