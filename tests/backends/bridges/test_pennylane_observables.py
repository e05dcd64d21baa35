"""Observables as PennyLane measures them against dense matrices."""

import numpy as np
import pennylane as qml
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backends.bridges.pennylane_observables import by_sums, by_words, number_of_words, pennylane_observable
from problems.binary.qubo import Ising
from problems.ground_state import PauliSum


@settings(deadline=None, max_examples=20)
@given(n=st.integers(1, 4), seed=st.integers(0, 999))
def test_observables_keep_their_matrix(n, seed):
    rng = np.random.default_rng(seed)
    paulis = PauliSum(n, tuple("".join(rng.choice(list("IXYZ"), n)) for _ in range(4)), rng.normal(size=4))
    operator, constant = pennylane_observable(paulis)
    found = constant * np.eye(2**n, dtype=complex)
    if operator is not None:
        found += qml.matrix(operator, wire_order=range(n)[::-1])
    np.testing.assert_allclose(found, paulis.matrix(), atol=1e-12)


def test_an_observable_of_the_identity_alone_is_a_number():
    assert pennylane_observable(PauliSum(2, ("II",), np.array([1.5]))) == (None, 1.5)


@pytest.mark.parametrize("way", [by_sums, by_words])
@pytest.mark.parametrize("n", [1, 3])
def test_both_ways_add_up_to_the_observables(way, n):
    rng = np.random.default_rng(n)
    strings = tuple("".join(rng.choice(list("IXYZ"), n)) for _ in range(6))
    identity = PauliSum(n, ("I" * n,), np.array([0.5]))
    observables = (PauliSum(n, strings, rng.normal(size=6)), identity, Ising.random(n, seed=2))
    measured = way(observables)
    matrices = np.array([qml.matrix(o, wire_order=range(n)[::-1]) for o in measured.operators])
    for k, observable in enumerate(observables):
        paulis = PauliSum.from_ising(observable) if isinstance(observable, Ising) else observable
        found = np.tensordot(measured.weights[:, k], matrices, 1) + measured.constants[k] * np.eye(2**n)
        np.testing.assert_allclose(found, paulis.matrix(), atol=1e-12)


def test_words_are_measured_once():
    first, second = PauliSum(2, ("ZI", "XX", "II"), np.ones(3)), PauliSum(2, ("XX", "ZI"), np.ones(2))
    assert len(by_words((first, second)).operators) == number_of_words((first, second)) == 2
