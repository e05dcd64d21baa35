"""Exact noisy simulation in the Pauli-Liouville picture: values, gradients, seeded samples."""

from typing import TYPE_CHECKING

from problems.lazy import lazy

_NAMES = {
    "NoisyCircuitBatch": "backends.pauli_transfer.batch",
    "PauliTransfer": "backends.pauli_transfer.backend",
}

__all__ = list(_NAMES)  # pyright: ignore[reportUnsupportedDunderAll]
__getattr__, __dir__ = lazy(__name__, _NAMES)

if TYPE_CHECKING:
    from backends.pauli_transfer.backend import PauliTransfer
    from backends.pauli_transfer.batch import NoisyCircuitBatch
