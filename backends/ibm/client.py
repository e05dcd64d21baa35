"""The one module that imports qiskit-ibm-runtime: its service, primitives, sessions and errors.

The executor primitives are taken from their own modules: the names in the root of the package belong to
deprecated classes and are going to change their meaning.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Literal

from problems.errors import BackendError, MissingExtra

CHANNEL = "ibm_quantum_platform"
IN_TEXT = re.compile(r"\b([45]\d\d) (?:Client|Server) Error")  # where the client folds the status into a text
FINAL = {400: "the service refused the request", 403: "the account may not do this", 404: "it is not there"}

REFUSED = (400, 401, 403)  # by the keeper of tokens, which says 400 of a key that it does not know
UNCERTAIN = {"ConnectionError", "RequestException", "TimeoutError", "RequestsApiError", "IBMRuntimeError"}
ENDED = {"RuntimeJobFailureError", "RuntimeJobMaxTimeoutError"}  # asking again gives the same answer


def require() -> None:
    """Refuse to go on without the client.

    Raises:
        MissingExtra: If qiskit-ibm-runtime is not installed or too old to have executor primitives.
    """
    if find_spec("qiskit_ibm_runtime") is None:
        raise MissingExtra("IBMQuantum", "ibm")
    if find_spec("qiskit_ibm_runtime.executor_sampler") is None:
        raise MissingExtra("IBMQuantum, with qiskit-ibm-runtime 0.50 or later,", "ibm")


def connect(account: str | None, instance: str | None, gateway: str | None) -> Any:
    """Return the service of an account; with a gateway, requests go to that base URL.

    A request that creates something is sent once: the client alone would repeat it after a server error, and
    if only the answer was lost, a second job would be paid.
    """
    require()
    from qiskit_ibm_runtime import QiskitRuntimeService

    resolver: Callable[..., str] | None = None if gateway is None else (lambda *_: gateway)
    service = QiskitRuntimeService(name=account, instance=instance, url_resolver=resolver)
    check_key(service)
    send_once(service)
    return service


def check_key(service: Any) -> None:
    """Exchange the API key for a token once, so that a wrong one is told at once.

    The client would send the key itself instead, be refused, and wait a minute before it tries again.

    Raises:
        BackendError: If the key is refused.
    """
    account = getattr(service, "_account", None)
    manager = None if account is None else getattr(account.get_auth_handler(), "tm", None)
    if manager is None:  # a channel that has no tokens
        return
    try:
        manager.get_token()
    except Exception as error:
        if status_code(error) in REFUSED:
            raise BackendError("the service does not accept the API key of the account; check it") from None
        raise


def send_once(service: Any) -> None:
    """Let no request that creates something be repeated by the client's sessions; reading ones still are.

    Plain ``Retry`` of urllib3 repeats a POST only if no connection came about, so that nothing was sent.
    """
    from urllib3.util.retry import Retry

    for api in getattr(service, "_api_clients", {}).values():
        for adapter in getattr(getattr(api, "_session", None), "adapters", {}).values():
            old = adapter.max_retries
            if type(old) is not Retry:
                adapter.max_retries = Retry(
                    total=old.total,
                    connect=old.connect,
                    backoff_factor=old.backoff_factor,
                    status_forcelist=old.status_forcelist,
                )


def store_account(token: str, name: str | None, instance: str | None, path: Path, overwrite: bool) -> None:
    """Write an account to the client's own file."""
    require()
    from qiskit_ibm_runtime import QiskitRuntimeService

    QiskitRuntimeService.save_account(
        token=token, name=name, instance=instance, filename=str(path), channel=CHANNEL, overwrite=overwrite
    )


def sampler(mode: Any, options: Mapping[str, Any]) -> Any:
    """Return the executor Sampler on a device, session or batch."""
    require()
    from qiskit_ibm_runtime.executor_sampler import Sampler

    return Sampler(mode=mode, options=dict(options))


def estimator(mode: Any, options: Mapping[str, Any]) -> Any:
    """Return the executor Estimator on a device, session or batch."""
    require()
    from qiskit_ibm_runtime.executor_estimator import Estimator

    return Estimator(mode=mode, options=dict(options))


def block(kind: Literal["batch", "session"], device: Any, max_time: int | None) -> Any:
    """Open a batch or a session on a device."""
    from qiskit_ibm_runtime import Batch, Session

    return (Session if kind == "session" else Batch)(backend=device, max_time=max_time)


def job_or_none(service: Any, job_id: str) -> Any:
    """Return the client's job of this id, or None where the service has none."""
    from qiskit_ibm_runtime.exceptions import RuntimeJobNotFound

    try:
        return service.job(job_id)
    except RuntimeJobNotFound:
        return None


def unsupported_instruction(circuit: Any, target: Any) -> str:
    """Return a sentence about the first instruction that a target lacks, or an empty text."""
    places = {qubit: k for k, qubit in enumerate(circuit.qubits)}
    for entry in circuit.data:
        operation, qubits = entry.operation, tuple(places[qubit] for qubit in entry.qubits)
        if operation.name != "barrier" and not target.instruction_supported(operation.name, qubits):
            return f"the device has no {operation.name} on qubits {qubits}"
    return ""


def status_code(error: BaseException) -> int | None:
    """Return the HTTP status behind an error of the client, if there is one."""
    seen: BaseException | None = error
    while seen is not None:
        code = getattr(seen, "status_code", None)
        response = getattr(seen, "response", None)
        code = code if isinstance(code, int) and code > 0 else getattr(response, "status_code", None)
        if isinstance(code, int) and code > 0:
            return code
        seen = seen.__cause__ or seen.__context__
    folded = IN_TEXT.search(str(error))
    return int(folded[1]) if folded else None


def retry_after(error: BaseException) -> float:
    """Return the seconds that the service asks to wait; 0 if it does not."""
    seen: BaseException | None = error
    while seen is not None:
        headers = getattr(getattr(seen, "response", None), "headers", None) or {}
        text = str(headers.get("Retry-After", ""))
        if text.isdigit():
            return float(text)
        seen = seen.__cause__ or seen.__context__
    return 0.0


def is_uncertain(error: BaseException) -> bool:
    """Whether a request may have been carried out although it failed, or may succeed when repeated."""
    code = status_code(error)
    if code is not None:
        return code == 429 or code >= 500
    names = {kind.__name__ for kind in type(error).__mro__}
    return not names & ENDED and bool(names & UNCERTAIN)


def explained(error: BaseException, doing: str) -> BackendError:
    """Return an error of ours that says what failed and what to do about it."""
    if isinstance(error, BackendError):
        return error
    code, kind = status_code(error), type(error).__name__
    text = " ".join(str(error).split()).strip("'\"") or kind
    if isinstance(error, TimeoutError):
        return BackendError(f"{doing} failed: the service has not answered; try again later", True)
    if kind == "AccountNotFoundError":
        remedy = "set QISKIT_IBM_TOKEN, or save an account with backends.ibm.save_account"
        return BackendError(f"{doing} failed: no account was found; {remedy}")
    if code == 401 or kind in ("InvalidAccountError", "IBMNotAuthorizedError"):
        return BackendError(
            f"{doing} failed: the service does not accept the API key, or it has expired: {text}"
        )
    if kind == "QiskitBackendNotFoundError":
        return BackendError(f"{doing} failed: {text}; `hybrid backends ibm` lists the account's devices")
    if code == 429:
        fewer = f"{doing} failed: the service asks for fewer requests (429): {text}"
        return BackendError(fewer, True, retry_after(error))
    if code in FINAL:
        return BackendError(f"{doing} failed: {FINAL[code]} ({code}): {text}")
    return BackendError(f"{doing} failed: {text}", is_uncertain(error), retry_after(error))
