"""Density matrices against Aer's, against pure states, and against measuring bit by bit."""

from functools import reduce

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from qiskit import QuantumCircuit
from qiskit_aer import AerSimulator
from qiskit_aer.noise import depolarizing_error, thermal_relaxation_error

from problems.errors import ProblemError
from problems.ground_state import Gate, GateSequence, GroundState, NoiseModel, PauliSum, channels
from problems.ground_state.density import density_matrix, noisy_expectation, traces
from tests.problems.ground_state.drawing import random_circuit, random_noise

SEEDS = st.integers(0, 10**6)


def by_aer(circuit: GateSequence, noise: NoiseModel) -> np.ndarray:
    """The same noise from Aer's own errors, put into the circuit behind each gate."""
    n = circuit.num_qubits
    built = QuantumCircuit(n)
    for gate in circuit.gates:
        getattr(built, gate.kind)(*([gate.angle] if gate.kind[0] == "r" else []), *gate.qubits)
        figures = (noise.single if len(gate.qubits) == 1 else noise.pair).figures(n)
        for qubit in gate.qubits:
            decay, dephasing, p = figures[:, qubit]
            population = np.broadcast_to(noise.excited_population, n)[qubit]
            relaxation = thermal_relaxation_error(1 / decay, 1 / dephasing, 1.0, population)
            built.append(relaxation.to_instruction(), [qubit])
            built.append(depolarizing_error(p, 1).to_instruction(), [qubit])
    built.save_density_matrix()
    simulator = AerSimulator(method="density_matrix", max_parallel_threads=1)
    return np.asarray(simulator.run(built, shots=1).result().data()["density_matrix"])


@settings(deadline=None, max_examples=25)
@given(n=st.integers(1, 4), seed=SEEDS)
def test_the_density_matrix_is_that_of_aer(n, seed):
    circuit, noise = random_circuit(n, seed, gates=12), random_noise(n, seed)
    ours = density_matrix(circuit, noise)
    np.testing.assert_allclose(ours, by_aer(circuit, noise), rtol=0, atol=1e-10)
    assert np.trace(ours).real == pytest.approx(1, abs=1e-12)
    assert np.linalg.eigvalsh(ours)[0] > -1e-12


@given(n=st.integers(1, 4), seed=SEEDS)
def test_without_noise_the_state_stays_pure(n, seed):
    circuit, hamiltonian = random_circuit(n, seed), GroundState.random(n, 8, seed).hamiltonian
    state = circuit.state()
    np.testing.assert_allclose(
        density_matrix(circuit, NoiseModel()), np.outer(state, state.conj()), rtol=0, atol=1e-12
    )
    assert noisy_expectation(circuit, hamiltonian, NoiseModel()) == pytest.approx(
        hamiltonian.expectation(state), abs=1e-12
    )


@given(n=st.integers(1, 4), seed=SEEDS)
def test_traces_are_those_of_dense_matrices(n, seed):
    density = density_matrix(random_circuit(n, seed, 8), random_noise(n, seed))
    hamiltonian = GroundState.random(n, 8, seed).hamiltonian
    dense = [np.trace(PauliSum(n, (s,), [1.0]).matrix() @ density) for s in hamiltonian.strings]
    np.testing.assert_allclose(traces(hamiltonian, density), dense, rtol=0, atol=1e-13)


@given(n=st.integers(1, 3), seed=SEEDS)
def test_measured_is_what_flipped_outcomes_average_to(n, seed):
    circuit, noise = random_circuit(n, seed, 8), random_noise(n, seed)
    hamiltonian, total = GroundState.random(n, 5, seed).hamiltonian, 0.0
    density = density_matrix(circuit, noise)
    confusion = reduce(np.kron, [np.array([[1 - p, p], [p, 1 - p]]) for p in reversed(noise.readout)])
    into_z = {"X": np.array([[1, 1], [1, -1]]) / np.sqrt(2), "Y": np.array([[1, -1j], [1, 1j]]) / np.sqrt(2)}
    places = np.arange(2**n)
    for string, value in zip(hamiltonian.strings, hamiltonian.coefficients, strict=True):
        turned = reduce(np.kron, [into_z.get(letter, np.eye(2)) for letter in reversed(string)])
        outcomes = confusion @ np.diag(turned @ density @ turned.conj().T).real
        mask = sum(1 << q for q in range(n) if string[q] != "I")
        total += value * float((1 - 2 * (np.bitwise_count(places & mask).astype(int) % 2)) @ outcomes)
    assert noisy_expectation(circuit, hamiltonian, noise) == pytest.approx(total, abs=1e-12)


@given(n=st.integers(1, 3), seed=SEEDS)
def test_state_flip_is_a_channel_before_the_basis_is_chosen(n, seed):
    circuit, noise = random_circuit(n, seed, 8), random_noise(n, seed, "state_flip")
    hamiltonian = GroundState.random(n, 5, seed).hamiltonian
    density = density_matrix(circuit, noise)
    for qubit, p in enumerate(noise.readout):
        left, right = np.eye(2 ** (n - 1 - qubit)), np.eye(2**qubit)
        wide = [np.kron(np.kron(left, k), right) for k in channels.bit_flip(p)]
        density = sum(k @ density @ k.conj().T for k in wide)
    expected = np.trace(hamiltonian.matrix() @ density).real
    assert noisy_expectation(circuit, hamiltonian, noise) == pytest.approx(expected, abs=1e-12)


def test_a_qubit_left_to_relax_reaches_its_equilibrium():
    noise = NoiseModel.ibmq_mumbai("10max")
    waiting = GateSequence(1, (Gate("rz", (0,), None, 0.0),) * 4)
    r = np.array([1.0, 0.0, 0.0, 1.0])
    for _ in range(4):
        r = noise.transfer(1)[0, 0] @ r
    assert noisy_expectation(waiting, PauliSum(1, ("Z",), [1.0]), noise) == pytest.approx(
        r[3] * (1 - 2 * 0.0869), abs=1e-14
    )


def test_free_parameters_are_bound_first():
    free = GateSequence(1, (Gate("rx", (0,), 0),))
    noise = NoiseModel.ibmq_mumbai()
    np.testing.assert_array_equal(density_matrix(free, noise, [0.3]), density_matrix(free.bind([0.3]), noise))


@pytest.mark.parametrize(
    ("build", "named"),
    [
        (lambda: density_matrix(GateSequence(11), NoiseModel()), "num_qubits is 11"),
        (lambda: density_matrix(GateSequence(3), NoiseModel.ibmq_ourense()), "noise is for 4 qubits"),
        (lambda: density_matrix(GateSequence(1), NoiseModel(), [0.1]), "shape of parameters"),
        (lambda: traces(PauliSum(2, ("XX",), [1.0]), np.eye(2)), "shape of density"),
        (
            lambda: noisy_expectation(GateSequence(1), PauliSum(2, ("XX",), [1.0]), NoiseModel()),
            "width of hamiltonian",
        ),
    ],
)
def test_bad_input_is_named(build, named):
    with pytest.raises(ProblemError, match=named):
        build()
