"""Batches of different noisy circuits on molecules against Aer's density matrix and PennyLane's mixed device.

All have the noise of one device after every gate, and readout as factors of the observable's strings.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from backends.pauli_transfer.batch import NoisyCircuitBatch
from problems.ground_state import GateSequence, PauliSum
from problems.ground_state.gate_sequence import ROTATIONS
from problems.ground_state.noise import GateNoise, NoiseModel
from tests.claims.simulators.contest import Timing, differ, race, readable
from tests.claims.simulators.instances import CIRCUITS, GATES, circuits, hamiltonian
from tests.claims.table import Row

Array = np.ndarray
MOLECULES = {"H2-2": ("H2_2q_r0.7414", 20), **GATES}
AER = {"LiH-4": (110.0, "159-177"), "LiH-6": (35.0, "48-50"), "H2O-8": (10.0, "13")}
GOAL = 30.0  # on 8 qubits
MIXED = {"H2-2": (3000.0, "6751"), "LiH-4": (1200.0, "2333"), "LiH-6": (400.0, "683")}
GRADIENT = 5.2  # the most that a gradient costs in values


def rows(quick: bool) -> Iterator[Row]:
    """Every molecule; the quick form takes the two smallest with few circuits."""
    for molecule in ("H2-2", "LiH-4") if quick else MOLECULES:
        most = {"H2-2": 16, "LiH-6": 16, "H2O-8": 8}.get(molecule, CIRCUITS)
        yield from contest(molecule, min(most, 16) if quick else most, 3 if quick else 7)


def contest(molecule: str, count: int, repeats: int) -> Iterator[Row]:
    """Energies of all circuits, per circuit, and what gradients cost beside them."""
    name, gates = MOLECULES[molecule]
    qubits = int(molecule[-1])
    observable, real = hamiltonian(name, qubits)
    noise, drawn = NoiseModel.ibmq_mumbai("median"), circuits(qubits, gates, count)
    rng = np.random.default_rng(1)
    parameters = [rng.uniform(-np.pi, np.pi, circuit.num_parameters) for circuit in drawn]
    batch = NoisyCircuitBatch(drawn, noise)
    contestants: dict[str, Callable[[], object]] = {
        "energies": lambda: batch.energies(parameters, observable),
        "gradients": lambda: batch.energies_and_gradients(parameters, observable)[0],
    }
    if molecule in AER:
        contestants["Aer density_matrix"] = aer_density(drawn, parameters, observable, noise)
    if molecule in MIXED:
        contestants["default.mixed"] = mixed(drawn, parameters, observable, noise)
    times = race(contestants, repeats)
    note = "" if real else " (random strings: the molecule's file is not at hand)"
    for peer, bars in (("Aer density_matrix", AER), ("default.mixed", MIXED)):
        if peer in times:
            bar, measured = bars[molecule]
            claim = f"noisy energy of a circuit on {molecule}{note}: {bar:g} times faster than {peer}"
            yield _row(claim, measured, times["energies"], times[peer], bar, count)
            if qubits == 8:
                claim = f"goal on {molecule}: {GOAL:g} times faster than {peer}"
                yield _row(claim, measured, times["energies"], times[peer], GOAL, count)
    yield _cost(f"noisy gradient on {molecule}: at most {GRADIENT} values", times, count)


def aer_density(
    sequences: Sequence[GateSequence], parameters: Sequence[Array], observable: PauliSum, noise: NoiseModel
) -> Callable[[], Array]:
    """Return a call of Aer's density matrices on different circuits, one thread, its fusion on."""
    from qiskit import transpile
    from qiskit_aer import AerSimulator
    from qiskit_aer.library import SaveExpectationValue

    from backends.circuits import circuit_of, operator_of

    n, operator = observable.num_qubits, operator_of(noise.measured(observable))
    model = _aer_noise(sequences, noise, n)
    simulator = AerSimulator(
        method="density_matrix", noise_model=model, max_parallel_threads=1, fusion_enable=True
    )
    ready = []
    for sequence, row in zip(sequences, parameters, strict=True):
        circuit = circuit_of(sequence).assign_parameters(sequence.angles(np.atleast_2d(row))[0])
        circuit.append(SaveExpectationValue(operator), range(n))
        ready.append(transpile(circuit, simulator, optimization_level=0))

    def call() -> Array:
        result = simulator.run(ready, shots=1).result()
        return np.array([result.data(k)["expectation_value"] for k in range(len(ready))])

    return call


def _aer_noise(sequences: Sequence[GateSequence], noise: NoiseModel, n: int) -> Any:
    """Aer's own errors of relaxation and mixing on the gates that occur, each as one superoperator.

    As lists of Kraus operators, or on all pairs of qubits, they cost Aer several times as much.
    """
    from qiskit_aer.noise import NoiseModel as AerNoiseModel

    model, population = AerNoiseModel(), np.broadcast_to(noise.excited_population, n)
    single, pair = (_aer_errors(gate, n, population) for gate in (noise.single, noise.pair))
    for kind, qubits in sorted({(gate.kind, gate.qubits) for s in sequences for gate in s.gates}):
        error = single[qubits[0]] if len(qubits) == 1 else pair[qubits[0]].expand(pair[qubits[1]])
        model.add_quantum_error(error, kind, qubits)
    return model


def _aer_errors(gate: GateNoise, n: int, population: Array) -> list[Any]:
    from qiskit_aer.noise import depolarizing_error, thermal_relaxation_error

    with np.errstate(divide="ignore"):
        t1, t2 = 1 / gate.figures(n)[:2]
    return [
        thermal_relaxation_error(t1[q], t2[q], 1.0, population[q])
        .compose(depolarizing_error(p, 1))
        .to_quantumchannel()
        for q, p in enumerate(gate.figures(n)[2])
    ]


def mixed(
    sequences: Sequence[GateSequence], parameters: Sequence[Array], observable: PauliSum, noise: NoiseModel
) -> Callable[[], Array]:
    """Return a call of ``default.mixed`` on prepared scripts; a ``QNode`` would add Python to each."""
    import pennylane as qml
    from pennylane.tape import QuantumScript

    n, words = observable.num_qubits, []
    for string in observable.strings:
        letters = {q: letter for q, letter in enumerate(string) if letter != "I"}
        words.append(qml.pauli.PauliWord(letters).operation() if letters else qml.Identity(0))
    cost = qml.Hamiltonian(noise.measured(observable).coefficients.tolist(), words)
    scripts = []
    for sequence, row in zip(sequences, parameters, strict=True):
        operations = [
            operation for gate in sequence.bind(row).gates for operation in _mixed_gate(gate, noise, n)
        ]
        scripts.append(QuantumScript(operations, [qml.expval(cost)]))
    device: Any = qml.device("default.mixed", wires=n)
    return lambda: np.array(device.execute(scripts))


def _mixed_gate(gate: Any, noise: NoiseModel, n: int) -> Iterator[Any]:
    """A gate, and PennyLane's own relaxation and mixing of each of its qubits."""
    import pennylane as qml

    if gate.kind in ROTATIONS:
        yield {"rx": qml.RX, "ry": qml.RY, "rz": qml.RZ}[gate.kind](gate.angle, wires=gate.qubits[0])
    else:
        yield qml.Hadamard(gate.qubits[0]) if gate.kind == "h" else qml.CNOT(wires=gate.qubits)
    after = noise.single if len(gate.qubits) == 1 else noise.pair
    population = np.broadcast_to(noise.excited_population, n)
    for q in gate.qubits:
        decay, dephasing, p = after.figures(n)[:, q].tolist()
        yield qml.ThermalRelaxationError(float(population[q]), 1 / decay, 1 / dephasing, 1.0, wires=q)
        yield qml.DepolarizingChannel(0.75 * p, wires=q)


def _row(claim: str, measured: str, ours: Timing, theirs: Timing, bar: float, count: int) -> Row:
    ratio, wrong = theirs.cpu / ours.cpu, differ(ours.value, theirs.value)
    holds = wrong is None and ratio >= bar
    reason = wrong or ("" if holds else f"the ratio is {ratio:.3g}")
    shown = f"{readable(ours.cpu / count)}, ratio {ratio:.3g}"
    return Row(claim, measured, readable(theirs.cpu / count), shown, holds, reason)


def _cost(claim: str, times: dict[str, Timing], count: int) -> Row:
    value, gradient = times["energies"], times["gradients"]
    ratio, wrong = gradient.cpu / value.cpu, differ(gradient.value, value.value)
    holds = wrong is None and ratio <= GRADIENT
    reason = wrong or ("" if holds else f"the ratio is {ratio:.3g}")
    shown = f"{readable(gradient.cpu / count)}, ratio {ratio:.3g}"
    return Row(claim, "2.4-5.2", readable(value.cpu / count), shown, holds, reason)
