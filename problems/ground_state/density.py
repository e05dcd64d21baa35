"""Circuits under noise by density matrices, Kraus channels after every gate: the slow exact reference."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from problems.errors import ProblemError
from problems.ground_state import channels
from problems.ground_state.dense import refuse_wide
from problems.ground_state.gate_sequence import ROTATIONS, GateSequence, apply_matrix, gate_matrix
from problems.ground_state.noise import GateNoise, NoiseModel
from problems.ground_state.pauli_sum import PauliSum

Array = np.ndarray
DENSITY_QUBITS = 10  # 4^10 entries are 16 MiB, and each gate goes through them several times


def density_matrix(
    circuit: GateSequence, noise: NoiseModel, parameters: Sequence[float] | Array = ()
) -> Array:
    """Return the final density matrix ``[2^n, 2^n]``; flips of the readout are no part of it.

    Raises:
        ProblemError: Above 10 qubits, at a wrong number of parameters, or at noise of another width.
    """
    n = circuit.num_qubits
    refuse_wide(n, DENSITY_QUBITS)
    noise.refuse_width(n)
    bound = circuit.bind(parameters)
    after = {width: _channels(gate, noise, n) for width, gate in ((1, noise.single), (2, noise.pair))}
    density = np.zeros(4**n, dtype=complex)
    density[0] = 1.0
    for gate in bound.gates:
        unitary = gate_matrix(gate.kind, gate.angle if gate.kind in ROTATIONS else 0.0)
        density = _apply(channels.superoperator(unitary[None]), gate.qubits, density, n)
        for qubit in gate.qubits:
            density = _apply(after[len(gate.qubits)][qubit], (qubit,), density, n)
    return density.reshape(2**n, 2**n)


def traces(hamiltonian: PauliSum, density: Array) -> Array:
    """Return tr(P ρ) ``[K]`` of every string in a density matrix ``[2^n, 2^n]``.

    Raises:
        ProblemError: At a density matrix of another width.
    """
    places = np.arange(2**hamiltonian.num_qubits)
    if np.shape(density) != (len(places),) * 2:
        raise ProblemError("the shape of density", np.shape(density), f"{(len(places),) * 2}")
    found = []
    for x, z in zip(*hamiltonian.masks, strict=True):
        signs = 1.0 - 2.0 * (np.bitwise_count(places & z) & 1)  # P|i⟩ = i^(number of Y) sign |i ⊕ x⟩
        total = 1j ** int(np.bitwise_count(x & z)) * (signs @ density[places, places ^ x])
        found.append(total.real)
    return np.array(found, dtype=float)


def noisy_expectation(
    circuit: GateSequence,
    hamiltonian: PauliSum,
    noise: NoiseModel,
    parameters: Sequence[float] | Array = (),
) -> float:
    """Return ⟨H⟩ as it is read from many shots of a noisy circuit, readout included.

    Raises:
        ProblemError: Where widths differ, above 10 qubits, or at a wrong number of parameters.
    """
    if hamiltonian.num_qubits != circuit.num_qubits:
        raise ProblemError("the width of hamiltonian", hamiltonian.num_qubits, f"{circuit.num_qubits} qubits")
    density = density_matrix(circuit, noise, parameters)
    return float(noise.measured(hamiltonian).coefficients @ traces(hamiltonian, density))


def _channels(gate: GateNoise, noise: NoiseModel, n: int) -> list[Array]:
    """The superoperator ``[4, 4]`` of relaxation and then depolarizing on each qubit."""
    population = np.broadcast_to(noise.excited_population, n)
    return [
        channels.superoperator(channels.depolarizing(p))
        @ channels.superoperator(channels.thermal_relaxation(decay, dephasing, rise))
        for decay, dephasing, p, rise in zip(*gate.figures(n), population, strict=True)
    ]


def _apply(superoperator: Array, qubits: tuple[int, ...], density: Array, n: int) -> Array:
    """Act on ρ written row after row: bit q of its index is qubit q of the column, bit n + q of the row."""
    return apply_matrix(superoperator, (*qubits, *(n + q for q in qubits)), density, 2 * n)
