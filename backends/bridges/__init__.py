"""Bridges to other tools: Qiskit's primitives, PennyLane's devices, circuits to take along."""

from typing import TYPE_CHECKING

from problems.lazy import lazy

_NAMES = {
    "HybridEstimator": "backends.bridges.primitives",
    "HybridSampler": "backends.bridges.primitives",
    "StatevectorDevice": "backends.bridges.pennylane_device",
    "to_openqasm3": "backends.bridges.export",
    "to_pennylane": "backends.bridges.export",
    "to_qiskit": "backends.bridges.export",
}

__all__ = list(_NAMES)  # pyright: ignore[reportUnsupportedDunderAll]
__getattr__, __dir__ = lazy(__name__, _NAMES)

if TYPE_CHECKING:
    from backends.bridges.export import to_openqasm3, to_pennylane, to_qiskit
    from backends.bridges.pennylane_device import StatevectorDevice
    from backends.bridges.primitives import HybridEstimator, HybridSampler
