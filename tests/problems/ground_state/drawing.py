"""Random circuits and noise for tests."""

import numpy as np

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


def random_gate_noise(n: int, rng: np.random.Generator) -> GateNoise:
    """Draw figures for each qubit, with T2 on both sides of T1."""
    decay = rng.uniform(0.01, 0.4, n)
    return GateNoise(decay, decay * rng.uniform(0.5, 2.0, n), rng.uniform(0, 0.3, n))


def random_noise(n: int, seed: int, mode="measured") -> NoiseModel:
    """Draw noise that differs from qubit to qubit."""
    rng = np.random.default_rng(seed)
    single, pair = random_gate_noise(n, rng), random_gate_noise(n, rng)
    return NoiseModel(single, pair, rng.uniform(0, 0.5, n), rng.uniform(0, 0.3, n), mode)
