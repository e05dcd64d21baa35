"""The one place where circuits of an SDK are made: ansätze and observables as Qiskit objects."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from qiskit import QuantumCircuit, qpy
from qiskit.circuit import Barrier, Gate, Operation, Parameter, ParameterExpression, ParameterVector
from qiskit.circuit.library import UnitaryGate
from qiskit.quantum_info import SparsePauliOp

from backends.qaoa_ansatz import QaoaAnsatz
from backends.workload import Ansatz
from problems.binary.qubo import Ising
from problems.contract import Array
from problems.errors import ProblemError
from problems.ground_state import GateSequence, PauliSum
from problems.ground_state.gate_sequence import ROTATIONS
from problems.storage import digest

Signature = tuple[tuple[str, tuple[int, ...], tuple[str, ...]], ...]


@dataclass(frozen=True, eq=False, init=False)
class CircuitAnsatz:
    """Any Qiskit circuit as an ansatz; parameters in the order of ``circuit.parameters``.

    Attributes:
        qpy: The circuit in Qiskit's own format; it holds random identifiers and is no content.
        signature: What the circuit does, down to standard gates: names, qubits, parameter expressions.

    Raises:
        ProblemError: If the circuit has classical bits or anything that is no unitary gate: a measurement, a
            reset, a branch, a delay.
    """

    qpy: bytes = field(metadata={"content": False})
    signature: Signature

    def __init__(self, circuit: QuantumCircuit):
        if not isinstance(circuit, QuantumCircuit):
            raise ProblemError("circuit", type(circuit).__name__, "a QuantumCircuit")
        signature = _signature(circuit)
        if circuit.clbits:
            raise ProblemError("circuit", f"a circuit with {len(circuit.clbits)} classical bits", "none")
        stream = io.BytesIO()
        qpy.dump(circuit, stream)
        object.__setattr__(self, "qpy", stream.getvalue())
        object.__setattr__(self, "signature", signature)

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
        """Standard gates on two or more qubits."""
        return sum(len(qubits) > 1 and name != "barrier" for name, qubits, _ in self.signature)

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
        from backends.qaoa_circuits import qaoa_circuit

        return qaoa_circuit(ansatz)
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


def _gate_circuit(ansatz: GateSequence) -> QuantumCircuit:
    free = iter(ParameterVector("theta", len(ansatz.rotations)))
    circuit = QuantumCircuit(ansatz.num_qubits)
    for gate in ansatz.gates:
        if gate.kind in ROTATIONS:
            getattr(circuit, gate.kind)(next(free), *gate.qubits)
        else:
            getattr(circuit, gate.kind)(*gate.qubits)
    return circuit


def _signature(circuit: QuantumCircuit) -> Signature:
    """Describe a circuit by standard gates; free parameters go by their place in the order, not by name."""
    places = {parameter: Parameter(f"p{k}") for k, parameter in enumerate(circuit.parameters)}
    return tuple(_standard_gates(circuit, tuple(range(circuit.num_qubits)), places))


def _standard_gates(
    circuit: QuantumCircuit, qubits: tuple[int, ...], places: Mapping[Any, Any]
) -> Iterator[tuple[str, tuple[int, ...], tuple[str, ...]]]:
    """Yield name, qubits and parameters. Only a standard gate is told by its name; others are opened up."""
    where = dict(zip(circuit.qubits, qubits, strict=True))
    for entry in circuit.data:
        operation, touched = entry.operation, tuple(where[qubit] for qubit in entry.qubits)
        if _told_by_name(operation):
            yield operation.name, touched, tuple(_text(value, places) for value in operation.params)  # pyright: ignore
        elif getattr(operation, "definition", None) is not None:
            yield from _standard_gates(operation.definition, touched, places)  # pyright: ignore
        else:
            raise ProblemError(
                "circuit", f"a circuit with {operation.name}", "unitary gates alone; the backend measures",
                "what is unitary becomes gates by transpile(circuit, basis_gates=…)",
            )  # fmt: skip


def _told_by_name(operation: Operation) -> bool:
    if isinstance(operation, Gate):
        home = operation.base_class.__module__
        return home.startswith("qiskit.circuit.library.standard_gates") or isinstance(operation, UnitaryGate)
    return isinstance(operation, Barrier)


def _text(value: Any, places: Mapping[Any, Any]) -> str:
    if isinstance(value, ParameterExpression):
        return str(value.subs({parameter: places[parameter] for parameter in value.parameters}))
    return digest(value) if isinstance(value, np.ndarray) else repr(value)
