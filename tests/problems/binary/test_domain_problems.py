"""Knapsack, cut and independent set: their own words against their definitions."""

import networkx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from problems.binary.independent_set import IndependentSet
from problems.binary.knapsack import MultidimensionalKnapsack
from problems.binary.maxcut import MaxCut
from problems.binary.program import BinaryProgram
from problems.binary.qubo import Qubo
from problems.errors import ProblemError

KNAPSACK = MultidimensionalKnapsack([5, 4, 3], [[2, 3, 1], [4, 1, 0]], [5, 0])


@given(seed=st.integers(0, 200))
def test_a_cut_is_the_weight_between_the_sides(seed):
    rng = np.random.default_rng(seed)
    graph = networkx.gnp_random_graph(9, 0.5, seed=seed)
    for edge in graph.edges:
        graph.edges[edge]["weight"] = float(rng.integers(-5, 6))
    problem, bits = MaxCut.from_networkx(graph), rng.integers(0, 2, 9)
    assert problem.judge(bits).objective == networkx.cut_size(graph, np.flatnonzero(bits), weight="weight")
    assert problem.judge(bits).metrics["cut_edges"] == networkx.cut_size(graph, np.flatnonzero(bits))
    assert isinstance(problem.reduce((Qubo,)).problem, Qubo)


@given(seed=st.integers(0, 200))
def test_an_independent_set_has_no_edge_inside(seed):
    problem = IndependentSet.random(9, 0.3, seed=seed)
    bits = np.random.default_rng(seed).integers(0, 2, 9)
    inside = problem.to_networkx().subgraph(problem.decode(bits)).number_of_edges()
    verdict = problem.judge(bits)
    assert verdict.violation == inside
    assert verdict.metrics["size"] == verdict.objective == bits.sum()


def test_a_knapsack_is_judged_in_its_own_words():
    verdict = KNAPSACK.judge(np.array([0, 1, 1]))
    assert verdict.objective == 7
    assert verdict.violations == {"capacity 2": 1.0}
    assert verdict.metrics["items"] == 2
    assert KNAPSACK.decode(np.array([0, 1, 1])) == (2, 3)
    assert KNAPSACK.encode(["3", 1]).tolist() == [1, 0, 1]


@pytest.mark.parametrize(
    "problem",
    [KNAPSACK, MaxCut.regular(3, 8), IndependentSet(8, IndependentSet.random(8).edges, np.arange(8) / 3)],
    ids=lambda p: type(p).__name__,
)
def test_the_program_judges_alike_and_labels_go_both_ways(problem):
    bits = np.random.default_rng(1).integers(0, 2, (20, problem.n)).astype(np.uint8)
    program = problem.reduce((BinaryProgram,)).problem
    np.testing.assert_array_equal(problem.ranks(bits), program.ranks(bits))
    for row in bits:
        assert program.judge(row).rank("max") == problem.judge(row).rank("max")
        np.testing.assert_array_equal(problem.encode(problem.decode(row)), row)
    repaired = problem.ranks(problem.repair(bits))
    assert not repaired[:, 0].any()


def test_parallel_edges_are_merged_and_isolated_nodes_kept():
    cut = MaxCut(4, [[1, 0], [0, 1], [2, 1]], [1.0, 2.0, 5.0])
    assert cut.edges.tolist() == [[0, 1], [1, 2]]
    assert cut.weights.tolist() == [3.0, 5.0]
    assert cut.n == 4
    assert len(IndependentSet(3, [[0, 1], [1, 0]]).program.constraints) == 1
    assert IndependentSet(3, np.zeros((0, 2))).judge(np.ones(3)).objective == 3


def test_labels_of_any_integer_type_are_plain_integers():
    cut = MaxCut(2, [[0, 1]], labels=tuple(np.array([5, 7])))
    assert [type(label) for label in cut.decode(np.array([1, 1]))] == [int, int]
    graph = networkx.Graph([(np.int64(5), np.int64(7))])
    assert MaxCut.from_networkx(graph).digest == cut.digest


def test_weights_of_nodes_count():
    graph = networkx.path_graph(3)
    graph.nodes[1]["value"] = 5
    weighted = IndependentSet.from_networkx(graph, "value")
    assert weighted.judge(np.array([0, 1, 0])).objective == 5
    assert IndependentSet.from_networkx(graph).judge(np.array([0, 1, 0])).objective == 1
    assert IndependentSet.from_networkx(weighted.to_networkx(), "weight").digest == weighted.digest


def test_labels_with_hyphens_leave_the_rows_distinct():
    problem = IndependentSet.from_networkx(networkx.Graph([("a", "b-c"), ("a-b", "c")]))
    assert problem.program.constraints.names == ("edge 'a'-'b-c'", "edge 'a-b'-'c'")
    assert IndependentSet(2, [[0, 1]]).program.constraints.names == ("edge 1-2",)


def test_equal_content_has_one_digest():
    assert MultidimensionalKnapsack([1], [[-0.0]], [2], reference=1).digest == (
        MultidimensionalKnapsack([1.0], [[0.0]], [2.0], reference=1.0).digest
    )
    assert MaxCut(3, [[2, 0], [1, 0]]).digest == MaxCut(3, [[0, 1], [0, 2]], [1.0, 1.0], (1, 2, 3)).digest
    assert MaxCut(3, [[0, 1]]).digest != MaxCut(4, [[0, 1]]).digest
    assert MaxCut(3, [[0, 1]]).digest != IndependentSet(3, [[0, 1]]).digest


def test_chu_beasley_instances_are_integral_and_as_tight_as_asked():
    drawn = MultidimensionalKnapsack.random(n=50, m=4, tightness=0.25, seed=3)
    for data in (drawn.profits, drawn.weights, drawn.capacities):
        np.testing.assert_array_equal(data, np.round(data))
    np.testing.assert_array_equal(drawn.capacities, np.floor(0.25 * drawn.weights.sum(axis=1)))
    assert drawn.weights.min() >= 1
    assert drawn.weights.max() <= 1000


@pytest.mark.parametrize(
    ("build", "named"),
    [
        (lambda: MultidimensionalKnapsack([1.0], [[-1.0]], [1.0]), r"weights\[0, 0\]"),
        (lambda: MultidimensionalKnapsack([1.0], [[1.0]], [-1.0]), r"capacities\[0\]"),
        (lambda: MultidimensionalKnapsack([np.nan], [[1.0]], [1.0]), r"profits\[0\]"),
        (lambda: MultidimensionalKnapsack([1.0, 2.0], [[1.0]], [1.0]), "shape of weights"),
        (lambda: MaxCut(2, [[0, 0]]), r"edges\[0\]"),
        (lambda: MaxCut(2, [[0, 2]]), r"edges\[0, 1\]"),
        (lambda: MaxCut(2, [[0, 1]], labels=("a", "a")), "labels"),
        (lambda: MaxCut.from_networkx(networkx.DiGraph([(0, 1)])), "directed"),
        (lambda: IndependentSet(0, np.zeros((0, 2))), "num_nodes"),
        (lambda: MaxCut(2, [[0, 1]], labels=(1, "1")), "labels"),
        (lambda: MaxCut(2, [[0, 1], [0, 1]], [1e308, 1e308]), r"weights\[0\]"),
        (lambda: MaxCut.from_networkx(networkx.Graph([(0, 1, {"weight": "x"})])), "weights"),
        (lambda: MaxCut.from_networkx(networkx.Graph([(0, 1, {"weight": None})])), "weights"),
        (lambda: MaxCut.regular(3, 5), "degree"),
        (lambda: MaxCut.regular(4, 4), "degree"),
        (lambda: MaxCut.random(5, 2.0), "density"),
        (lambda: IndependentSet.random(5, np.nan), "probability"),
        (lambda: IndependentSet.random(2.5), "n is 2.5"),
        (lambda: MultidimensionalKnapsack([], np.zeros((1, 0)), [1.0]), "profits"),
        (lambda: KNAPSACK.encode([4]), "the item"),
        (lambda: KNAPSACK.encode("12"), "the items is 12; expected labels in a list"),
        (lambda: KNAPSACK.encode(12), "labels in a list"),
        (lambda: KNAPSACK.plot(np.ones(2)), "shape of the solution"),
        (lambda: MaxCut.random(5).plot(np.ones(2)), "shape of the solution"),
        (lambda: KNAPSACK.encode([1, 1]), "each item once"),
        (lambda: KNAPSACK.judge(np.array([1, 0])), "shape of the solution"),
    ],
)
def test_bad_input_is_named(build, named):
    with pytest.raises(ProblemError, match=named):
        build()
