"""Assignments and tours: bits against permutations, programs against formulas, edges against times."""

from itertools import permutations

import networkx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from classical.binary.exhaustive import Exhaustive
from classical.binary.mixed_integer import MixedInteger
from problems.binary.assignment import QuadraticAssignment
from problems.binary.lazy_program import LazyProgram
from problems.binary.minimum_cut import minimum_cut
from problems.binary.tour import TravellingSalesman
from problems.binary.tour_edges import TourEdges
from problems.errors import ProblemError
from tests.problems.binary.enumeration import all_bits

SEEDS = st.integers(0, 1000)


def _asymmetric(n, seed):
    rng = np.random.default_rng(seed)
    return QuadraticAssignment(rng.integers(-5, 9, (n, n)), rng.integers(-5, 9, (n, n)))


@given(seed=SEEDS)
def test_an_assignment_costs_flow_times_distance(seed):
    problem, rng = _asymmetric(5, seed), np.random.default_rng(seed)
    order = rng.permutation(5)
    expected = sum(
        problem.flows[i, j] * problem.distances[order[i], order[j]] for i in range(5) for j in range(5)
    )
    bits = problem.bits(order)
    assert problem.judge(bits).objective == problem.cost(order) == expected
    assert problem.judge(bits).feasible
    np.testing.assert_array_equal(problem.permutation(bits), order)
    np.testing.assert_array_equal(problem.encode(problem.decode(bits)), bits)
    assert problem.decode(bits) == tuple(order + 1)


@pytest.mark.parametrize(
    "problem", [_asymmetric(4, 1), TravellingSalesman.random(5, seed=2)], ids=["qap", "tsp"]
)
def test_any_bits_are_judged_as_the_program_judges_them(problem):
    rng = np.random.default_rng(0)
    bits = (rng.random((64, problem.n)) < rng.random((64, 1))).astype(np.uint8)
    np.testing.assert_allclose(problem.ranks(bits), problem.program.ranks(bits))
    for row in bits[:8]:
        assert problem.judge(row).violations == problem.program.judge(row).violations
        np.testing.assert_array_equal(problem.encode(problem.decode(row)), row)
    repaired = problem.repair(bits)
    assert np.all(problem.ranks(repaired)[:, 0] == 0)
    np.testing.assert_array_equal(problem.repair(repaired), repaired)


def test_repair_keeps_as_many_ones_as_it_can():
    problem = QuadraticAssignment.random(3)
    for bits in all_bits(9):
        kept = int((problem.repair(bits) & bits).sum())
        assert kept == max(int((problem.bits(order) & bits).sum()) for order in permutations(range(3)))


@given(seed=SEEDS)
def test_a_tour_is_as_long_as_its_ways(seed):
    rng = np.random.default_rng(seed)
    problem = TravellingSalesman(rng.integers(0, 50, (6, 6)))
    tour = rng.permutation(6)
    length = sum(problem.distances[tour[k], tour[(k + 1) % 6]] for k in range(6))
    bits = problem.bits_of_tour(tour)
    assert problem.judge(bits).objective == problem.length(tour) == length
    np.testing.assert_array_equal(problem.tour(bits), np.roll(tour, -list(tour).index(0)))
    assert problem.encode(problem.decode(bits)).tolist() == bits.tolist()
    assert problem.encode(np.array(problem.labels)[tour]).tolist() == bits.tolist()


@pytest.mark.parametrize(("n", "seed"), [(2, 0), (3, 1), (4, 2), (5, 3)])
def test_all_forms_have_the_optimum_of_all_tours(n, seed):
    problem = TravellingSalesman.random(n, seed=seed)
    best = min(problem.length((0, *order)) for order in permutations(range(1, n)))
    assert Exhaustive().solve(problem, progress=False).objective == best
    result = MixedInteger().solve(problem, progress=False)
    assert (result.objective, result.bound, result.status) == (best, best, "optimal")


@given(seed=st.integers(0, 30))
def test_branch_and_cut_with_lazy_rows_finds_the_shortest_tour(seed):
    problem = TravellingSalesman.random(8, seed=seed)
    tours = np.array([(0, *order) for order in permutations(range(1, 8))])
    result = MixedInteger().solve(problem, progress=False)
    assert result.objective == problem.length(tours).min()
    assert result.status == "optimal"


def test_edges_of_two_circles_break_the_lazy_rows():
    edges = TravellingSalesman.random(6, seed=1).edges
    bits = np.zeros(15, dtype=np.uint8)
    for u, v in [(0, 1), (1, 2), (0, 2), (3, 4), (4, 5), (3, 5)]:
        bits[edges.edge(np.array(u), np.array(v))] = 1
    assert edges.program.judge(bits).feasible
    verdict = edges.judge(bits)
    assert verdict.violations == {"no subtour of 1, 2, 3": 1.0, "no subtour of 4, 5, 6": 1.0}
    assert edges.tour(bits) is None


@given(seed=SEEDS)
def test_lazy_rows_never_cut_a_tour(seed):
    rng = np.random.default_rng(seed)
    edges = TourEdges(np.zeros((7, 7)))
    point = np.mean([edges.bits_of_tour(rng.permutation(7)) for _ in range(3)], axis=0)
    assert len(edges.separate(point)) == 0  # within the hull of the tours
    rows = edges.separate(rng.random(21))
    for _ in range(20):
        assert not rows.violations(edges.bits_of_tour(rng.permutation(7))).any()


def test_an_asymmetric_problem_keeps_the_time_form():
    problem = TravellingSalesman([[0, 1, 9], [9, 0, 1], [1, 9, 0]])
    assert problem.reduce((LazyProgram,)) is None
    result = MixedInteger().solve(problem, progress=False)
    assert result.objective == 3
    assert problem.decode(result.solution) == (1, 2, 3)
    with pytest.raises(ProblemError, match="symmetric"):
        _ = problem.edges


@given(seed=SEEDS, n=st.integers(2, 9))
def test_the_minimum_cut_is_that_of_networkx(seed, n):
    graph = networkx.gnp_random_graph(n, 0.6, seed=seed)
    rng = np.random.default_rng(seed)
    for u, v in graph.edges:
        graph.edges[u, v]["weight"] = float(rng.integers(1, 9))
    weights = networkx.to_numpy_array(graph) / 2
    value, side = minimum_cut(weights)
    assert 0 < side.sum() < n
    assert value == networkx.cut_size(graph, np.flatnonzero(side), weight="weight")
    expected = networkx.stoer_wagner(graph)[0] if networkx.is_connected(graph) else 0
    assert value == expected


def test_a_complete_networkx_graph_is_a_tour_problem():
    graph = networkx.complete_graph(["a", "b", "c"])
    networkx.set_edge_attributes(graph, 2.0, "weight")
    problem = TravellingSalesman.from_networkx(graph)
    assert problem.labels == ("a", "b", "c")
    assert problem.length([0, 1, 2]) == 6
    graph.remove_edge("a", "b")
    with pytest.raises(ProblemError, match="a-b"):
        TravellingSalesman.from_networkx(graph)


@pytest.mark.parametrize(
    ("build", "match"),
    [
        (lambda: QuadraticAssignment(np.zeros((2, 3)), np.zeros((2, 2))), "flows"),
        (lambda: QuadraticAssignment(np.zeros((2, 2)), np.zeros((3, 3))), "distances"),
        (lambda: QuadraticAssignment([[np.nan]], [[0]]), "flows"),
        (lambda: TravellingSalesman([[0]]), "distances"),
        (lambda: TravellingSalesman(np.zeros((3, 3)), coordinates=np.zeros((2, 2))), "coordinates"),
        (lambda: TravellingSalesman(np.full((3, 3), 2.0**53)), "distances"),
        (lambda: TravellingSalesman.random(4).first(9), "count"),
        (lambda: TravellingSalesman.random(4).bits_of_tour([0, 1, 2, 2]), "tour"),
        (lambda: TravellingSalesman.random(4).tour(np.zeros(9, np.uint8)), "no permutation"),
        (lambda: TravellingSalesman.random(4).encode([1, 2, 3]), "tour"),
        (lambda: TravellingSalesman.random(4).encode([1, 2, 3, 9]), "city"),
        (lambda: QuadraticAssignment.random(3).bits([0, 0, 1]), "permutation"),
        (lambda: QuadraticAssignment.random(3).encode("123"), "locations"),
        (lambda: QuadraticAssignment.random(3).encode([1, 2]), "number of locations"),
        (lambda: TravellingSalesman(np.zeros((500, 500))).program, "number of cities"),
    ],
)
def test_bad_input_is_named(build, match):
    with pytest.raises(ProblemError, match=match):
        build()


def test_large_assignments_are_judged_without_their_program():
    problem = QuadraticAssignment.random(100, seed=1)
    order = np.random.default_rng(1).permutation(100)
    assert problem.judge(problem.bits(order)).objective == problem.cost(order)
    assert "program" not in vars(problem)
