"""What is checked before the first request for a job: all that a machine would refuse after the queue."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import numpy as np
from qiskit import QuantumCircuit
from qiskit.transpiler import Target

from backends.ibm.client import unsupported_instruction
from backends.ibm.cost import Limits
from problems.contract import Array

WEIGHTS = {
    "rz": 1,
    "sx": 2,
    "x": 2,
    "measure": 10,
    "reset": 17,
}  # instructions of the control system, roughly
TWO_QUBIT_WEIGHT, SHOT_WEIGHT = 5, 50
ANGLE_SLACK = 1e-9
NUMBER_BYTES, INSTRUCTION_BYTES = 8, 24  # of a job's input, before compression


def refusals(
    circuit: QuantumCircuit,
    values: Array,
    target: Target,
    settings: int,
    executions: int,
    measured: bool,
    limits: Limits,
) -> Iterator[str]:
    """Yield a sentence for each reason why the service or the device would not take this job.

    Args:
        circuit: As transpiled.
        values: What is bound ``[B, C]`` to its parameters, in their order.
        target: The device's.
        settings: Circuits after binding: rows × measurement bases.
        executions: Settings × shots × what mitigation multiplies.
        measured: Whether the job samples, so that the circuit must have classical registers.
        limits: Of the service.
    """
    if target.num_qubits is not None and circuit.num_qubits > target.num_qubits:
        yield (
            f"the circuit has {circuit.num_qubits} qubits and the device {target.num_qubits}; "
            "take fewer variables or a wider device"
        )
        return
    missing = unsupported_instruction(circuit, target)
    if missing:
        yield f"{missing}; transpile the circuit for this device"
    if values.shape[1] != circuit.num_parameters:
        yield (
            f"{values.shape[1]} values for {circuit.num_parameters} parameters; "
            "hand in a column for each parameter"
        )
        return
    if measured:
        yield from registers(circuit)
    yield from angles_out_of_range(circuit, values)
    yield from sizes(circuit, values, settings, executions, limits)


def registers(circuit: QuantumCircuit) -> Iterator[str]:
    """Yield sentences about classical registers, whose names become attributes of the result."""
    names = [register.name for register in circuit.cregs]
    if not names:
        yield "the circuit has no classical register, so a sampling has nothing to return; measure its qubits"
    for name in names:
        if not name.isidentifier():
            yield f"the register {name!r} cannot be an attribute of the result; give it an identifier as name"
    twice = [a for a, b in pairwise(sorted(names)) if a == b]
    if twice:
        yield f"two registers are called {twice[0]!r}; give each its own name"


def angles_out_of_range(circuit: QuantumCircuit, values: Array) -> Iterator[str]:
    """Yield a sentence about the first rzz whose angle is not in [0, π/2]."""
    column = {parameter: k for k, parameter in enumerate(circuit.parameters)}
    for entry in circuit.data:
        if entry.operation.name != "rzz":
            continue
        angle: Any = entry.operation.params[0]
        free = getattr(angle, "parameters", None)
        if not free:
            bound = np.array([float(angle)])
        elif len(free) == 1 and angle == next(iter(free)):
            bound = values[:, column[next(iter(free))]]
        else:
            bound = np.array([_bind(angle, free, column, row) for row in values])
        wrong = (bound < -ANGLE_SLACK) | (bound > np.pi / 2 + ANGLE_SLACK)
        if np.any(wrong):
            row = int(np.argmax(wrong))
            yield (
                f"rzz gets the angle {bound[row]:g} in row {row} and the device takes 0 to π/2; "
                "take fractional_gates=False"
            )
            return


def _bind(angle: Any, free: Any, column: dict[Any, int], row: Array) -> float:
    return float(angle.bind({parameter: float(row[column[parameter]]) for parameter in free}))


def sizes(
    circuit: QuantumCircuit, values: Array, settings: int, executions: int, limits: Limits
) -> Iterator[str]:
    """Yield sentences about what passes the service's limits on one job."""
    as_of = f"(limit as of {limits.date})"
    if executions > limits.executions:
        yield (
            f"{executions:,} executions in one job and the service takes {limits.executions:,} {as_of}; "
            "send fewer rows at a time, or take fewer shots or a coarser precision"
        )
    busiest = busiest_qubit(circuit) + SHOT_WEIGHT
    if busiest * settings > limits.instructions:
        yield (
            f"about {busiest * settings:,} instructions on one qubit and the service takes "
            f"{limits.instructions:,} {as_of}; send fewer rows at a time or take fewer layers"
        )
    payload = NUMBER_BYTES * values.size * max(1, settings // max(1, len(values)))
    payload += INSTRUCTION_BYTES * circuit.size()
    if payload > limits.payload_bytes:
        yield (
            f"about {payload:,} bytes of input and the service takes {limits.payload_bytes:,} {as_of}; "
            "send fewer rows at a time"
        )


def busiest_qubit(circuit: QuantumCircuit) -> int:
    """Return the largest weighted count of instructions on one qubit."""
    count = dict.fromkeys(circuit.qubits, 0)
    for entry in circuit.data:
        if entry.operation.name not in ("barrier", "delay"):
            weight = WEIGHTS.get(entry.operation.name, TWO_QUBIT_WEIGHT if len(entry.qubits) > 1 else 2)
            for qubit in entry.qubits:
                count[qubit] += weight
    return max(count.values(), default=0)
