"""Qiskit circuits as PennyLane operations, equal to the global phase; qubit q is wire q."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pennylane as qml
from pennylane.operation import Operator
from qiskit import QuantumCircuit
from qiskit.circuit import Gate, ParameterExpression
from qiskit.circuit.library import UnitaryGate
from qiskit.quantum_info import Operator as QiskitOperator

from backends.bridges.angle_formulas import NUMPY, AngleFormulas
from problems.contract import Array
from problems.errors import ProblemError

FIXED = {
    "h": "Hadamard", "x": "PauliX", "y": "PauliY", "z": "PauliZ", "s": "S", "t": "T", "sx": "SX",
    "cx": "CNOT", "cy": "CY", "cz": "CZ", "swap": "SWAP", "ccx": "Toffoli", "cswap": "CSWAP",
}  # fmt: skip
INVERSE = {"sdg": "S", "tdg": "T", "sxdg": "SX"}
# gates by one angle with the same matrix in both libraries; each has a generator, so adjoint methods take it
TURNS = {
    "rx": "RX", "ry": "RY", "rz": "RZ", "p": "PhaseShift", "u1": "PhaseShift", "crx": "CRX", "cry": "CRY",
    "crz": "CRZ", "cp": "ControlledPhaseShift", "cu1": "ControlledPhaseShift", "rxx": "IsingXX",
    "ryy": "IsingYY", "rzz": "IsingZZ",
}  # fmt: skip
NOTHING = ("barrier", "id")


@dataclass(frozen=True, eq=False)
class Step:
    """One operation before its angle is known.

    Attributes:
        name: The PennyLane class; "adjoint" and "QubitUnitary" are told apart.
        wires: Where it acts.
        angle: Index of its angle, or None.
        matrix: Of a ``QubitUnitary``; the first wire is the highest bit, as PennyLane has it.
    """

    name: str
    wires: tuple[int, ...]
    angle: int | None = None
    matrix: Array | None = None

    def operation(self, angles: Sequence[Any], wires: Sequence[Any]) -> Operator:
        """Return the operation on labels of wires."""
        where = [wires[wire] for wire in self.wires]
        if self.matrix is not None:
            return qml.QubitUnitary(self.matrix, where)
        if self.name.startswith("adjoint "):
            return qml.adjoint(getattr(qml, self.name.removeprefix("adjoint ")))(where)
        if self.angle is None:
            return getattr(qml, self.name)(where)
        return getattr(qml, self.name)(angles[self.angle], where)


@dataclass(frozen=True, eq=False)
class PennyLaneCircuit:
    """A translated circuit; its angles are functions of the circuit's parameters, in their order.

    Attributes:
        num_qubits: Width.
        steps: In order of time.
        formulas: Of the angles.
        phase: Formula of the global phase φ in e^(iφ).
    """

    num_qubits: int
    steps: tuple[Step, ...]
    formulas: AngleFormulas
    phase: AngleFormulas

    def operations(self, angles: Array) -> list[Operator]:
        """Return the operations at angles ``[M]``, without the global phase."""
        values, wires = np.asarray(angles).tolist(), range(self.num_qubits)
        return [step.operation(values, wires) for step in self.steps]

    def queue(self, columns: Sequence[Any], wires: Sequence[Any]) -> None:
        """Apply operations and global phase inside a quantum function, at columns that may be traced."""
        functions = _functions(columns)
        angles = self.formulas.traced(columns, functions)
        for step in self.steps:
            step.operation(angles, wires)
        (phase,) = self.phase.traced(columns, functions)
        if self.phase.others or self.phase.matrix.nnz or phase != 0:
            qml.GlobalPhase(-1.0 * phase, wires=wires[0])


def pennylane_circuit(circuit: QuantumCircuit) -> PennyLaneCircuit:
    """Translate a circuit of gates; gates that PennyLane lacks are opened up by their definition.

    Raises:
        ProblemError: Naming an operation that is no gate, or an angle that is no real expression.
    """
    found = _Translation(circuit)
    formulas = AngleFormulas.of(found.angles, tuple(circuit.parameters))
    phase = AngleFormulas.of([found.phase], tuple(circuit.parameters))
    return PennyLaneCircuit(circuit.num_qubits, tuple(found.steps), formulas, phase)


class _Translation:
    """A walk through a circuit and the definitions of its gates, collecting steps, angles and phases."""

    def __init__(self, circuit: QuantumCircuit):
        self.steps: list[Step] = []
        self.angles: list[Any] = []
        self.phase: Any = 0.0
        self._walk(circuit, tuple(range(circuit.num_qubits)))

    def _walk(self, circuit: QuantumCircuit, wires: tuple[int, ...]) -> None:
        self.phase = self.phase + circuit.global_phase
        where = dict(zip(circuit.qubits, wires, strict=True))
        for entry in circuit.data:
            self._gate(entry.operation, tuple(where[qubit] for qubit in entry.qubits))

    def _gate(self, gate: Any, wires: tuple[int, ...]) -> None:
        name = gate.name if _is_standard(gate) else ""
        if name in FIXED:
            self.steps.append(Step(FIXED[name], wires))
        elif name in INVERSE:
            self.steps.append(Step(f"adjoint {INVERSE[name]}", wires))
        elif name in TURNS:
            self._turn(TURNS[name], wires, gate.params[0])
        elif name in ("u", "u3"):  # P(φ) RY(θ) P(λ)
            theta, phi, lam = gate.params
            for kind, angle in (("PhaseShift", lam), ("RY", theta), ("PhaseShift", phi)):
                self._turn(kind, wires, angle)
        elif gate.name not in NOTHING:
            self._other(gate, wires)

    def _turn(self, name: str, wires: tuple[int, ...], angle: Any) -> None:
        self.steps.append(Step(name, wires, len(self.angles)))
        self.angles.append(angle)

    def _other(self, gate: Any, wires: tuple[int, ...]) -> None:
        free = any(isinstance(value, ParameterExpression) and value.parameters for value in gate.params)
        definition = getattr(gate, "definition", None)
        if isinstance(gate, UnitaryGate) or (definition is None and isinstance(gate, Gate) and not free):
            matrix = np.asarray(QiskitOperator(gate).data)
            self.steps.append(Step("QubitUnitary", wires[::-1], None, matrix))
        elif definition is not None:
            self._walk(definition, wires)
        else:
            raise ProblemError("circuit", f"a circuit with {gate.name}", "unitary gates alone")


def _is_standard(gate: Any) -> bool:
    """Whether the name says what the gate does: a gate of one's own may bear any name."""
    return isinstance(gate, Gate) and gate.base_class.__module__.startswith(
        "qiskit.circuit.library.standard_gates"
    )


def _functions(columns: Sequence[Any]) -> Mapping[str, Any]:
    """The functions of formulas in the arithmetic of the columns: numpy's, autograd's, JAX's or Torch's."""
    if all(isinstance(column, int | float | np.number) for column in columns):
        return NUMPY
    names = {"asin": "arcsin", "acos": "arccos", "atan": "arctan"}
    return {name: getattr(qml.math, names.get(name, name)) for name in NUMPY}
