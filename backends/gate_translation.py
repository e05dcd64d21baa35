"""Qiskit circuits as gate sequences of ours: exact up to a global phase, parameters kept free."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from qiskit import QuantumCircuit, transpile
from qiskit.circuit import ParameterExpression
from qiskit.exceptions import QiskitError

from backends.circuits import CircuitAnsatz
from problems.errors import ProblemError
from problems.ground_state import Gate, GateSequence
from problems.ground_state.gate_sequence import ROTATIONS, WIDTHS

BASIS = tuple(WIDTHS)


def gate_sequence_of(circuit: QuantumCircuit | CircuitAnsatz) -> GateSequence:
    """Translate a circuit to h, rx, ry, rz, cx, cz, parameters in the order of ``circuit.parameters``.

    A parameter that no gate turns by, as one of the global phase alone, keeps its place: two opposite
    rotations name it.

    Raises:
        ProblemError: If an angle is not linear in one parameter, or ``circuit`` is no circuit of gates.
    """
    found = _translated(circuit if isinstance(circuit, CircuitAnsatz) else CircuitAnsatz(circuit))
    if isinstance(found, str):
        raise ProblemError("circuit", found, "angles linear in one parameter each")
    return found


def translation_refusal(ansatz: CircuitAnsatz) -> str | None:
    """Say in a sentence why a circuit is no gate sequence of ours, or return None."""
    found = _translated(ansatz)
    return found if isinstance(found, str) else None


@lru_cache(maxsize=64)
def _translated(ansatz: CircuitAnsatz) -> GateSequence | str:
    circuit = ansatz.circuit
    places = {parameter: k for k, parameter in enumerate(circuit.parameters)}
    plain = transpile(circuit, basis_gates=list(BASIS), optimization_level=1, seed_transpiler=0)
    gates = []
    for entry in plain.data:
        name = entry.operation.name
        if name == "barrier":
            continue
        qubits = tuple(plain.find_bit(qubit).index for qubit in entry.qubits)
        if name not in ROTATIONS:
            gates.append(Gate(name, qubits))  # pyright: ignore[reportArgumentType]
            continue
        angle = _linear(entry.operation.params[0])
        if isinstance(angle, str):
            return angle
        parameter, factor, offset = angle
        place = None if parameter is None else places[parameter]
        gates.append(Gate(name, qubits, place, offset, factor))  # pyright: ignore[reportArgumentType]
    used = {gate.parameter for gate in gates if gate.parameter is not None}
    if used != set(places.values()):
        # a parameter that cancels out, or sits in the global phase alone, still has its column
        for place in sorted(set(places.values()) - used):
            gates += [Gate("rz", (0,), place), Gate("rz", (0,), place, 0.0, -1.0)]
    return GateSequence(circuit.num_qubits, tuple(gates))


def _linear(angle: Any) -> tuple[Any, float, float] | str:
    """Return the parameter, its factor and the offset of an angle, or why it has none."""
    if not isinstance(angle, ParameterExpression) or not angle.parameters:
        return None, 1.0, float(angle)
    if len(angle.parameters) > 1:
        return f"an angle of several parameters: {angle}"
    (parameter,) = angle.parameters
    try:
        slope = angle.gradient(parameter)
        if isinstance(slope, ParameterExpression) and slope.parameters:
            return f"an angle that is not linear: {angle}"
        return parameter, float(slope), float(angle.bind({parameter: 0.0}))
    except (TypeError, ValueError, ArithmeticError, RuntimeError, QiskitError):
        return f"an angle without a derivative or a real value at 0: {angle}"
