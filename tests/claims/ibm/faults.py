"""What goes wrong at the service, one at a time, and in which state and with which sentence it ends."""

from __future__ import annotations

import re
import socket
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from backends import QaoaAnsatz, Sampling
from backends.backend import Job
from backends.ibm import Retries
from problems.binary.qubo import Qubo
from problems.errors import BackendError
from tests.backends.ibm_stub import (
    Answer,
    BadAnswer,
    JobFails,
    LateListing,
    LostAnswer,
    NoDevices,
    Slow,
    Stub,
    UsageLimit,
    bad_gateway,
    expired_token,
    time_limit,
    too_many_requests,
)
from tests.backends.ibm_stub.faults import Fault, Outage
from tests.claims.ibm.environment import QUICK, remote, serving
from tests.claims.table import Row

ANSATZ = QaoaAnsatz(Qubo.random(3, seed=1, magnitude=2).ising, 1)
WORK = Sampling(ANSATZ, np.array([[-0.4, 0.3], [-0.1, 0.2]]), 64)
UNREACHABLE_WITHIN = 10.0  # seconds


@dataclass(frozen=True)
class Scripted:
    """A fault and how it must end.

    Attributes:
        name: What goes wrong.
        faults: The script.
        said: A pattern of the sentence; "" where the outcome comes all the same.
        jobs: How many the server accepts in all.
        retryable: Whether the error says that a later attempt may work.
        before: Whether it happens before the device is known.
        retries: How failures are met.
        ends: The status of the job once the fault is over; "" where it follows from the rest.
    """

    name: str
    faults: tuple[Fault, ...]
    said: str = ""
    jobs: int = 1
    retryable: bool = False
    before: bool = False
    retries: Retries = QUICK
    ends: str = ""


IMPATIENT = replace(QUICK, attempts=2, outage=0.5)
CASES = (
    Scripted("502 on POST", (bad_gateway(),)),
    Scripted("502 after acceptance", (BadAnswer(),)),
    Scripted("answer lost after acceptance", (LostAnswer(),)),
    Scripted("answer lost, lists late by 0.6 s", (LostAnswer(), LateListing(0.6))),
    Scripted("502 on every POST", (bad_gateway(99),), "502|bad gateway", 0, True, retries=IMPATIENT),
    Scripted("429 while polling", (too_many_requests(3),)),
    Scripted("429 on POST", (Answer("POST", "/jobs", (1,), 429, "too many requests", 1),)),
    Scripted("network dead for 1 s while polling", (Outage("GET", "/jobs/*", (1,), 1.0),)),
    Scripted("network dead for 1 s on POST", (Outage("POST", "/jobs", (1,), 1.0),)),
    Scripted("token expired on POST", (expired_token(99, "/jobs*"),), "does not accept the API key", 0),
    Scripted(
        "token expired while polling",
        (expired_token(99, "/jobs/*"),),
        "does not accept the API key",
        ends="done",
    ),
    Scripted("empty list of devices", (NoDevices(),), "no device at all", 0, before=True),
    Scripted("usage limit", (UsageLimit(),), "quota", 0),
    Scripted("failure with a reason", (JobFails(1, "the fridge is warm"),), "the fridge is warm"),
    Scripted("cancelled at the time limit", (time_limit(),), "(?i)time limit|1305|maximum"),
    Scripted("slow replies", (Slow("GET", "*", range(1, 4), 0.5), Slow("POST", "/jobs", (1,), 0.5))),
    Scripted(
        "refused (400)", (Answer("POST", "/jobs", (1,), 400, "bad circuit"),), "refused.*bad circuit", 0
    ),
)


@dataclass(frozen=True)
class Ending:
    """How a submission ended: its outcome's or its failure's sentence, the job's status, jobs, seconds."""

    sentence: str
    status: str
    retryable: bool
    jobs: int
    seconds: float


def ending(stub: Stub, case: Scripted) -> Ending:
    """Submit once under a script and wait."""
    backend = remote("manila", retries=case.retries)
    if not case.before:
        backend.estimate(WORK)
    before, start = len(stub.jobs), time.monotonic()
    stub.script(*case.faults)
    job: Job | None = None
    sentence, retryable = "", False
    try:
        job = backend.submit(WORK)
        outcome: Any = job.result(60)
        if outcome.bits.shape != (2, WORK.shots, 3):
            sentence = f"an outcome of the shape {outcome.bits.shape}"
    except BackendError as error:
        sentence, retryable = str(error), error.retryable
    seconds = time.monotonic() - start
    stub.clear_faults()
    status = "none" if job is None else _final(job)
    return Ending(sentence, status, retryable, len(stub.jobs) - before, seconds)


def _final(job: Job) -> str:
    """Return the status of a job once it has ended."""
    deadline = time.monotonic() + 30
    while (status := job.status()) in ("queued", "running") and time.monotonic() < deadline:
        time.sleep(0.05)
    return status


def as_expected(case: Scripted, found: Ending) -> bool:
    """Whether a case ended in the right state with the right sentence."""
    told = re.search(case.said, found.sentence) is not None if case.said else found.sentence == ""
    usual = "none" if case.jobs == 0 else "failed" if case.said else "done"
    status = found.status == (case.ends or usual)
    return told and status and (found.jobs, found.retryable) == (case.jobs, case.retryable)


def rows(quick: bool) -> Iterator[Row]:
    """One row for each fault, the same in the quick form."""
    with serving("manila") as stub:
        for case in CASES:
            case = _numbered(case, len(stub.jobs) + 1)
            found = ending(stub, case)
            yield _row(case.name, found, as_expected(case, found))
    yield _unreachable()


def _numbered(case: Scripted, job: int) -> Scripted:
    """Aim failures of jobs at the next one that the server accepts."""
    faults = (replace(fault, job=job) if isinstance(fault, JobFails) else fault for fault in case.faults)
    return replace(case, faults=tuple(faults))


def _row(name: str, found: Ending, holds: bool) -> Row:
    told = f"“{found.sentence}”" if found.sentence else "the outcome"
    return Row(f"{name}: ends in the right state and sentence", "", "", f"{told}; {found.jobs} jobs", holds)


def _unreachable() -> Row:
    """A service that takes no connection is told within seconds, and not as an account without devices."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        nowhere = f"http://127.0.0.1:{taken.getsockname()[1]}/api/v1"
        start, said = time.monotonic(), ""
        try:
            remote("manila", gateway=nowhere).submit(WORK)
        except BackendError as error:
            said, retryable = str(error), error.retryable
        else:
            retryable = False
        seconds = time.monotonic() - start
    good = "cannot be reached" in said and "no device" not in said and retryable
    claim = f"unreachable service: told apart from no devices within {UNREACHABLE_WITHIN:g} s"
    return Row(claim, "", "", f"“{said}” after {seconds:.1f} s", good and seconds < UNREACHABLE_WITHIN)
