"""A worker of a fleet in a process of its own: it holds its function and its copy, and talks in frames."""

from __future__ import annotations

import hmac
import multiprocessing
import signal
import socket
from contextlib import suppress

from classical.distributed.frames import HEADER, OBSERVED, WORKER, Kind, frame, ids_from_bytes
from classical.distributed.measurement import measure
from problems.contract import Array
from problems.distributed.message_log import MessageLog
from problems.distributed.replica import Replica
from problems.minimisation import Minimisation


class Worker:
    """The worker's side of the conversation, one answer at a time.

    Args:
        identity: Its id.
        function: What it measures; nobody else sees it.
        start: Parameters ``[P]`` before the first step.
        epsilon: Size of a perturbation.
    """

    def __init__(self, identity: int, function: Minimisation, start: Array, epsilon: float):
        self._identity, self._function, self._start, self._epsilon = identity, function, start, epsilon
        self._members: tuple[int, ...] = ()
        self._replica: Replica | None = None

    def answer(self, kind: Kind, step: int, body: bytes) -> bytes | None:
        """Act on a frame and return the frame to send back, or None."""
        if kind == Kind.JOIN:
            self._replica = MessageLog.from_bytes(body).replay(self._start)
            return None
        replica = self._replica
        if replica is None or step != replica.step:
            at = "not joined" if replica is None else f"at step {replica.step}"
            raise RuntimeError(f"asked about step {step} while {at}")
        if kind == Kind.MEASURE:
            self._members = ids_from_bytes(body)
            report = measure(self._function, replica, self._identity, self._epsilon)
            return frame(Kind.MESSAGE, step, OBSERVED.pack(report.losses[0], report.missing) + report.payload)
        if kind == Kind.DELIVER:
            self._deliver(replica, body)
            return None
        if kind == Kind.FINGERPRINT:
            return frame(Kind.FINGERPRINT, step, replica.fingerprint())
        return frame(Kind.PARAMETERS, step, replica.parameters.astype("<f8").tobytes())

    def _deliver(self, replica: Replica, body: bytes) -> None:
        size = replica.protocol.message_bytes
        for k, (sender, origin) in enumerate(replica.arriving(self._members)):
            if not replica.holds(origin, sender):  # a log brings along what is still on its way
                replica.receive(origin, sender, body[k * size : (k + 1) * size])
        replica.advance(self._members)


def work(
    port: int, identity: int, function: Minimisation, start: Array, epsilon: float, timeout: float
) -> None:
    """Serve until told to stop or the other end is gone, which is no error; what fails is told in a frame.

    Args:
        port: Where the relay listens on the loopback device.
        identity: This worker's id.
        function: What it measures.
        start: Parameters ``[P]``.
        epsilon: Size of a perturbation.
        timeout: Seconds to reach the relay.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the relay's process decides when to end
    worker = Worker(identity, function, start, epsilon)
    with suppress(ConnectionError), socket.create_connection(("127.0.0.1", port), timeout=timeout) as link:
        link.settimeout(None)  # a worker may wait long for its turn; a relay that is gone closes the link
        link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        link.sendall(frame(Kind.HELLO, 0, WORKER.pack(identity) + greeting(identity)))
        while (received := _receive(link)) is not None and received[0] != Kind.STOP:
            try:
                reply = worker.answer(*received)
            except Exception as error:
                link.sendall(frame(Kind.FAILURE, 0, f"{type(error).__name__}: {error}".encode()))
                return
            if reply is not None:
                link.sendall(reply)


def greeting(identity: int) -> bytes:
    """Return what proves that a connection comes from a process of this fleet."""
    return hmac.digest(bytes(multiprocessing.current_process().authkey), WORKER.pack(identity), "sha256")


def _receive(link: socket.socket) -> tuple[Kind, int, bytes] | None:
    """Read one frame; None when the other end has closed."""
    header = _exactly(link, HEADER.size)
    if header is None:
        return None
    kind, step, length = HEADER.unpack(header)
    body = _exactly(link, length)
    return None if body is None else (Kind(kind), step, body)


def _exactly(link: socket.socket, size: int) -> bytes | None:
    parts = bytearray()
    while len(parts) < size:
        part = link.recv(min(size - len(parts), 2**20))
        if not part:
            return None
        parts += part
    return bytes(parts)
