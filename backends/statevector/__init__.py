"""The embedded simulator: exact states, adjoint gradients, seeded samples."""

from typing import TYPE_CHECKING

from problems.lazy import lazy

_NAMES = {
    "CircuitBatch": "backends.statevector.circuit_batch",
    "Statevector": "backends.statevector.backend",
}

__all__ = list(_NAMES)  # pyright: ignore[reportUnsupportedDunderAll]
__getattr__, __dir__ = lazy(__name__, _NAMES)

if TYPE_CHECKING:
    from backends.statevector.backend import Statevector
    from backends.statevector.circuit_batch import CircuitBatch
