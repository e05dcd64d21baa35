"""Qiskit Aer behind the door: its methods, its noise, its options, and what it truncates."""

from typing import TYPE_CHECKING

from problems.lazy import lazy

_NAMES = {
    "Aer": "backends.aer.backend",
}

__all__ = list(_NAMES)  # pyright: ignore[reportUnsupportedDunderAll]
__getattr__, __dir__ = lazy(__name__, _NAMES)

if TYPE_CHECKING:
    from backends.aer.backend import Aer
