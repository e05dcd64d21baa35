"""Qiskit Aer behind the door: the same workloads on Aer's simulators."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

import numpy as np
from qiskit import QuantumCircuit, transpile
from qiskit.exceptions import QiskitError
from qiskit_aer import AerSimulator

from backends.backend import LocalBackend, usage_of
from backends.circuits import circuit_of, operator_of
from backends.memory import refusal
from backends.statevector.backend import with_noise
from backends.workload import Ansatz, Estimate, Expectation, Observable, Outcome, Samples, Sampling, Workload
from problems.binary.quadratic import QuadraticForm
from problems.binary.qubo import Ising
from problems.checking import check_choice, check_integer
from problems.contract import Array
from problems.errors import BackendError, ProblemError

Method = Literal["automatic", "statevector", "matrix_product_state", "density_matrix"]
METHODS = ("automatic", "statevector", "matrix_product_state", "density_matrix")
SEEDS = 2**31 - 1  # Aer's seeds are 32-bit and signed
PREPARED = 256  # transpiled circuits kept; a search over circuits would pile up any number


@dataclass(frozen=True)
class Aer(LocalBackend):
    """Simulate by Qiskit Aer. One transpilation serves all circuits of one structure.

    Expectation values are exact (up to truncation with ``matrix_product_state``); a workload's precision adds
    seeded Gaussian noise, as ``Statevector`` does. Row k of a sampling draws from (seed, k): Aer itself would
    repeat the same shots for equal seeds. There are no gradients.

    Attributes:
        method: Aer's simulation method.
        precision: Of Aer's arithmetic.
        threads: Upper limit of Aer's own threads; 0 lets it choose.
    """

    method: Method = "statevector"
    precision: Literal["double", "single"] = "double"
    threads: int = 0

    def __post_init__(self):
        check_choice("method", self.method, METHODS)
        check_choice("precision", self.precision, ("double", "single"))
        check_integer("threads", self.threads, 0)

    @classmethod
    def from_name(cls, argument: str) -> Aer:
        """Build from what follows ``aer:``, a simulation method.

        Raises:
            ProblemError: If it is none of Aer's methods.
        """
        if argument and argument not in METHODS:
            raise ProblemError("backend", f"aer:{argument}", "aer or aer: followed by " + ", ".join(METHODS))
        return cls(method=argument) if argument else cls()  # pyright: ignore[reportArgumentType]

    def unsuitable(self, workload: Workload) -> str | None:
        """Refuse gradients, and what is wider than Aer's limit for the method and this memory."""
        n, limit = workload.ansatz.num_qubits, self._simulator.configuration().n_qubits
        if n > limit:
            return f"{n} qubits, and Aer's {self.method} method holds {limit} here"
        if isinstance(workload, Expectation) and workload.gradient:
            return "it has no exact gradients; use Statevector or a gradient-free optimizer"
        if isinstance(workload, Expectation) and workload.share < 1:
            return "it has no exact share of the lowest outcomes; sample, or use Statevector"
        if self.method not in ("statevector", "density_matrix"):
            return None
        amplitude = 16 if self.precision == "double" else 8
        needed = amplitude << (n if self.method == "statevector" else 2 * n)
        return refusal(n, needed, "fewer variables, or its matrix_product_state method")

    def estimate(self, workload: Workload) -> Mapping[str, float]:
        """Count circuits, shots, gates and the depth as transpiled for Aer."""
        return usage_of(workload, depth=float(self._transpiled(workload.ansatz).depth()))

    def run(self, workload: Workload) -> Outcome:
        """Run all rows as one Aer job."""
        usage = self.estimate(workload)
        if isinstance(workload, Sampling):
            return Samples(self._sample(workload), None, usage)
        means = self._means(workload)
        return with_noise(Estimate(means, np.zeros_like(means), None, usage), workload)

    def _means(self, workload: Expectation) -> Array:
        circuit = self._transpiled(workload.ansatz).copy()
        names = [f"o{j}" for j in range(len(workload.observables))]
        for name, observable in zip(names, workload.observables, strict=True):
            operator = operator_of(_without_offset(observable))
            circuit.save_expectation_value(operator, range(circuit.num_qubits), label=name)  # pyright: ignore
        circuits = _bound(circuit, workload)
        if not circuits:
            return np.zeros((0, len(names)))
        result = self._run(circuits, shots=1, seed_simulator=workload.seed % SEEDS)
        means = [[result.data(k)[name] for name in names] for k in range(len(circuits))]
        offsets = [o.form.offset if isinstance(o, Ising) else 0.0 for o in workload.observables]
        return np.asarray(means, dtype=float).reshape(len(circuits), len(names)) + offsets

    def _sample(self, workload: Sampling) -> Array:
        circuit = self._transpiled(workload.ansatz).copy()
        circuit.measure_all()
        bits = np.empty((len(workload.parameters), workload.shots, circuit.num_qubits), dtype=np.uint8)
        for row, bound in enumerate(_bound(circuit, workload)):
            seed = int(np.random.default_rng([workload.seed, row]).integers(SEEDS))
            words = self._run([bound], shots=workload.shots, seed_simulator=seed, memory=True).get_memory(0)
            letters = np.frombuffer("".join(words).encode(), dtype=np.uint8).reshape(bits.shape[1:])
            bits[row] = letters[:, ::-1] - ord("0")  # qubit 0 is the last letter
        return bits

    def _run(self, circuits: list[QuantumCircuit], **options: Any) -> Any:
        try:
            result = self._simulator.run(circuits, **options).result()
        except QiskitError as error:
            raise BackendError(f"Aer refused the circuits: {error.message}") from error
        if not result.success:
            raise BackendError(f"Aer failed: {result.status}; take fewer variables or another method")
        return result

    @cached_property
    def _simulator(self) -> AerSimulator:
        return AerSimulator(method=self.method, precision=self.precision, max_parallel_threads=self.threads)

    @cached_property
    def _prepared(self) -> dict[str, QuantumCircuit]:
        return {}

    def _transpiled(self, ansatz: Ansatz) -> QuantumCircuit:
        """Transpile once per structure; the free parameters stay free."""
        structure, prepared = ansatz.structure, self._prepared
        if structure not in prepared:
            while len(prepared) >= PREPARED:
                del prepared[next(iter(prepared))]
            prepared[structure] = transpile(
                circuit_of(ansatz), self._simulator, optimization_level=1, seed_transpiler=0
            )
        return prepared[structure]

    def __getstate__(self) -> dict[str, object]:
        """Leave behind what was prepared: it is made again where it is needed."""
        return {name: getattr(self, name) for name in self.__dataclass_fields__}


def _bound(circuit: QuantumCircuit, workload: Workload) -> list[QuantumCircuit]:
    angles = workload.ansatz.angles(workload.parameters)
    return [circuit.assign_parameters(row) for row in angles] if angles.shape[1] else [circuit] * len(angles)


def _without_offset(observable: Observable) -> Observable:
    """An Ising model without its constant, which is added exactly afterwards."""
    if not isinstance(observable, Ising):
        return observable
    form = observable.form
    return Ising(QuadraticForm(form.linear, form.first, form.second, form.coupling))
