"""A remote backend in a folder: its jobs outlive the process, and it fails where the script says so."""

from __future__ import annotations

import json
import os
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from backends.backend import Backend, Job, JobStatus, refuse_unsuitable, usage_of
from backends.journal.keys import key_of
from backends.journal.outcomes import from_bytes, to_bytes
from backends.workload import Estimate, Outcome, Samples, Sampling, Workload
from problems.errors import BackendError

POLL = 0.005
CHARGED = 1.5  # QPU seconds of every job, below the estimate of 2 for each row


def answer(workload: Workload) -> Outcome:
    """Seeded bits of a product state that turns with the parameters, and its expectation values."""
    rng, usage = np.random.default_rng(workload.seed), usage_of(workload, qpu_seconds=CHARGED)
    turns = workload.parameters.sum(axis=1)
    if not isinstance(workload, Sampling):
        means = np.cos(turns[:, None] * (1.0 + np.arange(len(workload.observables))))
        return Estimate(means + 0.1 * rng.normal(size=means.shape), np.full(means.shape, 0.1), None, usage)
    chances = np.sin(turns[:, None] * (1.0 + np.arange(workload.ansatz.num_qubits))) ** 2
    shape = (len(turns), workload.shots, workload.ansatz.num_qubits)
    return Samples((rng.random(shape) < chances[:, None]).astype(np.uint8), None, usage)


def quiet(default: Any) -> Any:
    return field(default=default, metadata={"content": False})


@dataclass(frozen=True)
class ScriptedRemote(Backend):
    """Accept work into ``folder``, one file for each job.

    Attributes:
        folder: Where the jobs are.
        accept: Seconds before a job is accepted, and again before the answer leaves.
        duration: Seconds a job runs.
        lag: Seconds after which a job can be found by its tag.
        lose_answers: Numbers of the accepted jobs, from 0, whose answer is lost.
        fail: Numbers of the accepted jobs that fail.
        refuse: Nothing is accepted.
        dead: No question is answered.
    """

    folder: Path = quiet(Path("."))
    accept: float = quiet(0.0)
    duration: float = quiet(0.0)
    lag: float = quiet(0.0)
    lose_answers: tuple[int, ...] = quiet(())
    fail: tuple[int, ...] = quiet(())
    refuse: bool = quiet(False)
    dead: bool = quiet(False)
    local: ClassVar[bool] = False

    @property
    def identity(self) -> str:
        return "scripted"

    @classmethod
    def from_name(cls, argument: str) -> ScriptedRemote:
        return cls(Path(argument))

    def estimate(self, workload: Workload) -> Mapping[str, float]:
        return usage_of(workload, qpu_seconds=2.0 * len(workload.parameters))

    def submit(self, workload: Workload, tag: str = "") -> Job:
        refuse_unsuitable(self, workload)
        if self.refuse:
            raise BackendError("the account may not use this device")
        time.sleep(self.accept)
        number, name = len(self.accepted()), f"job-{uuid.uuid4().hex[:12]}"
        (self.folder / f"{name}.npz").write_bytes(to_bytes(answer(workload)))
        about = {
            "tag": tag,
            "work": key_of(self, workload),
            "time": time.time(),
            "fails": number in self.fail,
        }
        partial = self.folder / f"{name}.partial"
        partial.write_text(json.dumps(about))
        os.replace(partial, self.folder / f"{name}.json")  # from here on it is accepted
        time.sleep(self.accept)
        if number in self.lose_answers:
            raise BackendError("the connection was lost", retryable=True)
        return ScriptedJob(self, name)

    def attach(self, job_id: str) -> Job | None:
        self._answer()
        return ScriptedJob(self, job_id) if (self.folder / f"{job_id}.json").exists() else None

    def find(self, tag: str) -> Job | None:
        self._answer()
        found = [name for name, about in self.accepted().items() if about["tag"] == tag]
        seen = [name for name in found if time.time() >= self.accepted()[name]["time"] + self.lag]
        return ScriptedJob(self, seen[-1]) if seen else None

    def accepted(self) -> dict[str, dict[str, Any]]:
        """What was accepted, by the name of the job."""
        return {path.stem: json.loads(path.read_text()) for path in sorted(self.folder.glob("job-*.json"))}

    def _answer(self) -> None:
        if self.dead:
            raise BackendError("the service cannot be reached", retryable=True)


class ScriptedJob(Job):
    def __init__(self, remote: ScriptedRemote, name: str):
        self.id, self._remote = name, remote
        self._about = json.loads((remote.folder / f"{name}.json").read_text())

    def status(self) -> JobStatus:
        self._remote._answer()
        if (self._remote.folder / f"{self.id}.cancelled").exists():
            return "cancelled"
        if time.time() < self._about["time"] + self._remote.duration:
            return "running"
        return "failed" if self._about["fails"] else "done"

    def result(self, timeout: float | None = None) -> Outcome:
        deadline = None if timeout is None else time.monotonic() + timeout
        while (state := self.status()) == "running":
            if deadline is not None and time.monotonic() >= deadline:
                raise TimeoutError(self.id)
            time.sleep(POLL)
        if state != "done":
            raise BackendError(f"{self.id} {state}: the fridge is warm")
        return from_bytes((self._remote.folder / f"{self.id}.npz").read_bytes())

    def cancel(self) -> None:
        if self.status() == "running":
            (self._remote.folder / f"{self.id}.cancelled").touch()
