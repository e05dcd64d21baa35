"""Energies of the transverse-field Ising chain in a circuit with an angle of its own for every rotation."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numba import njit

from backends.statevector import Statevector
from backends.workload import Estimate, Expectation
from problems.contract import Array
from problems.ground_state import Gate, GateSequence, GroundState
from problems.minimisation import Minimisation, Values
from problems.minimisation.network_to_circuit import NetworkToCircuit

QUBITS, LAYERS = 4, 4
TRAINING, UNSEEN = 16, 50
SIGNS = 1.0 - 2.0 * ((np.arange(2**QUBITS)[:, None] >> np.arange(QUBITS)) & 1)  # of Z, [16, 4]
BONDS = np.sum(SIGNS[:, :-1] * SIGNS[:, 1:], axis=1)
PHASES = np.prod(np.where((SIGNS[:, :-1] < 0) & (SIGNS[:, 1:] < 0), -1.0, 1.0), axis=1)  # of all CZ


def circuit() -> GateSequence:
    """Layers of RY on all qubits with CZ along the open chain between them."""
    gates: list[Gate] = []
    for layer in range(LAYERS):
        gates += [Gate("ry", (q,), layer * QUBITS + q) for q in range(QUBITS)]
        if layer < LAYERS - 1:
            gates += [Gate("cz", (q, q + 1)) for q in range(QUBITS - 1)]
    return GateSequence(QUBITS, tuple(gates))


def states(angles: Array) -> Array:
    """Return the real states ``[B, 16]`` of the circuit at angles ``[B, 16]``."""
    return _states(np.ascontiguousarray(angles), PHASES)


def turned(state: Array) -> Array:
    """Return the states after a Hadamard gate on every qubit."""
    result = state.copy()
    _turn(result)
    return result


@njit(cache=True, nogil=True)
def _states(angles: Array, phases: Array) -> Array:
    state = np.zeros((len(angles), 2**QUBITS))
    for row in range(len(angles)):
        state[row, 0] = 1.0
        for layer in range(LAYERS):
            for q in range(QUBITS):
                half = angles[row, layer * QUBITS + q] / 2
                _mix(state[row], q, np.cos(half), -np.sin(half), np.sin(half), np.cos(half))
            if layer < LAYERS - 1:
                state[row] *= phases
    return state


@njit(cache=True, nogil=True)
def _turn(state: Array) -> None:
    root = np.sqrt(0.5)
    for row in range(len(state)):
        for q in range(QUBITS):
            _mix(state[row], q, root, root, root, -root)


@njit(cache=True, nogil=True)
def _mix(state: Array, q: int, a: float, b: float, c: float, d: float) -> None:
    """Apply the matrix ((a, b), (c, d)) to qubit q."""
    for low in range(len(state)):
        if not (low >> q) & 1:
            high = low | (1 << q)
            x, y = state[low], state[high]
            state[low], state[high] = a * x + b * y, c * x + d * y


@dataclass(frozen=True, eq=False)
class ChainEnergy(Minimisation):
    """The energy −Σ ZZ − h Σ X of the circuit as a function of its 16 angles.

    Attributes:
        field: h.
        shots: Half of them measure Z, half X; None for exact values.
    """

    field: float = 1.0
    shots: int | None = None
    dimension = QUBITS * LAYERS

    @property
    def noisy(self) -> bool:  # pyright: ignore[reportIncompatibleVariableOverride]
        """Whether values are sampled."""
        return self.shots is not None

    @property
    def period(self) -> Array:  # pyright: ignore[reportIncompatibleVariableOverride]
        """A full turn of every angle."""
        return np.full(self.dimension, 2 * np.pi)

    @property
    def degree(self) -> Array:  # pyright: ignore[reportIncompatibleVariableOverride]
        """One: every rotation has an angle of its own."""
        return np.ones(self.dimension, dtype=np.int64)

    def evaluate(self, x: Array, seed: int, gradient: bool = False) -> Values:
        """Evaluate a population ``[B, 16]``, exactly or from samples in both bases."""
        if self.shots is None:
            return Values(self.exact(x))
        rng, half, state = np.random.default_rng(seed), self.shots // 2, states(x)
        mean, spread = np.zeros(len(x)), np.zeros(len(x))
        for amplitudes, figures in ((state, -BONDS), (turned(state), -self.field * SIGNS.sum(axis=1))):
            chances = amplitudes**2
            shares = rng.multinomial(half, chances / chances.sum(axis=1, keepdims=True)) / half
            part = shares @ figures
            mean += part
            spread += np.maximum(shares @ figures**2 - part**2, 0.0)
        return Values(mean, np.sqrt(spread / half))

    def exact(self, x: Array) -> Array:
        """Return the noiseless values ``[B]``."""
        state = states(x)
        return -(state**2 @ BONDS) - self.field * (turned(state) ** 2 @ SIGNS.sum(axis=1))


def simulated(field: float, x: Array) -> Array:
    """Return the same energies ``[B]`` from the embedded simulator."""
    hamiltonian = GroundState.transverse_field_ising(QUBITS, 1.0, field).hamiltonian
    outcome = Statevector().submit(Expectation(circuit(), (hamiltonian,), x)).result()
    assert isinstance(outcome, Estimate)
    return outcome.mean[:, 0]


def ground(field: float) -> float:
    """Return the least eigenvalue of the chain, by diagonalising it."""
    matrix = np.diag(-BONDS)
    for q in range(QUBITS):
        matrix = matrix - field * np.eye(2**QUBITS)[np.arange(2**QUBITS) ^ (1 << q)]
    return float(np.linalg.eigvalsh(matrix)[0])


def chains(shots: int | None, seed: int) -> NetworkToCircuit:
    """Return the task: 16 fields to train on, 50 unseen ones drawn from the seed, a network 1-32-16."""
    fields = np.linspace(0.5, 1.5, TRAINING)
    unseen = np.random.default_rng(seed).uniform(0.5, 1.5, UNSEEN)
    return NetworkToCircuit(
        fields[:, None],
        tuple(ChainEnergy(float(h), shots) for h in fields),
        (32,),
        (unseen[:, None], tuple(ChainEnergy(float(h)) for h in unseen)),
        np.array([ground(float(h)) for h in unseen]),
        seed,
    )
