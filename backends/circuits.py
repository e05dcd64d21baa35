"""The one place where circuits of an SDK are made: ansätze and observables as Qiskit objects."""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from qiskit import QuantumCircuit, qpy
from qiskit.circuit import Gate, Instruction, ParameterExpression, ParameterVector
from qiskit.quantum_info import SparsePauliOp

from backends.workload import Ansatz, QaoaAnsatz
from problems.binary.qubo import Ising
from problems.contract import Array
from problems.errors import ProblemError
from problems.ground_state import ROTATIONS, GateSequence, PauliSum
from problems.storage import digest

REFUSED = ("measure", "reset", "if_else", "while_loop", "for_loop", "switch_case")


@dataclass(frozen=True, eq=False, init=False)
class CircuitAnsatz:
    """Any Qiskit circuit as an ansatz; parameters in the order of ``circuit.parameters``.

    Attributes:
        qpy: The circuit in Qiskit's own format; it holds random identifiers and is no content.
        signature: What the circuit does: instructions, qubits and parameter expressions.

    Raises:
        ProblemError: If the circuit measures, resets or branches, or has classical bits.
    """

    qpy: bytes = field(metadata={"content": False})
    signature: tuple[tuple[str, tuple[int, ...], tuple[str, ...]], ...]

    def __init__(self, circuit: QuantumCircuit):
        for instruction in circuit.data:
            if instruction.operation.name in REFUSED:
                expected = "unitary gates alone; the backend measures"
                raise ProblemError("circuit", f"a circuit with {instruction.operation.name}", expected)
        if circuit.clbits:
            raise ProblemError("circuit", f"a circuit with {len(circuit.clbits)} classical bits", "none")
        stream = io.BytesIO()
        qpy.dump(circuit, stream)
        object.__setattr__(self, "qpy", stream.getvalue())
        object.__setattr__(self, "signature", _signature(circuit))

    @cached_property
    def circuit(self) -> QuantumCircuit:
        """The circuit."""
        return qpy.load(io.BytesIO(self.qpy))[0]  # pyright: ignore[reportReturnType]

    @property
    def num_qubits(self) -> int:
        """Width."""
        return self.circuit.num_qubits

    @property
    def num_parameters(self) -> int:
        """P."""
        return self.circuit.num_parameters

    @property
    def num_entangling(self) -> int:
        """Instructions on two or more qubits, as written."""
        return sum(len(qubits) > 1 for _, qubits, _ in self.signature)

    @property
    def structure(self) -> str:
        """A digest of the signature and the width."""
        return digest(("circuit", self.num_qubits, self.signature))

    def angles(self, parameters: Array) -> Array:
        """The parameters themselves: the circuit's own expressions make angles of them."""
        return parameters


def circuit_of(ansatz: Ansatz) -> QuantumCircuit:
    """Return the circuit whose free parameters, in order, are the columns of ``ansatz.angles``."""
    if isinstance(ansatz, CircuitAnsatz):
        return ansatz.circuit
    if isinstance(ansatz, QaoaAnsatz):
        return _qaoa_circuit(ansatz)
    if isinstance(ansatz, GateSequence):
        return _gate_circuit(ansatz)
    raise ProblemError("ansatz", type(ansatz).__name__, "a QaoaAnsatz, GateSequence or CircuitAnsatz")


def operator_of(observable: PauliSum | Ising) -> SparsePauliOp:
    """Return the observable as Qiskit writes it: its labels have qubit 0 on the right."""
    paulis = PauliSum.from_ising(observable) if isinstance(observable, Ising) else observable
    if not paulis.strings:
        return SparsePauliOp("I" * paulis.num_qubits, np.zeros(1))
    labels = [string[::-1] for string in paulis.strings]
    return SparsePauliOp(labels, np.asarray(paulis.coefficients))


def _qaoa_circuit(ansatz: QaoaAnsatz) -> QuantumCircuit:
    form, n = ansatz.cost.form, ansatz.num_qubits
    per_layer = len(ansatz.fields) + form.num_couplings + 1
    theta = ParameterVector("theta", ansatz.layers * per_layer)
    circuit = QuantumCircuit(n)
    circuit.h(range(n))
    for layer in range(ansatz.layers):
        free = iter(theta[layer * per_layer : (layer + 1) * per_layer])
        for qubit in ansatz.fields.tolist():
            circuit.rz(2 * next(free), qubit)
        for i, j in zip(form.first.tolist(), form.second.tolist(), strict=True):
            circuit.rzz(2 * next(free), i, j)
        circuit.rx(2 * next(free), range(n))
    return circuit


def _gate_circuit(ansatz: GateSequence) -> QuantumCircuit:
    free = iter(ParameterVector("theta", len(ansatz.rotations)))
    circuit = QuantumCircuit(ansatz.num_qubits)
    for gate in ansatz.gates:
        if gate.kind in ROTATIONS:
            getattr(circuit, gate.kind)(next(free), *gate.qubits)
        else:
            getattr(circuit, gate.kind)(*gate.qubits)
    return circuit


def _name(operation: Any) -> str:
    """A gate's name; for one that a user defined, what it consists of, since its name may be anything."""
    if type(operation) in (Gate, Instruction) and operation.definition is not None:
        return digest(_signature(operation.definition))
    return operation.name


def _signature(circuit: QuantumCircuit) -> tuple[tuple[str, tuple[int, ...], tuple[str, ...]], ...]:
    """Describe a circuit by its flattened instructions; free parameters by their place in the order."""
    place = {parameter: f"p{k}" for k, parameter in enumerate(circuit.parameters)}
    names = {parameter.name: text for parameter, text in place.items()}

    def text(value: object) -> str:
        if isinstance(value, ParameterExpression):
            shown = str(value)
            for name in sorted(names, key=len, reverse=True):
                shown = shown.replace(name, names[name])
            return shown
        return digest(value) if isinstance(value, np.ndarray) else repr(value)

    where = {qubit: k for k, qubit in enumerate(circuit.qubits)}
    return tuple(
        (
            _name(entry.operation),
            tuple(where[qubit] for qubit in entry.qubits),
            tuple(text(value) for value in entry.operation.params),
        )
        for entry in circuit.data
    )
