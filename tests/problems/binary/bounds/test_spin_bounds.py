"""Cuts and QUBOs are bounded by exact arithmetic, as tightly as another solver bounds them, at any scale."""

import math
from fractions import Fraction
from itertools import product

import cvxpy
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from problems.binary.bounds import max_cut_bound, qubo_bound
from problems.binary.maxcut import MaxCut
from problems.binary.quadratic import QuadraticForm
from problems.binary.qubo import Ising, Qubo
from problems.errors import ProblemError

SEEDS = st.integers(0, 10_000)
OFTEN = settings(deadline=None, max_examples=40)
LAST_BITS = 1e-321  # what rounding to the least positive numbers may add to a gap
SELDOM = settings(deadline=None, max_examples=8)


def exact_cut(problem: MaxCut) -> Fraction:
    """The best cut by trying all, in rational arithmetic."""
    weights = [Fraction(weight) for weight in np.asarray(problem.weights).tolist()]
    edges = problem.edges.tolist()
    return max(
        sum((w for w, (u, v) in zip(weights, edges, strict=True) if sides[u] != sides[v]), Fraction(0))
        for sides in product((0, 1), repeat=problem.num_nodes)
    )


def exact_minimum(form: QuadraticForm) -> Fraction:
    """The least value by trying all bits, in rational arithmetic."""
    linear = [Fraction(c) for c in form.linear.tolist()]
    pairs = [
        (i, j, Fraction(c))
        for i, j, c in zip(form.first.tolist(), form.second.tolist(), form.coupling.tolist(), strict=True)
    ]
    return Fraction(form.offset) + min(
        sum((c for c, x in zip(linear, bits, strict=True) if x), Fraction(0))
        + sum((c for i, j, c in pairs if bits[i] and bits[j]), Fraction(0))
        for bits in product((0, 1), repeat=form.n)
    )


def drawn_weights(rng, count: int, kind: str):
    return {
        "signs": lambda: rng.choice([-1.0, 1.0], count),
        "integers": lambda: rng.integers(-50, 51, count).astype(float),
        "huge integers": lambda: rng.integers(-(2**40), 2**40, count).astype(float),
        "reals": lambda: rng.normal(size=count),
        "large": lambda: rng.normal(size=count) * 1e9,
        "small": lambda: rng.normal(size=count) * 1e-9,
        "mixed": lambda: rng.normal(size=count) * 10.0 ** rng.integers(-9, 10, count),
        "ends": lambda: rng.choice([5e-324, -1e-310, 1e300, -1e304, 1.0], count),
        "tenths": lambda: np.full(count, 0.1),
    }[kind]()


KINDS = st.sampled_from(
    ["signs", "integers", "huge integers", "reals", "large", "small", "mixed", "ends", "tenths"]
)


@OFTEN
@given(n=st.integers(1, 8), density=st.sampled_from([0.0, 0.3, 0.7, 1.0]), kind=KINDS, seed=SEEDS)
def test_no_cut_passes_the_bound(n, density, kind, seed):
    rng = np.random.default_rng(seed)
    pairs = np.argwhere(np.triu(rng.random((n, n)) < density, 1))
    problem = MaxCut(n, pairs, drawn_weights(rng, len(pairs), kind))
    bound, best = max_cut_bound(problem), exact_cut(problem)
    assert best <= Fraction(bound.rounded) <= Fraction(bound.value)
    scale = np.abs(np.asarray(problem.weights)).max(initial=0.0)
    assert bound.value - bound.primal <= 1e-6 * n * scale + LAST_BITS
    np.testing.assert_allclose(np.linalg.norm(bound.vectors, axis=1), 1.0, rtol=1e-12)


@OFTEN
@given(n=st.integers(1, 7), density=st.sampled_from([0.0, 0.5, 1.0]), kind=KINDS, seed=SEEDS)
def test_no_energy_passes_the_bound(n, density, kind, seed):
    rng = np.random.default_rng(seed)
    pairs = np.argwhere(np.triu(rng.random((n, n)) < density, 1))
    first, second = pairs.reshape(-1, 2).T
    numbers = drawn_weights(rng, n + len(pairs) + 1, kind)
    form = QuadraticForm(numbers[:n], first, second, numbers[n:-1], numbers[-1])
    bound = qubo_bound(Qubo(form))
    assert Fraction(bound.value) <= Fraction(bound.rounded) <= exact_minimum(form)
    scale = np.abs(numbers).max()
    assert bound.primal - bound.value <= 1e-6 * n * scale + LAST_BITS


@SELDOM
@given(n=st.integers(2, 14), seed=SEEDS)
def test_the_relaxation_of_a_cut_is_solved(n, seed):
    problem = MaxCut.random(n, 0.6, seed)
    weights = np.zeros((n, n))
    weights[tuple(problem.edges.T)] = problem.weights
    laplacian = np.diag((weights + weights.T).sum(axis=1)) - weights - weights.T
    gram = cvxpy.Variable((n, n), PSD=True)
    reference = cvxpy.Problem(
        cvxpy.Maximize(cvxpy.trace(laplacian / 4.0 @ gram)), [cvxpy.diag(gram) == 1]
    ).solve(solver=cvxpy.CLARABEL)
    bound = max_cut_bound(problem)
    assert bound.value == pytest.approx(reference, rel=1e-6, abs=1e-6)
    slack = np.diag(bound.dual) + (weights + weights.T) / 2.0
    assert np.linalg.eigvalsh(slack)[0] > -1e-12
    assert bound.value == pytest.approx(
        (np.asarray(problem.weights).sum() + bound.dual.sum()) / 2.0, rel=1e-12, abs=1e-12
    )


@SELDOM
@given(n=st.integers(2, 10), seed=SEEDS)
def test_the_relaxation_of_a_qubo_is_solved(n, seed):
    """As lifted to the moments (1, x): X_ii = x_i."""
    qubo = Qubo.random(n, 0.7, seed=seed)
    moments = cvxpy.Variable((n + 1, n + 1), PSD=True)
    bits = moments[:n, :n]
    reference = cvxpy.Problem(
        cvxpy.Minimize(cvxpy.trace(qubo.matrix() @ bits)),
        [cvxpy.diag(bits) == moments[:n, n], moments[n, n] == 1],
    ).solve(solver=cvxpy.CLARABEL)
    assert qubo_bound(qubo).value == pytest.approx(reference, rel=1e-6, abs=1e-4)


def ring(n: int, weights=None) -> MaxCut:
    return MaxCut(n, np.array([(k, (k + 1) % n) for k in range(n)]), weights)


def test_relaxations_with_closed_forms():
    """Odd rings: n (1 + cos(π/n))/2. Complete graphs: n²/4. Without odd circuits the bound is the optimum."""
    for n in (3, 5, 9, 21):
        assert max_cut_bound(ring(n)).value == pytest.approx(n * (1 + math.cos(math.pi / n)) / 2, rel=1e-7)
    for n in (3, 4, 7):
        complete = MaxCut(n, np.array([(i, j) for i in range(n) for j in range(i)]))
        assert max_cut_bound(complete).value == pytest.approx(n * n / 4, rel=1e-7)
    for n in (4, 10, 50):
        bound = max_cut_bound(ring(n))
        assert n <= bound.value < n * (1 + 1e-6)
        assert bound.rounded == n


def test_graphs_at_the_edge():
    lonely = max_cut_bound(MaxCut(1, np.zeros((0, 2))))
    assert (lonely.value, lonely.rounded, lonely.primal, lonely.gap) == (0.0, 0.0, 0.0, 0.0)
    empty = max_cut_bound(MaxCut(5, np.zeros((0, 2))))
    assert empty.rounded == 0.0
    assert empty.vectors.shape == (5, 1)
    negative = max_cut_bound(MaxCut(3, np.array([(0, 1), (1, 2), (0, 2)]), np.array([-1.0, -2.0, -3.0])))
    assert 0.0 <= negative.value < 1e-6
    assert negative.rounded == 0.0
    apart = np.array([(0, 1), (1, 2), (0, 2), (4, 5)])  # a triangle, an edge and a node
    assert max_cut_bound(MaxCut(6, apart)).value == pytest.approx(9 / 4 + 1, rel=1e-6)
    assert qubo_bound(Qubo(QuadraticForm(np.zeros(0), offset=2.5))).rounded == 2.5


def test_a_cut_with_fields_for_no_bit_has_no_spin_too_many():
    """The QUBO of a cut is bounded like the cut, though its linear part is rounded."""
    rng = np.random.default_rng(3)
    problem = ring(7, rng.random(7))
    bound = qubo_bound(Qubo(problem.program.minimised))
    assert len(bound.vectors) == 7
    assert -bound.value == pytest.approx(max_cut_bound(problem).value, rel=1e-7)
    assert len(qubo_bound(Ising.random(6, seed=1).qubo).vectors) == 6


def test_bounds_are_rounded_to_what_the_data_allow():
    """Whole weights give whole cuts; where all degrees are even, even ones; offsets and halves count."""
    assert max_cut_bound(ring(5)).rounded == 4.0
    assert max_cut_bound(ring(5, np.full(5, 0.5))).rounded == 2.0
    assert max_cut_bound(ring(5, np.full(5, 3.0))).rounded == 12.0
    form = ring(5).program.minimised
    moved = QuadraticForm(form.linear, form.first, form.second, form.coupling, 0.25)
    assert qubo_bound(Qubo(moved)).rounded == -3.75
    assert qubo_bound(Qubo.from_matrix(np.array([[-1.5, 0.0], [0.0, -1.0]]))).rounded == -2.5
    assert max_cut_bound(ring(5, np.full(5, math.pi))).rounded == 4.0 * math.pi
    uneven = max_cut_bound(ring(5, np.array([0.1, 0.2, 0.3, 0.4, math.pi])))
    assert uneven.rounded == uneven.value


def test_the_bound_grows_with_the_weights():
    problem = MaxCut.random(12, 0.5, seed=4)
    one = max_cut_bound(problem).value
    for factor in (2.0**-900, 2.0**60, 2.0**900):
        scaled = MaxCut(12, problem.edges, np.asarray(problem.weights) * factor)
        assert max_cut_bound(scaled).value == pytest.approx(one * factor, rel=1e-12)


def test_out_of_time_the_bound_still_holds_and_says_that_it_is_loose():
    problem = MaxCut.random(30, 0.5, seed=2)
    loose = max_cut_bound(problem, out_of_time=lambda: True)
    tight = max_cut_bound(problem)
    assert loose.value > tight.value
    assert loose.gap > 0.1 > 1e-6 > tight.gap
    assert loose.value <= np.abs(np.asarray(problem.weights)).sum() + 1e-9


def test_time_is_asked_within_the_work():
    asked = []

    def out_of_time() -> bool:
        asked.append(1)
        return len(asked) > 5

    problem = MaxCut.random(60, 0.5, seed=2)
    bound = max_cut_bound(problem, tolerance=1e-14, out_of_time=out_of_time)
    assert len(asked) > 5
    assert bound.value >= max_cut_bound(problem).primal


def test_a_low_rank_is_kept_and_the_bound_stays_good():
    """In one dimension the method may end in a poor cut; the multipliers are refined all the same."""
    problem = MaxCut.random(40, 0.5, seed=5)
    full = max_cut_bound(problem)
    assert full.vectors.shape == (40, 9)
    one = max_cut_bound(problem, rank=1)
    assert one.vectors.shape == (40, 1)
    assert one.value == pytest.approx(full.value, rel=1e-5)
    assert one.gap > full.gap


def test_repeats_by_seed():
    problem = MaxCut.random(50, 0.3, seed=6)
    first, second, other = (max_cut_bound(problem, seed=seed) for seed in (1, 1, 2))
    assert first.value == second.value
    np.testing.assert_array_equal(first.vectors, second.vectors)
    assert not np.array_equal(first.vectors, other.vectors)


@pytest.mark.parametrize(
    ("field", "value"),
    [("rank", 0), ("rank", 2.5), ("tolerance", 0.0), ("tolerance", math.nan), ("seed", -1)],
)
def test_bad_settings_are_refused(field, value):
    with pytest.raises(ProblemError, match=field):
        max_cut_bound(ring(5), **{field: value})
    with pytest.raises(ProblemError, match=field):
        qubo_bound(Qubo.random(3), **{field: value})


def test_too_many_spins_are_refused():
    with pytest.raises(ProblemError, match="number of spins"):
        max_cut_bound(MaxCut(4001, np.array([(0, 1)])))
