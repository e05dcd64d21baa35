"""Connections and HTTP: requests are read, hit by the script's faults, answered and noted."""

from __future__ import annotations

import json
import socket
import sys
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.backends.ibm_stub import accounts
from tests.backends.ibm_stub.faults import Answer, BadAnswer, LostAnswer, Outage, Slow
from tests.backends.ibm_stub.routes import Refused, Request, Service

Note = Callable[[str, str, str, int, int], None]
BASE = "/api/v1"


class Listener(ThreadingHTTPServer):
    """Accepts connections, and can drop them all.

    Args:
        address: Host and port.
        handler: Reads requests.
        service: Answers them.
        token: The API key that is valid.
        note: Is told of each request: method, path, query, status, size of the body.
    """

    daemon_threads = True
    request_queue_size = 64

    def __init__(self, address: tuple[str, int], handler: Any, service: Service, token: str, note: Note):
        self.service, self.token, self.note = service, token, note
        self._open: set[socket.socket] = set()
        self._lock = Lock()
        self._dark_until = 0.0
        super().__init__(address, handler)

    @property
    def dark(self) -> bool:
        """Whether an outage is on."""
        return time.monotonic() < self._dark_until

    def go_dark(self, seconds: float) -> None:
        """Drop all connections, open ones and new ones, for so many seconds."""
        self._dark_until = time.monotonic() + seconds
        self.drop_connections()

    def drop_connections(self) -> None:
        """Close all open connections."""
        with self._lock:
            for connection in self._open:
                hang_up(connection)

    def verify_request(self, request: Any, client_address: Any) -> bool:
        """Take no connection during an outage."""
        return not self.dark

    def process_request(self, request: Any, client_address: Any) -> None:
        """Remember the connection while it is served."""
        with self._lock:
            self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        """Forget a connection that is closed."""
        with self._lock:
            self._open.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of clients that went away."""
        if not isinstance(sys.exc_info()[1], OSError):
            super().handle_error(request, client_address)


def hang_up(connection: socket.socket) -> None:
    """Close a connection at once, even while another thread reads from it."""
    try:
        connection.shutdown(socket.SHUT_RDWR)
    except OSError:
        return  # the other side was faster


class Handler(BaseHTTPRequestHandler):
    """Serves one connection."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: Listener

    def serve(self) -> None:
        """Read one request and answer it."""
        parts = urlsplit(self.path)  # a proxied client sends the whole address
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        path = parts.path.removeprefix(BASE)
        script = self.server.service.script
        hits = script.request(self.command, path)
        for fault in hits:
            if isinstance(fault, Slow):
                time.sleep(fault.seconds)
            if isinstance(fault, Outage):
                self.server.go_dark(fault.seconds)
        if self.server.dark:
            self._drop(path, parts.query, len(body))
            return
        refused = next((fault for fault in hits if isinstance(fault, Answer)), None)
        if refused is not None:
            status, answer = refused.status, Refused(refused.status, refused.message).body()
        else:
            status, answer = self._answer(path, parts.query, body)
        if any(isinstance(fault, LostAnswer) for fault in hits):
            self._drop(path, parts.query, len(body))
            return
        if any(isinstance(fault, BadAnswer) for fault in hits):
            status, answer = 502, Refused(502, "bad gateway").body()
        self.server.note(self.command, path, parts.query, status, len(body))
        self._send(status, answer, None if refused is None else refused.retry_after)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = serve

    def _answer(self, path: str, query: str, body: bytes) -> tuple[int, Any]:
        asked = parse_qs(query)
        try:
            if self.command == "POST" and path == "/identity/token":
                return self._token(body)
            key, header = self.server.token, self.headers
            authorization = header.get("Authorization", "")
            request = Request(self.command, path, asked, body, authorization, header.get("Service-CRN", ""))
            why = accounts.refusal(request.authorization, key)
            if why is not None:
                raise Refused(401, why, 1200)
            if (self.command, path) == ("POST", "/v3/resources/search"):
                return 200, accounts.instances()
            if path == "/v2/resource_instances":
                return 200, accounts.resources(request.one("name"))
            if path == f"/{accounts.PLAN}":
                return 200, accounts.plan()
            if request.instance != accounts.INSTANCE:
                raise Refused(404, f"instance {request.instance} does not exist", 1201)
            return self.server.service.answer(request)
        except Refused as error:
            return error.status, error.body()
        except (ValueError, KeyError, TypeError) as error:
            return 400, Refused(400, f"the request is not valid: {error!r}").body()

    def _token(self, body: bytes) -> tuple[int, Any]:
        if parse_qs(body.decode()).get("apikey") != [self.server.token]:
            message = "Provided API key could not be found."
            return 400, {"errorCode": "BXNIM0415E", "errorMessage": message}
        return 200, accounts.issue(self.server.token)

    def _send(self, status: int, answer: Any, retry_after: int | None = None) -> None:
        data = b"" if answer is None else answer.encode() if isinstance(answer, str) else None
        kind = "text/plain" if isinstance(answer, str) else "application/json"
        data = json.dumps(answer).encode() if data is None else data
        self.send_response(status)
        if status != 204:
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(data)))
        if retry_after is not None:
            self.send_header("Retry-After", str(retry_after))
        self.end_headers()
        self.wfile.write(data)

    def _drop(self, path: str, query: str, size: int) -> None:
        self.server.note(self.command, path, query, 0, size)
        self.close_connection = True
        hang_up(self.connection)

    def log_message(self, format: str, *args: Any) -> None:
        """Print nothing; the server keeps its own log."""
