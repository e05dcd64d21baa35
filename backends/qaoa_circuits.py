"""The Qiskit circuit of any QAOA ansatz; its free parameters in order are the ansatz's angles."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from qiskit import QuantumCircuit
from qiskit.circuit import ParameterVector
from qiskit.circuit.library import StatePreparation, UnitaryGate, XXPlusYYGate

from backends.mixers import (
    DickeStart,
    FeasibleMixer,
    FeasibleStart,
    GroverMixer,
    OneHotStart,
    ProductStart,
    TermMixer,
    WarmStartMixer,
    XYMixer,
)
from backends.qaoa_ansatz import QaoaAnsatz
from backends.statevector.starts import start_state
from problems.contract import Array
from problems.errors import ProblemError


def qaoa_circuit(ansatz: QaoaAnsatz) -> QuantumCircuit:
    """Return the circuit; its parameters in order are the columns of ``ansatz.angles``.

    Raises:
        ProblemError: If the mixer has no circuit.
    """
    form, n = ansatz.cost.form, ansatz.num_qubits
    mixing = n if ansatz.multi_angle else 1
    per_layer = ansatz.num_terms + mixing
    theta = ParameterVector("theta", ansatz.layers * per_layer)
    circuit = QuantumCircuit(n)
    prepare(circuit, ansatz.first)
    for layer in range(ansatz.layers):
        free = iter(theta[layer * per_layer : (layer + 1) * per_layer])
        for qubit in ansatz.fields.tolist():
            circuit.rz(2 * next(free), qubit)
        for i, j in zip(form.first.tolist(), form.second.tolist(), strict=True):
            circuit.rzz(2 * next(free), i, j)
        _mix(circuit, ansatz, free)
    return circuit


def prepare(circuit: QuantumCircuit, start: object) -> None:
    """Append the preparation of a start from |0…0⟩."""
    n = circuit.num_qubits
    if isinstance(start, OneHotStart):
        for block in start.blocks:
            _w_state(circuit, block)
        for q in set(range(n)) - {q for block in start.blocks for q in block}:
            circuit.h(q)
    elif isinstance(start, DickeStart):
        _dicke_state(circuit, start.weight)
    elif isinstance(start, FeasibleStart):
        circuit.append(StatePreparation(start_state(start, n).tolist()), range(n))
    elif isinstance(start, ProductStart):
        for q, c in enumerate(start.probabilities.tolist()):
            circuit.ry(_polar(c), q)
    else:
        circuit.h(range(n))


def _mix(circuit: QuantumCircuit, ansatz: QaoaAnsatz, free: Iterator[Any]) -> None:
    mixer, n = ansatz.mixer, ansatz.num_qubits
    if ansatz.multi_angle:
        for q in range(n):
            circuit.rx(2 * next(free), q)
        return
    beta = next(free)
    if isinstance(mixer, XYMixer):
        for a, b in mixer.pairs():
            circuit.append(XXPlusYYGate(2 * beta), [a, b])
        for q in set(range(n)) - {q for block in mixer.blocks for q in block}:
            circuit.rx(2 * beta, q)
    elif isinstance(mixer, GroverMixer):
        _grover(circuit, ansatz, beta)
    elif isinstance(mixer, WarmStartMixer):
        for q, c in enumerate(mixer.probabilities.tolist()):
            circuit.ry(-_polar(c), q)
            circuit.rz(2 * beta, q)
            circuit.ry(_polar(c), q)
    elif isinstance(mixer, TermMixer):
        for qubits, matrix in mixer.terms:
            _term(circuit, qubits, matrix, beta)
    elif isinstance(mixer, FeasibleMixer):
        raise ProblemError("mixer", "FeasibleMixer", "a mixer with a circuit", "Statevector simulates it")
    else:
        circuit.rx(2 * beta, range(n))


def _grover(circuit: QuantumCircuit, ansatz: QaoaAnsatz, beta: Any) -> None:
    """e^(−iβ|s⟩⟨s|): out of the start, a phase on |0…0⟩, back in."""
    preparation = QuantumCircuit(circuit.num_qubits)
    prepare(preparation, ansatz.first)
    qubits = range(circuit.num_qubits)
    circuit.compose(preparation.inverse(), inplace=True)
    circuit.x(qubits)
    if circuit.num_qubits == 1:
        circuit.p(-beta, 0)
    else:
        circuit.mcp(-beta, list(qubits)[:-1], circuit.num_qubits - 1)
    circuit.x(qubits)
    circuit.compose(preparation, inplace=True)


def _term(circuit: QuantumCircuit, qubits: tuple[int, ...], matrix: Array, beta: Any) -> None:
    """e^(−iβM): into the eigenvectors, phases by rotations about Z, back."""
    if len(qubits) > 2:
        raise ProblemError("the qubits of a mixing term", qubits, "at most two where a circuit is made")
    values, vectors = np.linalg.eigh(matrix)
    circuit.append(UnitaryGate(vectors.conj().T), list(qubits))
    signs = 1 - 2 * (np.arange(len(values))[:, None] >> np.arange(len(qubits)) & 1)
    for k, q in enumerate(qubits):
        circuit.rz(2 * beta * float(np.mean(values * signs[:, k])), q)
    if len(qubits) == 2:
        circuit.rzz(2 * beta * float(np.mean(values * signs[:, 0] * signs[:, 1])), *qubits)
    circuit.global_phase += -beta * float(np.mean(values))
    circuit.append(UnitaryGate(vectors), list(qubits))


def _w_state(circuit: QuantumCircuit, block: tuple[int, ...]) -> None:
    """Hand the one excitation on from qubit to qubit, leaving an equal share at each."""
    circuit.x(block[0])
    for k, (here, there) in enumerate(zip(block[:-1], block[1:], strict=True)):
        circuit.cry(2 * np.arccos(np.sqrt(1 / (len(block) - k))), here, there)
        circuit.cx(there, here)


def _dicke_state(circuit: QuantumCircuit, weight: int) -> None:
    """Split and cyclically shift, after Bärtschi and Eidenbenz, arXiv 1904.07358."""
    n = circuit.num_qubits
    for q in range(n - weight, n):
        circuit.x(q)
    for size in range(n, 1, -1):
        last = size - 1
        for shift in range(1, min(weight, size - 1) + 1):
            other, angle = last - shift, 2 * np.arccos(np.sqrt(shift / size))
            circuit.cx(other, last)
            if shift == 1:
                circuit.cry(angle, last, other)
            else:
                ry = QuantumCircuit(1)
                ry.ry(angle, 0)
                circuit.append(ry.to_gate().control(2), [last, other + 1, other])
            circuit.cx(other, last)


def _polar(c: float) -> float:
    """The angle θ with √(1 − c)|0⟩ + √c|1⟩ = RY(θ)|0⟩."""
    return 2 * float(np.arcsin(np.sqrt(c)))
