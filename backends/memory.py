"""Whether a simulation fits into memory, said before anything is allocated."""

from __future__ import annotations

import math

import psutil

SHARE = 0.8  # of the free memory, so that the rest of the process can go on


def refusal(qubits: int, needed: int, alternatives: str, share: float = SHARE) -> str | None:
    """Return a sentence that names the bytes needed, the limit and the alternatives; None if they fit."""
    limit = int(share * psutil.virtual_memory().available)
    if needed <= limit:
        return None
    shown = f"{needed:,}" if qubits < 64 else f"over 2^{needed.bit_length() - 1}"
    return f"{qubits} qubits need {shown} bytes and the limit is {limit:,} bytes; take {alternatives}"


def as_amount(needed: int) -> float:
    """Return a number of bytes as a resource; infinite where no float is large enough."""
    return float(needed) if needed.bit_length() < 1024 else math.inf
