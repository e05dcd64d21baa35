"""What is raced: costs, angles, circuits and Hamiltonians, all drawn from seeds."""

from __future__ import annotations

import json

import numpy as np

from problems.binary import MaxCut, Qubo
from problems.binary.qubo import Ising
from problems.ground_state import Gate, GateSequence, PauliSum
from tests.claims.table import INSTANCES

Array = np.ndarray
CIRCUITS = 64  # different ones in a batch
GATES = {"LiH-4": ("LiH_4q_r3.4", 40), "LiH-6": ("LiH_6q_r3.4", 70), "H2O-8": ("H2O_8q_angstrom", 60)}


def dense(n: int, seed: int = 0) -> Ising:
    """A cost with all fields and couplings, normally distributed."""
    rng = np.random.default_rng(seed)
    return Qubo.from_matrix(np.triu(rng.normal(size=(n, n)))).ising


def regular_cut(n: int, seed: int = 0) -> Ising:
    """The cut of a 3-regular graph."""
    reduction = MaxCut.regular(3, n, seed=seed).reduce((Ising,))
    assert reduction is not None
    assert isinstance(reduction.problem, Ising)
    return reduction.problem


def angles(layers: int, rows: int = 1, seed: int = 0) -> Array:
    """Rows ``[B, 2p]`` of a ramp with a little noise: β < 0, γ > 0."""
    rng, time = np.random.default_rng(seed), (np.arange(layers) + 0.5) / layers
    ramp = np.r_[-0.6 * (1 - time), 0.4 * time]
    return ramp * (1 + 0.1 * rng.normal(size=(rows, 2 * layers)))


def hamiltonian(name: str, qubits: int) -> tuple[PauliSum, bool]:
    """A molecule's Hamiltonian, or random strings of the same number where its file is not at hand."""
    path = INSTANCES / "chem" / f"{name}.json"
    if path.exists():
        terms = json.loads(path.read_text())["terms"]
        return PauliSum(qubits, tuple(terms), np.array(list(terms.values()))), True
    rng = np.random.default_rng(qubits)
    strings = {"".join(rng.choice(list("IXYZ"), qubits)) for _ in range(30 * qubits)}
    return PauliSum(qubits, tuple(sorted(strings)), rng.normal(size=len(strings))), False


def circuits(qubits: int, gates: int, count: int = CIRCUITS, seed: int = 0) -> list[GateSequence]:
    """Random circuits, one third of the gates CX, each rotation with a parameter of its own."""
    rng, drawn = np.random.default_rng(seed), []
    for _ in range(count):
        sequence, parameter = [], 0
        for _ in range(gates):
            if rng.random() < 1 / 3:
                control, target = rng.choice(qubits, 2, replace=False)
                sequence.append(Gate("cx", (int(control), int(target))))
            else:
                kind = ("rx", "ry", "rz")[rng.integers(3)]
                sequence.append(Gate(kind, (int(rng.integers(qubits)),), parameter))
                parameter += 1
        drawn.append(GateSequence(qubits, tuple(sequence)))
    return drawn
