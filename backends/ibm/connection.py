"""The connection to an account: its devices, and how one is chosen."""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

from backends.device_noise import snapshot
from backends.ibm import client
from backends.ibm.retry import Retries, translated, within
from problems.errors import BackendError, ProblemError

T = TypeVar("T")
GATEWAY = "HYBRID_IBM_GATEWAY"
API = "https://quantum.cloud.ibm.com/api/v1"
SNAPSHOT = "fake_"
ANY = "least_busy"


@dataclass(frozen=True)
class DeviceStatus:
    """A device of an account.

    Attributes:
        name: What ``IBMQuantum`` calls it.
        num_qubits: Width.
        queue: Jobs that wait for it.
        operational: Whether it takes jobs that it runs.
    """

    name: str
    num_qubits: int
    queue: int
    operational: bool


@dataclass(frozen=True)
class Access:
    """How the service is reached.

    Attributes:
        account: The name of a saved account; None: environment or default account.
        instance: CRN or name; None: the account's own.
        gateway: Base URL of the REST API in place of IBM's; None: the environment's, if it names one.
        retries: How failures are met.
    """

    account: str | None = None
    instance: str | None = None
    gateway: str | None = None
    retries: Retries = Retries()

    @property
    def base(self) -> str | None:
        """The gateway that counts."""
        return self.gateway or os.environ.get(GATEWAY) or None

    def probe(self) -> None:
        """Make sure that the service takes connections: the client would report an empty list of devices.

        Raises:
            BackendError: If it does not, within ``retries.probe_timeout`` seconds each.
        """
        addresses = [self.base or os.environ.get("QISKIT_IBM_URL") or API, os.environ.get("IAM_URL")]
        for url in addresses:
            if not url:
                continue
            host, port = _endpoint(url)
            try:
                within(
                    self.retries.probe_timeout, lambda at=(host, port): _touch(at, self.retries.probe_timeout)
                )
            except (OSError, TimeoutError) as error:
                why = f"the quantum service cannot be reached at {host}:{port} ({error})"
                raise BackendError(f"{why}; check the network, a proxy, or {GATEWAY}", True) from None


def _endpoint(url: str) -> tuple[str, int]:
    parts = urlsplit(url)
    proxy = getproxies().get(parts.scheme)
    if proxy and not proxy_bypass(parts.hostname or ""):
        parts = urlsplit(proxy if "://" in proxy else f"http://{proxy}")
    return parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)


def _touch(address: tuple[str, int], timeout: float) -> None:
    socket.create_connection(address, timeout=timeout).close()


class Connection:
    """A service and one device of it; the client's service is not safe under threads, so calls take turns."""

    def __init__(self, access: Access, name: str, fractional: bool, min_num_qubits: int | None):
        self.access, self.name, self.fractional, self.wide = access, name, fractional, min_num_qubits
        self._lock, self._service, self._device = threading.RLock(), None, None

    @property
    def local(self) -> bool:
        """Whether the device is a snapshot that is simulated in this process."""
        return self.name.startswith(SNAPSHOT)

    @property
    def service(self) -> Any:
        """The service, opened on first use.

        Raises:
            BackendError: If it cannot be reached or does not accept the account.
        """
        if self._service is None:
            access = self.access
            client.require()
            access.probe()
            doing = "opening the account"
            self._service = access.retries.read(
                lambda: client.connect(access.account, access.instance, access.base), doing
            )
        return self._service

    def device(self, num_qubits: int = 1) -> Any:
        """Return the device; a free choice falls, once, on the least busy one that is wide enough.

        Raises:
            BackendError: If there is none.
        """
        with self._lock:
            if self._device is None:
                self._device = self._snapshot() if self.local else self._remote(num_qubits)
            return self._device

    def read(self, call: Callable[[Any], T], doing: str) -> T:
        """Carry out a reading request on the service, repeated where that helps."""
        with self._lock:
            service = self.service
            return self.access.retries.read(lambda: call(service), doing)

    def once(self, call: Callable[[], T], doing: str) -> T:
        """Carry out a request that must not be repeated."""
        with self._lock:
            client.send_once(self.service) if not self.local else None
            try:
                return within(self.access.retries.request_timeout, call)
            except Exception as error:
                raise translated(error, doing) from None

    def _snapshot(self) -> Any:
        device: Any = snapshot(self.name)
        if self.fractional and "rzz" not in device.target.operation_names:
            raise BackendError(f"{self.name} has no fractional gates; take fractional_gates=False")
        return device

    def _remote(self, num_qubits: int) -> Any:
        wide = max(num_qubits, self.wide or 0)
        if self.name != ANY:
            try:
                return self._named(self.name)
            except BackendError as error:
                known = [] if error.retryable else [status.name for status in self.list()]
                if error.retryable or self.name in known:
                    raise
                raise BackendError(_none_of(self.name, known)) from None
        fit = [status for status in self.list() if status.operational and status.num_qubits >= wide]
        if not fit:
            raise BackendError(f"the account has no operational device with {wide} qubits or more")
        return self._named(min(fit, key=lambda status: (status.queue, status.name)).name)

    def _named(self, name: str) -> Any:
        doing = f"asking for the device {name}"
        return self.read(lambda service: service.backend(name, use_fractional_gates=self.fractional), doing)

    def list(self) -> tuple[DeviceStatus, ...]:
        """Return the account's devices."""
        found = self.read(_devices_of, "listing the devices")
        return tuple(sorted(found, key=lambda status: (status.queue, status.name)))


def devices(
    account: str | None = None, instance: str | None = None, gateway: str | None = None
) -> tuple[DeviceStatus, ...]:
    """Return the devices of an account, the shortest queue first.

    Args:
        account: The name of a saved account; by default the environment's, then the default account.
        instance: CRN or name of the service instance.
        gateway: Base URL of the REST API in place of IBM's; by default ``HYBRID_IBM_GATEWAY`` if it is set.

    Raises:
        BackendError: If the service cannot be reached or refuses the account.
        MissingExtra: If qiskit-ibm-runtime is not installed.
    """
    return Connection(Access(account, instance, gateway), ANY, False, None).list()


def _devices_of(service: Any) -> list[DeviceStatus]:
    found = []
    for device in service.backends():
        status = device.status()
        found.append(
            DeviceStatus(device.name, device.num_qubits, int(status.pending_jobs), bool(status.operational))
        )
    return found


def _none_of(name: str, known: list[str]) -> str:
    if not known:
        return f"the account has no device at all, so not {name}; check the instance and its plan"
    return f"the account has no device {name}; it has {', '.join(known)}"


def refuse_name(name: Any) -> None:
    """Refuse what cannot be the name of a device."""
    if not isinstance(name, str) or not name or not name.replace("_", "").isalnum():
        expected = "the name of a device, such as ibm_kingston, fake_torino or least_busy"
        raise ProblemError("name", name, expected)
