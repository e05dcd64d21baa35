"""A noise model given as data, under Aer against the dense reference."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backends import Aer, Expectation, QaoaAnsatz, Sampling
from problems import BackendError
from problems.binary.qubo import Ising
from problems.ground_state import Gate, GateNoise, GateSequence, NoiseModel, PauliSum
from problems.ground_state.density import noisy_expectation
from problems.storage import load, save
from tests.backends.test_statevector import random_ansatz, random_sum

NOISE = NoiseModel(GateNoise(0.01, 0.012, 0.004), GateNoise(0.03, 0.02, 0.02), 0.1, 0.03)


def random_noise(n: int, rng, mode: str) -> NoiseModel:
    def gate() -> GateNoise:
        decay = rng.uniform(0, 0.1, n)
        return GateNoise(tuple(decay), tuple(decay * rng.uniform(0.5, 2, n)), tuple(rng.uniform(0, 0.1, n)))

    readout = tuple(rng.uniform(0, 0.2, n))
    return NoiseModel(gate(), gate(), tuple(rng.uniform(0, 0.5, n)), readout, mode)


@settings(max_examples=12)
@given(n=st.integers(1, 4), seed=st.integers(0, 999), mode=st.sampled_from(["measured", "state_flip"]))
def test_expectations_are_those_of_the_dense_reference(n, seed, mode):
    rng = np.random.default_rng(seed)
    circuit, noise, observable = (
        random_ansatz("gates", n, seed),
        random_noise(n, rng, mode),
        random_sum(n, seed),
    )
    row = rng.normal(size=circuit.num_parameters)
    outcome = Aer(noise=noise).submit(Expectation(circuit, (observable,), row[None])).result()
    expected = noisy_expectation(circuit, observable, noise, row)
    assert outcome.mean[0, 0] == pytest.approx(expected, abs=1e-9)


def test_a_cost_written_in_other_gates_takes_two_entangling_gates_a_coupling():
    pair = GateSequence(2, (
        Gate("h", (0,)), Gate("h", (1,)), Gate("cx", (0, 1)), Gate("rz", (1,), 0), Gate("cx", (0, 1)),
    ))  # fmt: skip
    ansatz = QaoaAnsatz(Ising.random(5, seed=1), 1)
    backend = Aer(noise=NOISE)
    usage = backend.estimate(Expectation(ansatz, (ansatz.cost,), [[-0.3, 0.2]]))
    assert usage["two_qubit_gates"] == 2 * ansatz.num_entangling
    assert backend.estimate(Sampling(pair, [[0.1]]))["two_qubit_gates"] == 2


def test_samples_and_trajectories_follow_the_reference():
    circuit = random_ansatz("gates", 3, 8)
    row = np.random.default_rng(2).normal(size=(1, circuit.num_parameters))
    observable = PauliSum(3, ("ZII", "IZZ"), np.array([1.0, -0.5]))
    expected = noisy_expectation(circuit, observable, NOISE, row[0])
    bits = Aer(noise=NOISE).submit(Sampling(circuit, row, 20_000, seed=1)).result().bits[0]
    spins = 1.0 - 2.0 * bits
    energies = spins[:, 0] - 0.5 * spins[:, 1] * spins[:, 2]
    assert abs(energies.mean() - expected) < 5 * energies.std() / np.sqrt(20_000)
    work = Expectation(circuit, (observable,), row)
    drawn = Aer(noise=NOISE, method="statevector", trajectories=1000).submit(work).result()
    assert abs(drawn.mean - expected)[0, 0] < 5 * drawn.error[0, 0]


def test_no_noise_at_all_is_a_level_like_any_other():
    circuit = random_ansatz("gates", 3, 8)
    work = Expectation(circuit, (random_sum(3, 1),), np.ones((1, circuit.num_parameters)))
    ideal, none = (Aer(noise=noise).submit(work).result().mean for noise in (None, NoiseModel()))
    np.testing.assert_allclose(none, ideal, atol=1e-10)


def test_figures_of_another_width_are_refused():
    narrow = NoiseModel(readout=(0.1, 0.2))
    with pytest.raises(BackendError, match="for 2 qubits"):
        Aer(noise=narrow).submit(Sampling(GateSequence(3, ()), np.zeros((1, 0)), 1))


def test_it_is_stored_and_has_an_identity_of_its_own(tmp_path):
    backend = Aer(noise=NOISE)
    assert load(save(backend, tmp_path / "noisy.npz")) == backend
    assert len({backend.identity, Aer(noise=NoiseModel()).identity, Aer().identity}) == 3
