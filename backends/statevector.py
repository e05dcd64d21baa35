"""The embedded simulator: exact states in double precision, adjoint gradients, seeded samples."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import psutil

from backends import statevector_kernels as kernels
from backends.backend import LocalBackend, usage_of
from backends.circuits import CircuitAnsatz
from backends.workload import (
    Ansatz,
    Estimate,
    Expectation,
    Observable,
    Outcome,
    QaoaAnsatz,
    Samples,
    Sampling,
    Workload,
)
from problems.binary.qubo import Ising
from problems.checking import check_number
from problems.contract import Array
from problems.errors import BackendError, ProblemError
from problems.ground_state import ROTATIONS, GateSequence

COMPLEX = 16  # bytes of an amplitude


@dataclass(frozen=True)
class Statevector(LocalBackend):
    """Simulate the full state of n qubits in this process.

    Expectation values are exact; with a ``precision`` a workload gets Gaussian noise of that standard error
    from its seed, as if it had been measured. Row k of a batch draws from (seed, k) and depends on no other
    row. Gradients are exact for ``QaoaAnsatz`` and ``GateSequence`` by the adjoint method, at the cost of a
    few evaluations.

    Attributes:
        memory_share: The share of the free memory that a workload may take before it is refused.
    """

    memory_share: float = 0.8

    def __post_init__(self):
        check_number("memory_share", self.memory_share, 0.0, 1.0, open_low=True)

    @classmethod
    def from_name(cls, argument: str) -> Statevector:
        """Build from what follows ``statevector:``, which is nothing."""
        if argument:
            raise ProblemError("backend", f"statevector:{argument}", "statevector, which takes no argument")
        return cls()

    def unsuitable(self, workload: Workload) -> str | None:
        """Refuse what does not fit into memory, and gradients of foreign circuits."""
        needed, free = _memory(workload), self.memory_share * psutil.virtual_memory().available
        if needed > free:
            return (
                f"{workload.ansatz.num_qubits} qubits need {needed:,.0f} bytes, {free:,.0f} are free to use; "
                "take fewer variables, or Aer's matrix_product_state method where entanglement is low"
            )
        if (
            isinstance(workload, Expectation)
            and workload.gradient
            and isinstance(workload.ansatz, CircuitAnsatz)
        ):
            return "only QaoaAnsatz and GateSequence have exact gradients; use a gradient-free optimizer"
        return None

    def estimate(self, workload: Workload) -> Mapping[str, float]:
        """Count circuits, shots, gates and bytes."""
        return usage_of(workload, memory_bytes=_memory(workload))

    def run(self, workload: Workload) -> Outcome:
        """Simulate row by row."""
        simulator = _simulator(workload.ansatz)
        rows = range(len(workload.parameters))
        angles = np.ascontiguousarray(workload.ansatz.angles(workload.parameters))
        usage = self.estimate(workload)
        if isinstance(workload, Sampling):
            bits = [_sample(simulator.state(workload, k, angles[k]), workload, k) for k in rows]
            return Samples(np.stack(bits) if bits else _no_bits(workload), None, usage)
        means = np.zeros((len(rows), len(workload.observables)))
        gradient = np.zeros((*means.shape, workload.ansatz.num_parameters)) if workload.gradient else None
        measured = [_Measured(observable, workload.ansatz) for observable in workload.observables]
        for k in rows:
            state = simulator.state(workload, k, angles[k])
            for j, observable in enumerate(measured):
                means[k, j] = observable.mean(state)
                if gradient is not None:
                    left = observable.apply(state)
                    gradient[k, j] = simulator.gradient(workload, k, angles[k], state.copy(), left)
        return with_noise(Estimate(means, np.zeros_like(means), gradient, usage), workload)


def with_noise(exact: Estimate, workload: Expectation) -> Estimate:
    """Add the Gaussian noise that a workload's precision asks for; row k draws from (seed, k)."""
    if workload.precision is None:
        return exact
    shape = exact.mean.shape
    noise = [np.random.default_rng([workload.seed, k]).normal(size=shape[1]) for k in range(shape[0])]
    mean = exact.mean + workload.precision * np.reshape(noise, shape)
    return Estimate(mean, np.full(shape, workload.precision), exact.gradient, exact.usage)


class _Measured:
    """An observable made ready: a diagonal as its vector of energies, the rest as Pauli masks."""

    def __init__(self, observable: Observable, ansatz: Ansatz):
        self._energies = None
        if isinstance(observable, Ising):
            own = isinstance(ansatz, QaoaAnsatz) and observable is ansatz.cost
            self._energies = ansatz.energies if own else kernels.energies_of(observable.form)  # pyright: ignore
        else:
            self._masks = (*observable.masks, np.asarray(observable.coefficients))

    def mean(self, state: Array) -> float:
        if self._energies is not None:
            return kernels.diagonal_mean(state, self._energies)
        return float(np.real(np.vdot(state, self.apply(state))))

    def apply(self, state: Array) -> Array:
        if self._energies is not None:
            return self._energies * state
        out = np.empty_like(state)
        kernels.apply_pauli_sum(*self._masks, state, out)
        return out


class _QaoaSimulator:
    def __init__(self, ansatz: QaoaAnsatz):
        self._n, self._layers = ansatz.num_qubits, ansatz.layers
        form = ansatz.cost.form.on_bits()
        self._linear, self._coupling = np.ascontiguousarray(form.linear), form.dense()
        self._ansatz = ansatz

    def state(self, workload: Workload, row: int, angles: Array) -> Array:
        betas, gammas = np.split(workload.parameters[row], 2)
        size = 1 << self._n
        state = np.full(size, 2 ** (-self._n / 2), dtype=complex)
        scratch = self._scratch()
        for beta, gamma in zip(betas, gammas, strict=True):
            kernels.multiply_phases(self._linear, self._coupling, gamma, state, *scratch)
            kernels.mix(state, self._n, beta)
        return state

    def gradient(self, workload: Workload, row: int, angles: Array, state: Array, left: Array) -> Array:
        betas, gammas = np.split(workload.parameters[row], 2)
        slopes, scratch = np.zeros((2, self._layers)), self._scratch()
        energies = self._ansatz.energies
        for layer in range(self._layers - 1, -1, -1):
            slopes[0, layer] = 2 * kernels.mixer_overlap(left, state, self._n)
            for vector in (state, left):
                kernels.mix(vector, self._n, -betas[layer])
            slopes[1, layer] = 2 * kernels.diagonal_overlap(left, state, energies)
            for vector in (state, left):
                kernels.multiply_phases(self._linear, self._coupling, -gammas[layer], vector, *scratch)
        return slopes.reshape(-1)

    def _scratch(self) -> tuple[Array, Array]:
        size = 1 << self._n
        return np.empty(size, dtype=complex), np.empty(max(1, size // 2), dtype=complex)


class _GateSimulator:
    def __init__(self, ansatz: GateSequence):
        self._ansatz = ansatz
        self._kinds = np.array([kernels.KINDS[gate.kind] for gate in ansatz.gates], dtype=np.int64)
        self._first = np.array([gate.qubits[0] for gate in ansatz.gates], dtype=np.int64)
        self._second = np.array([gate.qubits[-1] for gate in ansatz.gates], dtype=np.int64)
        self._turning = np.array([gate.kind in ROTATIONS for gate in ansatz.gates], dtype=bool)

    def state(self, workload: Workload, row: int, angles: Array) -> Array:
        state = np.zeros(1 << self._ansatz.num_qubits, dtype=complex)
        state[0] = 1.0
        kernels.run_gates(self._kinds, self._first, self._second, self._spread(angles), state)
        return state

    def gradient(self, workload: Workload, row: int, angles: Array, state: Array, left: Array) -> Array:
        slopes = np.zeros(len(self._kinds))
        kernels.pull_back(self._kinds, self._first, self._second, self._spread(angles), state, left, slopes)
        free = self._ansatz.sources >= 0
        return np.bincount(
            self._ansatz.sources[free], slopes[self._turning][free], minlength=self._ansatz.num_parameters
        )

    def _spread(self, angles: Array) -> Array:
        spread = np.zeros(len(self._kinds))
        spread[self._turning] = angles
        return spread


class _CircuitSimulator:
    """Foreign circuits go through Qiskit's own exact simulation."""

    def __init__(self, ansatz: CircuitAnsatz):
        self._circuit = ansatz.circuit

    def state(self, workload: Workload, row: int, angles: Array) -> Array:
        from qiskit.quantum_info import Statevector as QiskitStatevector

        return np.array(QiskitStatevector(self._circuit.assign_parameters(angles)).data)

    def gradient(self, workload: Workload, row: int, angles: Array, state: Array, left: Array) -> Array:
        raise BackendError("gradients of foreign circuits are not exact here")


def bits_of(index: Array, n: int) -> Array:
    """Return uint8 bits ``[..., n]`` of basis indices; column q is bit q."""
    return ((np.asarray(index)[..., None] >> np.arange(n)) & 1).astype(np.uint8)


def _simulator(ansatz: Ansatz) -> Any:
    if isinstance(ansatz, QaoaAnsatz):
        return _QaoaSimulator(ansatz)
    return _GateSimulator(ansatz) if isinstance(ansatz, GateSequence) else _CircuitSimulator(ansatz)  # pyright: ignore


def _sample(state: Array, workload: Sampling, row: int) -> Array:
    cumulative = np.cumsum(np.abs(state) ** 2)
    uniform = np.random.default_rng([workload.seed, row]).random(workload.shots) * cumulative[-1]
    index = np.minimum(np.searchsorted(cumulative, uniform, side="right"), len(cumulative) - 1)
    return bits_of(index, workload.ansatz.num_qubits)


def _no_bits(workload: Sampling) -> Array:
    return np.zeros((0, workload.shots, workload.ansatz.num_qubits), dtype=np.uint8)


def _memory(workload: Workload) -> float:
    """Bytes at the peak: states, phases and their slopes, energies, and what sampling or a gradient adds."""
    size = 2.0**workload.ansatz.num_qubits
    vectors = 2.5 if isinstance(workload.ansatz, QaoaAnsatz) else 2.0
    if isinstance(workload, Sampling):
        return size * (COMPLEX * vectors + 24)
    return size * (COMPLEX * (vectors + (3.0 if workload.gradient else 1.0)) + 8 * len(workload.observables))
