"""What decides the last bits of a computation: the versions of libraries, and the processor."""

from __future__ import annotations

import json
import platform
from functools import lru_cache
from pathlib import Path

from problems.installation import versions

PROCESSORS = Path("/proc/cpuinfo")  # where Linux says what it runs on; platform.processor() is empty there


def arithmetic() -> str:
    """Return the versions and the processor as a JSON object with sorted names."""
    return json.dumps({**versions(), "processor": _processor()}, sort_keys=True)


def differences(one: str, other: str) -> str:
    """Say what two descriptions by ``arithmetic`` differ in: ``numpy 2.1.0 → 2.2.0, …``."""
    before, after = json.loads(one), json.loads(other)
    names = [name for name in sorted({*before, *after}) if before.get(name) != after.get(name)]
    return ", ".join(f"{name} {before.get(name, 'none')} → {after.get(name, 'none')}" for name in names)


@lru_cache(maxsize=1)
def _processor() -> str:
    model = ""
    if PROCESSORS.exists():
        lines = PROCESSORS.read_text(encoding="utf-8", errors="replace").splitlines()
        model = next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "")
    return f"{platform.machine()} {model or platform.processor()}".strip()
