"""The embedded simulator as a backend: which simulator takes which ansatz, memory, noise of a precision."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from backends.backend import LocalBackend, usage_of
from backends.circuits import CircuitAnsatz
from backends.memory import SHARE, as_amount, refusal
from backends.mixers import XMixer
from backends.qaoa_ansatz import QaoaAnsatz
from backends.statevector import gates, transverse
from backends.statevector.simulation import Simulator
from backends.workload import Ansatz, Estimate, Expectation, Outcome, Samples, Sampling, Workload
from problems.checking import check_number
from problems.contract import Array
from problems.errors import ProblemError
from problems.ground_state import GateSequence


@dataclass(frozen=True)
class Statevector(LocalBackend):
    """Simulate the full state of n qubits in this process.

    Expectation values are exact; with a ``precision`` a workload gets Gaussian noise of that standard error
    from its seed, as if it had been measured. Row k of a batch draws from (seed, k) and depends on no other
    row. Gradients are exact, with or without a ``precision``, for ``QaoaAnsatz`` and ``GateSequence``: the
    adjoint method, at the cost of a few evaluations. Memory: 16 · 2ⁿ bytes for a state, up to 64 · 2ⁿ with a
    gradient.

    Attributes:
        memory_share: The share of the free memory that a workload may take before it is refused.
    """

    memory_share: float = field(default=SHARE, metadata={"content": False})  # no outcome depends on it

    def __post_init__(self):
        check_number("memory_share", self.memory_share, 0.0, 1.0, open_low=True)

    @classmethod
    def from_name(cls, argument: str) -> Statevector:
        """Build from what follows ``statevector:``, which is nothing."""
        if argument:
            raise ProblemError("backend", f"statevector:{argument}", "statevector, which takes no argument")
        return cls()

    def unsuitable(self, workload: Workload) -> str | None:
        """Refuse what does not fit into memory, unknown ansätze, and gradients of foreign circuits."""
        ansatz = workload.ansatz
        if not isinstance(ansatz, QaoaAnsatz | GateSequence | CircuitAnsatz):
            return f"it knows no {type(ansatz).__name__}; use a QaoaAnsatz, GateSequence or CircuitAnsatz"
        if isinstance(workload, Expectation) and workload.gradient and isinstance(ansatz, CircuitAnsatz):
            return "only QaoaAnsatz and GateSequence have exact gradients; use a gradient-free optimizer"
        if isinstance(ansatz, QaoaAnsatz):
            if not isinstance(ansatz.mixer, XMixer) or ansatz.start is not None:
                return f"it cannot mix by {type(ansatz.mixer).__name__} from this start"
            why = transverse.refusal_of(ansatz)
            if why is not None:
                return why
        alternatives = "fewer variables, or Aer's matrix_product_state method where entanglement is low"
        return refusal(ansatz.num_qubits, _bytes_needed(workload), alternatives, self.memory_share)

    def estimate(self, workload: Workload) -> Mapping[str, float]:
        """Count circuits, shots, gates and bytes."""
        return usage_of(workload, memory_bytes=as_amount(_bytes_needed(workload)))

    def run(self, workload: Workload) -> Outcome:
        """Simulate row by row."""
        usage = self.estimate(workload)
        simulator = _simulator(workload.ansatz)
        if isinstance(workload, Sampling):
            return Samples(simulator.sample(workload.parameters, workload.shots, workload.seed), None, usage)
        means, slopes = simulator.expectations(
            workload.parameters, workload.observables, workload.gradient, workload.share
        )
        return with_noise(Estimate(means, np.zeros_like(means), slopes, usage), workload)

    def state(self, ansatz: Ansatz, parameters: Any = ()) -> Array:
        """Return the final state, complex ``[2^n]``, at parameters ``[P]``."""
        row = np.asarray(parameters, dtype=float)
        self._refuse(Expectation(ansatz, (), row[None]))
        return _simulator(ansatz).state(row)

    def probabilities(self, ansatz: Ansatz, parameters: Any, bits: Any) -> Array:
        """Return the probabilities ``[K]`` of bits ``[K, n]`` at parameters ``[P]``."""
        rows = np.atleast_2d(np.asarray(bits, dtype=np.int64))
        if rows.shape[1] != ansatz.num_qubits or np.any((rows != 0) & (rows != 1)):
            raise ProblemError("bits", np.shape(bits), f"bits of shape (K, {ansatz.num_qubits})")
        return np.abs(self.state(ansatz, parameters)[rows @ (1 << np.arange(rows.shape[1]))]) ** 2

    def _refuse(self, workload: Workload) -> None:
        from backends.backend import refuse_unsuitable

        refuse_unsuitable(self, workload)


def with_noise(exact: Estimate, workload: Expectation) -> Estimate:
    """Add the Gaussian noise that a workload's precision asks for; row k draws from (seed, k)."""
    if workload.precision is None:
        return exact
    shape = exact.mean.shape
    noise = [np.random.default_rng([workload.seed, k]).normal(size=shape[1]) for k in range(shape[0])]
    mean = exact.mean + workload.precision * np.reshape(noise, shape)
    return Estimate(mean, np.full(shape, workload.precision), exact.gradient, exact.usage)


class _CircuitSimulator(Simulator):
    """Foreign circuits go through Qiskit's own exact simulation."""

    def __init__(self, ansatz: CircuitAnsatz):
        self._circuit, self.num_qubits = ansatz.circuit, ansatz.num_qubits

    def state(self, row: Array) -> Array:
        from qiskit.quantum_info import Statevector as QiskitStatevector

        return np.array(QiskitStatevector(self._circuit.assign_parameters(row)).data)

    def pull_back(self, row: Array, state: Array, left: Array) -> Array:
        raise NotImplementedError("refused before")


def _simulator(ansatz: Ansatz) -> Simulator:
    if isinstance(ansatz, QaoaAnsatz):
        return transverse.TransverseSimulator(ansatz)
    if isinstance(ansatz, GateSequence):
        return gates.GateSimulator(ansatz)
    assert isinstance(ansatz, CircuitAnsatz)
    return _CircuitSimulator(ansatz)


def _bytes_needed(workload: Workload) -> int:
    """Bytes at the peak: states and energies, and the drawn bits with what one row of them takes."""
    n, rows = workload.ansatz.num_qubits, len(workload.parameters)
    state = 48 if isinstance(workload.ansatz, CircuitAnsatz) else 16  # Qiskit copies while it evolves
    if isinstance(workload, Sampling):
        return ((state + 8) << n) + workload.shots * (rows * n + 80 + n)
    states = state + 32 if workload.gradient else state
    vectors = len(workload.observables) + 1  # of energies: the cost's too, or scratch while one is built
    return (states + 8 * vectors) << n
