"""DIMACS and rudy: one graph, whatever is asked of it, read at once or line by line."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from problems.binary.clique import Clique
from problems.binary.independent_set import IndependentSet
from problems.binary.maxcut import MaxCut
from problems.binary.vertex_cover import VertexCover
from problems.errors import ProblemError
from problems.formats import (
    read,
    write_clique,
    write_cut,
    write_independent_set,
    write_vertex_cover,
)
from problems.formats.edge_lines import columns, edges_of
from problems.formats.numbers import lines_of_text

GRAPH = "c a path\np edge 4 3\ne 1 2\ne 3 2\ne 3 4\n"
PATH = [[0, 1], [1, 2], [2, 3]]
SELECTIONS = {
    "mis": (IndependentSet, write_independent_set),
    "clique": (Clique, write_clique),
    "vertex-cover": (VertexCover, write_vertex_cover),
}
WORDS = st.sampled_from(["e", "1", "2", "3", "4", "0", "-1", "2.0", "1.5", "x", "1e1", "nan"])


@pytest.mark.parametrize("kind", list(SELECTIONS))
@settings(deadline=None, max_examples=30)
@given(n=st.integers(1, 9), density=st.floats(0, 1), seed=st.integers(0, 10**6))
def test_what_is_written_is_read(tmp_path_factory, kind, n, density, seed):
    problem_class, write = SELECTIONS[kind]
    problem = problem_class.random(n, density, seed=seed)
    path = write(problem, tmp_path_factory.mktemp("graphs") / "a.clq")
    assert read(path, kind).digest == problem.digest
    assert problem_class.read(path).digest == problem.digest
    assert isinstance(read(path), Clique)
    assert isinstance(read(path.rename(path.with_suffix(".txt"))), IndependentSet)


@pytest.mark.parametrize("kind", list(SELECTIONS))
def test_every_question_takes_the_graph_as_it_is_written(file, kind):
    graph = read(file(GRAPH), kind)
    assert isinstance(graph, SELECTIONS[kind][0])
    assert graph.edges.tolist() == PATH
    with pytest.raises(ProblemError, match="weights is not all 1"):
        SELECTIONS[kind][1](SELECTIONS[kind][0](2, [(0, 1)], [1, 2]), file(GRAPH))


def test_the_answers_differ_as_they_should(file):
    chosen = {"mis": (1, 3), "clique": (2, 3), "vertex-cover": (2, 3)}
    for kind, labels in chosen.items():
        problem = read(file(GRAPH), kind)
        assert problem.judge(problem.encode(labels)).feasible
        assert problem.judge(problem.encode((1, 4))).feasible == (kind == "mis")


@pytest.mark.parametrize(
    ("text", "weights"),
    [
        (GRAPH, [1, 1, 1]),
        (GRAPH.replace("p edge ", ""), [1, 1, 1]),
        (GRAPH.replace("e 3 2", "e 3 2 -7"), [1, -7, 1]),
        (GRAPH.replace("edge 4 3", "col 4 4") + "e 4 3", [1, 1, 1]),
        (GRAPH.replace("e 3 4", "e 3 4 2.5").replace("4 3", "4 4", 1) + "e 4 3 2.5", [1, 1, 2.5]),
    ],
)
def test_a_cut_of_a_dimacs_graph(file, text, weights):
    problem = read(file(text), "maxcut")
    assert isinstance(problem, MaxCut)
    assert problem.edges.tolist() == PATH
    assert problem.weights.tolist() == weights


@pytest.mark.parametrize("mark", ["", "e"])
@given(table=st.lists(st.lists(WORDS, min_size=1, max_size=5), max_size=4), weighted=st.booleans())
def test_many_lines_are_read_as_each_alone(mark, table, weighted):
    lines = list(lines_of_text("\n".join(" ".join(words) for words in table), "f"))
    alone, together = (
        [edges_or_error([line], mark, weighted) for line in lines],
        edges_or_error(lines, mark, weighted),
    )
    errors = [answer for answer in alone if isinstance(answer, str)]
    assert together == (errors[0] if errors else [edge for answer in alone for edge in answer])


def edges_or_error(lines, mark, weighted):
    try:
        edges, weights = edges_of(lines, 3, mark, weighted)
    except ProblemError as error:
        return str(error)
    return [(*ends, weight) for ends, weight in zip(edges.tolist(), weights.tolist(), strict=True)]


def test_lines_of_one_width_make_columns():
    lines = list(lines_of_text("e 1 2\ne 3 4", "f"))
    assert np.array_equal(columns(lines, "e"), [[1, 2], [3, 4]])
    assert columns(lines) is None
    assert columns(lines[:1] + list(lines_of_text("e 1", "f")), "e") is None
    assert columns([]) is None


@settings(deadline=None, max_examples=30)
@given(n=st.integers(2, 9), seed=st.integers(0, 10**6), integral=st.booleans())
def test_a_cut_is_read_as_it_was_written(tmp_path_factory, n, seed, integral):
    problem = MaxCut.random(n, seed=seed)
    if not integral:
        problem = MaxCut(n, problem.edges, np.random.default_rng(seed).normal(size=len(problem.edges)))
    path = write_cut(problem, tmp_path_factory.mktemp("graphs") / "a.txt")
    assert read(path, "maxcut").digest == problem.digest


@pytest.mark.parametrize("kind", ["mis", "clique", "vertex-cover", "maxcut"])
@pytest.mark.parametrize(
    ("text", "named"),
    [
        (GRAPH.replace("e 3 4\n", ""), "line 4 is the end of the file; expected 3 edges, there are 2"),
        (GRAPH + "e 1 4\n", "line 6 is 'e 1 4'; expected the end of the file after 3 edges"),
        (GRAPH.replace("e 1 2", "e 0 2"), r"line 3 is '0'; expected a node, an integer in \[1, 4\]"),
        (GRAPH.replace("e 1 2", "e 1 5"), "line 3 is '5'; expected a node"),
        (GRAPH.replace("e 1 2", "e 1 1"), "line 3 is 'e 1 1'; expected an edge between two different nodes"),
        (GRAPH.replace("e 1 2", "e 1"), "line 3 is 'e 1'; expected an edge: e and two nodes"),
        (GRAPH.replace("e 1 2", "e 1 2 3 4"), "line 3 is 'e 1 2 3 4'; expected an edge: e and two nodes"),
        (GRAPH.replace("e 1 2", "a 1 2"), "line 3 is 'a 1 2'; expected an edge"),
        (GRAPH.replace("4 3", "4", 1), "line 2 is 'p edge 4'; expected a header 'p edge n m'"),
        (GRAPH.replace("4 3", "0 3", 1), "line 2 is '0'; expected the number of nodes"),
        (GRAPH.replace("4 3", "1000000000 3", 1), "line 2 is '1000000000'; expected the number of nodes"),
        (GRAPH.replace("4 3", "4 -3", 1), "line 2 is '-3'; expected the number of edges"),
        (GRAPH.replace("4 3", "4 1000000000", 1), "line 5 is the end of the file; expected 1000000000 edges"),
    ],
)
def test_a_bad_graph_is_one_sentence_with_its_place(file, kind, text, named):
    with pytest.raises(ProblemError, match=named) as caught:
        read(file(text), kind)
    assert str(caught.value).startswith("case.txt, line")


def test_an_edge_has_one_weight(file):
    text = "p edge 3 2\ne 1 2 5\ne 2 1 6\n"
    with pytest.raises(
        ProblemError, match="line 3 is 'e 2 1 6'; expected the weight that this edge has in line 2"
    ):
        read(file(text), "maxcut")
    with pytest.raises(ProblemError, match="line 2 is 'e 1 2 5'; expected an edge: e and two nodes"):
        read(file(text), "mis")
