"""Servers and the service's own client for the tests."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import pytest
from qiskit import QuantumCircuit, generate_preset_pass_manager

from tests.backends.ibm_stub.server import Stub


@contextmanager
def serving(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., tuple[Stub, Any]]]:
    """Return a function that starts a server and a client of it; all servers are stopped at the end."""
    try:
        import tests.backends.ibm_stub.execution  # noqa: F401
    except ImportError as error:
        pytest.skip(f"this version of qiskit-ibm-runtime has its internal names elsewhere: {error}")
    running = []

    def start(*faults: Any, **fields: Any) -> tuple[Stub, Any]:
        stub = Stub(("manila",), faults=faults, **fields).start()
        running.append(stub)
        return stub, connect(stub, monkeypatch)

    yield start
    for stub in running:
        stub.stop()


def connect(stub: Stub, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Return a client of a server, whose environment is set."""
    from qiskit_ibm_runtime import QiskitRuntimeService

    for name, value in stub.environment.items():
        monkeypatch.setenv(name, value)
    return QiskitRuntimeService(
        token=os.environ["QISKIT_IBM_TOKEN"],
        instance=os.environ["QISKIT_IBM_INSTANCE"],
        url=os.environ["QISKIT_IBM_URL"],
        url_resolver=lambda *_: os.environ["HYBRID_IBM_GATEWAY"],
    )


def bell(backend: Any) -> QuantumCircuit:
    """Return a measured Bell pair in the device's gates."""
    circuit = QuantumCircuit(2)
    circuit.h(0)
    circuit.cx(0, 1)
    circuit.measure_all()
    return generate_preset_pass_manager(1, backend=backend, seed_transpiler=3).run(circuit)


def submit(service: Any, shots: int = 64, tags: Sequence[str] = (), mode: Any = None, **options: Any) -> Any:
    """Submit a Bell pair and return the client's job."""
    from qiskit_ibm_runtime.executor_sampler import Sampler

    backend = service.backend("stub_manila")
    sampler = Sampler(mode or backend, options=options or None)
    sampler.options.environment.job_tags = list(tags)
    return sampler.run([bell(backend)], shots=shots)


def outcome(primitive: Any, pubs: Sequence[Any], **fields: Any) -> Any:
    """Run a sampler or an estimator and return the result of its first part."""
    return primitive.run(pubs, **fields).result(poll_interval=0.1)[0]
