"""Any of PennyLane's devices behind the door: exact values, exact gradients, shots."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal

import numpy as np
import pennylane as qml
from pennylane.tape import QuantumScript

from backends.backend import LocalBackend, usage_of
from backends.bridges import pennylane_devices as devices
from backends.bridges.pennylane_execution import Slopes, execute, open_device
from backends.bridges.pennylane_observables import by_sums, by_words, number_of_words, paulis_of
from backends.bridges.pennylane_operations import PennyLaneCircuit, pennylane_circuit
from backends.bridges.pennylane_shots import mean_and_error, measured_groups, shots_per_group
from backends.circuits import CircuitAnsatz, circuit_of
from backends.memory import SHARE, as_amount, refusal
from backends.statevector.backend import with_noise
from backends.workload import Ansatz, Estimate, Expectation, Outcome, Samples, Sampling, Workload
from problems.checking import check_choice, check_number
from problems.contract import Array
from problems.errors import BackendError, ProblemError

Options = tuple[tuple[str, bool | int | float | str], ...]
PREPARED = 256  # translated circuits kept; a search over circuits would pile up any number
TAPES = 64  # circuits held at a time
OURS = {"wires": "ansatz of a workload", "shots": "shots of a workload", "seed": "seed of a workload"}


@dataclass(frozen=True)
class PennyLane(LocalBackend):
    """Run on a device of PennyLane. One translation serves all circuits of one structure.

    Expectation values are those that the device computes, with seeded Gaussian noise for a workload's
    precision, as ``Statevector`` adds it; or they are measured shot by shot, which is all that a machine
    offers. Gradients are exact: by the adjoint method on ``lightning.qubit``, by retracing the recorded
    simulation on ``default.qubit`` and ``default.mixed``, by shifted circuits elsewhere. Row k of a workload
    draws from (seed, k) where the device takes a seed; one without draws as it likes.

    Attributes:
        device: Its name, such as "lightning.qubit", "default.mixed" or one of a plugin.
        estimation: "exact" asks the device for expectation values; "shots" measures groups of words that
            share a basis, as often as the precision asks for where words are uncorrelated and of mean 0, and
            reports the standard error found.
        options: Further arguments of the device, such as ``{"batch_obs": True}``; kept as sorted pairs.
        memory_share: The share of the free memory that a workload may take before it is refused, on devices
            whose need is known.
    """

    device: str = "lightning.qubit"
    estimation: Literal["exact", "shots"] = "exact"
    options: Options | Mapping[str, Any] = ()
    memory_share: float = field(default=SHARE, metadata={"content": False})  # no outcome depends on it

    def __post_init__(self):
        if not isinstance(self.device, str) or not self.device:
            raise ProblemError("device", self.device, "the name of a PennyLane device", "lightning.qubit")
        check_choice("estimation", self.estimation, ("exact", "shots"))
        check_number("memory_share", self.memory_share, 0.0, 1.0, open_low=True)
        object.__setattr__(self, "options", _checked_options(self.options))

    @classmethod
    def from_name(cls, argument: str) -> PennyLane:
        """Build from what follows ``pennylane:``, a device's name; nothing stands for lightning.qubit."""
        return cls(argument) if argument else cls()

    @property
    def local(self) -> bool:  # pyright: ignore[reportIncompatibleVariableOverride]
        """Whether the device is known to simulate in this process."""
        return self.device.startswith(devices.IN_PROCESS)

    @property
    def noisy(self) -> bool:  # pyright: ignore[reportIncompatibleVariableOverride]
        """Whether expectation values scatter."""
        return self.estimation == "shots"

    def unsuitable(self, workload: Workload) -> str | None:
        """Refuse what the device or this memory can't hold, and devices that are not installed."""
        why = devices.device_refusal(self.device) or self._no_expectation(workload)
        # the width is looked at before a circuit that may be far too wide is translated
        why = why or self._too_wide(workload, gates=0)
        if why is not None:
            return why
        circuit = self._prepare(workload.ansatz)
        if isinstance(circuit, str):
            return circuit
        if isinstance(workload, Expectation) and workload.gradient and circuit.formulas.without_slope:
            return f"the circuit has an angle without a derivative: {circuit.formulas.without_slope}"
        return self._too_wide(workload, len(circuit.steps))

    def estimate(self, workload: Workload) -> Mapping[str, float]:
        """Count circuits, shots, gates and, on devices whose need is known, bytes."""
        needed, rows = (
            self._bytes(workload, len(self._circuit(workload.ansatz).steps)),
            len(workload.parameters),
        )
        usage = usage_of(workload, memory_bytes=as_amount(needed)) if needed else usage_of(workload)
        if isinstance(workload, Expectation) and self.estimation == "shots" and workload.precision:
            sums = [paulis_of(observable) for observable in workload.observables]
            circuits = [len(measured_groups(paulis)[0]) for paulis in sums]
            shots = [shots_per_group(paulis, workload.precision) for paulis in sums]
            usage["circuits"] = float(rows * sum(circuits))
            usage["shots"] = float(rows * np.dot(circuits, shots))
        return usage

    def run(self, workload: Workload) -> Outcome:
        """Run all rows, one circuit after the other."""
        usage = dict(self.estimate(workload))
        if isinstance(workload, Sampling):
            return Samples(self._sample(workload), None, usage)
        if self.estimation == "shots":
            return Estimate(*self._measure(workload), None, usage)
        gradient = None
        if workload.gradient:
            mean, gradient, circuits = self._slopes(workload)
            usage["circuits"] = float(circuits)
        else:
            mean = self._means(workload)
        return with_noise(Estimate(mean, np.zeros_like(mean), gradient, usage), workload)

    def _means(self, workload: Expectation) -> Array:
        ways = by_sums if self.device.startswith(devices.BY_SUMS) else by_words
        measured, means = ways(workload.observables), []
        asked, device = [qml.expval(operator) for operator in measured.operators], self._open(workload)
        for chunk in _chunks(self._angles(workload)) if asked else ():
            tapes = [QuantumScript(self._operations(workload, row), asked) for row in chunk]
            means += [np.reshape(found, len(asked)) for found in execute(device, tapes)]
        means = np.reshape(means, (len(workload.parameters), len(asked))) if asked else np.zeros((1, 0))
        return np.broadcast_to(means @ measured.weights + measured.constants, _shape(workload)).copy()

    def _slopes(self, workload: Expectation) -> tuple[Array, Array, int]:
        """Return means, gradients and the number of circuits run."""
        measured, ansatz, circuits = by_sums(workload.observables), workload.ansatz, 0
        means = np.tile(measured.constants, (len(workload.parameters), 1))
        gradient, jacobian = np.zeros((*means.shape, ansatz.num_parameters)), _jacobian(ansatz)
        slopes, formulas = Slopes(self._open(workload)), self._circuit(ansatz).formulas
        columns = ansatz.angles(workload.parameters)
        for row, angles in enumerate(self._angles(workload)) if measured.operators else ():
            operations = self._operations(workload, angles)
            values, by_angle, run = slopes.of(operations, measured.operators)
            by_column = formulas.pull_back(columns[row], by_angle)
            means[row] += values @ measured.weights
            gradient[row] = measured.weights.T @ (by_column @ jacobian)
            circuits += run
        return means, gradient, circuits

    def _sample(self, workload: Sampling) -> Array:
        n, shots = workload.ansatz.num_qubits, workload.shots
        bits = np.empty((len(workload.parameters), shots, n), dtype=np.uint8)
        for row, angles in enumerate(self._angles(workload)):
            bits[row] = self._draw(workload, self._operations(workload, angles), shots, row)
        return bits

    def _measure(self, workload: Expectation) -> tuple[Array, Array]:
        """Return means and standard errors from shots."""
        means, errors = np.zeros((2, *_shape(workload)))
        assert workload.precision is not None  # looked at before
        for k, observable in enumerate(workload.observables):
            paulis = paulis_of(observable)
            groups, constant = measured_groups(paulis)
            shots = shots_per_group(paulis, workload.precision)
            for row, angles in enumerate(self._angles(workload)):
                operations, parts = self._operations(workload, angles), []
                for g, group in enumerate(groups):
                    turned = [*operations, *group.rotations()]
                    parts.append(group.read(self._draw(workload, turned, shots, row, k, g)))
                mean, errors[row, k] = mean_and_error(parts)
                means[row, k] = mean + constant
        return means, errors

    def _draw(self, workload: Workload, operations: Sequence[Any], shots: int, *place: int) -> Array:
        """Return bits ``[S, n]`` from a device of its own, so that draws depend on seed and place alone."""
        n = workload.ansatz.num_qubits
        tape = QuantumScript(operations, [qml.sample(wires=range(n))], shots=shots)
        (found,) = execute(self._open(workload, *place), [tape])
        return np.reshape(found, (shots, n)).astype(np.uint8)

    def _open(self, workload: Workload, *place: int) -> Any:
        options = dict(self.options)
        if place and devices.takes_seed(self.device):
            options["seed"] = devices.place_seed(workload.seed, *place)
        return open_device(self.device, workload.ansatz.num_qubits, options)

    def _angles(self, workload: Workload) -> Array:
        """Return the angles of the operations, ``[B, M]``."""
        return self._circuit(workload.ansatz).formulas.values(workload.ansatz.angles(workload.parameters))

    def _operations(self, workload: Workload, angles: Array) -> list[Any]:
        return self._circuit(workload.ansatz).operations(angles)

    def _no_expectation(self, workload: Workload) -> str | None:
        if isinstance(workload, Sampling):
            return None
        if workload.share < 1:
            return "it has no exact share of the lowest outcomes; sample, or use Statevector"
        if self.estimation == "shots" and workload.gradient:
            return "it has no gradients of measured values; take estimation='exact' or an optimizer without"
        if self.estimation == "shots" and workload.precision is None:
            return "expectation values by shots need a precision"
        return None

    def _bytes(self, workload: Workload, gates: int) -> int:
        """Return the bytes at the peak, 0 where the device's need is not known."""
        n = workload.ansatz.num_qubits
        if isinstance(workload, Sampling) or self.estimation == "shots":
            needed = devices.sampling_bytes(self.device, n)
            if needed and isinstance(workload, Sampling):  # bits of all rows, and one row as PennyLane has it
                needed += workload.shots * n * (len(workload.parameters) + 24)
            return needed
        k = len(workload.observables)
        if workload.gradient:
            return devices.gradient_bytes(self.device, n, gates, number_of_words(workload.observables), k)
        return devices.value_bytes(self.device, n, k)

    def _too_wide(self, workload: Workload, gates: int) -> str | None:
        alternatives = "fewer variables, or Aer's matrix_product_state method where entanglement is low"
        if self.device in ("default.qubit", "default.mixed", "reference.qubit"):
            alternatives = f"lightning.qubit, {alternatives}"
        needed = self._bytes(workload, gates)
        return refusal(workload.ansatz.num_qubits, needed, alternatives, self.memory_share)

    @cached_property
    def _prepared(self) -> dict[str, PennyLaneCircuit | str]:
        return {}

    def _prepare(self, ansatz: Ansatz) -> PennyLaneCircuit | str:
        """Translate once per structure; or say why it cannot be done."""
        structure, prepared = ansatz.structure, self._prepared
        if structure not in prepared:
            while len(prepared) >= PREPARED:
                del prepared[next(iter(prepared))]
            try:
                prepared[structure] = pennylane_circuit(circuit_of(ansatz))
            except ProblemError as error:
                prepared[structure] = str(error)
        return prepared[structure]

    def _circuit(self, ansatz: Ansatz) -> PennyLaneCircuit:
        circuit = self._prepare(ansatz)
        if isinstance(circuit, str):
            raise BackendError(f"PennyLane cannot run this circuit: {circuit}")
        return circuit

    def __getstate__(self) -> dict[str, object]:
        """Leave behind what was prepared: it is made again where it is needed."""
        return {name: getattr(self, name) for name in self.__dataclass_fields__}


def _jacobian(ansatz: Ansatz) -> Array:
    """Return the derivatives ``[C, P]`` of the columns: a circuit's own parameters, or affine ones."""
    unit = np.eye(ansatz.num_parameters)
    if isinstance(ansatz, CircuitAnsatz):
        return unit
    return (ansatz.angles(unit) - ansatz.angles(np.zeros_like(unit))).T


def _shape(workload: Expectation) -> tuple[int, int]:
    return len(workload.parameters), len(workload.observables)


def _chunks(rows: Array) -> Iterator[Array]:
    return (rows[start : start + TAPES] for start in range(0, len(rows), TAPES))


def _checked_options(options: Mapping[str, Any] | Iterable[tuple[str, Any]]) -> Options:
    try:
        pairs = dict(options)
    except (TypeError, ValueError):
        wanted = "a mapping of the device's arguments, or pairs of name and value"
        raise ProblemError("options", options, wanted) from None
    for name, value in pairs.items():
        if name in OURS:
            raise ProblemError(f"options[{name!r}]", value, "no such option", f"it is the {OURS[name]}")
        if not isinstance(name, str) or not isinstance(value, bool | int | float | str):
            raise ProblemError(f"options[{name!r}]", value, "a truth value, a number or a word")
    return tuple(sorted(pairs.items()))
