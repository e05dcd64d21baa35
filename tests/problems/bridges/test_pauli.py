"""Operators have the energies on their diagonals, qubit k is variable k, and nothing is lost on the way."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from qiskit.circuit import Parameter
from qiskit.quantum_info import SparsePauliOp

from backends.circuits import operator_of
from problems.binary.knapsack import MultidimensionalKnapsack
from problems.binary.quadratic import QuadraticForm
from problems.binary.qubo import Ising, Qubo, spins_of_bits
from problems.bridges import from_sparse_pauli_op, to_sparse_pauli_op
from problems.errors import ProblemError

SEEDS = st.integers(0, 10_000)


def states(n):
    """Return the bits ``[2^n, n]`` of all basis states; bit k of the index is qubit k."""
    return (np.arange(2**n)[:, None] >> np.arange(n)) & 1


def model(seed):
    rng = np.random.default_rng(seed)
    n = int(rng.integers(1, 7))
    first, second = np.triu_indices(n, 1)
    keep = rng.random(len(first)) < 0.6
    linear = rng.integers(-5, 6, n) * (rng.random(n) < 0.7)
    couplings = rng.integers(-9, 10, keep.sum())
    return Ising(QuadraticForm(linear, first[keep], second[keep], couplings, float(rng.integers(-3, 4))))


@settings(deadline=None, max_examples=30)
@given(seed=SEEDS)
def test_diagonals_hold_the_energies(seed):
    ising = model(seed)
    bits = states(ising.n)
    for problem, energies in (
        (ising, ising.energies(spins_of_bits(bits))),
        (ising.qubo, ising.qubo.energies(bits)),
    ):
        matrix = to_sparse_pauli_op(problem).to_matrix()
        assert np.array_equal(matrix, np.diag(energies))


@settings(deadline=None, max_examples=20)
@given(seed=SEEDS)
def test_operators_equal_those_of_the_backends(seed):
    ising = model(seed)
    assert to_sparse_pauli_op(ising).equiv(operator_of(ising))


@settings(deadline=None, max_examples=30)
@given(seed=SEEDS)
def test_models_come_back_as_they_were(seed):
    ising = model(seed)
    names = tuple(f"spin {k}" for k in range(ising.n))
    back = from_sparse_pauli_op(to_sparse_pauli_op(ising), names)
    assert back.names == names
    for name in ("linear", "first", "second", "coupling", "offset"):
        assert np.array_equal(getattr(back.form, name), getattr(ising.form, name))


def test_qiskit_prints_qubit_0_on_the_right():
    operator = to_sparse_pauli_op(Ising(QuadraticForm([5.0, 0.0, 0.0], [0], [2], [2.0], 1.0)))
    assert operator.to_list() == [("III", 1), ("IIZ", 5), ("ZIZ", 2)]


def test_equal_terms_are_added():
    ising = from_sparse_pauli_op(SparsePauliOp(["IZ", "ZZ", "IZ", "II", "ZZ", "II"], [1, 2, 3, 4, 5, 6]))
    assert ising.form.linear.tolist() == [4.0, 0.0]
    assert ising.form.coupling.tolist() == [7.0]
    assert ising.form.offset == 10.0


def test_a_problem_without_terms_is_zero_times_the_identity():
    operator = to_sparse_pauli_op(Qubo(QuadraticForm(np.zeros(3))))
    assert operator.to_list() == [("III", 0)]
    assert from_sparse_pauli_op(operator).form.offset == 0.0


@pytest.mark.parametrize(
    ("operator", "words"),
    [
        (SparsePauliOp(["ZZI", "IXZ"], [1, 2]), ["term 1", "IXZ"]),
        (SparsePauliOp(["IYI"], [1]), ["term 0", "IYI"]),
        (SparsePauliOp(["ZZZ"], [1]), ["ZZZ", "at most two Z"]),
        (SparsePauliOp(["IIZ"], [1 + 1j]), ["IIZ", "real number"]),
        (SparsePauliOp(["IIZ"], [np.nan]), ["IIZ", "finite real number"]),
        (SparsePauliOp(["IIZ"], np.array([Parameter("t")])), ["IIZ", "bind parameters"]),
        ("ZZ", ["str", "SparsePauliOp"]),
    ],
)
def test_operators_that_are_no_ising_models_are_refused(operator, words):
    with pytest.raises(ProblemError) as error:
        from_sparse_pauli_op(operator)
    assert all(word in str(error.value) for word in words)


def test_problems_with_rows_are_refused():
    with pytest.raises(ProblemError, match="MultidimensionalKnapsack"):
        to_sparse_pauli_op(MultidimensionalKnapsack.random(4))
