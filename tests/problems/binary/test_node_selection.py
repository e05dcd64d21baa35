"""Cliques and covers against the independent sets that they are."""

import networkx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from classical.binary.exhaustive import Exhaustive
from problems.binary.clique import Clique
from problems.binary.independent_set import IndependentSet
from problems.binary.vertex_cover import VertexCover
from tests.problems.binary.enumeration import all_bits


@given(seed=st.integers(0, 300))
def test_three_words_for_one_structure(seed):
    clique = Clique.random(7, 0.5, seed=seed)
    bits = all_bits(7)
    np.testing.assert_array_equal(clique.ranks(bits), clique.complement.ranks(bits))
    np.testing.assert_array_equal(clique.ranks(bits), clique.program.ranks(bits))
    cover = VertexCover(7, clique.edges)
    np.testing.assert_array_equal(cover.ranks(bits), cover.program.ranks(bits))
    independent = IndependentSet(7, clique.edges)
    np.testing.assert_array_equal(cover.ranks(bits)[:, 0], independent.ranks(1 - bits)[:, 0])
    assert cover.judge(bits[5]).metrics["size"] == bits[5].sum()


@given(seed=st.integers(0, 100))
def test_optima_are_those_of_networkx(seed):
    graph = networkx.gnp_random_graph(8, 0.5, seed=seed)
    largest = max(map(len, networkx.find_cliques(graph)))
    assert Exhaustive().solve(Clique.from_networkx(graph), progress=False).objective == largest
    independent = max(map(len, networkx.find_cliques(networkx.complement(graph))))
    assert Exhaustive().solve(IndependentSet.from_networkx(graph), progress=False).objective == independent
    assert Exhaustive().solve(VertexCover.from_networkx(graph), progress=False).objective == 8 - independent


def test_violations_say_which_pair():
    clique = Clique(3, [(0, 1)])
    assert clique.judge(np.array([1, 0, 1])).violations == {"no edge 1-3": 1.0}
    cover = VertexCover(3, [(0, 1)])
    assert cover.judge(np.array([0, 0, 1])).violations == {"uncovered edge 1-2": 1.0}


@pytest.mark.parametrize("kind", [IndependentSet, Clique, VertexCover])
def test_weights_and_labels_travel(kind):
    graph = networkx.path_graph(["a", "b", "c"])
    networkx.set_node_attributes(graph, {"a": 2.0, "c": 5.0}, "cost")
    problem = kind.from_networkx(graph, weight="cost")
    assert problem.judge(problem.encode(["a", "c"])).objective == 7
    assert problem.judge(problem.encode(["b"])).objective == 1
    assert networkx.utils.graphs_equal(
        networkx.Graph(problem.to_networkx().edges), networkx.Graph(graph.edges)
    )
