"""Where quantum workloads run: one door, and the engines behind it."""

from typing import TYPE_CHECKING

from problems.lazy import lazy

_NAMES = {
    "Aer": "backends.aer.backend",
    "Backend": "backends.backend",
    "Budget": "backends.budget",
    "CircuitAnsatz": "backends.circuits",
    "DeviceNoise": "backends.device_noise",
    "DickeStart": "backends.mixers",
    "Estimate": "backends.workload",
    "Expectation": "backends.workload",
    "FeasibleMixer": "backends.mixers",
    "FeasibleStart": "backends.mixers",
    "GroverMixer": "backends.mixers",
    "IBMQuantum": "backends.ibm.backend",
    "Job": "backends.backend",
    "Journal": "backends.journal",
    "LightCone": "backends.light_cone",
    "LocalBackend": "backends.backend",
    "NoisyCircuitBatch": "backends.pauli_transfer.batch",
    "OneHotStart": "backends.mixers",
    "PauliTransfer": "backends.pauli_transfer.backend",
    "PennyLane": "backends.pennylane_backend",
    "PlusStart": "backends.mixers",
    "ProductStart": "backends.mixers",
    "QaoaAnsatz": "backends.qaoa_ansatz",
    "Qiskit": "backends.qiskit_backend",
    "Rehearsal": "backends.rehearsal",
    "Samples": "backends.workload",
    "Sampling": "backends.workload",
    "SparseRows": "backends.sparse_rows",
    "Statevector": "backends.statevector.backend",
    "TermMixer": "backends.mixers",
    "WarmStartMixer": "backends.mixers",
    "XMixer": "backends.mixers",
    "XYMixer": "backends.mixers",
    "get": "backends.registry",
    "names": "backends.registry",
}

__all__ = list(_NAMES)  # pyright: ignore[reportUnsupportedDunderAll]
__getattr__, __dir__ = lazy(__name__, _NAMES)

if TYPE_CHECKING:
    from backends.aer.backend import Aer
    from backends.backend import Backend, Job, LocalBackend
    from backends.budget import Budget
    from backends.circuits import CircuitAnsatz
    from backends.device_noise import DeviceNoise
    from backends.ibm.backend import IBMQuantum
    from backends.journal import Journal
    from backends.light_cone import LightCone
    from backends.mixers import (
        DickeStart,
        FeasibleMixer,
        FeasibleStart,
        GroverMixer,
        OneHotStart,
        PlusStart,
        ProductStart,
        TermMixer,
        WarmStartMixer,
        XMixer,
        XYMixer,
    )
    from backends.pauli_transfer.backend import PauliTransfer
    from backends.pauli_transfer.batch import NoisyCircuitBatch
    from backends.pennylane_backend import PennyLane
    from backends.qaoa_ansatz import QaoaAnsatz
    from backends.qiskit_backend import Qiskit
    from backends.registry import get, names
    from backends.rehearsal import Rehearsal
    from backends.sparse_rows import SparseRows
    from backends.statevector.backend import Statevector
    from backends.workload import Estimate, Expectation, Samples, Sampling
