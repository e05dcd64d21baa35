"""Handing a job over so that it is there once: tags, look-ups after an uncertain answer, and the quota."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, Literal

from backends.ibm import client
from backends.ibm.connection import Connection
from problems.errors import BackendError

FRESH = 30.0  # seconds for which what is left of a quota is believed


def send(connection: Connection, run: Callable[[], Any], tag: str) -> Any:
    """Return the client's job of a submission, which is sent again only if no list shows its tag.

    Raises:
        BackendError: If the service refuses it, or its fate stays unknown; then ``retryable``.
    """
    doing = "submitting a job"
    if connection.local:
        return connection.once(run, doing)
    retries = connection.access.retries
    pauses = retries.pauses(tag)
    for attempt in range(1, retries.attempts + 1):
        try:
            return connection.once(run, doing)
        except BackendError as error:
            if not error.retryable:
                raise
            time.sleep(error.wait)
            found = look_up(connection, tag)
            if found is not None:
                return found
            if attempt == retries.attempts:
                raise
            time.sleep(max(0.0, next(pauses) - error.wait))
    raise AssertionError("the loop returns or raises")


def look_up(connection: Connection, tag: str) -> Any:
    """Return the job with a tag, polling for the grace period since lists may lag; None if there is none."""
    retries = connection.access.retries
    pauses, deadline = retries.pauses(f"look up {tag}"), time.monotonic() + retries.grace
    while True:
        found = connection.read(
            lambda service: service.jobs(job_tags=[tag], limit=1), f"looking for the tag {tag}"
        )
        if found:
            return found[0]
        left = deadline - time.monotonic()
        if left <= 0:
            return None
        time.sleep(min(next(pauses), left))


class Quota:
    """What is left of the account's seconds, asked for now and then."""

    def __init__(self, connection: Connection):
        self._connection, self._at, self._left = connection, 0.0, None

    def remaining(self) -> float | None:
        """Return the seconds that are left, or None where the plan names no limit."""
        now = time.monotonic()
        if self._at == 0.0 or now - self._at > FRESH:
            usage = self._connection.read(lambda service: service.usage(), "asking for the quota") or {}
            left = usage.get("usage_remaining_seconds")
            if usage.get("usage_limit_reached"):
                left = 0.0
            self._at, self._left = now, None if left is None else float(left)
        return self._left

    def refuse(self, seconds: float) -> None:
        """Refuse a job that takes more than is left: the service would let it wait instead.

        Raises:
            BackendError: Before anything is sent.
        """
        left = None if self._connection.local else self.remaining()
        if left is not None and seconds > left:
            raise BackendError(
                f"the job takes about {seconds:.1f} seconds of the machine and {max(left, 0.0):.1f} are "
                "left of the account's quota; take fewer shots or rows, or another instance"
            )


class Block:
    """A batch or a session that lives while its backend is entered, opened by its first job."""

    def __init__(
        self, mode: Literal["job", "batch", "session"], max_time: int | None, connection: Connection
    ):
        self._mode, self._max_time, self._connection = mode, max_time, connection
        self.depth, self._opened = 0, None

    def mode(self, device: Any) -> Any:
        """Return what a primitive runs in: the device, or the batch or session on it.

        Raises:
            BackendError: If there should be a batch or session and the backend was not entered.
        """
        if self._mode == "job":
            return device
        if self.depth == 0:
            raise BackendError(
                f"mode={self._mode!r} lives in a with block, which closes it; "
                "write `with backend: …`, or take mode='job'"
            )
        if self._connection.local:
            return device
        if self._opened is None:
            kind: Any = self._mode
            most = self._max_time
            doing = f"opening a {kind}"
            self._opened = self._connection.once(lambda: client.block(kind, device, most), doing)
        return self._opened

    def close(self) -> None:
        """Take no new jobs; running ones finish."""
        if self._opened is not None:
            opened, self._opened = self._opened, None
            self._connection.once(opened.close, f"closing the {self._mode}")
