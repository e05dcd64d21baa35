"""Readout mitigation: exact on exact frequencies, normalised, refused where it cannot be."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import backends.ibm.mitigation as mitigation
from backends.ibm.mitigation import inverse, mitigated, subspace
from problems import ProblemError

EVERY = np.array(list(itertools.product([0, 1], repeat=3)), dtype=np.uint8)


def confusion(errors: np.ndarray) -> np.ndarray:
    """P(read | true) over all strings of ``EVERY``."""
    single = [np.array([[1 - up, down], [up, 1 - down]]) for up, down in errors]
    return np.kron(np.kron(single[0], single[1]), single[2])


def case(seed: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    return rng.uniform(0, 0.2, (3, 2)), rng.dirichlet(np.ones(8))


@given(st.integers(0, 10_000))
@settings(max_examples=40, deadline=None)
def test_both_invert_the_confusion_when_all_strings_were_seen(seed):
    errors, truth = case(seed)
    read = confusion(errors) @ truth
    np.testing.assert_allclose(inverse(EVERY, read, errors), truth, atol=1e-10)
    np.testing.assert_allclose(subspace(EVERY, read, errors), truth, atol=1e-10)


@pytest.mark.parametrize("method", ["per_qubit", "subspace"])
def test_weights_sum_to_one_and_equal_strings_weigh_alike(method):
    rng = np.random.default_rng(3)
    bits = (rng.random((2, 500, 3)) < 0.3).astype(np.uint8)
    weights = mitigated(bits, np.full((3, 2), 0.05), method)
    assert weights.shape == (2, 500)
    np.testing.assert_allclose(weights.sum(axis=1), 1)
    first = weights[0][(bits[0] == bits[0, 0]).all(axis=1)]
    np.testing.assert_allclose(first, first[0])


@pytest.mark.parametrize("method", ["per_qubit", "subspace"])
def test_perfect_readout_changes_nothing(method):
    bits = np.random.default_rng(4).integers(0, 2, (1, 64, 3), dtype=np.uint8)
    np.testing.assert_allclose(mitigated(bits, np.zeros((3, 2)), method), 1 / 64)


@pytest.mark.parametrize("method", ["per_qubit", "subspace"])
def test_sampled_errors_are_taken_out(method):
    """20 000 shots of a product state: weighted means lie within 5 standard errors of the truth."""
    errors, ones = np.array([[0.02, 0.1], [0.05, 0.06], [0.01, 0.15]]), np.array([0, 1, 1])
    rng = np.random.default_rng(5)
    flipped = rng.random((20_000, 3)) < np.where(ones, errors[:, 1], errors[:, 0])
    bits = (ones ^ flipped).astype(np.uint8)[None]
    weights = mitigated(bits, errors, method)[0]
    np.testing.assert_allclose(weights @ bits[0], ones, atol=5 * 0.5 / np.sqrt(20_000) * 1.5)
    assert abs(bits[0].mean(axis=0) - ones).max() > 0.05


def test_the_iterative_solution_is_the_direct_one(monkeypatch):
    errors, truth = case(7)
    read = confusion(errors) @ truth
    direct = subspace(EVERY, read, errors)
    monkeypatch.setattr(mitigation, "DENSE", 1)
    np.testing.assert_allclose(subspace(EVERY, read, errors), direct, atol=1e-6)


def test_many_qubits_stay_cheap():
    bits = (np.random.default_rng(8).random((1, 1500, 60)) < 0.02).astype(np.uint8)
    assert np.isfinite(mitigated(bits, np.full((60, 2), 0.02), "subspace")).all()


def test_a_readout_that_cannot_be_inverted_is_refused():
    with pytest.raises(ProblemError, match="readout of qubit 1"):
        mitigated(EVERY[None], np.array([[0.1, 0.1], [0.5, 0.5], [0.0, 0.0]]), "per_qubit")
