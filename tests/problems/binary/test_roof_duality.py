"""Roof duality against exhaustion and the linear relaxation: bounds, labels, and the smaller QUBO."""

import time
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components
from scipy.sparse.csgraph import maximum_flow as scipy_maximum_flow

from problems import ProblemError
from problems.binary.linear_form import linear_form
from problems.binary.program import BinaryProgram
from problems.binary.quadratic import QuadraticForm
from problems.binary.qubo import Qubo
from problems.binary.relaxation import linear_bound
from problems.binary.roof import persistency, roof_dual
from problems.binary.roof.maximum_flow import Arcs, maximum_flow
from problems.binary.roof.strong_components import strong_components

QUBOS = st.builds(
    Qubo.random,
    n=st.integers(1, 9),
    density=st.sampled_from([0.2, 0.5, 1.0]),
    magnitude=st.sampled_from([1, 3, 100]),
    seed=st.integers(0, 100_000),
)


def all_bits(n):
    return ((np.arange(2**n)[:, None] >> np.arange(n)) & 1).astype(np.uint8)


def exact_values(form, bits):
    """Values without any rounding, as fractions."""
    linear = [Fraction(c) for c in form.linear.tolist()]
    pairs = [
        (int(i), int(j), Fraction(q)) for i, j, q in zip(form.first, form.second, form.coupling, strict=True)
    ]
    return [
        Fraction(form.offset)
        + sum((c for c, on in zip(linear, x, strict=True) if on), Fraction(0))
        + sum((q for i, j, q in pairs if x[i] and x[j]), Fraction(0))
        for x in bits.tolist()
    ]


def check_labels(qubo):
    """The bound, the strong and the weak labels of a small QUBO against all assignments; returns the dual."""
    bits = all_bits(qubo.n)
    values = exact_values(qubo.form, bits)
    least, dual = min(values), roof_dual(qubo)
    minima = bits[[value == least for value in values]]
    assert Fraction(dual.bound) <= least
    strong, weak = dual.strong >= 0, dual.weak >= 0
    assert np.all(minima[:, strong] == dual.strong[strong])
    assert np.any(np.all(minima[:, weak] == dual.weak[weak], axis=1))
    assert np.all(dual.weak[strong] == dual.strong[strong])
    return dual


@settings(deadline=None, max_examples=150)
@given(qubo=QUBOS)
def test_labels_hold_in_the_minima_and_the_bound_below_them(qubo):
    check_labels(qubo)


@settings(deadline=None, max_examples=60)
@given(n=st.integers(1, 7), seed=st.integers(0, 10_000), spread=st.sampled_from([0, 5, 60]))
def test_labels_of_real_numbers_are_exact_however_far_apart_they_lie(n, seed, spread):
    rng = np.random.default_rng(seed)
    matrix = np.triu(rng.normal(size=(n, n)) * 2.0 ** rng.integers(-spread, spread + 1, (n, n)))
    check_labels(Qubo.from_matrix(matrix, offset=float(rng.normal())))


@settings(deadline=None, max_examples=80)
@given(qubo=QUBOS)
def test_the_roof_dual_is_the_bound_of_the_linear_relaxation(qubo):
    form = linear_form(BinaryProgram(qubo.form))
    rows = form.matrix.shape[0] > 0
    solved = linprog(
        form.cost, A_ub=form.matrix if rows else None, b_ub=form.upper if rows else None, bounds=(0, 1)
    )
    bound = roof_dual(qubo).bound
    assert bound == pytest.approx(solved.fun + form.offset, rel=0, abs=1e-7)
    assert 2 * bound == round(2 * bound)
    assert np.ceil(bound) == linear_bound(BinaryProgram(qubo.form)).value


@settings(deadline=None, max_examples=60)
@given(qubo=QUBOS, kept=st.sampled_from(["one", "every"]))
def test_the_smaller_qubo_keeps_the_minimum(qubo, kept):
    reduction = persistency(qubo, kept)
    smaller = reduction.problem
    reached = exact_values(smaller.form, all_bits(smaller.n))
    bits = all_bits(qubo.n)
    values = exact_values(qubo.form, bits)
    assert min(reached) == min(values)
    lifted = reduction.lift(all_bits(smaller.n))
    assert lifted.dtype == np.uint8
    assert exact_values(qubo.form, lifted) == reached
    if kept == "every":
        minima = {tuple(x) for x, value in zip(bits.tolist(), values, strict=True) if value == min(values)}
        assert minima <= {tuple(x) for x in lifted.tolist()}
    assert reduction.bound(-7.5) == -7.5
    assert [name for name in qubo.names if name in smaller.names] == list(smaller.names)


@settings(deadline=None, max_examples=60)
@given(qubo=QUBOS)
def test_what_is_left_has_no_labels_more(qubo):
    smaller = persistency(qubo).problem
    assert np.all(roof_dual(smaller).weak == -1)


@settings(deadline=None, max_examples=60)
@given(n=st.integers(1, 9), density=st.sampled_from([0.3, 1.0]), seed=st.integers(0, 10_000))
def test_a_form_without_positive_couplings_is_solved(n, density, seed):
    rng = np.random.default_rng(seed)
    matrix = -np.triu(rng.integers(0, 10, (n, n)) * (rng.random((n, n)) < density), 1)
    qubo = Qubo.from_matrix(matrix + np.diag(rng.integers(-5, 30, n)), offset=4)
    dual = check_labels(qubo)
    assert np.all(dual.weak >= 0)
    assert dual.bound == qubo.energies(dual.weak) == min(exact_values(qubo.form, all_bits(n)))
    assert persistency(qubo).problem.n == 0


def sparse_submodular(n, neighbours, seed):
    rng = np.random.default_rng(seed)
    first = np.repeat(np.arange(n), neighbours)
    second = rng.integers(0, n, len(first))
    other = first != second
    coupling = -rng.integers(1, 50, len(first)).astype(float)
    linear = rng.integers(0, 50 * neighbours, n).astype(float)
    return Qubo(QuadraticForm(linear, first[other], second[other], coupling[other]))


def test_a_large_form_without_positive_couplings_is_proved_optimal_quickly():
    qubo = sparse_submodular(2000, 4, seed=1)
    roof_dual(sparse_submodular(50, 4, seed=1))
    start = time.perf_counter()
    dual = roof_dual(qubo)
    took = time.perf_counter() - start
    assert np.all(dual.weak >= 0)
    assert 0 < dual.weak.sum() < 2000
    assert qubo.energies(dual.weak) == dual.bound
    assert took < 2.0


def test_a_frustrated_triangle_has_a_half_integral_bound_and_no_labels():
    triangle = np.triu(np.ones((3, 3)), 1) - np.eye(3)
    dual = roof_dual(Qubo.from_matrix(triangle))
    assert dual.bound == -1.5
    np.testing.assert_array_equal(dual.weak, [-1, -1, -1])


def test_ties_are_labelled_weakly_and_not_strongly():
    dual = roof_dual(Qubo.from_dict({("a", "a"): 0, ("b", "b"): 1}))
    np.testing.assert_array_equal(dual.strong, [-1, 0])
    assert dual.weak[0] in (0, 1)
    assert dual.bound == 0


def test_the_bound_of_fractions_is_rounded_down():
    dual = roof_dual(Qubo(QuadraticForm(np.array([-0.1, -0.2, -0.3]), offset=1e17)))
    assert Fraction(dual.bound) <= Fraction(1e17) - Fraction(0.1) - Fraction(0.2) - Fraction(0.3)
    assert dual.bound == np.nextafter(1e17, 0)


def test_bounds_of_fractions_move_outward_through_the_smaller_qubo():
    reduction = persistency(Qubo(QuadraticForm(np.array([-0.1, 0.2]), offset=0.3)))
    assert reduction.problem.n == 0
    assert reduction.bound(0.2) < 0.2
    assert reduction.bound(0.2) == pytest.approx(0.2, rel=1e-14)


def test_an_empty_form_is_its_offset():
    dual = roof_dual(Qubo(QuadraticForm(np.zeros(0), offset=2.5)))
    assert dual.bound == 2.5
    assert dual.weak.shape == (0,)


def test_what_is_no_qubo_is_refused():
    with pytest.raises(ProblemError, match="qubo is .*expected a Qubo"):
        roof_dual(BinaryProgram.random(3, 1))
    with pytest.raises(ProblemError, match="kept is all; expected one of 'one', 'every'"):
        persistency(Qubo.random(3), "all")


@settings(deadline=None, max_examples=60)
@given(n=st.integers(2, 12), seed=st.integers(0, 10_000), large=st.booleans())
def test_the_maximum_flow_is_that_of_scipy_and_of_the_cut(n, seed, large):
    rng = np.random.default_rng(seed)
    matrix = rng.integers(0, 20, (n, n)) * (rng.random((n, n)) < 0.4)
    np.fill_diagonal(matrix, 0)
    tail, head = np.nonzero(matrix)
    amount = matrix[tail, head].astype(object) * (2**70 + 12_345 if large else 1)
    both = np.stack([tail, head], axis=1)
    arcs = Arcs.between(both.ravel(), both[:, ::-1].ravel(), n)
    capacity = np.stack([amount, np.zeros_like(amount)], axis=1).ravel()
    flow = maximum_flow(arcs, capacity if large else capacity.astype(np.int64), 0, n - 1)
    wanted = int(scipy_maximum_flow(csr_array(matrix.astype(np.int32)), 0, n - 1).flow_value)
    assert flow.value == wanted * (2**70 + 12_345 if large else 1)
    crossing = flow.reached[tail] & ~flow.reached[head]
    assert flow.value == sum(amount[crossing].tolist())
    pushed = capacity - flow.residual
    assert all(0 <= p <= c for p, c in zip(pushed[::2], amount, strict=True))
    net = np.zeros(n, dtype=object)
    np.add.at(net, tail, pushed[::2])
    np.add.at(net, head, -pushed[::2])
    assert all(net[1:-1] == 0)
    assert net[0] == flow.value


@settings(deadline=None, max_examples=60)
@given(n=st.integers(1, 15), density=st.sampled_from([0.1, 0.2, 0.4]), seed=st.integers(0, 10_000))
def test_strong_components_are_those_of_scipy_in_topological_order(n, density, seed):
    rng = np.random.default_rng(seed)
    tail, head = np.nonzero(rng.random((n, n)) < density)
    both = np.stack([tail, head], axis=1)
    arcs = Arcs.between(both.ravel(), both[:, ::-1].ravel(), n)
    inside = rng.random(n) < 0.8
    is_open = np.tile([True, False], len(tail))
    label = strong_components(inside, is_open, arcs)
    np.testing.assert_array_equal(label >= 0, inside)
    within = inside[tail] & inside[head]
    assert np.all(label[tail[within]] >= label[head[within]])
    graph = np.zeros((n, n))
    graph[tail[within], head[within]] = 1
    wanted = connected_components(graph, connection="strong")[1]
    same = label[inside][:, None] == label[inside]
    np.testing.assert_array_equal(same, wanted[inside][:, None] == wanted[inside])
