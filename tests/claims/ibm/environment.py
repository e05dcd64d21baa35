"""The service for the claims: a server in this process, and the client's environment."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from backends.ibm import IBMQuantum, Retries
from tests.backends.ibm_stub import Stub

ROOT = Path(__file__).parents[3]
QUICK = Retries(first_pause=0.05, longest_pause=0.2, grace=1.0, first_look=0.05, longest_look=0.5)


@contextmanager
def environment(variables: Mapping[str, str]) -> Iterator[None]:
    """Set variables of this process, and set them back."""
    before = {name: os.environ.get(name) for name in variables}
    os.environ.update(variables)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


@contextmanager
def serving(*devices: str, **fields: object) -> Iterator[Stub]:
    """Serve devices from this process, under whose environment the client runs."""
    with Stub(devices=devices, **fields) as stub, environment(stub.environment):  # pyright: ignore[reportArgumentType]
        yield stub


def remote(device: str, **fields: object) -> IBMQuantum:
    """Return a device of the server, without mitigation: what it returns is to be held against its noise."""
    chosen: dict[str, object] = {"retries": QUICK, "resilience_level": 0, "swap_strategy": "transpiler"}
    return IBMQuantum(f"stub_{device}", **(chosen | fields))  # pyright: ignore[reportArgumentType]


@dataclass(frozen=True)
class Said:
    """What a command line ended with."""

    status: int
    output: str
    errors: str


def hybrid(
    folder: Path, *words: str, without: tuple[str, ...] = (), variables: Mapping[str, str] | None = None
) -> Said:
    """Run ``hybrid`` in a folder, in a process of its own, with variables taken away and added."""
    inherited = {name: value for name, value in os.environ.items() if name not in without}
    ended = subprocess.run(
        [sys.executable, "-m", "hybrid", *words],
        cwd=folder,
        env=inherited | {"PYTHONPATH": str(ROOT)} | dict(variables or {}),
        capture_output=True,
        text=True,
        timeout=600,
    )
    return Said(ended.returncode, ended.stdout, ended.stderr)
