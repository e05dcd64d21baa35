"""The embedded simulator: exact states in double precision, adjoint gradients, seeded samples."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from qiskit.quantum_info import Statevector as QiskitStatevector

from backends import gate_kernels as gates
from backends import statevector_kernels as kernels
from backends.backend import LocalBackend, usage_of
from backends.circuits import CircuitAnsatz
from backends.memory import SHARE, as_amount, refusal
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
from problems.checking import check_number
from problems.contract import Array
from problems.errors import ProblemError
from problems.ground_state import ROTATIONS, GateSequence, PauliSum


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
        alternatives = "fewer variables, or Aer's matrix_product_state method where entanglement is low"
        return refusal(ansatz.num_qubits, _bytes_needed(workload), alternatives, self.memory_share)

    def estimate(self, workload: Workload) -> Mapping[str, float]:
        """Count circuits, shots, gates and bytes."""
        return usage_of(workload, memory_bytes=as_amount(_bytes_needed(workload)))

    def run(self, workload: Workload) -> Outcome:
        """Simulate row by row."""
        usage = self.estimate(workload)
        if isinstance(workload, Sampling):
            return Samples(_sample(workload), None, usage)
        simulator, rows = _simulator(workload.ansatz), workload.parameters
        measured = [_Measured(observable, workload.ansatz) for observable in workload.observables]
        means = np.zeros((len(rows), len(measured)))
        gradient = np.zeros((*means.shape, rows.shape[1])) if workload.gradient else None
        for k, row in enumerate(rows):
            state = simulator.state(row)
            for j, observable in enumerate(measured):
                means[k, j] = observable.mean(state)
                if gradient is not None:
                    assert not isinstance(simulator, _CircuitSimulator)
                    gradient[k, j] = simulator.gradient(row, state.copy(), observable.apply(state))
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
        if isinstance(observable, PauliSum):
            self._masks = (*observable.masks, observable.coefficients)
        elif isinstance(ansatz, QaoaAnsatz) and observable is ansatz.cost:
            self._energies = ansatz.energies
        else:
            self._energies = kernels.energies_of(observable.form)

    def mean(self, state: Array) -> float:
        if self._energies is not None:
            return kernels.diagonal_mean(state, self._energies)
        return kernels.pauli_mean(*self._masks, state)

    def apply(self, state: Array) -> Array:
        if self._energies is not None:
            return self._energies * state
        out = np.empty_like(state)
        kernels.apply_pauli_sum(*self._masks, state, out)
        return out


class _QaoaSimulator:
    """Between layers the state is kept as i^(number of ones) ψ, where the mixer is real: see ``mix``."""

    def __init__(self, ansatz: QaoaAnsatz):
        form = ansatz.cost.form.on_bits()
        self._linear, self._coupling = np.ascontiguousarray(form.linear), form.dense()
        self._frame = np.full(ansatz.num_qubits, -np.pi / 2), np.zeros_like(self._coupling)
        self._n, self._layers, self._ansatz = ansatz.num_qubits, ansatz.layers, ansatz

    def state(self, row: Array) -> Array:
        betas, gammas = np.split(row, 2)
        state = np.full(1 << self._n, 2 ** (-self._n / 2), dtype=complex)
        self._turn(state, enter=True)
        for beta, gamma in zip(betas, gammas, strict=True):
            kernels.multiply_phases(gamma * self._linear, gamma * self._coupling, state)
            kernels.mix(state.view(float), self._n, beta)
        self._turn(state, enter=False)
        return state

    def gradient(self, row: Array, state: Array, left: Array) -> Array:
        """Return ``[P]`` from the final state ψ and ``left`` = Hψ, both used up."""
        betas, gammas = np.split(row, 2)
        slopes, energies = np.zeros((2, self._layers)), self._ansatz.energies
        self._turn(state, enter=True)
        self._turn(left, enter=True)
        for layer in range(self._layers - 1, -1, -1):
            slopes[0, layer] = 2 * kernels.mixer_overlap(left.view(float), state.view(float), self._n)
            for vector in (state, left):
                kernels.mix(vector.view(float), self._n, -betas[layer])
            slopes[1, layer] = 2 * kernels.diagonal_overlap(left, state, energies)
            undone = -gammas[layer] * self._linear, -gammas[layer] * self._coupling
            for vector in (state, left):
                kernels.multiply_phases(*undone, vector)
        return slopes.reshape(-1)

    def _turn(self, state: Array, enter: bool) -> None:
        linear, coupling = self._frame
        kernels.multiply_phases(linear if enter else -linear, coupling, state)


class _GateSimulator:
    def __init__(self, ansatz: GateSequence):
        self._ansatz = ansatz
        self._gates = (
            np.array([gates.KINDS[gate.kind] for gate in ansatz.gates], dtype=np.int64),
            np.array([gate.qubits[0] for gate in ansatz.gates], dtype=np.int64),
            np.array([gate.qubits[-1] for gate in ansatz.gates], dtype=np.int64),
        )
        self._turning = np.array([gate.kind in ROTATIONS for gate in ansatz.gates], dtype=bool)

    def state(self, row: Array) -> Array:
        state = np.zeros(1 << self._ansatz.num_qubits, dtype=complex)
        state[0] = 1.0
        gates.run_gates(*self._gates, self._spread(row), state)
        return state

    def gradient(self, row: Array, state: Array, left: Array) -> Array:
        """Return ``[P]`` from the final state ψ and ``left`` = Hψ, both used up."""
        slopes = np.zeros(len(self._turning))
        gates.pull_back(*self._gates, self._spread(row), state, left, slopes)
        sources = self._ansatz.sources
        free = sources >= 0
        return np.bincount(sources[free], slopes[self._turning][free], minlength=len(row))

    def _spread(self, row: Array) -> Array:
        spread = np.zeros(len(self._turning))
        spread[self._turning] = self._ansatz.angles(row[None])[0]
        return spread


class _CircuitSimulator:
    """Foreign circuits go through Qiskit's own exact simulation."""

    def __init__(self, ansatz: CircuitAnsatz):
        self._circuit = ansatz.circuit

    def state(self, row: Array) -> Array:
        return np.array(QiskitStatevector(self._circuit.assign_parameters(row)).data)


def _simulator(ansatz: Ansatz) -> _QaoaSimulator | _GateSimulator | _CircuitSimulator:
    if isinstance(ansatz, QaoaAnsatz):
        return _QaoaSimulator(ansatz)
    if isinstance(ansatz, GateSequence):
        return _GateSimulator(ansatz)
    assert isinstance(ansatz, CircuitAnsatz)
    return _CircuitSimulator(ansatz)


def _sample(workload: Sampling) -> Array:
    """Draw bits ``[B, S, n]``; row k draws its uniform numbers from (seed, k)."""
    simulator, n = _simulator(workload.ansatz), workload.ansatz.num_qubits
    bits = np.empty((len(workload.parameters), workload.shots, n), dtype=np.uint8)
    cumulative = np.empty(1 << n)
    for k, row in enumerate(workload.parameters):
        kernels.cumulative_probabilities(simulator.state(row), cumulative)
        uniform = np.random.default_rng([workload.seed, k]).random(workload.shots) * cumulative[-1]
        last = np.searchsorted(cumulative, cumulative[-1])  # beyond it rounding alone could lead
        bits[k] = bits_of(np.minimum(np.searchsorted(cumulative, uniform, side="right"), last), n)
    return bits


def bits_of(index: Array, n: int) -> Array:
    """Return uint8 bits ``[S, n]`` of basis indices ``[S]``; column q is bit q."""
    words = np.asarray(index).astype("<u8").view(np.uint8).reshape(-1, 8)
    return np.unpackbits(words, axis=1, bitorder="little")[:, :n]


def _bytes_needed(workload: Workload) -> int:
    """Bytes at the peak: states and energies, and the drawn bits with what one row of them takes."""
    n, rows = workload.ansatz.num_qubits, len(workload.parameters)
    state = 48 if isinstance(workload.ansatz, CircuitAnsatz) else 16  # Qiskit copies while it evolves
    if isinstance(workload, Sampling):
        return ((state + 8) << n) + workload.shots * (rows * n + 80 + n)
    states = state + 32 if workload.gradient else state
    vectors = len(workload.observables) + 1  # of energies: the cost's too, or scratch while one is built
    return (states + 8 * vectors) << n
