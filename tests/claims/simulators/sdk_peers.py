"""Rivals from the SDKs: Aer, PennyLane's lightning and Qiskit's own estimator, each as its users call it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pennylane as qml
from qiskit import transpile
from qiskit.primitives import StatevectorEstimator
from qiskit_aer import AerSimulator

from backends.circuits import circuit_of, operator_of
from backends.qaoa_ansatz import QaoaAnsatz
from problems.ground_state import GateSequence, PauliSum
from problems.ground_state.gate_sequence import ROTATIONS

Array = np.ndarray


def aer(method: str = "statevector") -> AerSimulator:
    """Aer with one thread and its fusion on."""
    return AerSimulator(method=method, max_parallel_threads=1, fusion_enable=True)


def aer_expectation(ansatz: QaoaAnsatz, rows: Array, diagonal: Array) -> Callable[[], Array]:
    """Return a call for ⟨C⟩ ``[B]``: one stencil bound to all rows, its probabilities times the costs."""
    simulator = aer()
    circuit = circuit_of(ansatz)
    circuit.save_probabilities()  # pyright: ignore
    stencil = transpile(circuit, simulator, optimization_level=1)
    free = list(stencil.parameters)

    def call() -> Array:
        values = ansatz.angles(rows)
        binds = {parameter: values[:, k].tolist() for k, parameter in enumerate(free)}
        result = simulator.run([stencil], parameter_binds=[binds], shots=1).result()
        return np.array([np.dot(result.data(k)["probabilities"], diagonal) for k in range(len(rows))])

    return call


def aer_samples(ansatz: QaoaAnsatz, row: Array, shots: int) -> Callable[[], Any]:
    """Return a call for the counts of one row."""
    simulator = aer()
    circuit = circuit_of(ansatz)
    circuit.measure_all()
    stencil = transpile(circuit, simulator, optimization_level=1)
    free = list(stencil.parameters)

    def call() -> Any:
        values = ansatz.angles(row[None])[0]
        binds = {parameter: [float(values[k])] for k, parameter in enumerate(free)}
        return simulator.run([stencil], parameter_binds=[binds], shots=shots).result().get_counts()

    return call


def lightning_qaoa(ansatz: QaoaAnsatz, row: Array) -> tuple[Callable[[], float], Callable[[], Array]]:
    """Return calls for ⟨C⟩ and its gradient by the adjoint method."""
    n, p, form = ansatz.num_qubits, ansatz.layers, ansatz.cost.form
    words = [qml.PauliZ(int(q)) for q in ansatz.fields]
    words += [qml.PauliZ(int(i)) @ qml.PauliZ(int(j)) for i, j in zip(form.first, form.second, strict=True)]
    cost = qml.Hamiltonian(ansatz.weights.tolist(), words)
    device = qml.device("lightning.qubit", wires=n)

    @qml.qnode(device, diff_method="adjoint")
    def circuit(parameters: Any) -> Any:
        for q in range(n):
            qml.Hadamard(q)
        for layer in range(p):
            beta, gamma = parameters[layer], parameters[p + layer]
            for q in ansatz.fields.tolist():
                qml.RZ(2 * gamma * float(form.linear[q]), wires=q)
            for i, j, weight in zip(
                form.first.tolist(), form.second.tolist(), form.coupling.tolist(), strict=True
            ):
                qml.IsingZZ(2 * gamma * weight, wires=(i, j))
            for q in range(n):
                qml.RX(2 * beta, wires=q)
        return qml.expval(cost)

    point = qml.numpy.array(row, requires_grad=True)
    return lambda: float(circuit(point)) + form.offset, lambda: np.array(qml.grad(circuit)(point))


def lightning_gates(
    sequences: Sequence[GateSequence], parameters: Sequence[Array], observable: PauliSum
) -> tuple[Callable[[], Array], Callable[[], Array]]:
    """Return calls for the energies ``[B]`` of different circuits, and for all their gradients in a row.

    The circuits are prepared scripts given to the device itself, in one batch: a ``QNode`` would add many
    milliseconds of Python to each.
    """
    words = []
    for string in observable.strings:
        letters = {q: letter for q, letter in enumerate(string) if letter != "I"}
        words.append(qml.pauli.PauliWord(letters).operation() if letters else qml.Identity(0))
    cost = qml.Hamiltonian(observable.coefficients.tolist(), words)
    device: Any = qml.device("lightning.qubit", wires=observable.num_qubits)
    scripts = [_script(s, row, cost) for s, row in zip(sequences, parameters, strict=True)]
    settings = device.setup_execution_config(qml.devices.ExecutionConfig(gradient_method="adjoint"))

    def gradients() -> Array:
        return np.concatenate([np.ravel(slopes) for slopes in device.compute_derivatives(scripts, settings)])

    return lambda: np.array(device.execute(scripts, settings)), gradients


def _script(sequence: GateSequence, row: Array, cost: Any) -> Any:
    turns = {"rx": qml.RX, "ry": qml.RY, "rz": qml.RZ}
    operations = [
        turns[gate.kind](row[gate.parameter], wires=gate.qubits[0])
        if gate.kind in ROTATIONS
        else qml.CNOT(wires=gate.qubits)
        for gate in sequence.gates
    ]
    return qml.tape.QuantumScript(operations, [qml.expval(cost)], trainable_params=list(range(len(row))))


def estimator_gates(
    sequences: Sequence[GateSequence], parameters: Sequence[Array], observable: PauliSum
) -> Callable[[], Array]:
    """Return a call of Qiskit's ``StatevectorEstimator`` on different circuits."""
    estimator, operator = StatevectorEstimator(), operator_of(observable)
    pubs = [
        (circuit_of(s), operator, s.angles(x[None])[0]) for s, x in zip(sequences, parameters, strict=True)
    ]

    def call() -> Array:
        return np.array([float(result.data.evs) for result in estimator.run(pubs).result()])  # pyright: ignore

    return call
