"""Telling what a file holds by its content, and refusing to guess."""

import pytest

from problems.errors import ProblemError
from problems.formats import read
from problems.formats.detection import detect

# 11 edges of 2 nodes, or 2 knapsacks of 11 items and of 2, with optima 2 and 2 that are right
GRAPH_OR_KNAPSACKS = "2 11\n1 2 2\n" + "2 1 2\n" * 3 + "2 1 9\n" * 4 + "1 2 1\n2 1 2\n1 2 2\n"
GRAPH = "c words\np edge 3 2\ne 1 2\ne 2 3\n"


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("program", '{"format": "hybrid-program"}'),
        ("program", '{"format": "hybrid-program", "names": ["qubits"]}'),
        ("ground-state", '{"qubits": 1, "terms": {"X": 1}}'),
        ("program", '\n  {\n "format": 1'),
        ("lp", "Minimize\n obj: x\nEnd"),
        ("lp", "\\ a comment\n\\Problem name: p\n\nMAXIMISE\n obj: 2 x\nend"),
        ("lp", "max: x\n"),
        ("lp", "minimum x\nst\n"),
        ("lp", "Subject   To\n c: x >= 1\nBinary\n x\n"),
        ("lp", "s.t.\n c: x >= 1\n"),
        ("lp", "such that\n c: x >= 1\n"),
        ("mps", "NAME          p\nROWS\n N obj\n"),
        ("mps", "* a comment\n*another\nNAME\nROWS\n N obj\n"),
        ("mps", "ROWS\n N obj\n"),
        ("mps", "OBJSENSE\n MAX\nNAME p\n"),
        ("mps", "OBJSENSE MAX\nNAME p\n"),
        ("tsp", "NAME: p\nTYPE: TSP\n"),
        ("tsp", "NAME : p\nTYPE : TSP\n"),
        ("tsp", "name:p\n"),
        ("tsp", "COMMENT : minimize: NAME ROWS\n"),
        ("tsp", "TYPE : TOUR\n"),
        ("tsp", "EDGE_WEIGHT_SECTION\n 1 2"),
        ("qubo", "c words\np qubo 0 2 1 0\n0 0 1\n"),
        ("mis", GRAPH),
        ("mis", GRAPH.replace("edge", "col")),
        ("mis", GRAPH.replace("p edge ", "")),
        ("mis", "3 2\ne 1 2\ne 2 3\n"),
        ("maxcut", "3 2\n1 2 1\n2 3 -1\n"),
        ("maxcut", "3 2\n1 2\n2 3\n"),
        ("mdkp", "3 2 9\n5 4 3\n2 3 1\n4 1 2\n5 6\n"),
        ("mdkp", "1 3 2 9 5 4 3 2 3 1 4 1 2 5 6"),
        ("mdkp", "2\n1 1 5 5 1 1\n1 1 5 5 1 1"),
        ("sac94", "2 3 5 4 3 5 6 2 3 1 4 1 2 9"),
        ("qap", "2\n0 1\n1 0\n0 3\n3 0\n"),
        ("qap", "2,0,1,1,0,0,3,3,0"),
        ("qap", "1 1 1"),
    ],
)
def test_content_tells_the_kind(kind, text):
    for form in (text, text.replace("\n", "\r\n"), "\n \n" + text):
        assert detect(form, "case.txt") == kind


@pytest.mark.parametrize(
    ("name", "kind"),
    [("a.clq", "clique"), ("a.CLQ", "clique"), ("a.txt", "mis"), ("a.col", "mis"), ("clq", "mis")],
)
def test_the_name_says_what_is_asked_of_a_graph(name, kind):
    assert detect(GRAPH, name) == kind


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("1 1 1 1 1 1", "mdkp, sac94"),
        ("4 0\n", "maxcut, mis, clique, vertex-cover"),
        ("2 6 1 0 1 " + "1 " * 18, "mdkp-single, mdkp-multi"),
        (GRAPH_OR_KNAPSACKS, "mdkp, maxcut"),
    ],
)
def test_where_several_fit_their_words_are_named(file, text, words):
    with pytest.raises(ProblemError) as caught:
        read(file(text))
    assert str(caught.value).startswith(
        "the kind of problem in case.txt is not certain; expected named, one of " + words
    )
    assert str(caught.value).endswith("(--problem names it)")
    for kind in caught.value.expected.removeprefix("named, one of ").split(", "):
        read(file(text), kind, 1)


def test_a_graph_is_told_by_its_lines(file):
    assert read(file(GRAPH_OR_KNAPSACKS), "maxcut").weights.tolist() == [49]
    assert detect(GRAPH_OR_KNAPSACKS.replace("\n", " "), "case.txt") == "mdkp"
    impossible = GRAPH_OR_KNAPSACKS.replace("1 2 2\n", "1 2 3\n", 1)  # a profit of 3 where the best is 2
    assert detect(impossible, "case.txt") == "maxcut"
    assert detect(impossible.replace("\n", " "), "case.txt") == "mdkp"


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("", r"case.txt is empty; expected a file that begins with \{ \(our JSON\), minimize"),
        ("\n \n", "case.txt is empty"),
        ("hello\n", "case.txt, line 1 is 'hello'; expected a beginning of a problem file"),
        ("[1, 2]", "case.txt, line 1 is '.1, 2.'"),
        ("c words\np cnf 3 2\n", "case.txt, line 2 is 'p cnf 3 2'; expected a beginning of a problem file"),
        ("p max 3 2\n", "case.txt, line 1 is 'p max 3 2'"),
        ("NAMES x\n", "case.txt, line 1 is 'NAMES x'"),
        ("minimal\n", "case.txt, line 1 is 'minimal'"),
        ("c words\n", "case.txt, line 1 is 'c words'"),
        ("3 2 9 5 4", "in case.txt is not known; expected a file that one kind fits: as mdkp, line 1 is the"),
        ("3 2 9 5 4", "as sac94, line 1 is the end of the file, not capacity 2: it is cut short"),
        ("3 2 9 5 4", "as qap, line 1 is the end of the file, not entry 5 of the first matrix"),
        ("3 2 9 5 4", "as maxcut, line 1 is '3 2 9 5 4', not two numbers, of nodes and of edges"),
        ("3 2\n1 2\n2 4\n", r"as maxcut, line 3 is '4', not a node, an integer in \[1, 3\]"),
        ("2 0 1 1 0 0 3 3", "as qap, line 1 is the end of the file, not entry 4 of the second matrix: it is"),
    ],
)  # fmt: skip
def test_where_none_fits_it_says_why(file, text, named):
    with pytest.raises(ProblemError, match=named):
        read(file(text))


def test_json_says_itself_what_it_is_also_when_a_qubo_was_asked_for(file):
    path = file(
        '{"format": "hybrid-program", "version": 1, "kind": "qubo", "names": ["a"], "linear": {"a": 2}}'
    )
    assert read(path).digest == read(path, "qubo").digest
