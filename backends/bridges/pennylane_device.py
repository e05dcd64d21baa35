"""The embedded simulator as a PennyLane device, with gradients by the adjoint method and seeded shots."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from pennylane.devices import Device, ExecutionConfig
from pennylane.devices.modifiers import simulator_tracking, single_tape_support
from pennylane.devices.preprocess import decompose, no_sampling, validate_device_wires, validate_measurements
from pennylane.exceptions import DeviceError
from pennylane.measurements import ExpectationMP, MeasurementProcess, StateMeasurement, VarianceMP
from pennylane.tape import QuantumScript
from pennylane.transforms import broadcast_expand
from pennylane.transforms.core import TransformProgram

from backends.bridges.pennylane_gates import RECIPES
from backends.bridges.pennylane_simulation import MeasuredTape, PreparedTape
from backends.bridges.pennylane_tapes import TapeStructure, is_gate, labels_of, pauli_sum_of, structure_key
from backends.bridges.pennylane_transforms import (
    as_samples,
    has_pauli_words,
    measured_parameters,
    refuse_all_but_means,
    refuse_mid_circuit_measurements,
)
from problems.checking import check_integer
from problems.ground_state import PauliSum

KEPT = 8  # structures made ready and kept: an optimizer asks for the same again and again
KEPT_OBSERVABLES = 256
NAME = "hybrid.statevector"


@simulator_tracking
@single_tape_support
class StatevectorDevice(Device):
    """Run PennyLane circuits on the kernels of ``Statevector``.

    Gates without a recipe are opened up by PennyLane's own decompositions; tapes of one structure run as rows
    of one workload. ``diff_method="best"`` and ``"adjoint"`` give exact gradients of expectation values in
    one way back per observable; other methods shift circuits. What ``Statevector`` refuses, as for memory, is
    a ``BackendError``; what PennyLane's device rules refuse, a ``DeviceError``.

    Args:
        wires: A number, labels, or None for the wires that a circuit names.
        shots: As PennyLane has it; ``qml.set_shots`` on the QNode is its newer way.
        seed: Of all shots; a new device with the same seed draws the same, calls on one device draw on.
    """

    def __init__(self, wires: Any = None, shots: Any = None, seed: int = 0):
        check_integer("seed", seed, 0)
        super().__init__(wires=wires, shots=shots)
        self._rng = np.random.default_rng(seed)
        self._structures: dict[Hashable, PreparedTape] = {}
        self._observables: dict[Hashable, PauliSum] = {}

    @property
    def name(self) -> str:
        """The short name."""
        return NAME

    def setup_execution_config(
        self, config: ExecutionConfig | None = None, circuit: QuantumScript | None = None
    ) -> ExecutionConfig:
        """Choose the adjoint method where it is wanted, or where nothing is and it can be had.

        Raises:
            DeviceError: At an option: the device has none.
        """
        config = ExecutionConfig() if config is None else config
        if config.device_options:
            raise DeviceError(f"{NAME} has no option {', '.join(config.device_options)}")
        if not self.supports_derivatives(config, circuit):
            return config
        weighted = bool(config.use_device_jacobian_product)
        early = not weighted if config.grad_on_execution is None else config.grad_on_execution
        return replace(
            config, gradient_method="adjoint", use_device_gradient=True, grad_on_execution=early,
            use_device_jacobian_product=weighted,
        )  # fmt: skip

    def preprocess_transforms(self, execution_config: ExecutionConfig | None = None) -> TransformProgram:
        """Return what PennyLane does to tapes before ``execute`` gets them."""
        program = TransformProgram()
        opening: dict[str, Any] = {
            "stopping_condition": is_gate, "skip_initial_state_prep": False, "device_wires": self.wires,
            "target_gates": {*RECIPES, "MultiRZ"}, "name": NAME,
        }  # fmt: skip
        program.add_transform(refuse_mid_circuit_measurements, name=NAME)
        program.add_transform(validate_device_wires, self.wires, name=NAME)
        program.add_transform(decompose, **opening)
        program.add_transform(validate_measurements, analytic_measurements=_is_analytic, name=NAME)
        if execution_config is not None and execution_config.gradient_method == "adjoint":
            program.add_transform(no_sampling, name=f"adjoint + {NAME}")
            program.add_transform(refuse_all_but_means, name=NAME)
            program.add_transform(broadcast_expand)
        else:
            program.add_transform(as_samples)
            program.add_transform(decompose, **opening)  # what turns observables into bits
        return program

    def supports_derivatives(
        self, execution_config: ExecutionConfig | None = None, circuit: QuantumScript | None = None
    ) -> bool:
        """Whether the adjoint method is wanted, once, for exact expectation values of Pauli words."""
        if execution_config is None:
            return True
        if execution_config.gradient_method not in ("best", "adjoint", "device"):
            return False
        if execution_config.derivative_order > 1:
            return False
        if circuit is None:
            return True
        means = all(isinstance(m, ExpectationMP) and has_pauli_words(m) for m in circuit.measurements)
        return means and not circuit.shots and not measured_parameters(circuit)

    def execute(self, circuits: Any, execution_config: ExecutionConfig | None = None) -> Any:
        """Return the results of preprocessed tapes."""
        return self._in_groups(circuits, lambda ready, tapes: ready.results(tapes, self._rng))

    def compute_derivatives(self, circuits: Any, execution_config: ExecutionConfig | None = None) -> Any:
        """Return the derivatives of preprocessed tapes by their trainable parameters."""
        return tuple(slopes for _, slopes in self._in_groups(circuits, PreparedTape.slopes))

    def execute_and_compute_derivatives(
        self, circuits: Any, execution_config: ExecutionConfig | None = None
    ) -> tuple[Any, Any]:
        """Return results and derivatives of preprocessed tapes, simulated once."""
        found = self._in_groups(circuits, PreparedTape.slopes)
        return tuple(values for values, _ in found), tuple(slopes for _, slopes in found)

    def supports_vjp(
        self, execution_config: ExecutionConfig | None = None, circuit: QuantumScript | None = None
    ) -> bool:
        """Whether ``compute_vjp`` can be had: wherever derivatives can."""
        return self.supports_derivatives(execution_config, circuit)

    def compute_vjp(
        self, circuits: Any, cotangents: Any, execution_config: ExecutionConfig | None = None
    ) -> Any:
        """Return the derivatives of results weighted with ``cotangents``, in one way back for each tape.

        A QNode with ``device_vjp=True`` takes this way: it pays with many observables.
        """
        if isinstance(circuits, QuantumScript):
            return self.compute_vjp((circuits,), (cotangents,), execution_config)[0]
        weights = iter(cotangents)
        return tuple(
            ready.weighted_slopes(tape, next(weights)) for ready, tape in map(self._looked_up, circuits)
        )

    def _in_groups(
        self,
        tapes: Sequence[QuantumScript],
        run: Callable[[PreparedTape, list[MeasuredTape]], list[Any]],
    ) -> tuple[Any, ...]:
        """Run tapes of one structure and the same observables together; results come in the given order."""
        groups: dict[Hashable, list[int]] = {}
        ready: dict[Hashable, PreparedTape] = {}
        measured = []
        for k, tape in enumerate(tapes):
            prepared, own = self._looked_up(tape)
            measured.append(own)
            key = id(prepared), tuple(map(id, own.paulis)), tape.shots
            groups.setdefault(key, []).append(k)
            ready[key] = prepared
        found: list[Any] = [None] * len(measured)
        for key, places in groups.items():
            results = run(ready[key], [measured[k] for k in places])
            for k, result in zip(places, results, strict=True):
                found[k] = result
        return tuple(found)

    def _looked_up(self, tape: QuantumScript) -> tuple[PreparedTape, MeasuredTape]:
        """Make the structure and the observables of a tape ready, or take those of an earlier one."""
        labels = labels_of(tape, self.wires)
        prepared = self._prepared(structure_key(tape, labels), tape, labels)
        return prepared, MeasuredTape(tape, tuple(self._paulis(m, labels) for m in tape.measurements))

    def _prepared(self, key: Hashable, tape: QuantumScript, labels: tuple[Hashable, ...]) -> PreparedTape:
        if not labels:
            raise DeviceError(f"{NAME} got a circuit without wires; give the device some")
        if key not in self._structures:
            self._structures[key] = PreparedTape(TapeStructure.of(tape, labels))
        return _latest(self._structures, key, KEPT)

    def _paulis(self, measurement: MeasurementProcess, labels: tuple[Hashable, ...]) -> PauliSum | None:
        """Return one object for equal observables of means and variances: kernels know it again by that."""
        if measurement.obs is None or not isinstance(measurement, (ExpectationMP, VarianceMP)):
            return None
        observable: Any = measurement.obs
        paulis = pauli_sum_of(observable, labels)
        if paulis is None:
            return None
        key = paulis.strings, paulis.coefficients.tobytes()
        self._observables.setdefault(key, paulis)
        return _latest(self._observables, key, KEPT_OBSERVABLES)


def _is_analytic(measurement: MeasurementProcess) -> bool:
    """Whether a measurement can be made of the final state."""
    if not isinstance(measurement, StateMeasurement):
        return False
    observable: Any = measurement.obs
    if observable is None or has_pauli_words(measurement):
        return True
    dense = isinstance(measurement, ExpectationMP) and observable.has_matrix
    return dense or observable.has_diagonalizing_gates


def _latest(kept: dict[Hashable, Any], key: Hashable, most: int) -> Any:
    """Return an entry, now the latest; those that were not asked for the longest go."""
    kept[key] = kept.pop(key)
    while len(kept) > most:
        del kept[next(iter(kept))]
    return kept[key]
