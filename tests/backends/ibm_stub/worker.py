"""The thread that executes jobs, one after the other, as a device does."""

from __future__ import annotations

import time
import traceback
from collections.abc import Callable
from threading import Event, Thread
from typing import TYPE_CHECKING

import numpy as np

from tests.backends.ibm_stub.devices import Device
from tests.backends.ibm_stub.faults import Script
from tests.backends.ibm_stub.jobs import Job, Jobs

if TYPE_CHECKING:
    from tests.backends.ibm_stub.execution import Program

TIME_LIMIT = "The job was cancelled: it needs {needs:.1f} s of the device and {limit:g} s were allowed."
JITTER = 0.1  # how far the time that a job takes is from the rule, as a fraction


class Worker:
    """Takes jobs from the queue until it is stopped.

    Args:
        jobs: Where they are.
        devices: By name.
        script: What goes wrong.
        exhausted: Says whether the account's time is used up, so that jobs wait.
        queue_seconds: How long each job stays queued at least.
        run_seconds: How long it runs at least.
    """

    def __init__(
        self,
        jobs: Jobs,
        devices: dict[str, Device],
        script: Script,
        exhausted: Callable[[], bool],
        queue_seconds: float,
        run_seconds: float,
    ):
        from tests.backends.ibm_stub import execution  # of the client's package, which is optional

        self._execution = execution
        self.jobs, self.devices, self.script = jobs, devices, script
        self.queue_seconds, self.run_seconds = queue_seconds, run_seconds
        self.exhausted = exhausted
        self._stopping = Event()
        self._thread = Thread(target=self._work, name="ibm-stub-worker", daemon=True)

    def start(self) -> None:
        """Begin to take jobs."""
        self._thread.start()

    def stop(self) -> None:
        """Finish the job at hand and take no other."""
        self._stopping.set()
        with self.jobs.changed:
            self.jobs.changed.notify_all()
        self._thread.join()

    def _work(self) -> None:
        while (job := self._next()) is not None:
            self._execute(job)

    def _next(self) -> Job | None:
        with self.jobs.changed:
            while not self._stopping.is_set():
                if not self.exhausted():
                    queued = (job for job in self.jobs.all if job.status == "Queued" and not job.deleted)
                    job = next(queued, None)
                    if job is not None and job.accepted + self.queue_seconds <= time.time():
                        return job
                # the clock and the script change without notice
                self.jobs.changed.wait(0.02)
        return None

    def _execute(self, job: Job) -> None:
        with self.jobs.changed:
            if job.final:
                return
            self.jobs.change(job, _start)
        planned = self.script.job(job.number)
        try:
            program = self._execution.read_program(job.params, self.devices[job.backend])
        except (ValueError, TypeError) as error:
            self._fail(job, f"The program's input is not valid: {error}", 1517)
            return
        self.jobs.change(job, lambda it: _price(it, program))
        self._stopping.wait(self.run_seconds)
        if self._stopping.is_set():
            return  # a job that was running when the server stopped is queued again by the next
        if planned is not None:
            self._end(job, planned.status, planned.reason, planned.reason_code)
        elif program.refusal is not None:
            self._fail(job, program.refusal, 1517)
        elif job.limit is not None and program.quantum_seconds > job.limit:
            reason = TIME_LIMIT.format(needs=program.quantum_seconds, limit=job.limit)
            self._end(job, "Cancelled", reason, 1305)
        else:
            self._simulate(job, program)

    def _simulate(self, job: Job, program: Program) -> None:
        draw, outcome = np.random.SeedSequence([self.jobs.seed, job.number]).spawn(2)
        stretch = 1 + JITTER * np.random.default_rng(draw).uniform(-1, 1)
        try:
            text = self._execution.run_program(
                program, self.devices[job.backend], int(outcome.generate_state(1)[0])
            )
        except Exception as error:
            traceback.print_exc()
            self._fail(job, f"The simulation of the device failed: {error}", 9999)
            return
        seconds = program.quantum_seconds * stretch
        with self.jobs.changed:
            if not job.final:
                job.quantum_seconds = seconds
                self.jobs.complete(job, text)

    def _fail(self, job: Job, reason: str, code: int) -> None:
        self._end(job, "Failed", reason, code)

    def _end(self, job: Job, status: str, reason: str, code: int) -> None:
        with self.jobs.changed:
            if not job.final:
                self.jobs.change(job, lambda it: it.end(status, reason, code))


def _start(job: Job) -> None:
    job.status, job.started = "Running", time.time()


def _price(job: Job, program: Program) -> None:
    job.executions = program.executions
    job.estimate = program.quantum_seconds if program.refusal is None else None
