"""QUBOs and Ising models as networkx graphs: nothing is lost, and graphs that say too little are refused."""

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from problems.binary.program import BinaryProgram
from problems.binary.quadratic import QuadraticForm
from problems.binary.qubo import Ising, Qubo
from problems.bridges import from_networkx, to_networkx
from problems.errors import ProblemError
from problems.storage import digest


@settings(deadline=None, max_examples=40)
@given(
    seed=st.integers(0, 10_000), kind=st.sampled_from([Qubo, Ising]), reference=st.sampled_from([None, -7.5])
)
def test_nothing_is_lost(seed, kind, reference):
    rng = np.random.default_rng(seed)
    n = int(rng.integers(1, 9))
    form = QuadraticForm.from_matrix(
        rng.normal(size=(n, n)) * (rng.random((n, n)) < 0.4), offset=rng.normal()
    )
    problem = kind(form, tuple(f"site {k}" for k in rng.permutation(n)), reference)
    graph = to_networkx(problem)
    assert graph.number_of_edges() == form.num_couplings
    assert digest(from_networkx(graph)) == digest(problem)


def test_graphs_made_by_hand():
    graph = nx.MultiGraph()
    graph.add_node("b", bias=2)
    graph.add_edge("a", "b", weight=1.5)
    graph.add_edge("b", "a", weight=2)
    ising = from_networkx(graph)
    assert isinstance(ising, Ising)
    assert ising.names == ("b", "a")
    assert ising.energies(np.array([1, -1])) == 2 - 3.5


def graph_with(nodes, edges, kind=nx.Graph):
    graph = kind()
    graph.add_nodes_from(nodes)
    graph.add_edges_from(edges)
    return graph


@pytest.mark.parametrize(
    ("graph", "words"),
    [
        (graph_with([(0, {"bias": 1})], [(0, 1, {"weight": 1})], nx.DiGraph), ["directed"]),
        (graph_with([0, 1], [(0, 1, {"weight": 1})]), ["both absent", "bits", "spins"]),
        (graph_with([(0, {"bias": 1}), (1, {"linear": 1})], []), ["both present"]),
        (graph_with([(0, {"bias": 1})], [(0, 1)]), ["weight of edge (0, 1)", "None"]),
        (graph_with([(0, {"bias": "1"})], []), ["bias of node 0"]),
        (graph_with([(0, {"linear": 1})], [(0, 0, {"weight": 1})]), ["(0, 0)", "two different nodes"]),
        (graph_with([(0, {"linear": 1}), ("0", {"linear": 1})], []), ["names", "each name once"]),
    ],
)
def test_graphs_that_are_no_model_are_refused(graph, words):
    with pytest.raises(ProblemError) as error:
        from_networkx(graph)
    assert all(word in str(error.value) for word in words)


def test_problems_with_rows_are_refused():
    with pytest.raises(ProblemError, match="BinaryProgram"):
        to_networkx(BinaryProgram.random(4))
