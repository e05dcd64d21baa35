"""Where quantum workloads run: one door, and the engines behind it."""

from typing import TYPE_CHECKING

from problems.lazy import lazy

_NAMES = {
    "Aer": "backends.aer",
    "Backend": "backends.backend",
    "CircuitAnsatz": "backends.circuits",
    "Estimate": "backends.workload",
    "Expectation": "backends.workload",
    "Job": "backends.backend",
    "LocalBackend": "backends.backend",
    "QaoaAnsatz": "backends.workload",
    "Rehearsal": "backends.rehearsal",
    "Samples": "backends.workload",
    "Sampling": "backends.workload",
    "Statevector": "backends.statevector",
    "XMixer": "backends.workload",
    "get": "backends.registry",
    "names": "backends.registry",
}

__all__ = list(_NAMES)  # pyright: ignore[reportUnsupportedDunderAll]
__getattr__, __dir__ = lazy(__name__, _NAMES)

if TYPE_CHECKING:
    from backends.aer import Aer
    from backends.backend import Backend, Job, LocalBackend
    from backends.circuits import CircuitAnsatz
    from backends.registry import get, names
    from backends.rehearsal import Rehearsal
    from backends.statevector import Statevector
    from backends.workload import Estimate, Expectation, QaoaAnsatz, Samples, Sampling, XMixer
