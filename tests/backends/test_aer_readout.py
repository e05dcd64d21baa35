"""Observables as a faulty readout shows them, against confusion matrices applied to all outcomes."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backends.aer.readout import readout_refusal, with_readout
from problems.binary.qubo import Ising
from problems.ground_state import PauliSum
from tests.backends.test_statevector import random_sum

FACTORS = {
    "X": np.array([[1, 1], [1, -1]]) / np.sqrt(2),
    "Y": np.array([[1, -1j], [1, 1j]]) / np.sqrt(2),
    "Z": np.eye(2),
    "I": np.eye(2),
}


def random_state(n: int, rng) -> np.ndarray:
    state = rng.normal(size=2**n) + 1j * rng.normal(size=2**n)
    return state / np.linalg.norm(state)


def on_qubits(factors) -> np.ndarray:
    """The first factor acts on the lowest bit."""
    out = np.ones((1, 1))
    for factor in factors:
        out = np.kron(factor, out)
    return out


def read(string: str, state: np.ndarray, readout: np.ndarray) -> float:
    """Rotate, take probabilities, mix them by the confusion matrices, and read the parity."""
    probabilities = np.abs(on_qubits(FACTORS[letter] for letter in string) @ state) ** 2
    mixed = on_qubits(np.array([[1 - e, f], [e, 1 - f]]) for e, f in readout) @ probabilities
    parity = on_qubits(np.diag([1, 1 if letter == "I" else -1]) for letter in string)
    return float(np.diag(parity) @ mixed)


@given(n=st.integers(1, 5), seed=st.integers(0, 999))
def test_a_sum_is_read_through_the_confusion_matrices(n, seed):
    rng = np.random.default_rng(seed)
    paulis, state, readout = random_sum(n, seed), random_state(n, rng), rng.uniform(0, 0.3, (n, 2))
    expected = sum(
        c * read(s, state, readout) for s, c in zip(paulis.strings, paulis.coefficients, strict=True)
    )
    assert with_readout(paulis, readout).expectation(state) == pytest.approx(expected, abs=1e-10)


@given(n=st.integers(1, 6), seed=st.integers(0, 99))
def test_an_ising_model_is_read_as_its_sum_is(n, seed):
    rng = np.random.default_rng(seed)
    ising, readout, state = Ising.random(n, seed=seed), rng.uniform(0, 0.3, (n, 2)), random_state(n, rng)
    own = PauliSum.from_ising(with_readout(ising, readout)).expectation(state)
    assert own == pytest.approx(
        with_readout(PauliSum.from_ising(ising), readout).expectation(state), abs=1e-9
    )


def test_a_perfect_readout_changes_nothing():
    paulis = random_sum(4, 1)
    seen = with_readout(paulis, np.zeros((4, 2)))
    assert seen.strings == paulis.strings
    np.testing.assert_array_equal(seen.coefficients, paulis.coefficients)


def test_strings_too_wide_for_lopsided_errors_are_refused():
    wide = PauliSum(20, ("Z" * 20,), np.ones(1))
    assert "sample instead" in readout_refusal(wide, np.tile([0.1, 0.2], (20, 1)))
    assert readout_refusal(wide, np.full((20, 2), 0.1)) is None
    assert len(with_readout(wide, np.full((20, 2), 0.1)).strings) == 1
    assert readout_refusal(Ising.random(20), np.tile([0.1, 0.2], (20, 1))) is None
