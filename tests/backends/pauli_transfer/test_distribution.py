"""Readings of noisy circuits: probabilities, samples and lowest shares against the density reference."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import chisquare

from backends import Expectation, Sampling
from backends.pauli_transfer import PauliTransfer
from backends.pauli_transfer.distribution import hadamard
from problems.binary.qubo import Ising
from problems.ground_state import Gate, GateSequence, PauliSum
from tests.backends.pauli_transfer.cases import HEAVY, noise_of, read_probabilities, seeds
from tests.backends.statevector.test_gates import random_circuit


def run(backend: PauliTransfer, work: Expectation | Sampling) -> Any:
    """The outcome of a workload."""
    return backend.submit(work).result()


@settings(deadline=None, max_examples=25)
@given(n=st.integers(1, 5), gates=st.integers(0, 30), seed=seeds())
def test_probabilities_are_the_diagonal_through_the_readout(n, gates, seed):
    circuit, noise = random_circuit(n, gates, seed), noise_of(n, seed)
    rows = np.random.default_rng(seed).normal(size=(2, circuit.num_parameters))
    found = PauliTransfer(noise).probabilities(circuit, rows)
    for row, distribution in zip(rows, found, strict=True):
        np.testing.assert_allclose(distribution, read_probabilities(circuit, noise, row), atol=1e-12)


@settings(deadline=None, max_examples=20)
@given(n=st.integers(0, 6), seed=seeds())
def test_the_transform_is_its_matrix(n, seed):
    values = np.random.default_rng(seed).normal(size=(3, 2**n))
    both = np.arange(2**n)[:, None] & np.arange(2**n)
    np.testing.assert_allclose(
        hadamard(values), values @ (1.0 - 2.0 * (np.bitwise_count(both) & 1)), atol=1e-12
    )


def test_samples_follow_the_probabilities():
    circuit = random_circuit(4, 40, 3)
    rows = np.random.default_rng(0).normal(size=(2, circuit.num_parameters))
    shots = 200_000
    bits = run(PauliTransfer(HEAVY), Sampling(circuit, rows, shots, seed=5)).bits
    assert bits.shape == (2, shots, 4)
    assert bits.dtype == np.uint8
    for row, drawn in zip(rows, bits, strict=True):
        counts = np.bincount(drawn.astype(np.int64) @ (1 << np.arange(4)), minlength=16)
        expected = shots * read_probabilities(circuit, HEAVY, row)
        assert chisquare(counts, expected).pvalue > 1e-4


def test_a_row_draws_the_same_alone():
    circuit = random_circuit(3, 30, 3)
    rows = np.random.default_rng(0).normal(size=(3, circuit.num_parameters))
    backend = PauliTransfer(HEAVY)
    bits = run(backend, Sampling(circuit, rows, 500, seed=5)).bits
    np.testing.assert_array_equal(run(backend, Sampling(circuit, rows[:1], 500, 5)).bits[0], bits[0])
    assert np.any(bits != run(backend, Sampling(circuit, rows, 500, seed=6)).bits)


def test_without_noise_impossible_outcomes_are_never_drawn():
    circuit = GateSequence(3, (Gate("h", (0,)), Gate("cx", (0, 1)), Gate("cx", (1, 2))))
    bits = run(PauliTransfer(), Sampling(circuit, np.empty((1, 0)), 20_000)).bits[0]
    assert set(map(tuple, bits.tolist())) == {(0, 0, 0), (1, 1, 1)}


@settings(deadline=None, max_examples=15)
@given(n=st.integers(1, 4), seed=seeds(), share=st.sampled_from([0.05, 0.3, 0.8]))
def test_the_lowest_share_is_the_mean_of_sorted_outcomes(n, seed, share):
    circuit, noise, cost = random_circuit(n, 20, seed), noise_of(n, seed), Ising.random(n, seed=seed)
    row = np.random.default_rng(seed).normal(size=circuit.num_parameters)
    levels = np.real(np.diag(PauliSum.from_ising(cost).matrix()))
    order, left, total = np.argsort(levels), share, 0.0
    for weight, level in zip(read_probabilities(circuit, noise, row)[order], levels[order], strict=True):
        total += min(weight, left) * level
        left -= min(weight, left)
    work = Expectation(circuit, (cost,), row[None], share=share)
    found = run(PauliTransfer(noise), work)
    assert found.mean[0, 0] == pytest.approx(total / share, abs=1e-9)


def test_the_gradient_of_the_lowest_share_is_its_central_difference():
    circuit = random_circuit(3, 25, 8)
    row, cost = np.random.default_rng(1).normal(size=circuit.num_parameters), Ising.random(3, seed=8)
    backend = PauliTransfer(HEAVY)

    def tail(rows, gradient=False):
        return run(backend, Expectation(circuit, (cost,), rows, gradient=gradient, share=0.35))

    step = 1e-6 * np.eye(len(row))
    slopes = (tail(row + step).mean - tail(row - step).mean)[:, 0] / 2e-6
    np.testing.assert_allclose(tail(row[None], True).gradient[0, 0], slopes, atol=1e-6)


def test_an_average_of_samples_is_the_value():
    circuit, shots = random_circuit(3, 25, 4), 100_000
    row = np.random.default_rng(1).normal(size=(1, circuit.num_parameters))
    observable = PauliSum(3, ("ZIZ", "IZZ"), np.array([1.0, 0.5]))
    exact = run(PauliTransfer(HEAVY), Expectation(circuit, (observable,), row)).mean[0, 0]
    bits = run(PauliTransfer(HEAVY), Sampling(circuit, row, shots)).bits[0]
    z = 1.0 - 2.0 * bits
    drawn = z[:, 0] * z[:, 2] + 0.5 * z[:, 1] * z[:, 2]
    assert np.mean(drawn) == pytest.approx(exact, abs=5 * 1.5 / np.sqrt(shots))  # values lie within 1.5
