"""QAPLIB: problems, and solutions in exactly its convention."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from problems.binary.assignment import QuadraticAssignment
from problems.binary.maxcut import MaxCut
from problems.errors import ProblemError
from problems.formats import read, read_permutation, read_solution, write_assignment

SMALL = "3\n\n0 5 2\n1 0 3\n4 0 7\n\n0 8 1\n2 0 9\n6 5 0\n"


def cost_in_words(problem, permutation):
    """Σ_ij A_ij B_p(i)p(j) with p from 1, term by term."""
    count = range(problem.size)
    return sum(
        problem.flows[i, j] * problem.distances[permutation[i] - 1, permutation[j] - 1]
        for i in count
        for j in count
    )


@settings(deadline=None)
@given(n=st.integers(1, 6), seed=st.integers(0, 10**6), integral=st.booleans())
def test_what_is_written_is_read(tmp_path_factory, n, seed, integral):
    rng = np.random.default_rng(seed)
    draw = (lambda: rng.integers(-9, 99, (n, n))) if integral else (lambda: rng.normal(size=(n, n)))
    problem = QuadraticAssignment(draw(), draw())
    path = write_assignment(problem, tmp_path_factory.mktemp("qap") / "a.dat")
    assert read(path, "qap").digest == problem.digest
    assert read(path).digest == problem.digest


@pytest.mark.parametrize(
    "text",
    [
        SMALL,
        SMALL.replace("\n", " "),
        SMALL.replace(" ", ","),
        SMALL.replace(" ", ", "),
        ",\n".join(SMALL.split()),
        SMALL.replace("\n", "\r\n"),
    ],
)
def test_layout_and_commas_carry_no_meaning(file, text):
    problem = read(file(text))
    assert isinstance(problem, QuadraticAssignment)
    assert problem.flows.tolist() == [[0, 5, 2], [1, 0, 3], [4, 0, 7]]
    assert problem.distances.tolist() == [[0, 8, 1], [2, 0, 9], [6, 5, 0]]


@pytest.mark.parametrize("order", list(itertools.permutations((1, 2, 3))))
@pytest.mark.parametrize("form", ["3 0\n{} {} {}\n", "3,0\n{},\n{},{}", "  3   17.5  {}\n\n{} {}"])
def test_a_solution_file_is_scored_as_the_formula_says(file, order, form):
    problem, path = read(file(SMALL), "qap"), file(form.format(*order), "a.sln")
    assert read_permutation(path) == order
    bits = read_solution(problem, path)
    assert problem.judge(bits).objective == cost_in_words(problem, order)
    assert problem.judge(bits).feasible
    assert problem.decode(bits) == order


def test_the_inverse_permutation_is_another_solution(file):
    problem = read(file(SMALL), "qap")
    costs = {
        order: problem.judge(read_solution(problem, file("3 0 {} {} {}".format(*order), "a.sln"))).objective
        for order in ((2, 3, 1), (3, 1, 2))
    }
    assert costs[2, 3, 1] != costs[3, 1, 2]


@pytest.mark.parametrize("text", ["1 2 3", "2,1,3", "[1, 2, 3]", "", "x 3 1 2", "5 1 2 3"])
def test_what_is_no_solution_file_is_left_to_others(file, text):
    assert read_solution(read(file(SMALL), "qap"), file(text, "a.sln")) is None


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("3 0\n1 2\n", "a.sln, line 2 is the end of the file; expected the location of facility 3"),
        ("3 0\n1 2 3\n1", "a.sln, line 3 is '1'; expected the end of the file after the permutation"),
        (
            "3 0\n1 2 0\n",
            r"a.sln, line 2 is '0'; expected the location of facility 3, an integer in \[1, 3\]",
        ),
        ("3 0\n1 2 4\n", "a.sln, line 2 is '4'"),
        ("3 0\n1 2\n2", "a.sln, line 3 is '2'; expected the location of facility 3, each once"),
        ("3 x\n1 2 3", "a.sln, line 1 is 'x'; expected the cost, a finite number"),
        ("4 0\n1 2 3 4", "a.sln, the number of locations is 4; expected 3"),
    ],
)
def test_a_damaged_solution_is_one_sentence_with_its_place(file, text, named):
    problem = read(file(SMALL), "qap")
    with pytest.raises(ProblemError, match=named):
        read_solution(problem, file(text, "a.sln"))


@pytest.mark.parametrize(
    ("text", "named"),
    [
        (SMALL[:-4], "line 9 is the end of the file; expected entry 8 of the second matrix: it is cut short"),
        (SMALL + "1", "line 10 is '1'; expected the end of the file after both matrices"),
        (SMALL.replace("7", "seven"), "line 5 is 'seven'; expected entry 9 of the first matrix, a finite"),
        ("0", "line 1 is '0'; expected the number of facilities, an integer ≥ 1"),
        ("2.5 1", "line 1 is '2.5'; expected the number of facilities, an integer"),
        ("1000000000 1 2", "line 1 is the end of the file; expected entry 3 of the first matrix"),
        ("", "line 1 is the end of the file; expected the number of facilities"),
    ],
)  # fmt: skip
def test_a_bad_file_is_one_sentence_with_its_place(file, text, named):
    with pytest.raises(ProblemError, match=named) as caught:
        read(file(text), "qap")
    assert str(caught.value).startswith("case.txt, line")


def test_a_field_without_solution_files_has_none(file):
    assert read_solution(MaxCut.random(4), file("4 0 1 2 3 4", "a.sln")) is None
