"""Noise models drawn by hypothesis and from seeds, and what the density reference says about readings."""

import numpy as np
from hypothesis import strategies as st

from problems.ground_state import GateSequence
from problems.ground_state.density import density_matrix
from problems.ground_state.noise import GateNoise, NoiseModel

HEAVY = NoiseModel(GateNoise(0.1, 0.2, 0.05), GateNoise(0.2, 0.15, 0.1), 0.3, 0.04)


def noise_of(n: int, seed: int) -> NoiseModel:
    """Figures of each qubit's own, T2 on both sides of T1, readout in one of its modes."""
    rng = np.random.default_rng([n, seed])

    def gate() -> GateNoise:
        decay = rng.uniform(0, 0.3, n)
        return GateNoise(tuple(decay), tuple(decay * rng.uniform(0.5, 3, n)), tuple(rng.uniform(0, 0.2, n)))

    mode = ("measured", "state_flip")[int(rng.integers(2))]
    return NoiseModel(gate(), gate(), tuple(rng.uniform(0, 1, n)), tuple(rng.uniform(0, 0.3, n)), mode)


def seeds() -> st.SearchStrategy[int]:
    """Seeds of circuits, noise and observables."""
    return st.integers(0, 10_000)


def read_probabilities(circuit: GateSequence, noise: NoiseModel, row: np.ndarray) -> np.ndarray:
    """The diagonal of the density matrix with each bit flipped at random, one qubit after the other."""
    n = circuit.num_qubits
    diagonal = np.real(np.diag(density_matrix(circuit, noise, row)))
    for q, flip in enumerate(np.broadcast_to(noise.readout, n)):
        partner = diagonal[np.arange(2**n) ^ (1 << q)]
        diagonal = (1 - flip) * diagonal + flip * partner
    return diagonal
