"""A fleet of processes on the loopback device: every worker in its own, and a relay that passes bytes on.

The relay is the medium, not a server of parameters: it holds no copy and does no arithmetic on messages.
"""

from __future__ import annotations

import asyncio
import hmac
import multiprocessing
import pickle
import struct
import threading
import time
from collections.abc import Coroutine
from contextlib import suppress
from typing import Any, Self, TypeVar

import numpy as np

from classical.distributed.fleet_of_workers import FleetOfWorkers
from classical.distributed.frames import HEADER, OBSERVED, WORKER, Kind, frame, ids_to_bytes
from classical.distributed.measurement import Report, gathered
from classical.distributed.tcp_worker import greeting, work
from problems.contract import Array, BackendError
from problems.distributed.decentralised import DecentralisedTraining
from problems.distributed.message_log import MessageLog
from problems.distributed.protocol import Protocol

T = TypeVar("T")
PATIENCE = 2.0  # seconds that a process has to end by itself
STARTUP = 60.0  # seconds beside the timeout that processes have to import what they need
GREETING_BYTES = 64  # more is no greeting
POLL = 0.05  # seconds between looks at processes that have yet to report


class TcpFleet(FleetOfWorkers):
    """Workers as spawned processes that end with the ``with`` block, whatever ends it.

    A script that uses it needs the usual guard ``if __name__ == "__main__":``: spawned processes import it.

    Args:
        problem: The workers' functions, each of which is sent to its process and nowhere else.
        protocol: The shared rules.
        start: Parameters ``[P]``.
        epsilon: Size of a perturbation.
        timeout: Seconds that a process may take to answer.
    """

    def __init__(
        self, problem: DecentralisedTraining, protocol: Protocol, start: Array, epsilon: float, timeout: float
    ):
        self._delays = dict(zip(protocol.workers, protocol.delays, strict=True))
        self._timeout, self._step = timeout, 0
        self._arguments = {w: (problem.worker(w), start, epsilon, timeout) for w in protocol.workers}
        self._processes: dict[int, Any] = {}
        self._links: dict[int, tuple[asyncio.StreamReader, asyncio.StreamWriter]] = {}
        self._flying: dict[int, list[tuple[int, bytes]]] = {}
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._server: asyncio.Server | None = None

    def __enter__(self) -> Self:
        self._thread.start()
        try:
            port = self._do(self._listen())
            spawning = multiprocessing.get_context("spawn")
            for worker, rest in self._arguments.items():
                process = spawning.Process(target=work, args=(port, worker, *rest), daemon=True)
                process.start()
                self._processes[worker] = process
            self._do(self._all_present())
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *error: Any) -> None:
        try:
            self._do(self._hang_up())
        finally:
            _end(list(self._processes.values()))
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join()
            self._loop.close()

    def join(self, worker: int, log: MessageLog) -> None:
        """Let a worker rebuild the parameters from the start and the log."""
        self._do(self._send(worker, frame(Kind.JOIN, log.steps, log.to_bytes())))

    def leave(self, worker: int) -> None:
        """Let a worker go, and its process end."""
        self._do(self._send(worker, frame(Kind.STOP)))
        self._do(self._close(worker))
        _end([self._processes.pop(worker)])

    def step(self, members: tuple[int, ...]) -> Report:
        """Let all members measure, send, and apply what arrives."""
        return self._do(self._exchange(members))

    def fingerprints(self, members: tuple[int, ...]) -> dict[int, bytes]:
        """Return the fingerprint of each member's copy."""
        answers = self._do(self._ask_all(members, Kind.FINGERPRINT))
        return dict(zip(members, answers, strict=True))

    def parameters(self, members: tuple[int, ...]) -> Array:
        """Return the members' copies ``[A, P]``."""
        answers = self._do(self._ask_all(members, Kind.PARAMETERS))
        return np.stack([np.frombuffer(answer, dtype="<f8").astype(float) for answer in answers])

    def _do(self, work: Coroutine[Any, Any, T]) -> T:
        """Run on the relay's own loop: the caller's thread may have one already, as notebooks do."""
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()

    async def _listen(self) -> int:
        self._server = await asyncio.start_server(self._welcome, "127.0.0.1", 0)
        return int(self._server.sockets[0].getsockname()[1])

    async def _welcome(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Take in a process of this fleet and shut the door on anything else."""
        try:
            kind, _, body = await asyncio.wait_for(_read(reader, GREETING_BYTES), self._timeout)
            (worker,) = WORKER.unpack(body[: WORKER.size])
            known = kind == Kind.HELLO and worker in self._arguments and worker not in self._links
            if known and hmac.compare_digest(body[WORKER.size :], greeting(worker)):
                self._links[worker] = reader, writer
                return
        except (asyncio.IncompleteReadError, ValueError, OSError, struct.error):
            pass  # a stranger on the port
        writer.close()

    async def _all_present(self) -> None:
        deadline = self._loop.time() + STARTUP + self._timeout
        while missing := [w for w in self._processes if w not in self._links]:
            for worker in missing:
                code = self._processes[worker].exitcode
                if code is not None:
                    hint = 'a script needs the guard if __name__ == "__main__":'
                    raise BackendError(f"the process of worker {worker} ended with status {code}; {hint}")
            if self._loop.time() > deadline:
                raise BackendError(f"workers {missing} did not report in time; raise timeout")
            await asyncio.sleep(POLL)

    async def _exchange(self, members: tuple[int, ...]) -> Report:
        answers = await self._ask_all(members, Kind.MEASURE, ids_to_bytes(members))
        reports = []
        for worker, answer in zip(members, answers, strict=True):
            (loss, missing), payload = OBSERVED.unpack_from(answer), answer[OBSERVED.size :]
            reports.append(Report(payload, (loss,), missing))
            arrival = self._step + self._delays[worker]
            self._flying.setdefault(arrival, []).append((worker, payload))
        arrived = sorted(self._flying.pop(self._step, []))
        delivery = frame(Kind.DELIVER, self._step, b"".join(payload for _, payload in arrived))
        await asyncio.gather(*(self._send(worker, delivery) for worker in members))
        self._step += 1
        return gathered(reports)

    async def _ask_all(self, workers: tuple[int, ...], kind: Kind, body: bytes = b"") -> list[bytes]:
        asked = frame(kind, self._step, body)
        return list(await asyncio.gather(*(self._ask(worker, asked) for worker in workers)))

    async def _ask(self, worker: int, asked: bytes) -> bytes:
        await self._send(worker, asked)
        try:
            kind, _, body = await asyncio.wait_for(_read(self._links[worker][0]), self._timeout)
        except TimeoutError:
            raise BackendError(
                f"worker {worker} did not answer in {self._timeout:g} s; raise timeout"
            ) from None
        except (asyncio.IncompleteReadError, OSError):
            raise BackendError(f"the process of worker {worker} is gone") from None
        if kind == Kind.FAILURE:
            raise BackendError(f"worker {worker} failed: {body.decode(errors='replace')}")
        return body

    async def _send(self, worker: int, data: bytes) -> None:
        writer = self._links[worker][1]
        writer.write(data)
        with suppress(OSError):  # the next question reads what the worker said last
            await asyncio.wait_for(writer.drain(), self._timeout)

    async def _close(self, worker: int) -> None:
        _, writer = self._links.pop(worker)
        writer.close()

    async def _hang_up(self) -> None:
        unfinished = asyncio.all_tasks() - {asyncio.current_task()}
        for task in unfinished:
            task.cancel()
        await asyncio.gather(*unfinished, return_exceptions=True)
        for worker in tuple(self._links):
            self._links[worker][1].write(frame(Kind.STOP))
            await self._close(worker)
        if self._server is not None:
            self._server.close()
        await asyncio.sleep(0)


def unsendable(problem: DecentralisedTraining) -> str | None:
    """Say which worker's function cannot be sent to a process, or return None."""
    for identity, function in zip(problem.identities, problem.fleet.workers, strict=True):
        try:
            pickle.dumps(function)
        except Exception as error:  # pickle raises whatever an object's own methods raise
            return f'worker {identity} cannot be sent to a process ({error}); take transport="simulation"'
    return None


def _end(processes: list[Any]) -> None:
    """Wait for processes to end, then make them."""
    for act in ("", "terminate", "kill"):
        if act:
            for process in processes:
                getattr(process, act)()
        until = time.monotonic() + PATIENCE
        for process in processes:
            process.join(max(0.0, until - time.monotonic()))
        processes = [process for process in processes if process.exitcode is None]


async def _read(reader: asyncio.StreamReader, most: int | None = None) -> tuple[Kind, int, bytes]:
    """Read one frame, whose body has no more than so many bytes."""
    kind, step, length = HEADER.unpack(await reader.readexactly(HEADER.size))
    if most is not None and length > most:
        raise ValueError(length)
    return Kind(kind), step, await reader.readexactly(length)
