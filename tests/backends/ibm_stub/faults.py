"""What can go wrong on purpose, and the script that says when."""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Iterable
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from threading import Lock

from problems.checking import check_integer
from problems.errors import ProblemError


@dataclass(frozen=True)
class RequestFault:
    """A fault of single requests.

    Attributes:
        method: The method, or ``*``.
        path: A pattern of the path below ``/api/v1``, such as ``/jobs/*`` (a star takes slashes too).
        occurrences: Which of the requests that fit are hit, counted from 1 since the fault was scripted;
            None: all of them.
    """

    method: str = "*"
    path: str = "*"
    occurrences: Container[int] | None = (1,)

    def fits(self, method: str, path: str) -> bool:
        """Say whether a request is one of those that are counted."""
        return self.method in ("*", method) and fnmatchcase(path, self.path)

    def hits(self, count: int) -> bool:
        """Say whether the request of this number is hit."""
        return self.occurrences is None or count in self.occurrences


@dataclass(frozen=True)
class Answer(RequestFault):
    """The server answers with this status and does nothing; it may ask to wait (``Retry-After``)."""

    status: int = 502
    message: str = "scripted"
    retry_after: int | None = None

    def __post_init__(self):
        if not 400 <= self.status <= 599:
            raise ProblemError("status", self.status, "a status of an error, 400 to 599")
        if self.retry_after is not None:
            check_integer("retry_after", self.retry_after, 0)


@dataclass(frozen=True)
class LostAnswer(RequestFault):
    """The server does what is asked, then drops the connection instead of answering."""

    method: str = "POST"
    path: str = "/jobs"


@dataclass(frozen=True)
class BadAnswer(RequestFault):
    """The server does what is asked, and a gateway before it answers 502."""

    method: str = "POST"
    path: str = "/jobs"


@dataclass(frozen=True)
class Slow(RequestFault):
    """The answer comes so many seconds late."""

    seconds: float = 1.0


@dataclass(frozen=True)
class Outage(RequestFault):
    """From this request on all connections are dropped for so many seconds."""

    seconds: float = 1.0


@dataclass(frozen=True)
class JobFails:
    """The job of this number, counted from 1 in order of acceptance, ends without a result.

    Attributes:
        job: Its number.
        reason: What the service says.
        reason_code: The service's number of the reason.
        status: "Failed", or "Cancelled".
    """

    job: int = 1
    reason: str = "The job could not be executed by the control system."
    reason_code: int = 9999
    status: str = "Failed"

    def __post_init__(self):
        if self.status not in ("Failed", "Cancelled"):
            raise ProblemError("status", self.status, "Failed or Cancelled")


@dataclass(frozen=True)
class LateListing:
    """Lists show a job only so many seconds after it was accepted; the job itself can be read at once."""

    seconds: float = 1.0


@dataclass(frozen=True)
class NoDevices:
    """The list of devices is empty."""


@dataclass(frozen=True)
class UsageLimit:
    """The account's time is used up: jobs are accepted and wait."""


Fault = RequestFault | JobFails | LateListing | NoDevices | UsageLimit
SERVICE_FAULTS = (RequestFault, JobFails, LateListing, NoDevices, UsageLimit)


def bad_gateway(times: int = 1) -> Answer:
    """Return status 502 for so many submissions, none of which is accepted."""
    return Answer("POST", "/jobs", range(1, times + 1), 502, "bad gateway")


def too_many_requests(times: int = 1, path: str = "/jobs/*") -> Answer:
    """Return status 429 for so many reads of jobs."""
    return Answer("GET", path, range(1, times + 1), 429, "too many requests")


def expired_token(times: int = 1, path: str = "/jobs*") -> Answer:
    """Return status 401 for so many requests, as when a token has expired."""
    return Answer("*", path, range(1, times + 1), 401, "the access token has expired")


def time_limit(job: int = 1) -> JobFails:
    """Return the cancellation of a job that ran into its time limit."""
    return JobFails(job, "The job was cancelled: maximum execution time exceeded.", 1305, "Cancelled")


@dataclass
class Script:
    """The faults of a server with the count of what each has seen; safe under threads."""

    faults: list[Fault] = field(default_factory=list)
    seen: Counter[int] = field(default_factory=Counter)
    lock: Lock = field(default_factory=Lock)

    def add(self, faults: Iterable[Fault]) -> None:
        """Append faults, each counting from now.

        Raises:
            ProblemError: If one of them is not a fault.
        """
        for fault in faults:
            if not isinstance(fault, SERVICE_FAULTS):
                raise ProblemError("faults", fault, "faults of tests.backends.ibm_stub")
            with self.lock:
                self.faults.append(fault)

    def clear(self) -> None:
        """Forget all faults."""
        with self.lock:
            self.faults.clear()
            self.seen.clear()

    def request(self, method: str, path: str) -> list[RequestFault]:
        """Count a request and return the faults that hit it."""
        hit = []
        with self.lock:
            for index, fault in enumerate(self.faults):
                if isinstance(fault, RequestFault) and fault.fits(method, path):
                    self.seen[index] += 1
                    if fault.hits(self.seen[index]):
                        hit.append(fault)
        return hit

    def job(self, number: int) -> JobFails | None:
        """Return the fault of a job by its number, if it has one."""
        with self.lock:
            return next((f for f in self.faults if isinstance(f, JobFails) and f.job == number), None)

    def listing_delay(self) -> float:
        """Seconds after which lists show a job."""
        with self.lock:
            return max((f.seconds for f in self.faults if isinstance(f, LateListing)), default=0.0)

    def has(self, kind: type) -> bool:
        """Say whether a fault of this kind is scripted."""
        with self.lock:
            return any(isinstance(fault, kind) for fault in self.faults)
