"""Every format: round trips, layouts that carry no meaning, and bad files in one sentence."""

import importlib
import json

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from problems.binary.independent_set import IndependentSet
from problems.binary.knapsack import MultidimensionalKnapsack
from problems.binary.maxcut import MaxCut
from problems.binary.program import BinaryProgram
from problems.binary.qubo import Ising, Qubo
from problems.errors import ProblemError
from problems.formats import (
    KINDS,
    read,
    write_cut,
    write_independent_set,
    write_json,
    write_knapsack,
    write_qubo,
)

SEEDS = st.integers(0, 10_000)
TWICE = settings(deadline=None, max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
SINGLE = "3 2 7\n5 4 3\n2 3 1\n4 1 2\n5 6\n"
ROW = {"name": "r", "terms": {"a": 1}, "relation": "<=", "right": 0}
DOCUMENT = {
    "format": "hybrid-program", "version": 1, "kind": "program", "names": ["a", "b"], "linear": {"a": 1},
    "offset": 0,
}  # fmt: skip


@TWICE
@given(seed=SEEDS, kind=st.sampled_from(["mdkp", "maxcut", "mis", "qubo", "program"]))
def test_what_is_written_is_read(tmp_path, seed, kind):
    rng = np.random.default_rng(seed)
    problem, write = {
        "mdkp": (
            MultidimensionalKnapsack(rng.random(4), rng.random((2, 4)), rng.random(2), 1.5),
            write_knapsack,
        ),
        "maxcut": (MaxCut.random(7, seed=seed), write_cut),
        "mis": (IndependentSet.random(7, seed=seed), write_independent_set),
        "qubo": (Qubo.from_matrix(rng.normal(size=(5, 5)), offset=0.1), write_qubo),
        "program": (BinaryProgram.random(6, seed=seed), write_json),
    }[kind]
    assert read(write(problem, tmp_path / "case"), kind).digest == problem.digest


@pytest.mark.parametrize("problem", [Qubo.random(4, seed=1), Ising.random(4, seed=1)], ids=["qubo", "ising"])
def test_models_keep_their_kind_in_json(tmp_path, problem):
    assert read(write_json(problem, tmp_path / "m.json")).digest == problem.digest


def test_a_program_is_not_read_as_a_qubo(tmp_path):
    path = write_json(BinaryProgram.random(4), tmp_path / "m.json")
    with pytest.raises(ProblemError, match=r"m\.json is a BinaryProgram; expected a Qubo"):
        read(path, "qubo")
    assert isinstance(read(path, "program"), BinaryProgram)


@pytest.mark.parametrize(
    "text",
    [
        SINGLE,
        SINGLE.replace("\n", " "),
        SINGLE.replace("\n", "\r\n"),
        "\n\n" + SINGLE.replace(" ", "\t\n") + "\n \n",
        SINGLE.encode("utf-16"),
        b"\xef\xbb\xbf" + SINGLE.encode(),
        "1 " + SINGLE,
    ],
)
def test_the_layout_of_a_knapsack_carries_no_meaning(file, text):
    problem = read(file(text), "mdkp")
    assert problem.profits.tolist() == [5, 4, 3]
    assert problem.weights.tolist() == [[2, 3, 1], [4, 1, 2]]
    assert problem.capacities.tolist() == [5, 6]
    assert problem.reference == 7


def test_several_knapsacks_are_counted_from_one(file):
    path = file("2 " + SINGLE + "1 1 0 9 2 3")
    assert read(path, "mdkp", index=1).n == 3
    assert read(path, "mdkp", index=2).profits.tolist() == [9]
    assert read(path, "mdkp", index=2).reference is None
    with pytest.raises(ProblemError, match="holds 2.*--index"):
        read(path, "mdkp")
    for index in (0, 3):
        with pytest.raises(ProblemError, match="index"):
            read(path, "mdkp", index=index)


def test_a_graph_file_states_the_graph_as_it_is(file):
    graph = read(file("c a comment\np edge 4 3\ne 1 2\ne   2 1\ne 2 3"), "mis")
    assert graph.n == 4
    assert graph.edges.tolist() == [[0, 1], [1, 2]]
    both_ways = read(file("p edge 4 2\ne 1 2\ne 2 1\ne 2 3\ne 3 2\n"), "mis")
    assert both_ways.edges.tolist() == graph.edges.tolist()
    assert read(file("4 1\ne 1 2\n"), "mis").n == 4
    assert read(file("p col 4 1\ne 1 2\n"), "mis").n == 4


def test_a_weight_may_be_left_out_of_a_cut(file):
    assert read(file("3 2\n1 2\n3 2 -4"), "maxcut").weights.tolist() == [1.0, -4.0]


@pytest.mark.parametrize(
    ("kind", "text", "named"),
    [
        ("mdkp", SINGLE[:-3], "line 5 is the end of the file; expected capacity 2"),
        ("mdkp", "3 2 7\n5 4\n", "line 2 is the end of the file"),
        ("mdkp", SINGLE + "8", "line 6 is '8'; expected the end of the file"),
        ("mdkp", SINGLE.replace("4 3", "4 x"), "line 2 is 'x'; expected profit 3"),
        ("mdkp", SINGLE.replace("5 6", "5 -6"), "line 5 is '-6'; expected capacity 2, a number ≥ 0"),
        ("mdkp", SINGLE.replace("4 1 2", "4 -1 2"), "weight 2 of capacity 2"),
        ("mdkp", SINGLE.replace("5 4 3", "5 nan 3"), "line 2 is 'nan'; expected profit 2, a finite number"),
        ("mdkp", SINGLE.replace("5 4 3", "5 inf 3"), "a finite number"),
        ("mdkp", SINGLE.replace("5 4 3", "5 1_0 3"), "line 2 is '1_0'; expected profit 2, a finite number"),
        ("mdkp", "3 2 nan 5 4", "line 1 is 'nan'; expected the best known profit"),
        ("mdkp", "3 2 inf 5 4", "line 1 is 'inf'; expected the best known profit"),
        ("mdkp", "0 1 0", "number of items"),
        ("mdkp", "", "end of the file"),
        ("mdkp", b"\xff\x00\xff", "no text"),
        ("maxcut", "", "empty"),
        ("maxcut", "3 2\n1 2 1\n", "2 edges, there are 1"),
        ("maxcut", "3 1\n1 2 1\n2 3 1\n", "line 3"),
        ("maxcut", "3 1\n0 2 1\n", r"line 2 is '0'; expected a node, an integer in \[1, 3\]"),
        ("maxcut", "3 1\n1 4 1\n", "line 2 is '4'"),
        ("maxcut", "3 1\n1 1 1\n", "two different nodes"),
        ("maxcut", "3 1\n1 2 one\n", "line 2 is 'one'"),
        ("maxcut", "3\n", "two numbers"),
        ("maxcut", "99999999999 0\n", r"the number of nodes, an integer in \[1, 1e\+06\]"),
        ("maxcut", "3 2\n1 2 1e308\n1 2 1e308\n", r"weights\[0\] is inf"),
        ("mis", "c nothing\n", "without a header"),
        ("mis", "p graph 3 1\n", "a header"),
        ("mis", "p edge 3 2\ne 1 2\n", "2 edges, there are 1"),
        ("mis", "p edge 3 1\ne 1 2\ne 2 3\n", "line 3 is 'e 2 3'; expected the end of the file after 1 edge"),
        ("mis", "p edge 3 1\ne 0 2\n", "line 2 is '0'"),
        ("mis", "p edge 3 1\ne 2 2\n", "two different nodes"),
        ("mis", "p edge 3 1\nx 1 2\n", "an edge: e and two nodes"),
        ("qubo", "p qubo 0 2 1 0\n", "0 linear and 0 quadratic"),
        ("qubo", "p qubo 0 2 1 0\n0 2 1\n", "line 2 is '2'"),
        ("qubo", "0 0 1\n", "a header"),
        ("qubo", "p qubo 7 2 1 0\n0 0 1\n", "a header"),
        ("qubo", "p qubo 0 1 2 0\n0 0 1e308\n0 0 1e308\n", r"linear\[0\] is inf"),
        ("program", "{", "line 1"),
        ("program", '{"a": 1}', "hybrid-program"),
        ("program", '{"format": "hybrid-program", "version": 2}', "version"),
        ("program", '{"format": "hybrid-program", "version": 1, "kind": "qubo"}', "names"),
        (
            "program",
            '{"format": "hybrid-program", "version": 1, "kind": "qubo", "names": ["a"], "linear": {"b": 1}}',
            "a variable listed in names",
        ),
    ],
)
def test_a_bad_file_is_one_sentence_with_its_place(file, kind, text, named):
    with pytest.raises(ProblemError, match=named) as caught:
        read(file(text), kind)
    assert "case.txt" in str(caught.value)


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"quadratics": [["a", "b", 1]]}, "quadratics is no key of a program"),
        ({"kind": "qubo", "rows": [ROW]}, "rows.*none in a qubo"),
        ({"kind": "ising", "sense": "max"}, "sense is max.*min, as of every ising"),
        ({"sense": "most"}, "sense is most"),
        ({"names": ["a", "a"]}, "names is a; expected each name once"),
        ({"names": ["a", 1]}, r"names\[1\] is 1; expected a text"),
        ({"quadratic": [["a", "a", 1]]}, "another variable"),
        ({"quadratic": [[["a"], "b", 1]]}, r"quadratic\[0\].*a variable listed in names"),
        ({"offset": 10**17}, r"offset.*2\^53"),
        ({"offset": 10**400}, "offset is inf"),
        ({"offset": float("nan")}, "offset is nan; expected a finite number"),
        ({"linear": {"a": True}}, "linear, a is True"),
        ({"reference": "x"}, "reference is x"),
        ({"rows": [ROW, ROW]}, "names is r; expected each name once"),
        ({"rows": [ROW | {"weight": 3}]}, r"rows\[0\], weight is no key of a row"),
        ({"rows": [ROW | {"relation": ["<="]}]}, r"rows\[0\], relation"),
        ({"rows": [ROW | {"name": 3}]}, r"rows\[0\], name is 3; expected a text"),
        ({"rows": [1]}, r"rows\[0\] is 1; expected an object"),
    ],
)
def test_json_that_means_something_else_is_refused_by_its_key(file, changes, named):
    with pytest.raises(ProblemError, match=named) as caught:
        read(file(json.dumps(DOCUMENT | changes)))
    assert "case.txt" in str(caught.value)


@pytest.mark.parametrize(
    ("text", "named"),
    [
        (json.dumps(DOCUMENT).replace('{"a": 1}', '{"a": 1, "a": 2}'), "key 'a' is given twice"),
        (json.dumps(DOCUMENT).replace("0}", "1" * 5000 + "}"), "offset is inf"),
        ('{"a":' + "[" * 100_000, "nested too deeply"),
    ],
    ids=["key twice", "endless number", "endless nesting"],
)
def test_json_that_python_reads_its_own_way_is_refused(file, text, named):
    with pytest.raises(ProblemError, match=named):
        read(file(text))


def test_a_file_that_cannot_be_written_says_what_the_system_says(tmp_path):
    with pytest.raises(ProblemError, match="No such file"):
        MaxCut.random(4).write(tmp_path / "none" / "cut.txt")


@pytest.mark.parametrize("kind", list(KINDS))
def test_a_missing_file_says_what_the_system_says(tmp_path, kind):
    with pytest.raises(ProblemError, match=r"^[^ ]*none\.dat is No such file"):
        read(tmp_path / "none.dat", kind)


def test_a_kind_that_is_none_names_all(file):
    with pytest.raises(
        ProblemError, match="problem is atsp; expected one of mdkp, mdkp-single, mdkp-multi, sac94"
    ):
        read(file(SINGLE), "atsp")


@pytest.mark.parametrize("kind", list(KINDS))
def test_each_kind_names_what_is_there(kind):
    entry = KINDS[kind]
    for name in filter(None, (entry.problem, entry.reader, entry.writer, entry.solution)):
        module, _, attribute = name.partition(":")
        assert hasattr(importlib.import_module(module), attribute)
    assert entry.description
