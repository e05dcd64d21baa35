"""The noise of a device, cut to the qubits that a circuit uses, so that it is quick to simulate."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from importlib.util import find_spec
from typing import Any, Literal

import numpy as np
from qiskit import QuantumCircuit
from qiskit.circuit import Barrier, Delay, Gate
from qiskit.providers import BackendV2, QubitProperties
from qiskit.transpiler import PassManager, Target, generate_preset_pass_manager
from qiskit_aer.noise import NoiseModel
from qiskit_aer.noise.device import basic_device_gate_errors, basic_device_readout_errors
from qiskit_aer.noise.passes import RelaxationNoisePass

from backends.aer.compiled import Compiled, refuse_unnoticed
from problems.checking import check_integer
from problems.contract import Array
from problems.errors import MissingExtra, ProblemError
from problems.storage import digest

Part = Literal["gate", "relaxation", "readout", "idle"]
PARTS = ("gate", "relaxation", "readout", "idle")


@dataclass(frozen=True)
class DeviceNoise:
    """Noise by the figures of a device: error rates, T1, T2, durations and readout errors per qubit.

    A circuit is transpiled to the device, which fixes its qubits and gates; the noise is that of these alone,
    renumbered. On the qubits of the circuit it equals Aer's own ``NoiseModel.from_backend`` of the device.
    What is modelled: after each gate a depolarising channel, then thermal relaxation of its qubits over its
    duration, which together have the error that the device reports; at the end an independent readout error
    on each qubit. What is not: crosstalk, leakage, coherent errors, drift, and decay of waiting qubits unless
    ``parts`` has "idle".

    Attributes:
        device: A ``BackendV2``, or the name of a snapshot of an IBM device such as "fake_torino", which needs
            the extra ``ibm``.
        parts: What is modelled: "gate" (depolarising), "relaxation" (during gates), "readout", and "idle":
            gates are scheduled as late as possible and waiting qubits relax (T1, T2).
        optimization_level: Of Qiskit's transpiler.
        seed: Of Qiskit's transpiler.
        fingerprint: A digest of the device's figures; derived.

    Raises:
        ProblemError: If the name is unknown, or the device has no figures for one of the parts.
        MissingExtra: If a snapshot is named and qiskit-ibm-runtime is not installed.
    """

    device: BackendV2 | str = field(compare=False, metadata={"content": False})
    parts: tuple[Part, ...] = ("gate", "relaxation", "readout")
    optimization_level: int = 2
    seed: int = 0
    fingerprint: str = field(init=False, repr=False)

    def __post_init__(self):
        check_integer("optimization_level", self.optimization_level, 0, 3)
        check_integer("seed", self.seed, 0)
        if not isinstance(self.device, BackendV2 | str):
            raise ProblemError("device", type(self.device).__name__, "a BackendV2 or the name of a snapshot")
        if isinstance(self.parts, str) or not self.parts or set(self.parts) - set(PARTS):
            raise ProblemError("parts", self.parts, "a tuple of " + ", ".join(map(repr, PARTS)))
        object.__setattr__(self, "parts", tuple(part for part in PARTS if part in self.parts))
        figures = _figures(self.target)
        for part in self.parts:
            if not figures[part]:
                has = ", ".join(repr(name) for name in PARTS if figures[name]) or "none"
                raise ProblemError("parts", part, f"parts that the device has figures for: {has}")
        object.__setattr__(self, "fingerprint", figures_digest(self.target))

    @cached_property
    def backend(self) -> BackendV2:
        """The device itself."""
        return snapshot(self.device) if isinstance(self.device, str) else self.device

    @property
    def target(self) -> Any:
        """The device's ``Target``: gates, qubits and figures."""
        return self.backend.target

    def refusal(self, num_qubits: int) -> str | None:
        """Say in a sentence why a circuit of this width does not fit on the device, or return None."""
        have = self.target.num_qubits
        if have is not None and num_qubits > have:
            return f"{num_qubits} qubits, and {self.backend.name} has {have}; take fewer variables"
        return None

    def compile(self, circuit: QuantumCircuit) -> Compiled:
        """Transpile a circuit to the device and build the noise of the qubits that it uses.

        Raises:
            BackendError: If the noise would touch nothing of the circuit.
        """
        idle, n = "idle" in self.parts, circuit.num_qubits
        manager = generate_preset_pass_manager(
            self.optimization_level,
            target=self.target,
            seed_transpiler=self.seed,
            scheduling_method="alap" if idle else None,
        )
        physical: Any = manager.run(circuit)
        ends = range(n) if physical.layout is None else physical.layout.final_index_layout()
        qubits = _used(physical, ends)
        cut, used = _remapped(physical, qubits), _cut_target(self.target, physical, qubits)
        model, readout = self._model(used, n)
        if idle:
            cut = _relaxing(cut, used)
        refuse_unnoticed(model, cut, "readout" in self.parts)
        return Compiled(cut, n, tuple(circuit.parameters), model, readout)

    def _model(self, target: Target, n: int) -> tuple[NoiseModel, Array]:
        """The noise of a cut target, and the readout errors ``[n, 2]`` of its first qubits."""
        model, readout = NoiseModel(basis_gates=list(target.operation_names)), np.zeros((n, 2))
        gate, relaxation = "gate" in self.parts, "relaxation" in self.parts
        if gate or relaxation:
            errors = basic_device_gate_errors(target=target, gate_error=gate, thermal_relaxation=relaxation)
            for name, places, error in errors:
                model.add_quantum_error(error, name, places)
        if "readout" in self.parts:
            for (place,), error in basic_device_readout_errors(target=target):
                model.add_readout_error(error, [place])
                if place < n:
                    readout[place] = error.probabilities[0, 1], error.probabilities[1, 0]
        return model, readout

    def __getstate__(self) -> dict[str, object]:
        """Leave behind a snapshot that was made by its name."""
        return {name: getattr(self, name) for name in self.__dataclass_fields__}


def snapshot(name: str) -> BackendV2:
    """Return the snapshot of an IBM device, such as ``fake_torino``, as qiskit-ibm-runtime ships it.

    Raises:
        ProblemError: If there is none of this name.
        MissingExtra: If qiskit-ibm-runtime is not installed.
    """
    if find_spec("qiskit_ibm_runtime") is None:
        raise MissingExtra(f"the snapshot {name}", "ibm")
    from qiskit_ibm_runtime import fake_provider

    makers = {}
    for label, maker in vars(fake_provider).items():
        if isinstance(maker, type) and issubclass(maker, BackendV2):
            makers[label.lower().removesuffix("v2")] = maker
    maker = makers.get(name.replace("_", "").lower())
    if maker is None:
        known = ", ".join(sorted(label.replace("fake", "fake_", 1) for label in makers))
        raise ProblemError("device", name, f"one of the snapshots of qiskit-ibm-runtime: {known}")
    return maker()


def _used(physical: QuantumCircuit, ends: Sequence[int]) -> list[int]:
    """The physical qubits: where the circuit's own end up, in order, then those that routing touched."""
    touched = {
        physical.find_bit(qubit).index
        for entry in physical.data
        if not isinstance(entry.operation, Barrier | Delay)
        for qubit in entry.qubits
    }
    return [*ends, *sorted(touched - set(ends))]


def _remapped(physical: QuantumCircuit, qubits: Sequence[int]) -> QuantumCircuit:
    place = {qubit: k for k, qubit in enumerate(qubits)}
    cut = QuantumCircuit(len(qubits), global_phase=physical.global_phase)
    for entry in physical.data:
        where = [physical.find_bit(qubit).index for qubit in entry.qubits]
        if not isinstance(entry.operation, Barrier) and all(qubit in place for qubit in where):
            cut.append(entry.operation, [place[qubit] for qubit in where])
    return cut


def _cut_target(target: Target, physical: QuantumCircuit, qubits: Sequence[int]) -> Target:
    """The figures of these qubits, renumbered, for the gates that the circuit has, and for measuring."""
    properties = target.qubit_properties
    kept = None if properties is None else [properties[qubit] or QubitProperties() for qubit in qubits]
    cut = Target(num_qubits=len(qubits), dt=target.dt, qubit_properties=kept)
    place = {qubit: k for k, qubit in enumerate(qubits)}
    wanted: dict[str, set[tuple[int, ...]]] = {"measure": {(qubit,) for qubit in qubits}}
    for entry in physical.data:
        if not isinstance(entry.operation, Barrier | Delay):
            where = tuple(physical.find_bit(qubit).index for qubit in entry.qubits)
            wanted.setdefault(entry.operation.name, set()).add(where)
    for name, places in wanted.items():
        if name in target.operation_names:
            given = target[name] or {}
            figures = {tuple(place[q] for q in where): given.get(where) for where in sorted(places)}
            cut.add_instruction(target.operation_from_name(name), figures, name=name)
    return cut


def _relaxing(circuit: QuantumCircuit, target: Target) -> QuantumCircuit:
    """The circuit with thermal relaxation in place of its delays."""
    properties = target.qubit_properties or []
    t1s = [entry.t1 or np.inf for entry in properties]
    # T2 > 2 T1 is a slip of the device's figures, which Aer's gate errors cut back in the same way
    t2s = [min(entry.t2 or np.inf, 2 * t1) for entry, t1 in zip(properties, t1s, strict=True)]
    relaxation = RelaxationNoisePass(t1s, t2s, dt=target.dt, op_types=Delay)
    return PassManager([relaxation]).run(circuit)  # pyright: ignore[reportReturnType]


def _figures(target: Target) -> dict[str, bool]:
    """Which parts of noise the device has figures for."""
    gates = [(name, entry) for name, _, entry in _entries(target) if name != "measure" and entry is not None]
    unitary = {name for name in target.operation_names if isinstance(target.operation_from_name(name), Gate)}
    read = [entry for name, _, entry in _entries(target) if name == "measure" and entry is not None]
    times = any(entry.t1 or entry.t2 for entry in target.qubit_properties or () if entry)
    return {
        "gate": any(entry.error for name, entry in gates if name in unitary),
        "relaxation": times and any(entry.duration for _, entry in gates),
        "readout": any(entry.error for entry in read),
        "idle": times and target.dt is not None and any(entry.duration for _, entry in gates),
    }


def _entries(target: Target) -> Iterator[tuple[str, tuple[int, ...], Any]]:
    for name, figures in target.items():
        for qubits, entry in (figures or {}).items():
            if qubits is not None:
                yield name, qubits, entry


def figures_digest(target: Target) -> str:
    """Return a digest of a device's error rates, durations, T1 and T2."""
    gates = [
        (name, qubits, entry and entry.error, entry and entry.duration)
        for name, qubits, entry in _entries(target)
    ]
    times = [entry and (entry.t1, entry.t2) for entry in target.qubit_properties or ()]
    return digest((target.num_qubits, target.dt, sorted(gates, key=lambda entry: entry[:2]), times))
