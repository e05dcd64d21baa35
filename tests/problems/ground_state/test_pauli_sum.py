"""Pauli sums against Qiskit, dense matrices and Ising models."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from qiskit.quantum_info import SparsePauliOp

from problems.binary.qubo import Ising, Qubo
from problems.errors import ProblemError
from problems.ground_state import GroundState, PauliSum

STRINGS = st.lists(st.text("IXYZ", min_size=3, max_size=3), min_size=1, max_size=6)


@settings(deadline=None, max_examples=40)
@given(strings=STRINGS, seed=st.integers(0, 1000))
def test_the_dense_matrix_is_that_of_qiskit_with_labels_reversed(strings, seed):
    values = np.random.default_rng(seed).normal(size=len(strings))
    ours = PauliSum(3, tuple(strings), values).matrix()
    theirs = SparsePauliOp([s[::-1] for s in strings], values).to_matrix()
    np.testing.assert_allclose(ours, theirs, atol=1e-12)


def test_equal_strings_are_merged():
    total = PauliSum(2, ("XX", "ZI", "XX"), [1.0, 2.0, 3.0])
    assert total.strings == ("XX", "ZI")
    assert total.coefficients.tolist() == [4.0, 2.0]


def test_an_ising_model_is_its_diagonal():
    ising = Ising(Qubo.random(4, seed=1).form.on_spins())
    diagonal = np.diag(PauliSum.from_ising(ising).matrix()).real
    index = np.arange(16)
    spins = 1 - 2 * ((index[:, None] >> np.arange(4)) & 1)
    np.testing.assert_allclose(diagonal, ising.energies(spins), atol=1e-12)
    assert PauliSum.from_ising(ising).is_diagonal


def test_a_sum_wider_than_any_mask_still_knows_whether_it_is_diagonal():
    wide = ["I" * 69 + letter for letter in "ZX"]
    assert PauliSum(70, (wide[0],), [1.0]).is_diagonal
    assert not PauliSum(70, tuple(wide), [1.0, 1.0]).is_diagonal


@given(n=st.integers(1, 5), seed=st.integers(0, 10**6))
def test_applying_a_sum_is_its_matrix(n, seed):
    paulis = GroundState.random(n, 7, seed).hamiltonian
    rng = np.random.default_rng(seed)
    vector = rng.normal(size=2**n) + 1j * rng.normal(size=2**n)
    np.testing.assert_allclose(paulis.apply(vector), paulis.matrix() @ vector, atol=1e-12)


def test_the_expectation_in_a_bell_pair():
    pair = np.sqrt([0.5, 0, 0, 0.5])
    assert PauliSum(2, ("XX", "ZZ", "YY"), [1, 1, 1]).expectation(pair) == pytest.approx(1.0)


def test_a_state_of_another_width_is_refused():
    with pytest.raises(ProblemError, match="shape of state"):
        PauliSum(2, ("XX",), [1.0]).apply(np.ones(2))


@pytest.mark.parametrize(
    ("build", "named"),
    [
        (lambda: PauliSum(2, ("XQ",), [1.0]), r"strings\[0\]"),
        (lambda: PauliSum(2, ("X",), [1.0]), r"strings\[0\]"),
        (lambda: PauliSum(1, ("X",), [np.nan]), r"coefficients\[0\]"),
        (lambda: PauliSum(13, ("I" * 13,), [1.0]).matrix(), "dense reference"),
        (lambda: PauliSum(64, ("I" * 64,), [1.0]).masks, "bit masks"),
        (lambda: PauliSum(1, (3,), [1.0]), r"strings\[0\]"),
        (lambda: PauliSum(2, ("XX",), [1.0]).expectation(np.ones(2)), "shape of state"),
    ],
)
def test_bad_input_is_named(build, named):
    with pytest.raises(ProblemError, match=named):
        build()
