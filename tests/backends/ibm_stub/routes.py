"""What each request of the protocol does: a table of methods and paths, and one function for each."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from tests.backends.ibm_stub import accounts
from tests.backends.ibm_stub.devices import Device
from tests.backends.ibm_stub.faults import NoDevices, Script
from tests.backends.ibm_stub.jobs import Job, Jobs
from tests.backends.ibm_stub.sessions import Session, Sessions
from tests.backends.ibm_stub.worker import Worker


@dataclass(frozen=True)
class Request:
    """A request: its method, path below the API's base, query, body, and who asks."""

    method: str
    path: str
    query: dict[str, list[str]]
    body: bytes
    authorization: str = field(default="", repr=False)
    instance: str = ""

    @property
    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body or b"{}")

    def one(self, name: str, default: str = "") -> str:
        """Return a query's value."""
        return self.query.get(name, [default])[0]


class Refused(Exception):
    """A request that is answered by an error."""

    def __init__(self, status: int, message: str, code: int = 0):
        super().__init__(status, message, code)
        self.status, self.message, self.code = status, message, code

    def body(self) -> dict[str, Any]:
        """Return the JSON of the error."""
        return {"errors": [{"code": self.code or self.status, "message": self.message}]}


@dataclass(frozen=True)
class Service:
    """The state behind the requests.

    Attributes:
        devices: By name.
        jobs: All of them.
        sessions: All of them.
        script: What goes wrong.
        worker: Who executes.
        usage_limit: Seconds of the devices that the account has.
    """

    devices: dict[str, Device]
    jobs: Jobs
    sessions: Sessions
    script: Script
    worker: Worker
    usage_limit: float

    def answer(self, request: Request) -> tuple[int, Any]:
        """Return status and body (JSON, text or None) of a request of the API.

        Raises:
            Refused: If the answer is an error.
        """
        for method, pattern, act in ROUTES:
            match = re.fullmatch(pattern, request.path)
            if match and method == request.method:
                return act(self, request, *match.groups())
        raise Refused(404, f"no such endpoint: {request.method} {request.path}")

    def device(self, name: str | None) -> Device:
        """Return a device by its name."""
        if name not in self.devices:
            raise Refused(404, f"backend {name} does not exist")
        return self.devices[name]

    def job(self, name: str) -> Job:
        """Return a job by its name."""
        job = self.jobs.find(name)
        if job is None:
            raise Refused(404, f"Job not found. Job ID: {name}", 1291)
        return job

    def session(self, name: str) -> Session:
        """Return a session by its name."""
        session = self.sessions.find(name)
        if session is None:
            raise Refused(404, f"session {name} does not exist")
        return session


def _list_devices(service: Service, request: Request) -> tuple[int, Any]:
    if service.script.has(NoDevices):
        return 200, {"devices": []}
    return 200, {"devices": [d.listed(service.jobs.waiting(d.name)) for d in service.devices.values()]}


def _configuration(service: Service, request: Request, name: str) -> tuple[int, Any]:
    return 200, service.device(name).configuration


def _properties(service: Service, request: Request, name: str) -> tuple[int, Any]:
    return 200, service.device(name).properties


def _status(service: Service, request: Request, name: str) -> tuple[int, Any]:
    return 200, service.device(name).status(service.jobs.waiting(name))


def _usage(service: Service, request: Request) -> tuple[int, Any]:
    consumed = service.jobs.consumed()
    return 200, {
        "instance_id": accounts.INSTANCE,
        "usage_consumed_seconds": consumed,
        "usage_limit_seconds": service.usage_limit,
        "usage_limit_reached": service.worker.exhausted(),
    }


def _submit(service: Service, request: Request) -> tuple[int, Any]:
    asked = request.json
    if asked.get("program_id") != "executor":
        raise Refused(404, f"program {asked.get('program_id')} does not exist; there is: executor")
    name = service.device(asked.get("backend")).name
    if asked.get("session_id") is not None and not service.session(asked["session_id"]).accepting:
        raise Refused(400, f"session {asked['session_id']} is closed")
    job = service.jobs.accept(
        backend=name,
        program="executor",
        tags=list(asked.get("tags", ())),
        params=asked["params"],
        session=asked.get("session_id"),
        limit=asked.get("cost"),
        private=bool(asked.get("private")),
    )
    return 200, {"id": job.id, "backend": name, "session_id": job.session}


def _list_jobs(service: Service, request: Request) -> tuple[int, Any]:
    shown = time.time() - service.script.listing_delay()
    with service.jobs.changed:
        jobs = [job for job in service.jobs.all if not job.deleted and job.accepted <= shown]
        jobs = [job for job in jobs if _listed(job, request)]
        if request.one("sort") != "ASC":
            jobs.reverse()
        limit, offset = int(request.one("limit", "10")), int(request.one("offset", "0"))
        page = [job.described(with_params=False) for job in jobs[offset : offset + limit]]
    return 200, {"jobs": page, "count": len(jobs), "limit": limit, "offset": offset}


def _listed(job: Job, request: Request) -> bool:
    pending = request.one("pending")
    after, before = request.one("created_after"), request.one("created_before")
    return (
        set(request.query.get("tags", ())) <= set(job.tags)
        and request.one("backend") in ("", job.backend)
        and request.one("program") in ("", job.program)
        and request.one("session_id") in ("", job.session)
        and (not pending or (pending == "true") != job.final)
        and (not after or job.accepted >= datetime.fromisoformat(after).timestamp())
        and (not before or job.accepted <= datetime.fromisoformat(before).timestamp())
    )


def _show_job(service: Service, request: Request, name: str) -> tuple[int, Any]:
    job = service.job(name)
    with service.jobs.changed:
        return 200, job.described(with_params=request.one("exclude_params") != "true")


def _results(service: Service, request: Request, name: str) -> tuple[int, Any]:
    job = service.job(name)
    if job.status == "Failed":
        return 200, job.reason
    if job.status != "Completed" or (job.private and job.read):
        return 204, None
    text = service.jobs.result(job)
    service.jobs.change(job, lambda it: setattr(it, "read", True))
    return 200, text


def _metrics(service: Service, request: Request, name: str) -> tuple[int, Any]:
    return 200, service.job(name).metrics()


def _logs(service: Service, request: Request, name: str) -> tuple[int, Any]:
    job = service.job(name)
    return 200, f"job {job.id}: {job.status}{'' if job.reason is None else ': ' + job.reason}\n"


def _tag(service: Service, request: Request, name: str) -> tuple[int, Any]:
    tags = list(request.json["tags"])
    service.jobs.change(service.job(name), lambda it: setattr(it, "tags", tags))
    return 204, None


def _cancel(service: Service, request: Request, name: str) -> tuple[int, Any]:
    if not service.jobs.cancel(service.job(name)):
        raise Refused(409, "the job has ended and cannot be cancelled")
    return 204, None


def _delete(service: Service, request: Request, name: str) -> tuple[int, Any]:
    job = service.job(name)
    if not job.final:
        raise Refused(409, "the job has not ended; cancel it first")
    service.jobs.change(job, lambda it: setattr(it, "deleted", True))
    return 204, None


def _open_session(service: Service, request: Request) -> tuple[int, Any]:
    asked = request.json
    backend = asked.get("backend")
    if backend is not None:
        service.device(backend)
    session = service.sessions.open(asked.get("mode") or "dedicated", backend, asked.get("max_ttl"))
    return 200, session.described([])


def _show_session(service: Service, request: Request, name: str) -> tuple[int, Any]:
    with service.jobs.changed:
        return 200, service.session(name).described(service.jobs.all)


def _change_session(service: Service, request: Request, name: str) -> tuple[int, Any]:
    session = service.session(name)
    if request.json.get("accepting_jobs") is False:
        service.sessions.close(session)
    return 204, None


def _close_session(service: Service, request: Request, name: str) -> tuple[int, Any]:
    session = service.session(name)
    service.sessions.close(session)
    for job in [job for job in service.jobs.all if job.session == name and job.status == "Queued"]:
        service.jobs.cancel(job)
    return 204, None


ROUTES: tuple[tuple[str, str, Callable[..., tuple[int, Any]]], ...] = (
    ("GET", r"/backends", _list_devices),
    ("GET", r"/backends/([^/]+)/configuration", _configuration),
    ("GET", r"/backends/([^/]+)/properties", _properties),
    ("GET", r"/backends/([^/]+)/status", _status),
    ("GET", r"/instances/usage", _usage),
    ("POST", r"/jobs", _submit),
    ("GET", r"/jobs", _list_jobs),
    ("GET", r"/jobs/([^/]+)", _show_job),
    ("DELETE", r"/jobs/([^/]+)", _delete),
    ("GET", r"/jobs/([^/]+)/results", _results),
    ("GET", r"/jobs/([^/]+)/metrics", _metrics),
    ("GET", r"/jobs/([^/]+)/logs", _logs),
    ("PUT", r"/jobs/([^/]+)/tags", _tag),
    ("POST", r"/jobs/([^/]+)/cancel", _cancel),
    ("POST", r"/sessions", _open_session),
    ("GET", r"/sessions/([^/]+)", _show_session),
    ("PATCH", r"/sessions/([^/]+)", _change_session),
    ("DELETE", r"/sessions/([^/]+)/close", _close_session),
)
