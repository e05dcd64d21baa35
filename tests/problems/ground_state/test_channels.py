"""Channels against the closed forms of textbooks, in every form they have."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from problems.ground_state import GateNoise, NoiseModel, channels
from problems.ground_state.dense import PAULI

RATES = st.floats(0, 2)
SHARES = st.floats(0, 1)
ANGLES = st.floats(-7, 7)
ROTATION = {"X": (1, 2, 3), "Y": (2, 3, 1), "Z": (3, 1, 2)}  # the axis, and the plane in which it turns


def transfer_of(map_of_density):
    """Written out: R_ij = tr(P_i Λ(P_j))/2."""
    paulis = [PAULI[letter] for letter in "IXYZ"]
    return np.array([[np.trace(p @ map_of_density(q)).real / 2 for q in paulis] for p in paulis])


def composed_relaxation(decay: float, dephasing: float, population: float) -> np.ndarray:
    """Generalised amplitude damping (four operators), then the phase flips that make up for T2."""
    damped, kept = -np.expm1(-decay), np.exp(-decay / 2)
    down = np.sqrt(1 - population) * np.array(
        [[[1, 0], [0, kept]], [[0, np.sqrt(damped)], [0, 0]]], dtype=complex
    )
    up = np.sqrt(population) * np.array([[[kept, 0], [0, 1]], [[0, 0], [np.sqrt(damped), 0]]], dtype=complex)
    flips = (1 - np.exp(-(dephasing - decay / 2))) / 2
    dephased = [np.sqrt(1 - flips) * PAULI["I"], np.sqrt(flips) * PAULI["Z"]]
    return np.array([phase @ k for phase in dephased for k in (*down, *up)])


@given(decay=RATES, share=st.floats(0, 3), population=SHARES)
def test_relaxation_is_amplitude_damping_and_phase_flips(decay, share, population):
    dephasing = decay / 2 + share
    ours = channels.thermal_relaxation(decay, dephasing, population)
    theirs = composed_relaxation(decay, dephasing, population)
    np.testing.assert_allclose(
        channels.transfer_matrix(ours), channels.transfer_matrix(theirs), rtol=0, atol=2e-14
    )
    np.testing.assert_allclose(np.einsum("kab,kac->bc", ours.conj(), ours), np.eye(2), rtol=0, atol=1e-13)


@given(decay=RATES, share=st.floats(0, 3), population=SHARES)
def test_relaxation_faster_in_phase_is_a_mixture_of_resets_and_a_flip(decay, share, population):
    # T2 ≤ T1: with 1 − e^(−t/T1) the qubit is set to 0 or to 1, else its phase may flip: six operators
    reset, extra = -np.expm1(-decay), np.exp(-share)
    stay = 1 - reset
    ket = np.eye(2, dtype=complex)
    resets = [
        np.sqrt(reset * weight) * np.outer(ket[to], ket[since])
        for to, weight in ((0, 1 - population), (1, population))
        for since in (0, 1)
    ]
    flips = [np.sqrt(stay * (1 + extra) / 2) * PAULI["I"], np.sqrt(stay * (1 - extra) / 2) * PAULI["Z"]]
    ours = channels.thermal_relaxation(decay, decay + share, population)
    np.testing.assert_allclose(
        channels.transfer_matrix(ours),
        channels.transfer_matrix(np.array([*resets, *flips])),
        rtol=0,
        atol=2e-14,
    )


@given(p=SHARES)
def test_depolarizing_mixes_with_the_identity(p):
    ours = channels.transfer_matrix(channels.depolarizing(p))
    np.testing.assert_allclose(ours, np.diag([1, 1 - p, 1 - p, 1 - p]), rtol=0, atol=1e-15)


@given(p=SHARES)
def test_a_bit_flip_leaves_x_alone(p):
    ours = channels.transfer_matrix(channels.bit_flip(p))
    np.testing.assert_allclose(ours, np.diag([1, 1, 1 - 2 * p, 1 - 2 * p]), rtol=0, atol=1e-15)


@pytest.mark.parametrize("axis", "XYZ")
@given(angle=ANGLES)
def test_a_rotation_turns_a_plane(axis, angle):
    unitary = np.cos(angle / 2) * PAULI["I"] - 1j * np.sin(angle / 2) * PAULI[axis]
    fixed, first, second = ROTATION[axis]
    expected = np.eye(4)
    expected[[first, second], [first, second]] = np.cos(angle)
    expected[second, first], expected[first, second] = np.sin(angle), -np.sin(angle)
    assert expected[fixed, fixed] == 1
    np.testing.assert_allclose(channels.transfer_matrix(unitary[None]), expected, rtol=0, atol=2e-15)


@pytest.mark.parametrize("axis", "XYZ")
@given(angle=ANGLES)
def test_a_noisy_rotation_is_made_of_three_constant_matrices(axis, angle):
    # R(θ) = cos²(θ/2) N + sin²(θ/2) N∘P + ½ sin θ N∘i[·, P]
    pauli, noise = PAULI[axis], NoiseModel.ibmq_mumbai("10max").transfer(1)[0, 0]
    conjugated = noise @ transfer_of(lambda rho: pauli @ rho @ pauli)
    commuted = noise @ transfer_of(lambda rho: 1j * (rho @ pauli - pauli @ rho))
    unitary = np.cos(angle / 2) * PAULI["I"] - 1j * np.sin(angle / 2) * pauli
    mixed = (
        np.cos(angle / 2) ** 2 * noise + np.sin(angle / 2) ** 2 * conjugated + np.sin(angle) / 2 * commuted
    )
    np.testing.assert_allclose(noise @ channels.transfer_matrix(unitary[None]), mixed, rtol=0, atol=2e-15)


@given(seed=st.integers(0, 10**6))
def test_operators_survive_the_way_through_choi(seed):
    rng = np.random.default_rng(seed)
    stack = rng.normal(size=(8, 4, 2)) @ np.array([1, 1j])
    kraus = np.linalg.qr(stack)[0].reshape(2, 4, 4)  # an isometry, cut in two: a channel on two qubits
    again = channels.kraus_of_choi(channels.choi_matrix(kraus))
    np.testing.assert_allclose(
        channels.superoperator(again), channels.superoperator(kraus), rtol=0, atol=1e-12
    )
    density = np.outer(stack[0], stack[0].conj())
    expected = sum(k @ density @ k.conj().T for k in kraus)
    np.testing.assert_allclose(
        channels.superoperator(kraus) @ density.reshape(-1), expected.reshape(-1), atol=1e-11
    )


def test_the_transfer_matrix_counts_qubit_0_lowest():
    z_on_0 = np.kron(np.eye(2), PAULI["Z"])  # bit 0 of a level is the last factor
    signs = np.diag(channels.transfer_matrix(z_on_0[None]))
    digits = np.arange(16) % 4
    np.testing.assert_array_equal(signs, np.where((digits == 1) | (digits == 2), -1, 1))


def test_a_map_that_is_no_channel_is_refused():
    transposition = np.eye(4)[[0, 2, 1, 3]]
    with pytest.raises(ValueError, match="lowest eigenvalue is -1"):
        channels.kraus_of_choi(transposition)


@pytest.mark.parametrize("level", ["median", "max", "10max"])
def test_transfer_matrices_of_a_device_are_those_of_its_operators(level):
    noise = NoiseModel.ibmq_mumbai(level)
    for matrix, gate in zip(noise.transfer(1)[:, 0], (noise.single, noise.pair), strict=True):
        decay, dephasing, p = gate.figures(1)[:, 0]
        relaxation = channels.transfer_matrix(channels.thermal_relaxation(decay, dephasing, 0.0758))
        depolarizing = channels.transfer_matrix(channels.depolarizing(p))
        np.testing.assert_allclose(depolarizing @ relaxation, matrix, rtol=0, atol=2e-15)


@given(decay=RATES, share=RATES, p=SHARES, population=SHARES)
def test_noise_keeps_the_trace_exactly_and_is_completely_positive(decay, share, p, population):
    gate = GateNoise(decay, decay / 2 + share, p)
    matrix = NoiseModel(gate, gate, population).transfer(1)[0, 0]
    assert matrix[0].tolist() == [1, 0, 0, 0]
    paulis = [PAULI[letter] for letter in "IXYZ"]
    choi = sum(
        matrix[i, j] / 2 * np.kron(paulis[j].T, paulis[i]) for i in range(4) for j in range(4)
    )  # Σ |i⟩⟨j| ⊗ Λ(|i⟩⟨j|) in Paulis
    assert np.linalg.eigvalsh(choi)[0] > -1e-15
