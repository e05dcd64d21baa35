"""One transpilation per ansatz, with free parameters: placement, routing, swap networks, fractional gates."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from qiskit import QuantumCircuit
from qiskit.circuit import Parameter
from qiskit.quantum_info import SparsePauliOp
from qiskit.transpiler import Target, generate_preset_pass_manager

from backends.circuits import circuit_of, operator_of
from backends.ibm.fractional import folded, steps
from backends.ibm.swap_network import Network, best_line, network, wants_network
from backends.workload import Ansatz, Observable
from problems.contract import Array
from problems.errors import ProblemError

SwapStrategy = Literal["auto", "line", "transpiler"]


@dataclass(frozen=True)
class Placement:
    """How circuits are laid onto a device.

    Attributes:
        optimization_level: Of Qiskit's transpiler; 3 looks for the qubits with the least error.
        seed: Of the transpiler.
        initial_layout: The physical qubit of each qubit, or None.
        swap_strategy: "line" routes a dense QAOA cost by a fixed network of swaps on a line of good qubits,
            "transpiler" leaves routing to Qiskit, "auto" takes what has the smaller expected error.
    """

    optimization_level: int = 3
    seed: int = 0
    initial_layout: tuple[int, ...] | None = None
    swap_strategy: SwapStrategy = "auto"


@dataclass(frozen=True, eq=False)
class Compiled:
    """A transpiled circuit with free parameters.

    Attributes:
        circuit: What the device runs.
        recipe: For each of its parameters: a row of coefficients over the ansatz's angles, an offset, and
            which function of the result is bound.
        where: The wire of each qubit before placement: a swap network ends in another order.
        duration: Seconds of one execution.
        error: The expected error, −log of the product of all success rates.
    """

    circuit: QuantumCircuit
    recipe: Mapping[Any, Angle]
    where: tuple[int, ...]
    duration: float
    error: float

    @property
    def depth(self) -> int:
        """Layers of gates, measurements aside."""
        return self.circuit.depth(lambda entry: entry.name not in ("measure", "barrier"))

    @property
    def two_qubit_gates(self) -> int:
        """Gates on two qubits."""
        return self.circuit.num_nonlocal_gates()

    @property
    def qubits(self) -> tuple[int, ...]:
        """The physical qubit that each qubit ends on."""
        layout = self.circuit.layout
        ends = range(self.circuit.num_qubits) if layout is None else layout.final_index_layout()
        return tuple(ends[wire] for wire in self.where)

    def values(self, angles: Array) -> Array:
        """Return what is bound ``[B, C']`` to the circuit's parameters, in their order."""
        columns = [self.recipe[parameter].bound(angles) for parameter in self.circuit.parameters]
        return np.stack(columns, axis=1) if columns else np.zeros((len(angles), 0))

    def operator(self, observable: Observable) -> SparsePauliOp:
        """Return an observable on the device's qubits."""
        moved = operator_of(observable).apply_layout(list(self.where))
        layout = self.circuit.layout
        return moved if layout is None else moved.apply_layout(layout)


@dataclass(frozen=True, eq=False)
class Angle:
    """A bound parameter as a function of the ansatz's angles: coefficients · angles + offset, then ``part``.

    Attributes:
        places: The angles that enter.
        coefficients: Of each.
        offset: Added.
        part: "whole" is the number itself; "rest", "flip" and "turn" are what ``fractional.folded`` returns.
    """

    places: tuple[int, ...]
    coefficients: tuple[float, ...]
    offset: float = 0.0
    part: Literal["whole", "rest", "flip", "turn"] = "whole"

    def bound(self, angles: Array) -> Array:
        """Return the values ``[B]``."""
        total = angles[:, list(self.places)] @ np.array(self.coefficients, dtype=float) + self.offset
        return total if self.part == "whole" else folded(total)[self.part]


def compiled(ansatz: Ansatz, measured: bool, target: Target, placement: Placement) -> Compiled:
    """Transpile an ansatz for a device.

    Raises:
        ProblemError: If the ansatz has no circuit, or a line was asked for and there is none.
    """
    plain = circuit_of(ansatz)
    _check_layout(placement.initial_layout, plain.num_qubits, target)
    places = {parameter: k for k, parameter in enumerate(plain.parameters)}
    identity = tuple(range(plain.num_qubits))
    candidates: list[Compiled] = []
    if placement.swap_strategy != "line":
        candidates.append(_placed(plain, identity, measured, target, placement, None, places))
    found = _network(ansatz, target, placement)
    if found is not None:
        net, line = found
        places = {parameter: k for k, parameter in enumerate(net.circuit.parameters)}
        candidates.append(_placed(net.circuit, net.where, measured, target, placement, line, places))
    return min(candidates, key=lambda candidate: candidate.error)


def _check_layout(layout: tuple[int, ...] | None, n: int, target: Target) -> None:
    if layout is None:
        return
    if len(layout) != n:
        raise ProblemError(
            "initial_layout", layout, f"one physical qubit for each of {n} qubits in the circuit"
        )
    if target.num_qubits is not None and max(layout) >= target.num_qubits:
        last = target.num_qubits - 1
        raise ProblemError("initial_layout", layout, f"qubits that exist: the device has qubits 0 to {last}")


def _network(ansatz: Ansatz, target: Target, placement: Placement) -> tuple[Network, tuple[int, ...]] | None:
    asked = placement.swap_strategy == "line"
    if placement.swap_strategy == "transpiler" or not wants_network(ansatz, asked):
        return None
    line = placement.initial_layout or best_line(target, ansatz.num_qubits)
    if line is None:
        if asked:
            expected = f"one that fits: the device has no line of {ansatz.num_qubits} working qubits"
            raise ProblemError("swap_strategy", "line", expected, "take swap_strategy='transpiler'")
        return None
    return network(ansatz), line


def _placed(
    circuit: QuantumCircuit,
    where: tuple[int, ...],
    measured: bool,
    target: Target,
    placement: Placement,
    line: tuple[int, ...] | None,
    places: Mapping[Any, int],
) -> Compiled:
    circuit = circuit.copy()
    if measured:
        circuit.measure_all()  # makes the register; the order of its bits follows
        _order_bits(circuit, where)
    layout: Any = line if line is not None else placement.initial_layout
    manager = generate_preset_pass_manager(
        placement.optimization_level,
        target=target,
        seed_transpiler=placement.seed,
        initial_layout=None if layout is None else list(layout),  # pyright: ignore
    )
    ready: Any = manager.run(circuit)
    recipe: dict[Any, Angle] = {
        parameter: Angle((places[parameter],), (1.0,)) for parameter in ready.parameters
    }
    if "rzz" in target.operation_names:
        ready, recipe = _folded(ready, recipe)
    return Compiled(ready, recipe, where, duration(ready, target), expected_error(ready, target))


def _order_bits(circuit: QuantumCircuit, where: tuple[int, ...]) -> None:
    """Measure wire ``where[q]`` into bit q."""
    if where == tuple(range(len(where))):
        return
    bits = list(circuit.clbits)
    wire = {qubit: k for k, qubit in enumerate(circuit.qubits)}
    qubit_on = {w: q for q, w in enumerate(where)}
    data = list(circuit.data)
    for k, entry in enumerate(data):
        if entry.operation.name == "measure":
            data[k] = entry.replace(clbits=(bits[qubit_on[wire[entry.qubits[0]]]],))
    circuit.data = data


def _folded(circuit: QuantumCircuit, recipe: Mapping[Any, Angle]) -> tuple[QuantumCircuit, dict[Any, Angle]]:
    """Write each rzz with a free angle so that what is bound lies in [0, π/2]."""
    ready, grown = circuit.copy_empty_like(), {}
    for number, entry in enumerate(circuit.data):
        angle: Any = entry.operation.params[0] if entry.operation.name == "rzz" else None
        if not getattr(angle, "parameters", None):
            ready.append(entry)
            continue
        whole = linear(angle, recipe)
        names: dict[Any, Any] = {part: Parameter(f"rzz_{number}_{part}") for part in ("rest", "flip", "turn")}
        for part, parameter in names.items():
            grown[parameter] = Angle(whole.places, whole.coefficients, whole.offset, part)
        for gate, qubits in steps(entry.qubits, **names):
            ready.append(gate, qubits)
    kept = {parameter: recipe[parameter] for parameter in ready.parameters if parameter in recipe}
    return ready, kept | grown


def linear(expression: Any, recipe: Mapping[Any, Angle]) -> Angle:
    """Return a linear expression of parameters as an ``Angle``.

    Raises:
        ProblemError: If it is not linear.
    """
    free = sorted(expression.parameters, key=lambda parameter: parameter.name)
    offset = float(expression.bind(dict.fromkeys(free, 0.0)))
    slopes = []
    for parameter in free:
        slope = expression.gradient(parameter)
        if getattr(slope, "parameters", None):
            raise ProblemError("an angle of rzz", str(expression), "a linear function of the parameters",
                               "fractional_gates=False takes any")  # fmt: skip
        slopes.append(float(slope))
    places = tuple(recipe[parameter].places[0] for parameter in free)
    return Angle(places, tuple(slopes), offset)


def duration(circuit: QuantumCircuit, target: Target) -> float:
    """Return the seconds of one execution: the longest chain of gates, by the device's durations.

    Gates for which the device names no duration, virtual rotations and delays aside, count as none.
    """
    ends = [0.0] * circuit.num_qubits
    place = {qubit: k for k, qubit in enumerate(circuit.qubits)}
    for entry in circuit.data:
        qubits = tuple(place[qubit] for qubit in entry.qubits)
        end = max((ends[q] for q in qubits), default=0.0) + _figure(target, entry.name, qubits, "duration")
        for q in qubits:
            ends[q] = end
    return max(ends, default=0.0)


def expected_error(circuit: QuantumCircuit, target: Target) -> float:
    """Return −log of the product of (1 − error) over all gates and measurements."""
    place = {qubit: k for k, qubit in enumerate(circuit.qubits)}
    total = 0.0
    for entry in circuit.data:
        error = _figure(target, entry.name, tuple(place[qubit] for qubit in entry.qubits), "error")
        total -= math.log(max(1 - error, 1e-12))
    return total


def _figure(target: Target, name: str, qubits: tuple[int, ...], which: str) -> float:
    figures = target[name].get(qubits) if name in target.operation_names and target[name] else None
    value = getattr(figures, which, None)
    return 0.0 if value is None or not math.isfinite(value) else float(value)
