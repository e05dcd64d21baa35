"""Circuits to take along: any ansatz as a Qiskit circuit, as OpenQASM 3 or as a PennyLane function."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from qiskit import QuantumCircuit, qasm3
from qiskit.circuit import Parameter, ParameterVector
from qiskit.circuit.library import get_standard_gate_name_mapping

from backends.circuits import CircuitAnsatz, circuit_of
from backends.qaoa_ansatz import QaoaAnsatz
from backends.workload import Ansatz
from problems.checking import frozen_array
from problems.contract import Array
from problems.errors import ProblemError


def to_qiskit(ansatz: Ansatz, parameters: Sequence[float] | Array | None = None) -> QuantumCircuit:
    """Return the circuit of an ansatz, with its parameters free or put in.

    Free parameters are the ansatz's own, not one per angle: beta[0] …, gamma[0] … of a ``QaoaAnsatz``, in the
    order of its rows; theta[0] … of a ``GateSequence``; what they are called in a ``CircuitAnsatz``. One
    on which no gate depends does not occur. Qubit q is Qiskit's qubit q; nothing is measured.

    Args:
        ansatz: A ``QaoaAnsatz``, a ``GateSequence`` or a ``CircuitAnsatz``.
        parameters: One row ``[P]``; None leaves them free.

    Raises:
        ProblemError: If the ansatz has no circuit, or at a row of another length.
    """
    circuit = circuit_of(ansatz)
    if parameters is not None:
        row = frozen_array("parameters", parameters, shape=(ansatz.num_parameters,))
        angles = ansatz.angles(row[None])[0]
        values = {free: float(angles[k]) for k, free in _angle_columns(circuit, ansatz)}
        return _assigned(circuit, values)
    if isinstance(ansatz, CircuitAnsatz):
        return circuit.copy()
    return _with_expressions(circuit, ansatz)


def to_openqasm3(ansatz: Ansatz, parameters: Sequence[float] | Array | None = None) -> str:
    """Return the circuit of an ansatz as an OpenQASM 3 program; free parameters are its inputs.

    OpenQASM has no brackets in names: beta[0] is declared as ``_beta_0_``. Only standard gates are called,
    each with its angle in place. Arguments and errors are those of ``to_qiskit``.
    """
    circuit = to_qiskit(ansatz, parameters)
    opened = circuit.copy_empty_like()
    _append_standard_gates(opened, circuit, circuit.qubits)
    return qasm3.dumps(opened)


def to_pennylane(ansatz: Ansatz) -> PennyLaneAnsatz:
    """Return the circuit of an ansatz as a function of parameters to call within a PennyLane QNode.

    Raises:
        ProblemError: If the ansatz has no circuit, or an angle in it is no real expression.
    """
    return PennyLaneAnsatz(ansatz)


@dataclass(frozen=True, eq=False)
class PennyLaneAnsatz:
    """The circuit of an ansatz, global phase included, as a quantum function from the state |0…0⟩.

    Attributes:
        ansatz: What is applied.
    """

    ansatz: Ansatz

    def __post_init__(self):
        _ = self._translated

    def __call__(self, parameters: Any, wires: Any = None) -> None:
        """Apply the circuit.

        Args:
            parameters: ``[P]``, or ``[B, P]`` to broadcast over rows; numpy's, autograd's, JAX's or Torch's,
                and differentiable by these.
            wires: n labels, qubit q on the q-th; by default 0 … n − 1.

        Raises:
            ProblemError: At another number of parameters or wires.
        """
        wanted, n = self.ansatz.num_parameters, self.ansatz.num_qubits
        values = parameters if hasattr(parameters, "ndim") else np.asarray(parameters, dtype=float)
        if values.ndim not in (1, 2) or values.shape[-1] != wanted:
            raise ProblemError(
                "the shape of parameters", tuple(values.shape), f"({wanted},) or (rows, {wanted})"
            )
        labels = list(range(n) if wires is None else wires)
        if len(labels) != n:
            raise ProblemError("wires", labels, f"{n} labels")
        circuit, places = self._translated
        columns = [values[..., k] for k in places]
        if values.ndim == 1 and type(values) is np.ndarray:  # no tracing to keep up
            columns = [float(value) for value in columns]
        circuit.queue(columns, labels)

    @cached_property
    def _translated(self) -> tuple[Any, tuple[int, ...]]:
        """The translated circuit and the parameter behind each of its columns."""
        from backends.bridges.pennylane_operations import pennylane_circuit

        circuit = to_qiskit(self.ansatz)
        if isinstance(self.ansatz, CircuitAnsatz):
            return pennylane_circuit(circuit), tuple(range(circuit.num_parameters))
        names = {free.name: k for k, free in enumerate(_own_parameters(self.ansatz))}
        return pennylane_circuit(circuit), tuple(names[free.name] for free in circuit.parameters)


def _with_expressions(circuit: QuantumCircuit, ansatz: Ansatz) -> QuantumCircuit:
    """Write each angle as what it is: a sum of multiples of the ansatz's parameters."""
    own = _own_parameters(ansatz)
    rows = np.concatenate([np.zeros((1, len(own))), np.eye(len(own))])
    angles = ansatz.angles(rows)  # affine: the value at 0 and the slopes are all there is to know
    offsets, slopes = angles[0], angles[1:] - angles[0]
    expressions: dict[Any, Any] = {}
    for k, free in _angle_columns(circuit, ansatz):
        total: Any = float(offsets[k])
        for j in np.flatnonzero(slopes[:, k]).tolist():
            slope = float(slopes[j, k])
            term = own[j] if slope == 1 else slope * own[j]
            total = term if isinstance(total, float) and total == 0 else total + term
        expressions[free] = total
    return _assigned(circuit, expressions)


def _assigned(circuit: QuantumCircuit, values: dict[Any, Any]) -> QuantumCircuit:
    """Replace all parameters; first by others, as Qiskit refuses two of one name even on the way."""
    between = {free: Parameter(f"angle_{k}") for k, free in enumerate(values)}
    renamed = circuit.assign_parameters(between)
    return renamed.assign_parameters({between[free]: value for free, value in values.items()})


def _append_standard_gates(target: QuantumCircuit, circuit: QuantumCircuit, qubits: Sequence[Any]) -> None:
    """Append gates, other than standard ones by their definitions.

    Qiskit's writer takes the expressions of the first use of a gate as the names of its arguments, and
    applies those of every use to them once more: right for standard gates alone.
    """
    where = dict(zip(circuit.qubits, qubits, strict=True))
    standard = get_standard_gate_name_mapping()
    for entry in circuit.data:
        gate, touched = entry.operation, [where[qubit] for qubit in entry.qubits]
        own = gate.base_class.__module__.startswith("qiskit.circuit.library.standard_gates")
        if gate.definition is None or (own and gate.name in standard):
            target.append(gate, touched)
        else:
            target.global_phase += gate.definition.global_phase
            _append_standard_gates(target, gate.definition, touched)


def _own_parameters(ansatz: Ansatz) -> list[Any]:
    """The P parameters of an ansatz under their names, in order."""
    if not isinstance(ansatz, QaoaAnsatz):
        return list(ParameterVector("theta", ansatz.num_parameters))
    betas = ansatz.layers * (ansatz.num_qubits if ansatz.multi_angle else 1)
    return [*ParameterVector("beta", betas), *ParameterVector("gamma", ansatz.num_parameters - betas)]


def _angle_columns(circuit: QuantumCircuit, ansatz: Ansatz) -> list[tuple[int, Any]]:
    """The column of ``ansatz.angles`` behind each free parameter of the circuit."""
    if isinstance(ansatz, CircuitAnsatz):
        return list(enumerate(circuit.parameters))
    return [(free.index, free) for free in circuit.parameters]
