"""Quadratic forms, QUBO and Ising models: energies for every assignment, exact in integers."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from problems.binary.quadratic import QuadraticForm, add_forms
from problems.binary.qubo import Ising, Qubo, bits_of_spins, spins_of_bits
from problems.errors import ProblemError

MATRICES = st.integers(1, 8).flatmap(lambda n: arrays(np.int64, (n, n), elements=st.integers(-1000, 1000)))


def every_assignment(n: int) -> np.ndarray:
    return ((np.arange(2**n)[:, None] >> np.arange(n)) & 1).astype(np.uint8)


@settings(deadline=None, max_examples=60)
@given(matrix=MATRICES, offset=st.integers(-1000, 1000))
def test_a_qubo_is_its_quadratic_form_for_any_square_matrix(matrix, offset):
    bits = every_assignment(len(matrix)).astype(int)
    expected = np.einsum("ki,ij,kj->k", bits, matrix, bits) + offset
    np.testing.assert_array_equal(Qubo.from_matrix(matrix, offset).energies(bits), expected)


@settings(deadline=None, max_examples=60)
@given(matrix=MATRICES, offset=st.integers(-1000, 1000))
def test_an_ising_model_equals_its_qubo_to_the_last_bit(matrix, offset):
    qubo = Qubo.from_matrix(matrix, offset)
    bits = every_assignment(qubo.n)
    np.testing.assert_array_equal(qubo.ising.energies(spins_of_bits(bits)), qubo.energies(bits))
    np.testing.assert_array_equal(qubo.ising.qubo.energies(bits), qubo.energies(bits))
    np.testing.assert_array_equal(bits_of_spins(spins_of_bits(bits)), bits)


@given(seed=st.integers(0, 100))
def test_the_symmetric_matrix_builds_the_same_qubo(seed):
    qubo = Qubo.random(6, density=0.5, seed=seed)
    assert Qubo.from_matrix(qubo.matrix(), qubo.form.offset).digest == qubo.digest


def test_triangles_and_sparse_matrices_build_one_qubo():
    from scipy.sparse import csr_array

    upper = np.triu(np.arange(16.0).reshape(4, 4))
    digests = {Qubo.from_matrix(m).digest for m in (upper, upper.T, csr_array(upper))}
    assert len(digests) == 1


def test_the_sign_of_a_zero_and_the_type_of_a_number_are_no_content():
    form = QuadraticForm([-1.0, 0.0], offset=0.0)
    assert (-QuadraticForm([1.0, 0.0])).linear.tolist() == form.linear.tolist()
    assert Qubo(-QuadraticForm([1.0, 0.0]), reference=7).digest == Qubo(form, reference=7.0).digest


def test_labels_of_a_dict_are_the_names():
    qubo = Qubo.from_dict({("a", "a"): -1.0, ("b", "a"): 3.0, ("a", "b"): 1.0})
    assert qubo.names == ("a", "b")
    assert qubo.judge(qubo.encode({"a": 1, "b": 1})).objective == 3.0


@given(seed=st.integers(0, 50), factor=st.sampled_from([-2.0, 0.0, 0.5]))
def test_sums_and_multiples_are_pointwise(seed, factor):
    first, second = Qubo.random(5, seed=seed).form, Qubo.random(5, density=0.4, seed=seed + 1).form
    bits = every_assignment(5)
    total = first + second.scaled(factor)
    np.testing.assert_allclose(total.values(bits), first.values(bits) + factor * second.values(bits))
    np.testing.assert_allclose(add_forms([first, -first]).values(bits), 0.0)


def test_a_square_is_the_square():
    index, weight = np.array([3, 0, 2]), np.array([2.0, -1.0, 5.0])
    bits = every_assignment(4)
    form = QuadraticForm.squared(4, index, weight, -3.0)
    np.testing.assert_array_equal(form.values(bits), (bits[:, index] @ weight - 3.0) ** 2)


@given(seed=st.integers(0, 50))
def test_the_spread_is_the_standard_deviation_over_all_bits(seed):
    qubo = Qubo.random(6, density=0.6, seed=seed)
    assert qubo.form.spread_on_bits() == pytest.approx(np.std(qubo.energies(every_assignment(6))))


@given(seed=st.integers(0, 50))
def test_slopes_bound_the_change_by_a_flip(seed):
    form = Qubo.random(5, density=0.6, seed=seed).form
    bits = every_assignment(5)
    for i in range(5):
        low, high = bits.copy(), bits.copy()
        low[:, i], high[:, i] = 0, 1
        change = form.values(high) - form.values(low)
        assert form.slopes()[0][i] == change.min()
        assert form.slopes()[1][i] == change.max()


def test_neighbours_are_the_symmetric_matrix():
    form = Qubo.random(6, density=0.4, seed=3).form
    indptr, index, value = form.neighbours
    dense = np.zeros((6, 6))
    for i in range(6):
        dense[i, index[indptr[i] : indptr[i + 1]]] = value[indptr[i] : indptr[i + 1]]
    np.testing.assert_array_equal(dense, form.dense() + form.dense().T)


@pytest.mark.parametrize(
    ("build", "named"),
    [
        (lambda: Qubo.from_matrix([[1.0, 2.0]]), "shape of matrix"),
        (lambda: Qubo.from_matrix([[np.nan]]), r"matrix\[0, 0\]"),
        (lambda: Qubo.from_matrix([[1j]]), "real numbers"),
        (lambda: Qubo.from_matrix([["a"]]), "an array of numbers"),
        (lambda: Qubo.from_matrix([[2**60]]), "2\\^53"),
        (lambda: Qubo.from_dict({("a", "b"): None}), "a pair of labels with a number"),
        (lambda: Qubo.from_dict({"abc": 1.0}), "a pair of labels with a number"),
        (lambda: QuadraticForm.from_terms(2, {(0,): "1"}), r"terms\[\(0,\)\]"),
        (lambda: Qubo(QuadraticForm([1.0]), reference="x"), "reference is x"),
        (lambda: QuadraticForm([0.0, 0.0], [0, 1], [1, 0], [1e308, 1e308]), r"coupling\[0\] is inf"),
        (lambda: QuadraticForm([1.0], [0], [1], [1.0]), r"second\[0\]"),
        (lambda: QuadraticForm([1.0, 1.0], [1], [1], [1.0]), "fold squares"),
        (lambda: Qubo(QuadraticForm([1.0, 2.0]), ("a", "a")), "each name once"),
        (lambda: Qubo.random(3).judge(np.array([0, 2, 1])), r"bits\[1\]"),
        (lambda: Ising.random(3).judge(np.array([0, 1, 1])), "±1"),
        (lambda: Ising.random(3).judge(np.array([1j, 1, 1])), "±1"),
        (lambda: Ising.random(3).judge(np.array(["a", "b", "c"])), "±1"),
        (lambda: Ising.random(3).decode(np.array([1, 1])), "shape of the solution"),
        (lambda: Ising.random(3).decode(np.array([1, 1, 5])), "±1"),
        (lambda: Qubo.random(3).plot(np.array([1, 1])), "shape of the solution"),
        (lambda: Qubo(QuadraticForm([])).encode({"y": 1}), "a name of the problem"),
        (lambda: Qubo.random(3).encode({"y": 1}), "a name of the problem"),
        (lambda: Ising.random(3).encode({"x0": 0}), "−1 or 1"),
    ],
)
def test_bad_input_is_named(build, named):
    with pytest.raises(ProblemError, match=named):
        build()


@given(seed=st.integers(0, 30))
def test_decoding_and_encoding_are_inverse(seed):
    bits = np.random.default_rng(seed).integers(0, 2, 6).astype(np.uint8)
    qubo, ising = Qubo.random(6), Ising.random(6)
    np.testing.assert_array_equal(qubo.encode(qubo.decode(bits)), bits)
    spins = spins_of_bits(bits)
    np.testing.assert_array_equal(ising.encode(ising.decode(spins)), spins)
