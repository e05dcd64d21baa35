"""What ran: versions, processors, threads."""

from __future__ import annotations

import os
from importlib.metadata import PackageNotFoundError, version

from tests.claims.simulators import qokit_peer
from tests.claims.simulators.contest import load

PEERS = ("numpy", "numba", "qiskit", "qiskit-aer", "pennylane", "pennylane-lightning")
THREADS = ("OMP_NUM_THREADS", "NUMBA_NUM_THREADS", "OPENBLAS_NUM_THREADS")


def versions() -> str:
    """Write versions, threads and load on one line."""
    parts = [f"{name} {_version(name)}" for name in PEERS]
    parts += [f"qokit {qokit_peer.version()}", load(), _processor()]
    parts += [f"{name}={os.environ.get(name, 'unset')}" for name in THREADS]
    return ", ".join(parts)


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "not installed"


def _processor() -> str:
    try:
        with open("/proc/cpuinfo") as text:
            told = [line for line in text if line.startswith(("model name", "flags"))]
    except OSError:
        return "unknown processor"
    flags = " ".join(told).split()
    wide = "AVX-512" if "avx512f" in flags else "AVX2" if "avx2" in flags else "no AVX2"
    name = next((line.split(":", 1)[1].strip() for line in told if line.startswith("model")), "a processor")
    return f"{name} with {wide}"
