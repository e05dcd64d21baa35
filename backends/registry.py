"""Backends by name: ``get("statevector")``, ``get("aer:density_matrix")``, and others by entry point."""

from __future__ import annotations

import importlib
from importlib.metadata import entry_points
from typing import TYPE_CHECKING

from problems.errors import ProblemError

if TYPE_CHECKING:
    from backends.backend import Backend

OWN = {
    "aer": "backends.aer.backend:Aer",
    "ibm": "backends.ibm.backend:IBMQuantum",
    "light-cone": "backends.light_cone:LightCone",
    "pauli-transfer": "backends.pauli_transfer.backend:PauliTransfer",
    "pennylane": "backends.pennylane_backend:PennyLane",
    "qiskit": "backends.qiskit_backend:Qiskit",
    "statevector": "backends.statevector.backend:Statevector",
}


def get(name: str) -> Backend:
    """Return the backend that ``kind`` or ``kind:argument`` names.

    Args:
        name: One of ``names()``, with an argument where the kind takes one.

    Raises:
        ProblemError: If there is no such kind or it refuses the argument.
    """
    kind, _, argument = name.partition(":")
    if kind in OWN:
        module, _, attribute = OWN[kind].partition(":")
        return getattr(importlib.import_module(module), attribute).from_name(argument)
    for entry in entry_points(group="hybrid.backends", name=kind):
        return entry.load().from_name(argument)
    raise ProblemError("backend", name, "one of " + ", ".join(names()))


def names() -> tuple[str, ...]:
    """Return the kinds of backend that are installed, ours and others'."""
    return tuple(sorted({*OWN, *(entry.name for entry in entry_points(group="hybrid.backends"))}))
