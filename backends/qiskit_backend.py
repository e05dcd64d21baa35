"""Any backend or pair of primitives that follows Qiskit's interfaces, behind the door."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from qiskit import QuantumCircuit
from qiskit.primitives import (
    BackendEstimatorV2,
    BackendSamplerV2,
    BaseEstimatorV2,
    BaseSamplerV2,
    StatevectorEstimator,
    StatevectorSampler,
)
from qiskit.providers import BackendV2
from qiskit.quantum_info import PauliList
from qiskit.transpiler import generate_preset_pass_manager

from backends.backend import Backend, FinishedJob, Job, refuse_unsuitable, usage_of
from backends.circuits import circuit_of, operator_of
from backends.memory import refusal
from backends.qiskit_identity import answers_in_process, described, device_of, is_exact
from backends.qiskit_job import QiskitJob
from backends.workload import Ansatz, Estimate, Expectation, Outcome, Samples, Sampling, Workload
from problems.checking import check_integer
from problems.contract import Array
from problems.errors import BackendError, ProblemError
from problems.storage import digest

SEEDS = 2**31 - 1  # simulators behind Qiskit's interfaces take signed 32-bit seeds
PREPARED = 256  # transpiled circuits kept; a search over circuits would pile up any number
# what primitives without a device are sent: gates that simulators know by name
BASIS = (
    "h", "x", "y", "z", "s", "sdg", "sx", "t", "tdg", "rx", "ry", "rz", "p", "u",
    "cx", "cz", "swap", "rxx", "ryy", "rzz", "rzx",
)  # fmt: skip


@dataclass(frozen=True)
class Qiskit(Backend):
    """Run on any ``BackendV2`` of Qiskit, or on any pair of its second-generation primitives.

    Circuits are transpiled once per structure, seeded, by Qiskit's preset passes; each workload is one job of
    one primitive. Expectation values have the standard errors that the estimator reports. Qiskit's own
    ``BackendEstimatorV2``, which serves a device without an estimator, takes ⌈1/precision²⌉ shots for each
    group of terms measured together, and its error adds up those of the terms, an upper bound. Simulators
    behind a device are seeded by the workload; a primitive that is handed in keeps its own seed, and with one
    it may repeat the same shots in every job. There are no gradients.

    Attributes:
        device: What circuits are transpiled for and, unless primitives are given, run on. By default that of
            the primitives, if they name one.
        sampler: Takes samplings; by default ``BackendSamplerV2`` on the device.
        estimator: Takes expectation values; by default ``BackendEstimatorV2`` on the device.
        optimization_level: Of the transpiler.
        seed: Of the transpiler.
        fingerprint: A digest of what stands behind: names, versions and options, and of a simulated device
            its figures too; derived.

    Raises:
        ProblemError: If neither a device nor a primitive is given, or something is not of these kinds.
    """

    device: BackendV2 | None = field(default=None, compare=False, metadata={"content": False})
    sampler: BaseSamplerV2 | None = field(default=None, compare=False, metadata={"content": False})
    estimator: BaseEstimatorV2 | None = field(default=None, compare=False, metadata={"content": False})
    optimization_level: int = 2
    seed: int = 0
    fingerprint: str = field(init=False, repr=False)

    def __post_init__(self):
        wanted = {"device": BackendV2, "sampler": BaseSamplerV2, "estimator": BaseEstimatorV2}
        for name, kind in wanted.items():
            value = getattr(self, name)
            if not (value is None or isinstance(value, kind)):
                remedy = "Qiskit(device), or Qiskit(sampler=…, estimator=…)"
                raise ProblemError(name, type(value).__name__, f"a {kind.__name__} of Qiskit", remedy)
        if self.device is None and self.sampler is None and self.estimator is None:
            remedy = "Qiskit(device), or Qiskit(sampler=…, estimator=…)"
            raise ProblemError("device", None, "a BackendV2, a sampler or an estimator", remedy)
        check_integer("optimization_level", self.optimization_level, 0, 3)
        check_integer("seed", self.seed, 0)
        parts = [described(part) for part in (self.device, self.sampler, self.estimator)]
        object.__setattr__(self, "fingerprint", digest(parts))

    @classmethod
    def from_name(cls, argument: str) -> Qiskit:
        """Refuse: a backend of Qiskit is an object and has to be handed in.

        Raises:
            ProblemError: Always, saying how it is done.
        """
        name = f"qiskit:{argument}" if argument else "qiskit"
        remedy = "in Python, Qiskit(device) takes any BackendV2"
        raise ProblemError("backend", name, "one that has a name, such as aer or statevector", remedy)

    @property
    def local(self) -> bool:  # pyright: ignore[reportIncompatibleVariableOverride]
        """Whether all that is used is known to simulate in this process."""
        used = [self.sampler, self.estimator]
        used += [self.device] if None in used else []
        return all(answers_in_process(part) for part in used if part is not None)

    @property
    def noisy(self) -> bool:  # pyright: ignore[reportIncompatibleVariableOverride]
        """Whether expectation values scatter or carry a machine's noise where no precision is asked for."""
        return not is_exact(self.estimator)

    @cached_property
    def compiled_for(self) -> BackendV2 | None:
        """The device that circuits are transpiled for: the one given, or the one a primitive names."""
        named = (device_of(primitive) for primitive in (self.sampler, self.estimator))
        return self.device or next((device for device in named if device is not None), None)

    def unsuitable(self, workload: Workload) -> str | None:
        """Refuse gradients, what no primitive here takes, and what is wider than the device."""
        if isinstance(workload, Expectation):
            if workload.gradient:
                return "it has no exact gradients; use Statevector or a gradient-free optimizer"
            if workload.share < 1:
                return "it has no exact share of the lowest outcomes; sample, or use Statevector"
            if self.device is None and self.estimator is None:
                return "it has a sampler and no estimator; hand in estimator=… or a device"
        elif self.device is None and self.sampler is None:
            return "it has an estimator and no sampler; hand in sampler=… or a device"
        n, target = workload.ansatz.num_qubits, self.compiled_for
        if target is not None and target.num_qubits is not None and n > target.num_qubits:
            return f"{n} qubits, and {target.name} has {target.num_qubits}; take fewer variables"
        used = self.estimator if isinstance(workload, Expectation) else self.sampler
        if isinstance(used, StatevectorEstimator | StatevectorSampler):
            why = refusal(n, 16 << n, "fewer variables, or Aer's matrix_product_state method")
            if why is not None:
                return why
        prepared = self._prepare(workload)
        return prepared if isinstance(prepared, str) else None

    def estimate(self, workload: Workload) -> Mapping[str, float]:
        """Count circuits, jobs and shots, and the gates and the depth as transpiled."""
        circuit, _ = self._compiled(workload)
        gates, depth = (
            circuit.num_nonlocal_gates(),
            circuit.depth(lambda entry: entry.name not in ("measure", "barrier")),
        )
        usage = usage_of(workload, two_qubit_gates=float(gates), depth=float(depth))
        if isinstance(workload, Expectation) and self.noisy and workload.observables:
            precision = workload.precision or self._default_precision
            if precision:
                usage["shots"] = usage["circuits"] * _groups(workload) * math.ceil(1 / precision**2)
        return usage

    def submit(self, workload: Workload, tag: str = "") -> Job:
        """Hand one job to the primitive; returns while it runs."""
        refuse_unsuitable(self, workload)
        usage, rows = self.estimate(workload), len(workload.parameters)
        if isinstance(workload, Expectation):
            shape = (rows, len(workload.observables))
            if 0 in shape:
                return FinishedJob(tag or "qiskit", Estimate(np.zeros(shape), np.zeros(shape), None, usage))
            added = workload.precision if workload.precision is not None else self._default_precision
            # this one adds Gaussian noise of that width and reports an error of 0
            least = added if isinstance(self.estimator, StatevectorEstimator) else 0.0
            return self._send(
                lambda: self._estimating(workload), lambda found: _estimate(found, shape, least, usage)
            )
        shape = (rows, workload.shots, workload.ansatz.num_qubits)
        if rows == 0:
            return FinishedJob(tag or "qiskit", Samples(np.zeros(shape, dtype=np.uint8), None, usage))
        return self._send(lambda: self._sampling(workload), lambda found: _samples(found, shape, usage))

    def _send(self, run: Callable[[], Any], read: Callable[[Any], Outcome]) -> Job:
        try:
            return QiskitJob(run(), read)
        except Exception as error:  # whatever a foreign backend raises
            raise BackendError(f"Qiskit could not submit the job: {error}") from error

    def _estimating(self, workload: Expectation) -> Any:
        circuit, places = self._compiled(workload)
        operators = [operator_of(observable) for observable in workload.observables]
        layout = circuit.layout
        if layout is not None:
            operators = [operator.apply_layout(layout) for operator in operators]  # pyright: ignore
        column = [[operator] for operator in operators]
        values = _values(circuit, places, workload)
        estimator = self.estimator or BackendEstimatorV2(backend=self.device, options=_seeded(workload))  # pyright: ignore
        pubs: list[Any] = [(circuit, column, values)]
        if not circuit.parameters:
            pubs = [(circuit, column)] * len(values)  # a value array without columns is not taken everywhere
        return estimator.run(pubs, precision=workload.precision)

    def _sampling(self, workload: Sampling) -> Any:
        circuit, places = self._compiled(workload)
        values = _values(circuit, places, workload)
        sampler = self.sampler or BackendSamplerV2(backend=self.device, options=_seeded(workload))  # pyright: ignore
        pubs: list[Any] = [(circuit, values)] if circuit.parameters else [circuit] * len(values)
        return sampler.run(pubs, shots=workload.shots)

    @property
    def _default_precision(self) -> float:
        estimator = self.estimator
        if estimator is None:
            return BackendEstimatorV2(backend=self.device).options.default_precision  # pyright: ignore
        options = getattr(estimator, "options", None)
        own = getattr(estimator, "default_precision", None)
        return float(own if own is not None else getattr(options, "default_precision", None) or 0.0)

    @cached_property
    def _prepared(self) -> dict[tuple[str, bool], tuple[QuantumCircuit, dict[Any, int]] | str]:
        return {}

    def _prepare(self, workload: Workload) -> tuple[QuantumCircuit, dict[Any, int]] | str:
        """Transpile once per structure, measured or not; or say why there is no circuit."""
        measured, prepared = isinstance(workload, Sampling), self._prepared
        key = (workload.ansatz.structure, measured)
        if key not in prepared:
            while len(prepared) >= PREPARED:
                del prepared[next(iter(prepared))]
            try:
                prepared[key] = self._transpiled(workload.ansatz, measured)
            except ProblemError as error:
                prepared[key] = str(error)
        return prepared[key]

    def _transpiled(self, ansatz: Ansatz, measured: bool) -> tuple[QuantumCircuit, dict[Any, int]]:
        circuit = circuit_of(ansatz).copy()
        places = {parameter: k for k, parameter in enumerate(circuit.parameters)}
        if measured:
            circuit.measure_all()
        device = self.compiled_for
        manager = generate_preset_pass_manager(
            self.optimization_level,
            backend=device,
            basis_gates=list(BASIS) if device is None else None,
            seed_transpiler=self.seed,
        )
        ready: Any = manager.run(circuit)
        return ready, places

    def _compiled(self, workload: Workload) -> tuple[QuantumCircuit, dict[Any, int]]:
        prepared = self._prepare(workload)
        if isinstance(prepared, str):
            raise BackendError(f"Qiskit cannot run this circuit: {prepared}")
        return prepared

    def __getstate__(self) -> dict[str, object]:
        """Leave behind what was prepared: it is made again where it is needed."""
        return {name: getattr(self, name) for name in self.__dataclass_fields__}


def _seeded(workload: Workload) -> dict[str, int]:
    return {"seed_simulator": int(np.random.default_rng(workload.seed).integers(SEEDS))}


def _values(circuit: QuantumCircuit, places: Mapping[Any, int], workload: Workload) -> Array:
    """The angles ``[B, …]`` of the parameters that the transpiler has left, in the circuit's order."""
    angles = workload.ansatz.angles(workload.parameters)
    return angles[:, [places[parameter] for parameter in circuit.parameters]]


def _groups(workload: Expectation) -> int:
    """How many settings measure all terms of all observables, terms that commute on each qubit together."""
    labels = {label for o in workload.observables for label in operator_of(o).paulis.to_labels()}
    return len(PauliList(sorted(labels)).group_commuting(qubit_wise=True))


def _estimate(found: Any, shape: tuple[int, int], least: float, usage: Mapping[str, float]) -> Estimate:
    """The estimate ``[B, K]`` of one pub of shape (K, B), or of B pubs of shape (K, 1)."""
    mean, error = (
        np.concatenate([np.reshape(getattr(pub.data, name), (shape[1], -1)) for pub in found], axis=1).T
        for name in ("evs", "stds")
    )
    return Estimate(np.array(mean, dtype=float), np.maximum(error, least), None, usage)


def _samples(found: Any, shape: tuple[int, int, int], usage: Mapping[str, float]) -> Samples:
    arrays = [pub.data.meas.to_bool_array(order="little") for pub in found]
    return Samples(np.reshape(np.concatenate(arrays), shape).astype(np.uint8), None, usage)
