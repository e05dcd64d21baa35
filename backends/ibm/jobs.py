"""A job of the service as a job of ours: waiting, failures in words, outcomes from the service alone."""

from __future__ import annotations

import logging
import time
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from backends.backend import Job, JobStatus
from backends.ibm.connection import Connection
from backends.ibm.mitigation import mitigated
from backends.ibm.retry import Retries, translated, within
from backends.qiskit_job import STATUS
from backends.workload import Estimate, Outcome, Samples
from problems.errors import BackendError

LABEL = "hybrid_optimization"  # the entry of a circuit's metadata that says how to read its result
LOCAL_LOOK = 0.01  # seconds until a job in this process is looked at again
logger = logging.getLogger(__name__)


@dataclass(frozen=True, eq=False)
class IBMJob(Job):
    """A job of the service; its id is the service's.

    Attributes:
        job: The client's.
        connection: To the service that runs it.
        resend: Hands the same work over once more, where the user has allowed that; else None.
    """

    job: Any
    connection: Connection
    resend: Callable[[], IBMJob] | None = None

    @property
    def id(self) -> str:  # pyright: ignore[reportIncompatibleVariableOverride]
        """The service's."""
        return str(self.job.job_id())

    @property
    def retries(self) -> Retries:
        """How failures are met."""
        return self.connection.access.retries

    def status(self) -> JobStatus:
        """Where the job stands.

        Raises:
            BackendError: If the service does not say; ``retryable``: the job itself is not touched by that.
        """
        said = self._read(self.job.status, "asking where the job stands")
        return STATUS.get(str(getattr(said, "name", said)).upper(), "running")

    def result(self, timeout: float | None = None) -> Outcome:
        """Wait for the outcome; Ctrl-C leaves the job running and says how to come back to it."""
        try:
            status = self._wait(timeout)
        except KeyboardInterrupt:
            logger.warning(
                "job %s keeps running; IBMQuantum(%r).attach(%r) comes back to it, and .cancel() ends it",
                self.id, self.connection.name, self.id,
            )  # fmt: skip
            raise
        if status == "cancelled":
            raise BackendError(f"job {self.id} was cancelled")
        if status == "failed" and self.resend is not None:
            return self.resend().result(timeout)
        found = self._read(self.job.result, "fetching the result")
        return outcome_of(found, self._seconds())

    def cancel(self) -> None:
        """Ask for the end of the job; one that has ended stays as it is."""
        try:
            within(self.retries.request_timeout, self.job.cancel)
        except Exception as error:
            if self.status() in ("queued", "running"):
                raise translated(error, f"cancelling job {self.id}") from None

    def _wait(self, timeout: float | None) -> JobStatus:
        """Look at the job, ever more rarely, until it has ended; the service may be away for a while."""
        start = time.monotonic()
        pause, lost_since = (LOCAL_LOOK if self.connection.local else self.retries.first_look), None
        while True:
            try:
                status, lost_since = self.status(), None
            except BackendError as error:
                now = time.monotonic()
                lost_since = now if lost_since is None else lost_since
                if not error.retryable or (timeout is None and now - lost_since >= self.retries.outage):
                    raise
                status = "running"
            if status not in ("queued", "running"):
                return status
            left = pause if timeout is None else start + timeout - time.monotonic()
            if left <= 0:
                raise TimeoutError(
                    f"job {self.id} has not ended within {timeout:g} seconds; it keeps running"
                )
            time.sleep(min(pause, left))
            pause = min(1.5 * pause, self.retries.longest_look)

    def _seconds(self) -> float:
        """The seconds of the machine that the service charges."""
        usage = (self._read(self.job.metrics, "asking for the job's usage") or {}).get("usage") or {}
        charged = usage.get("qpu_charge_time_seconds", usage.get("quantum_seconds"))
        return float(charged or 0.0)

    def _read(self, call: Callable[[], Any], doing: str) -> Any:
        return self.retries.read(call, f"{doing} (job {self.id})")


def outcome_of(found: Any, seconds: float) -> Outcome:
    """Return the outcome of a result: how to read it stands in the metadata that the service sends back.

    Raises:
        BackendError: If the job was not sent from here.
    """
    label = found[0].metadata.get("circuit_metadata", {}).get(LABEL)
    if label is None:
        raise BackendError("this job was not submitted by IBMQuantum, so its result cannot be read")
    usage = dict(label["usage"]) | {"qpu_seconds": seconds}
    return _samples(found, label, usage) if label["kind"] == "sampling" else _estimate(found, label, usage)


def _samples(found: Any, label: Mapping[str, Any], usage: dict[str, float]) -> Samples:
    rows, n = label["rows"], label["qubits"]
    arrays = [pub.data.meas.to_bool_array(order="little") for pub in found]
    bits = np.concatenate([array.reshape(-1, array.shape[-2], n) for array in arrays]).astype(np.uint8)
    usage["shots"] = float(bits.shape[0] * bits.shape[1])
    if len(bits) != rows:
        raise BackendError(f"the result has {len(bits)} rows and {rows} were asked for")
    method = label["readout"]
    weights = None if method is None else mitigated(bits, np.array(label["readout_errors"]), method)
    return Samples(bits, weights, usage)


def _estimate(found: Any, label: Mapping[str, Any], usage: dict[str, float]) -> Estimate:
    shape = (label["observables"], label["rows"])
    mean = np.concatenate([np.reshape(pub.data.evs, (shape[0], -1)) for pub in found], axis=1)
    error = np.concatenate([np.reshape(_error(pub.data), (shape[0], -1)) for pub in found], axis=1)
    if mean.shape != shape:
        raise BackendError(f"the result has the shape {mean.shape} and {shape} was asked for")
    lost = int(np.sum(~np.isfinite(mean) | ~np.isfinite(error)))
    if lost:
        warnings.warn(
            f"{lost} of {mean.size} values came without a standard error: zero-noise extrapolation did "
            "not fit them; ask for a smaller precision, other noise_factors, or resilience_level=1",
            stacklevel=2,
        )
    return Estimate(np.ascontiguousarray(mean.T, dtype=float), np.ascontiguousarray(error.T), None, usage)


def _error(data: Any) -> Any:
    """The larger of two standard errors: that among few randomizations is too small by chance."""
    pooled = getattr(data, "ensemble_standard_error", None)
    spread = np.asarray(data.stds, dtype=float)
    return spread if pooled is None else np.fmax(spread, np.asarray(pooled, dtype=float))
