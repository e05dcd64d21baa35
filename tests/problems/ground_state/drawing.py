"""Random circuits and noise for tests."""

from functools import reduce

import numpy as np
from scipy.linalg import expm

from problems.ground_state import Gate, GateNoise, GateSequence, NoiseModel


def random_circuit(n: int, seed: int, gates: int = 20) -> GateSequence:
    """Draw gates of all kinds, two in five on two qubits where there are two."""
    rng, drawn = np.random.default_rng(seed), []
    for _ in range(gates):
        if n > 1 and rng.random() < 0.4:
            pair = tuple(map(int, rng.choice(n, 2, replace=False)))
            drawn.append(Gate(("cx", "cz")[rng.integers(2)], pair))
        else:
            kind = ("h", "rx", "ry", "rz")[rng.integers(4)]
            angle = 0.0 if kind == "h" else float(rng.uniform(-3, 3))
            drawn.append(Gate(kind, (int(rng.integers(n)),), None, angle))
    return GateSequence(n, tuple(drawn))


def dense_state(circuit: GateSequence) -> np.ndarray:
    """The final state by full matrices written out: exponentials and projectors, qubit 0 the last factor."""
    n, state = circuit.num_qubits, np.eye(2**circuit.num_qubits, dtype=complex)[0]
    pauli = {"x": [[0, 1], [1, 0]], "y": [[0, -1j], [1j, 0]], "z": [[1, 0], [0, -1]]}

    def on(places: dict[int, np.ndarray]) -> np.ndarray:
        return reduce(np.kron, [places.get(q, np.eye(2)) for q in reversed(range(n))])

    for gate in circuit.gates:
        q = gate.qubits[0]
        if gate.kind[0] == "c":
            idle, active = np.diag([1.0, 0.0]), np.diag([0.0, 1.0])
            matrix = on({q: idle}) + on({q: active, gate.qubits[1]: np.array(pauli[gate.kind[1]])})
        elif gate.kind == "h":
            matrix = on({q: np.array([[1, 1], [1, -1]]) / np.sqrt(2)})
        else:
            matrix = expm(-0.5j * gate.angle * on({q: np.array(pauli[gate.kind[1]])}))
        state = matrix @ state
    return state


def random_gate_noise(n: int, rng: np.random.Generator) -> GateNoise:
    """Draw figures for each qubit, with T2 on both sides of T1."""
    decay = rng.uniform(0.01, 0.4, n)
    return GateNoise(decay, decay * rng.uniform(0.5, 2.0, n), rng.uniform(0, 0.3, n))


def random_noise(n: int, seed: int, mode="measured") -> NoiseModel:
    """Draw noise that differs from qubit to qubit."""
    rng = np.random.default_rng(seed)
    single, pair = random_gate_noise(n, rng), random_gate_noise(n, rng)
    return NoiseModel(single, pair, rng.uniform(0, 0.5, n), rng.uniform(0, 0.3, n), mode)
