"""Theta numbers: known ones, never below an independent set, as another solver finds them, at any scale."""

import math
from fractions import Fraction
from pathlib import Path
from typing import Any

import cvxpy
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from problems.binary.bounds import theta_bound, theta_number
from problems.binary.bounds.theta_program import ThetaProgram, boundary_point, solve_theta
from problems.binary.independent_set import IndependentSet
from problems.errors import ProblemError

INSTANCES = Path(__file__).parents[5] / "shared" / "instances" / "mis"
SEEDS = st.integers(0, 10_000)
SELDOM = settings(deadline=None, max_examples=15)
PETERSEN = np.array(
    [(k, (k + 1) % 5) for k in range(5)]
    + [(k, k + 5) for k in range(5)]
    + [(5 + k, 5 + (k + 2) % 5) for k in range(5)]
)


def ring(n: int):
    return np.array([(k, (k + 1) % n) for k in range(n)])


def complement(n: int, edges):
    absent = ~np.eye(n, dtype=bool)
    absent[tuple(np.reshape(edges, (-1, 2)).T)] = False
    return np.argwhere(np.triu(absent & absent.T, 1))


def heaviest(problem: IndependentSet) -> Fraction:
    """The best weight by trying all sets, in rational arithmetic."""
    n, weights = problem.num_nodes, [Fraction(w) for w in np.asarray(problem.weights).tolist()]
    neighbours = [0] * n
    for u, v in problem.edges.tolist():
        neighbours[u] |= 1 << v
        neighbours[v] |= 1 << u
    best = Fraction(0)
    for chosen in range(1 << n):
        nodes = [k for k in range(n) if chosen >> k & 1]
        if not any(neighbours[k] & chosen for k in nodes):
            best = max(best, sum((weights[k] for k in nodes), Fraction(0)))
    return best


def reference_theta(n: int, edges, weights) -> float:
    gram = cvxpy.Variable((n, n), PSD=True)
    roots = np.sqrt(weights)
    rows: list[Any] = [cvxpy.trace(gram) == 1] + [gram[u, v] == 0 for u, v in edges.tolist()]
    program = cvxpy.Problem(cvxpy.Maximize(cvxpy.sum(cvxpy.multiply(np.outer(roots, roots), gram))), rows)
    value: Any = program.solve(solver=cvxpy.CLARABEL)
    return float(value)


@pytest.mark.parametrize(
    ("n", "edges", "theta"),
    [
        (5, ring(5), math.sqrt(5)),
        (7, ring(7), 7 * math.cos(math.pi / 7) / (1 + math.cos(math.pi / 7))),
        (8, ring(8), 4.0),
        (10, PETERSEN, 4.0),
        (10, complement(10, PETERSEN), 2.5),
        (6, complement(6, np.zeros((0, 2), int)), 1.0),
        (6, np.zeros((0, 2)), 6.0),
        (1, np.zeros((0, 2)), 1.0),
        (2, np.array([(0, 1)]), 1.0),
    ],
)
def test_known_numbers(n, edges, theta):
    """Lovász: odd rings and Kneser graphs; perfect graphs have their independence number."""
    bound = theta_number(n, edges)
    assert theta * (1 - 1e-14) <= bound.value <= theta * (1 + 1e-6)
    assert bound.primal <= theta * (1 + 1e-9)
    assert bound.gap < 1e-6


@pytest.mark.parametrize(
    ("name", "theta"), [("1tc.8", 4), ("1tc.16", 8), ("1tc.32", 12), ("1tc.64", 20), ("1et.64", 18.8)]
)
def test_code_graphs(name, theta):
    path = INSTANCES / f"{name}.txt"
    if not path.exists():
        pytest.skip(f"{path.name} is not at hand")
    assert theta_bound(IndependentSet.read(path)).value == pytest.approx(theta, rel=1e-6)


@SELDOM
@given(
    n=st.integers(1, 9),
    probability=st.sampled_from([0.1, 0.4, 0.8]),
    scale=st.sampled_from([1.0, 1e-9, 1e9, 1e300, 1e-300, 2.0**40]),
    seed=SEEDS,
)
def test_no_independent_set_passes_the_bound(n, probability, scale, seed):
    edges = IndependentSet.random(n, probability, seed).edges
    rng = np.random.default_rng(seed)
    weights = rng.choice([rng.normal(), 1.0, 0.0, 1e-9, 3.0, 1e-70], n) * scale
    problem = IndependentSet(n, edges, weights)
    bound = theta_bound(problem)
    assert heaviest(problem) <= Fraction(bound.rounded) <= Fraction(bound.value)
    assert bound.value - bound.primal <= 2e-6 * np.maximum(weights, 0.0).sum()


@SELDOM
@given(n=st.integers(3, 12), probability=st.sampled_from([0.3, 0.6]), weighted=st.booleans(), seed=SEEDS)
def test_the_program_is_solved(n, probability, weighted, seed):
    edges = IndependentSet.random(n, probability, seed).edges
    weights = np.random.default_rng(seed).integers(1, 10, n).astype(float) if weighted else np.ones(n)
    bound = theta_number(n, edges, weights, tolerance=1e-8)
    reference = reference_theta(n, edges, weights)
    assert bound.value == pytest.approx(reference, rel=1e-6)
    matrix = np.sqrt(np.outer(weights, weights))
    matrix[tuple(edges.T)] -= bound.dual
    matrix.T[tuple(edges.T)] = matrix[tuple(edges.T)]
    count, label = connected_components(csr_array((np.ones(len(edges)), tuple(edges.T)), shape=(n, n)), False)
    parts = [matrix[np.ix_(label == k, label == k)] for k in range(count)]
    assert sum(np.linalg.eigvalsh(part)[-1] for part in parts) <= bound.value * (1 + 1e-12)
    gram = bound.vectors @ bound.vectors.T
    np.testing.assert_allclose(gram[tuple(edges.T)], 0.0, atol=1e-12)
    assert np.linalg.norm(np.sqrt(weights) @ bound.vectors) ** 2 == pytest.approx(bound.primal, rel=1e-9)


@SELDOM
@given(n=st.integers(2, 14), weighted=st.booleans(), seed=SEEDS)
def test_both_methods_agree(n, weighted, seed):
    edges = IndependentSet.random(n, 0.5, seed).edges
    weights = np.random.default_rng(seed).random(n) + 0.1 if weighted else np.ones(n)
    program = ThetaProgram(np.sqrt(weights / weights.sum()), *edges.T)
    exact = solve_theta(program, 1e-9, lambda: False)
    start = program.measured(np.zeros(len(edges)), np.eye(n) / n)
    found = boundary_point(program, start, 1e-6, lambda: False)
    assert exact.dual - exact.primal < 1e-8
    assert found.dual - found.primal < 1e-5
    assert max(found.primal, exact.primal) <= min(found.dual, exact.dual) + 1e-12


def test_many_edges_go_another_way():
    """70 random nodes have more edges than the interior-point method is given."""
    problem = IndependentSet.random(70, 0.7, seed=3)
    assert len(problem.edges) > 1500
    bound = theta_bound(problem, tolerance=1e-5)
    assert bound.gap < 2e-5


def test_numbers_add_over_components_and_multiply_with_the_complement_of_a_ring():
    """ϑ(G) ϑ(Ḡ) = n for vertex-transitive graphs (Lovász, theorem 8)."""
    apart = np.concatenate([ring(5), ring(7) + 5, [(13, 14)]])
    whole = theta_number(15, apart).value
    assert whole == pytest.approx(
        theta_number(5, ring(5)).value + theta_number(7, ring(7)).value + 2, rel=1e-6
    )
    assert theta_number(9, ring(9)).value * theta_number(9, complement(9, ring(9))).value == pytest.approx(
        9, rel=1e-6
    )


def test_weights():
    """A ring of five with weights that break its symmetry; nodes that cannot gain are left out."""
    weights = np.array([2.0, 1.0, 1.0, 1.0, 1.0])
    bound = theta_number(5, ring(5), weights)
    assert 3.0 <= bound.value < 3.5
    assert bound.rounded == 3.0
    assert bound.value == pytest.approx(reference_theta(5, ring(5), weights), rel=1e-6)
    path = theta_number(3, np.array([(0, 1), (1, 2)]), np.array([1.0, -5.0, 2.5]))
    assert path.value == 3.5
    np.testing.assert_array_equal(path.vectors[1], 0.0)
    assert theta_number(2, np.array([(0, 1)]), np.array([-1.0, 0.0])).value == 0.0


@pytest.mark.parametrize("greatest", [1e300, 1.0, 1e-300, 1e-310])
def test_the_least_weights_are_not_forgotten(greatest):
    weights = np.array([greatest, 5e-324, greatest * 1e-80, -1e304])
    exact = sum((Fraction(weight) for weight in weights[:3].tolist()), Fraction(0))
    bound = theta_number(4, np.array([(2, 3)]), weights)
    assert exact <= Fraction(bound.value)
    assert bound.value == pytest.approx(greatest, rel=1e-9)


def test_bounds_are_rounded_where_weights_are_whole():
    assert theta_number(5, ring(5)).rounded == 2.0
    assert theta_number(5, ring(5), np.full(5, 6.0)).rounded == 12.0
    uneven = theta_number(5, ring(5), np.array([0.1, 0.2, 0.3, 0.4, math.pi]))
    assert uneven.rounded == uneven.value


def test_out_of_time_the_bound_is_the_weight_of_all_nodes():
    bound = theta_number(5, ring(5), out_of_time=lambda: True)
    assert 5.0 <= bound.value < 5.0 + 1e-12
    assert bound.gap == pytest.approx(0.8)
    asked = []
    late = theta_bound(
        IndependentSet.random(70, 0.7, seed=3), out_of_time=lambda: len(asked) > 30 or bool(asked.append(1))
    )
    assert len(asked) == 31
    assert 70.0 > late.value > late.primal


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        ((0, np.zeros((0, 2))), "num_nodes"),
        ((3, np.array([(0, 3)])), "edges"),
        ((3, np.array([(1, 1)])), "two different nodes"),
        ((2, np.array([(0, 1)]), np.array([1.0, np.nan])), "weights"),
    ],
)
def test_what_is_no_graph_is_refused(arguments, word):
    with pytest.raises(ProblemError, match=word):
        theta_number(*arguments)


@pytest.mark.parametrize("tolerance", [0.0, -1.0, math.inf, "tight"])
def test_bad_tolerances_are_refused(tolerance):
    with pytest.raises(ProblemError, match="tolerance"):
        theta_number(5, ring(5), tolerance=tolerance)


def test_too_large_a_component_is_refused():
    with pytest.raises(ProblemError, match="largest component"):
        theta_number(2002, np.array([(k, k + 1) for k in range(2001)]))
    assert theta_number(4000, np.array([(0, 1)])).rounded == 3999.0
