"""What the device says of a circuit before it runs: whether it can, and how long one shot takes."""

from __future__ import annotations

from collections.abc import Iterator
from math import prod
from typing import Any

import numpy as np
from qiskit import QuantumCircuit
from qiskit.circuit import Barrier, ControlFlowOp, Delay
from qiskit.transpiler import Target

TOLERANCE = 1e-9  # of an angle, for rounding
SECONDS = {"s": 1.0, "ms": 1e-3, "us": 1e-6, "ns": 1e-9}


def refusal(circuit: QuantumCircuit, target: Target) -> str | None:
    """Say in a sentence why the device cannot run a circuit, or return None."""
    if circuit.num_qubits > target.num_qubits:
        return f"The circuit has {circuit.num_qubits} qubits, the device {target.num_qubits}."
    for entry in circuit.data:
        name, where = entry.operation.name, _indices(circuit, entry)
        if isinstance(entry.operation, ControlFlowOp):
            return f"The control flow {name} is not simulated."
        if isinstance(entry.operation, Delay) and entry.operation.is_parameterized():
            return "A delay with a free duration is not simulated."
        if not isinstance(entry.operation, Barrier) and not target.instruction_supported(name, where):
            return f"The instruction {name} on qubits {where} is not supported by the target system."
    return None


def angle_refusal(circuit: QuantumCircuit, values: np.ndarray) -> str | None:
    """Say in a sentence which angle of an rzz the device cannot make, or return None.

    Args:
        circuit: With the angles as functions of its parameters.
        values: Its arguments ``[..., parameters]``.
    """
    rows = values.reshape(prod(values.shape[:-1]), circuit.num_parameters)
    for entry in circuit.data:
        if entry.operation.name == "rzz":
            (angle,) = entry.operation.params
            for made in [angle] if isinstance(angle, float | int) else _bound(angle, circuit, rows):
                if not -TOLERANCE <= made <= np.pi / 2 + TOLERANCE:
                    where = _indices(circuit, entry)
                    return f"The angle {made:g} of rzz on qubits {where} is not between 0 and pi/2."
    return None


def _bound(angle: Any, circuit: QuantumCircuit, rows: np.ndarray) -> Iterator[float]:
    columns = [(k, free) for k, free in enumerate(circuit.parameters) if free in angle.parameters]
    for row in rows:
        yield float(angle.bind({free: row[k] for k, free in columns}))


def duration(circuit: QuantumCircuit, target: Target) -> float:
    """Return the seconds that a circuit takes when each instruction starts as soon as its qubits are free."""
    free: dict[int, float] = {}
    for entry in circuit.data:
        where = _indices(circuit, entry)
        begin = max((free.get(qubit, 0.0) for qubit in where), default=0.0)
        for qubit in where:
            free[qubit] = begin + _seconds(entry.operation, where, target)
    return max(free.values(), default=0.0)


def _seconds(operation: Any, where: tuple[int, ...], target: Target) -> float:
    if isinstance(operation, Barrier):
        return 0.0
    if isinstance(operation, Delay):
        return float(operation.duration) * (SECONDS | {"dt": target.dt or 0.0})[operation.unit]
    figures = (target[operation.name] or {}).get(where)
    return (figures and figures.duration) or 0.0


def _indices(circuit: QuantumCircuit, entry: Any) -> tuple[int, ...]:
    return tuple(circuit.find_bit(qubit).index for qubit in entry.qubits)
