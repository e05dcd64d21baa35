"""When a request is repeated, how long it may take, and what is never sent twice."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, TypeVar

from backends.ibm import client
from backends.ibm.accounts import without_secrets
from problems.checking import check_integer, check_number
from problems.errors import BackendError, ProblemError

T = TypeVar("T")


@dataclass(frozen=True)
class Retries:
    """How failures of the connection are met.

    Reading requests (status, result, lists) are repeated on 429, on server errors and on lost connections,
    with pauses that double, or as long as the service asks for. A submission whose fate is unknown is looked
    up by its tag and sent again only if nothing is found. What the service refuses (400, 401, 403, 404) is
    final.

    Attributes:
        attempts: Of one request, the first included.
        first_pause: Seconds before the second attempt; each further pause is twice as long.
        longest_pause: Seconds.
        request_timeout: Seconds that one request may take.
        probe_timeout: Seconds within which the service must take a connection.
        outage: Seconds without a service that waiting for a result survives where it has no deadline.
        grace: Seconds for which an uncertain submission is looked up, since lists may lag behind.
        resubmit_failed: How many times a job that failed on the server is sent again; it may have been
            billed.
        first_look: Seconds until a job is looked at again, at first; each wait is half as long again.
        longest_look: Seconds between two looks at a job.

    Raises:
        ProblemError: If a figure is out of range.
    """

    attempts: int = 6
    first_pause: float = 0.5
    longest_pause: float = 30.0
    request_timeout: float = 120.0
    probe_timeout: float = 5.0
    outage: float = 1800.0
    grace: float = 10.0
    resubmit_failed: int = 0
    first_look: float = 0.5
    longest_look: float = 20.0

    def __post_init__(self):
        check_integer("attempts", self.attempts, 1)
        check_integer("resubmit_failed", self.resubmit_failed, 0)
        positive = (
            "first_pause",
            "longest_pause",
            "request_timeout",
            "probe_timeout",
            "first_look",
            "longest_look",
        )
        for name in positive:
            check_number(name, getattr(self, name), 0.0, open_low=True)
        for name in ("outage", "grace"):
            check_number(name, getattr(self, name), 0.0)
        for longest, first in (("longest_pause", "first_pause"), ("longest_look", "first_look")):
            if getattr(self, longest) < getattr(self, first):
                raise ProblemError(
                    longest, getattr(self, longest), f"at least {first} = {getattr(self, first)}"
                )

    def pauses(self, name: str) -> Iterator[float]:
        """Yield the seconds to wait after each failure; the name (a tag, a job) spreads them."""
        spread, pause = random.Random(name), self.first_pause
        while True:
            yield pause * (0.75 + 0.5 * spread.random())
            pause = min(2 * pause, self.longest_pause)

    def read(self, call: Callable[[], T], doing: str) -> T:
        """Carry out a request that changes nothing, repeating it where that may help.

        Raises:
            BackendError: When it failed for good; ``retryable`` if the same may work later.
        """
        pauses = self.pauses(doing)
        for attempt in range(1, self.attempts + 1):
            try:
                return within(self.request_timeout, call)
            except Exception as error:
                if attempt == self.attempts or not client.is_uncertain(error):
                    raise translated(error, doing) from None
                time.sleep(max(next(pauses), client.retry_after(error)))
        raise AssertionError("the loop returns or raises")


def translated(error: BaseException, doing: str) -> BackendError:
    """Return our error for one of the client's, without any token.

    The original is not chained: a traceback would print its text.
    """
    told = client.explained(error, doing)
    return BackendError(without_secrets(str(told)), told.retryable, told.wait)


def within(seconds: float, call: Callable[[], T]) -> T:
    """Return what a blocking call returns, or give up: the client itself waits for replies without end.

    Raises:
        TimeoutError: If it has not returned in time; its thread is left behind.
    """
    box: dict[str, Any] = {}
    done = threading.Event()

    def work() -> None:
        try:
            box["value"] = call()
        except BaseException as error:  # handed to the waiting thread
            box["error"] = error
        finally:
            done.set()

    threading.Thread(target=work, name="ibm-request", daemon=True).start()
    if not done.wait(seconds):
        raise TimeoutError(f"no answer within {seconds:g} seconds")
    if "error" in box:
        raise box["error"]
    return box["value"]
