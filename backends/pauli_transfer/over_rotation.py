"""Coherent errors of calibration: rotations that turn too far by a share of their angle."""

from __future__ import annotations

import numbers
from dataclasses import replace

from problems.checking import check_number
from problems.errors import ProblemError
from problems.ground_state import Gate, GateSequence
from problems.ground_state.gate_sequence import ROTATIONS

Excess = float | tuple[float, ...]  # one figure for all qubits, or one for each


def check_excess(value: Excess) -> None:
    """Raise a ``ProblemError`` unless it is a finite number, or a tuple of one for each qubit."""
    if isinstance(value, numbers.Real):
        check_number("over_rotation", value)
        return
    if not isinstance(value, tuple) or not value:
        raise ProblemError("over_rotation", value, "a number, or a tuple of one for each qubit")
    for k, share in enumerate(value):
        check_number(f"over_rotation[{k}]", share)


def over_rotated(circuit: GateSequence, excess: Excess) -> GateSequence:
    """Return the circuit whose rotations turn by 1 + ``excess`` of their angles."""
    shares = excess if isinstance(excess, tuple) else (excess,) * circuit.num_qubits
    if not any(shares):
        return circuit
    return GateSequence(
        circuit.num_qubits, tuple(_turned(gate, 1 + shares[gate.qubits[0]]) for gate in circuit.gates)
    )


def _turned(gate: Gate, scale: float) -> Gate:
    if gate.kind not in ROTATIONS:
        return gate
    factor = gate.factor if gate.parameter is None else gate.factor * scale
    return replace(gate, angle=gate.angle * scale, factor=factor)
