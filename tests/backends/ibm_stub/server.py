"""The server: a thread that listens on the loopback interface, and what a test may ask and tell it."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from threading import Lock, Thread
from typing import Any

from problems.checking import check_integer
from problems.errors import ProblemError
from tests.backends.ibm_stub import accounts
from tests.backends.ibm_stub.connections import Handler, Listener
from tests.backends.ibm_stub.devices import load_device
from tests.backends.ibm_stub.faults import Fault, Script, UsageLimit
from tests.backends.ibm_stub.jobs import Job, Jobs
from tests.backends.ibm_stub.routes import Service
from tests.backends.ibm_stub.sessions import Sessions
from tests.backends.ibm_stub.worker import Worker

PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY")


@dataclass(frozen=True)
class Entry:
    """One request as it was answered; it holds no header and no body, hence no token.

    Attributes:
        method: Of the request.
        path: Below ``/api/v1``, without the query.
        query: The query as it was sent.
        status: Of the answer; 0 where the connection was dropped.
        size: Bytes of the request's body.
        time: When it came, seconds since 1970.
    """

    method: str
    path: str
    query: str
    status: int
    size: int
    time: float


class Stub:
    """A stand-in for IBM Quantum's service on the loopback interface; a context manager.

    Args:
        devices: Short names of the snapshots that are served: "torino" becomes ``stub_torino``.
        seed: From which job names, shots and the scatter of run times come.
        state: A folder where jobs, results, sessions and the log are kept; a new server with the same folder
            goes on with them.
        faults: What goes wrong; see ``tests.backends.ibm_stub.faults``.
        port: To listen on; 0 takes a free one.
        token: The API key that is valid.
        queue_seconds: How long a job stays queued at least.
        run_seconds: How long it runs at least.
        usage_limit: Seconds of the devices that the account has.

    Raises:
        ProblemError: If an argument is not what it must be.
        MissingExtra: If qiskit-ibm-runtime is not installed.
    """

    def __init__(
        self,
        devices: Iterable[str] = ("torino",),
        seed: int = 1,
        state: str | Path | None = None,
        faults: Iterable[Fault] = (),
        *,
        port: int = 0,
        token: str = "stub-token",
        queue_seconds: float = 0.0,
        run_seconds: float = 0.0,
        usage_limit: float = 600.0,
    ):
        check_integer("seed", seed, 0)
        check_integer("port", port, 0, 65535)
        for name, seconds in (("queue_seconds", queue_seconds), ("run_seconds", run_seconds)):
            if seconds < 0:
                raise ProblemError(name, seconds, "seconds >= 0")
        self.token, self._port, self._lock = token, port, Lock()
        folder = None if state is None else Path(state)
        self._log_file = None if folder is None else folder / "log.jsonl"
        loaded = {device.name: device for device in map(load_device, devices)}
        jobs = Jobs(seed, folder)
        sessions = Sessions(seed, None if folder is None else folder / "sessions.json")
        script = Script()
        script.add(faults)

        def exhausted() -> bool:
            return script.has(UsageLimit) or jobs.consumed() >= usage_limit

        worker = Worker(jobs, loaded, script, exhausted, queue_seconds, run_seconds)
        self._service = Service(loaded, jobs, sessions, script, worker, usage_limit)
        self._log: list[Entry] = self._earlier()
        self._listener: Listener | None = None

    def start(self) -> Stub:
        """Listen and begin to execute jobs."""
        self._listener = Listener(("127.0.0.1", self._port), Handler, self._service, self.token, self._note)
        self._port = self._listener.server_address[1]
        Thread(target=self._listener.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        self._service.worker.start()
        return self

    def stop(self) -> None:
        """Close all connections and stop executing."""
        if self._listener is not None:
            self._listener.shutdown()
            self._listener.server_close()
            self._listener.drop_connections()
            self._service.worker.stop()
            self._listener = None

    def __enter__(self) -> Stub:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def url(self) -> str:
        """The server's address."""
        return f"http://127.0.0.1:{self._port}"

    @property
    def gateway(self) -> str:
        """The base of the service's API, which a client's ``url_resolver`` returns."""
        return f"{self.url}/api/v1"

    @property
    def environment(self) -> dict[str, str]:
        """Variables under which a client finds the server; empty ones switch proxies off."""
        proxies = {name: "" for upper in PROXIES for name in (upper, upper.lower())}
        return proxies | {
            "NO_PROXY": "127.0.0.1",
            "no_proxy": "127.0.0.1",
            "IAM_URL": self.url,
            "QISKIT_FUNCTIONS_EXPERIMENTAL": "1",
            "QISKIT_IBM_TOKEN": self.token,
            "QISKIT_IBM_INSTANCE": accounts.INSTANCE,
            "QISKIT_IBM_URL": self.url,
            "QISKIT_IBM_CHANNEL": "ibm_quantum_platform",
            "HYBRID_IBM_GATEWAY": self.gateway,
        }

    @property
    def log(self) -> list[Entry]:
        """The requests, in the order in which they were answered."""
        with self._lock:
            return list(self._log)

    @property
    def jobs(self) -> list[Job]:
        """The jobs that were accepted, in order, deleted ones too."""
        with self._service.jobs.changed:
            return list(self._service.jobs.all)

    def count(self, method: str, path: str) -> int:
        """How many requests had this method and a path of this pattern, such as ``/jobs/*``."""
        return sum(entry.method == method and fnmatchcase(entry.path, path) for entry in self.log)

    def script(self, *faults: Fault) -> None:
        """Append faults, each counting from now."""
        self._service.script.add(faults)

    def clear_faults(self) -> None:
        """Forget all faults; jobs that waited go on."""
        self._service.script.clear()

    def outage(self, seconds: float) -> None:
        """Drop all connections, open ones and new ones, for so many seconds from now."""
        if self._listener is None:
            raise ProblemError("outage", "a server that is not running", "a started one")
        self._listener.go_dark(seconds)

    def _note(self, method: str, path: str, query: str, status: int, size: int) -> None:
        entry = Entry(method, path, query, status, size, time.time())
        with self._lock:
            self._log.append(entry)
            if self._log_file is not None:
                with self._log_file.open("a") as file:
                    file.write(json.dumps(asdict(entry)) + "\n")

    def _earlier(self) -> list[Entry]:
        if self._log_file is None or not self._log_file.exists():
            return []
        lines: list[dict[str, Any]] = [json.loads(line) for line in self._log_file.read_text().splitlines()]
        return [Entry(**fields) for fields in lines]
