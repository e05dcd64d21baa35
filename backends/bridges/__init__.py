"""Bridges to other tools: Qiskit's primitives, PennyLane's devices, circuits to take along."""

from typing import TYPE_CHECKING

from problems.lazy import lazy

_NAMES = {
    "HybridEstimator": "backends.bridges.primitives",
    "HybridSampler": "backends.bridges.primitives",
}

__all__ = list(_NAMES)  # pyright: ignore[reportUnsupportedDunderAll]
__getattr__, __dir__ = lazy(__name__, _NAMES)

if TYPE_CHECKING:
    from backends.bridges.primitives import HybridEstimator, HybridSampler
