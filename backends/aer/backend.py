"""Aer's simulators: the same workloads on statevectors, matrix product states and density matrices."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

import numpy as np
from qiskit import QuantumCircuit, transpile

from backends.aer.compiled import CircuitNoise, Compiled
from backends.aer.engine import Engine
from backends.aer.measuring import is_diagonal, save_observables
from backends.aer.modelled_noise import ModelledNoise
from backends.aer.options import Options, checked_options, mpi_processes, options_refusal
from backends.aer.readout import readout_refusal, with_readout
from backends.backend import LocalBackend, usage_of
from backends.circuits import circuit_of
from backends.device_noise import DeviceNoise
from backends.memory import refusal
from backends.statevector.backend import with_noise
from backends.workload import Ansatz, Estimate, Expectation, Outcome, Samples, Sampling, Workload
from problems.checking import check_choice, check_integer, check_number
from problems.contract import Array
from problems.errors import BackendError, ProblemError
from problems.ground_state import NoiseModel

Method = Literal["automatic", "statevector", "matrix_product_state", "density_matrix"]
METHODS = ("automatic", "statevector", "matrix_product_state", "density_matrix")
DENSE = ("statevector", "density_matrix")
PREPARED = 256  # transpiled circuits kept; a search over circuits would pile up any number
NOISY_QUBITS = 10  # up to here a density matrix costs less than the trajectories that its noise would need
KEPT_TERMS = 1e-16  # Aer's own threshold: what it cuts off by it is rounding
WORD = 8  # numbers as long as a shot's word in hexadecimal digits


@dataclass(frozen=True)
class Aer(LocalBackend):
    """Simulate by Qiskit Aer. One transpilation serves all circuits of one structure.

    Without noise and truncation expectation values are exact, and a workload's precision adds seeded Gaussian
    noise, as ``Statevector`` does. With ``noise`` they are those of a noisy machine, readout errors included:
    a density matrix gives them without scatter; the other methods average over random trajectories and say
    the standard error. A truncated matrix product state adds ``discarded_weight`` to the usage: the sum, over
    all circuits and truncations, of the squared Schmidt coefficients cut off; above 0 the state is not the
    circuit's own, and NaN says that it is unknown (with noise, and once the log that Aer keeps for the whole
    process has passed 64 MiB). Row k of a workload draws from (seed, k): Aer itself would repeat the same
    shots for equal seeds. There are no gradients.

    Attributes:
        method: Aer's simulation method; "automatic" is the statevector, and with noise the density matrix of
            up to 10 qubits.
        precision: Of Aer's arithmetic.
        threads: Upper limit of Aer's own threads; 0 lets it choose.
        noise: A ``NoiseModel`` of gates, a ``DeviceNoise``, the name of a snapshot of a device such as
            "fake_torino", or noise of one's own that follows ``CircuitNoise``.
        trajectories: Per row, where noise is not simulated by a density matrix.
        max_bond_dimension: Of a matrix product state; None sets no limit.
        truncation_threshold: The weight that a matrix product state may lose at each truncation.
        device: "GPU" needs a build of Aer for it.
        options: Further options of ``AerSimulator``, such as ``{"blocking_enable": True, "blocking_qubits":
            20}``; kept as sorted pairs.
    """

    method: Method = "automatic"
    precision: Literal["double", "single"] = "double"
    threads: int = 0
    noise: CircuitNoise | NoiseModel | str | None = None
    trajectories: int = 1024
    max_bond_dimension: int | None = None
    truncation_threshold: float = KEPT_TERMS
    device: Literal["CPU", "GPU"] = "CPU"
    options: Options | Mapping[str, Any] = ()

    def __post_init__(self):
        check_choice("method", self.method, METHODS)
        check_choice("precision", self.precision, ("double", "single"))
        check_choice("device", self.device, ("CPU", "GPU"))
        check_integer("threads", self.threads, 0)
        check_integer("trajectories", self.trajectories, 2)
        check_number("truncation_threshold", self.truncation_threshold, 0.0, 1.0)
        if self.max_bond_dimension is not None:
            check_integer("max_bond_dimension", self.max_bond_dimension, 1)
        if self.truncating and self.method != "matrix_product_state":
            remedy = "only matrix product states are truncated"
            raise ProblemError("method", self.method, "matrix_product_state with a truncation", remedy)
        if isinstance(self.noise, str):
            object.__setattr__(self, "noise", DeviceNoise(self.noise))
        if isinstance(self.noise, NoiseModel):
            object.__setattr__(self, "noise", ModelledNoise(self.noise))
        if not (self.noise is None or isinstance(self.noise, CircuitNoise)):
            wanted = "a NoiseModel, a DeviceNoise or the name of a snapshot"
            raise ProblemError("noise", type(self.noise).__name__, wanted, "DeviceNoise takes any BackendV2")
        object.__setattr__(self, "options", checked_options(self.options))

    @classmethod
    def from_name(cls, argument: str) -> Aer:
        """Build from what follows ``aer:``, a simulation method or the snapshot of a device.

        Raises:
            ProblemError: If it is none of Aer's methods and no snapshot.
            MissingExtra: If it is a snapshot and qiskit-ibm-runtime is not installed.
        """
        if argument.startswith("fake_"):
            return cls(noise=argument)
        if argument and argument not in METHODS:
            wanted = "aer or aer: followed by " + ", ".join(METHODS) + " or a snapshot such as fake_torino"
            raise ProblemError("backend", f"aer:{argument}", wanted)
        return cls(method=argument) if argument else cls()  # pyright: ignore[reportArgumentType]

    @property
    def truncating(self) -> bool:
        """Whether a matrix product state may lose more than rounding."""
        return self.max_bond_dimension is not None or self.truncation_threshold > KEPT_TERMS

    @property
    def noisy(self) -> bool:  # pyright: ignore[reportIncompatibleVariableOverride]
        """Whether expectation values differ from the circuit's own: under noise or a truncation."""
        return self.noise is not None or self.truncating

    def unsuitable(self, workload: Workload) -> str | None:
        """Refuse gradients, what Aer or this memory does not hold, and noise that would not be noticed."""
        if isinstance(workload, Expectation) and workload.gradient:
            return "it has no exact gradients; use Statevector or a gradient-free optimizer"
        if isinstance(workload, Expectation) and workload.share < 1:
            return "it has no exact share of the lowest outcomes; sample, or use Statevector"
        n = workload.ansatz.num_qubits
        # the width is looked at before a circuit that may be far too wide is transpiled
        why = options_refusal(self.device, self.options) or self._too_wide(n, workload)
        if why is None and isinstance(self.noise, CircuitNoise):
            why = self.noise.refusal(n)
        if why is not None:
            return why
        compiled = self._prepare(workload.ansatz)
        if isinstance(compiled, str):
            return compiled
        if compiled.readout is not None and isinstance(workload, Expectation):
            found = (readout_refusal(observable, compiled.readout) for observable in workload.observables)
            why = next((sentence for sentence in found if sentence), None)
        return why or self._too_wide(compiled.circuit.num_qubits, workload)

    def estimate(self, workload: Workload) -> Mapping[str, float]:
        """Count circuits, shots, trajectories, and gates and depth as transpiled."""
        compiled = self._compiled(workload.ansatz)
        usage = usage_of(workload, **compiled.usage)
        if isinstance(workload, Expectation) and self._scattered(compiled.circuit.num_qubits):
            usage["trajectories"] = float(self.trajectories * len(workload.parameters))
        return usage

    def run(self, workload: Workload) -> Outcome:
        """Run all rows, as few jobs of Aer."""
        usage, compiled = dict(self.estimate(workload)), self._compiled(workload.ansatz)
        if isinstance(workload, Sampling):
            bits, lost = self._sample(workload, compiled)
            outcome: Outcome = Samples(bits, None, usage)
        else:
            mean, scatter, lost = self._means(workload, compiled)
            noisy = with_noise(Estimate(mean, scatter, None, usage), workload)
            outcome = Estimate(noisy.mean, np.hypot(scatter, workload.precision or 0.0), None, usage)
        if self.truncating:
            usage["discarded_weight"] = lost
        return outcome

    def _means(self, workload: Expectation, compiled: Compiled) -> tuple[Array, Array, float]:
        k, n, observables = compiled.circuit.num_qubits, compiled.num_qubits, workload.observables
        if compiled.readout is not None:
            observables = tuple(with_readout(observable, compiled.readout) for observable in observables)
        method, scattered, circuit = self._method(k), self._scattered(k), compiled.circuit.copy()
        readers = save_observables(circuit, observables, n, method in DENSE, scattered)
        means, lost = np.zeros((2, len(workload.parameters), len(readers))), 0.0
        if readers:
            shots = self.trajectories if scattered else 1
            numbers = shots * len(readers) if scattered or method not in DENSE else 1 << n
            angles = workload.ansatz.angles(workload.parameters)
            rows = self._engine.rows(method, compiled, circuit, angles, workload.seed, numbers, shots=shots)
            for row, (data, weight) in enumerate(rows):
                means[:, row] = np.transpose([read(data) for read in readers])
                lost += weight
        return means[0], means[1], lost

    def _sample(self, workload: Sampling, compiled: Compiled) -> tuple[Array, float]:
        n, k, shots = compiled.num_qubits, compiled.circuit.num_qubits, workload.shots
        measured = QuantumCircuit(k, n)
        measured.compose(compiled.circuit, inplace=True)
        measured.measure(range(n), range(n))
        angles = workload.ansatz.angles(workload.parameters)
        bits, lost = np.empty((len(angles), shots, n), dtype=np.uint8), 0.0
        asked = {"shots": shots, "memory": True}
        rows = self._engine.rows(
            self._method(k), compiled, measured, angles, workload.seed, WORD * shots, **asked
        )
        for row, (data, weight) in enumerate(rows):
            bits[row] = _bits(data["memory"], n)
            lost += weight
        return bits, lost

    def _method(self, qubits: int) -> str:
        if self.method != "automatic":
            return self.method
        return "density_matrix" if self.noise is not None and qubits <= NOISY_QUBITS else "statevector"

    def _scattered(self, qubits: int) -> bool:
        """Whether noise is drawn at random."""
        return self.noise is not None and self._method(qubits) != "density_matrix"

    def _too_wide(self, qubits: int, workload: Workload) -> str | None:
        method = self._method(qubits)
        limit = self._engine.simulator(method).configuration().n_qubits
        if qubits > limit:
            return f"{qubits} qubits, and Aer's {method} method holds {limit} here"
        if method not in DENSE or self.device == "GPU":  # whose memory is not the one that is measured here
            return None
        amplitude = 16 if self.precision == "double" else 8
        needed = amplitude << (qubits if method == "statevector" else 2 * qubits)
        if isinstance(workload, Expectation) and not self._scattered(qubits):
            # energies of each diagonal observable, and the probabilities
            diagonals = sum(is_diagonal(observable) for observable in workload.observables)
            needed += 8 * (diagonals + 1) << workload.ansatz.num_qubits
        if dict(self.options).get("accept_distributed_results"):
            needed //= mpi_processes()
        return refusal(qubits, needed, "fewer variables, or its matrix_product_state method")

    @cached_property
    def _engine(self) -> Engine:
        settings = {"precision": self.precision, "device": self.device, "max_parallel_threads": self.threads}
        truncation: dict[str, Any] = {"matrix_product_state_truncation_threshold": self.truncation_threshold}
        if self.max_bond_dimension is not None:
            truncation["matrix_product_state_max_bond_dimension"] = self.max_bond_dimension
        return Engine(settings | dict(self.options), truncation, self.truncating)

    @cached_property
    def _prepared(self) -> dict[str, Compiled | str]:
        return {}

    def _prepare(self, ansatz: Ansatz) -> Compiled | str:
        """Transpile once per structure, free parameters staying free; or say why it cannot be done."""
        structure, prepared = ansatz.structure, self._prepared
        if structure not in prepared:
            while len(prepared) >= PREPARED:
                del prepared[next(iter(prepared))]
            try:
                prepared[structure] = self._transpiled(ansatz)
            except (ProblemError, BackendError) as error:
                prepared[structure] = str(error)
        return prepared[structure]

    def _transpiled(self, ansatz: Ansatz) -> Compiled:
        circuit = circuit_of(ansatz)
        if isinstance(self.noise, CircuitNoise):
            return self.noise.compile(circuit)
        simulator = self._engine.simulator(self._method(circuit.num_qubits))
        ready = transpile(circuit, simulator, optimization_level=1, seed_transpiler=0)
        return Compiled(ready, circuit.num_qubits, tuple(circuit.parameters))

    def _compiled(self, ansatz: Ansatz) -> Compiled:
        compiled = self._prepare(ansatz)
        if isinstance(compiled, str):
            raise BackendError(f"Aer cannot run this circuit: {compiled}")
        return compiled

    def __getstate__(self) -> dict[str, object]:
        """Leave behind what was prepared: it is made again where it is needed."""
        return {name: getattr(self, name) for name in self.__dataclass_fields__}


def _bits(words: list[str], n: int) -> Array:
    """Return uint8 bits ``[S, n]`` of hexadecimal words; column q is bit q."""
    width = (n + 7) // 8
    letters = b"".join(int(word, 16).to_bytes(width, "little") for word in words)
    rows = np.frombuffer(letters, dtype=np.uint8).reshape(len(words), width)
    return np.unpackbits(rows, axis=1, bitorder="little")[:, :n]
