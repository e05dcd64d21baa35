"""Multidimensional knapsacks in the layouts of OR-Library and of SAC-94, and telling them apart."""

import itertools
import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from problems.binary.knapsack import MultidimensionalKnapsack
from problems.errors import ProblemError
from problems.formats import read, write_knapsack, write_sac94, write_several_knapsacks
from problems.formats.knapsack_layouts import greedy_profit, impossible_optimum, profit_bound

SAC94 = "2 3\n5 4 3\n5 6\n2 3 1\n4 1 2\n9\n"  # the best packing of capacities 5 and 6 takes items 1 and 2
ONE_OR_SEVERAL = (
    "2 6 1 0 {second} " + "1 " * 12 + "1 1 1 1 1 1"
)  # n m opt …, or 2 problems: 6 1 …, 1 1 1 1 1 1


def best(problem):
    bits = np.array(list(itertools.product((0, 1), repeat=problem.n)))
    packed = np.all(bits @ problem.weights.T <= problem.capacities, axis=1)
    return float((bits @ problem.profits)[packed].max())


@st.composite
def knapsacks(draw, integral=True):
    rng = np.random.default_rng(draw(st.integers(0, 10**6)))
    n, m = draw(st.integers(1, 6)), draw(st.integers(1, 4))
    weights = rng.integers(0, 20, (m, n)) * (rng.random((m, n)) < 0.8)
    profits = rng.integers(-3, 30, n)
    capacities = rng.integers(0, 40, m)
    if not integral:
        weights, profits, capacities = weights / 7, profits / 3, capacities / 7
    return MultidimensionalKnapsack(profits, weights, capacities)


def refusal_of(path):
    """The words that a file of unclear layout is refused with, or "" where it is read."""
    try:
        read(path)
    except ProblemError as error:
        return re.fullmatch(".* is not certain; expected named, one of (.*sac94) .*", str(error))[1]
    return ""


def with_optimum(problem, optimum):
    return MultidimensionalKnapsack(problem.profits, problem.weights, problem.capacities, optimum)


@settings(deadline=None)
@given(problem=st.one_of(knapsacks(), knapsacks(integral=False)))
def test_the_optimum_lies_between_a_packing_and_the_bound(problem):
    optimum = best(problem)
    assert greedy_profit(problem) <= optimum + 1e-9
    assert optimum <= profit_bound(problem) + 1e-9
    assert impossible_optimum(with_optimum(problem, optimum)) == ""


@settings(deadline=None)
@given(problem=knapsacks(), away=st.integers(1, 50))
def test_an_optimum_is_only_refused_where_it_cannot_be(problem, away):
    optimum = best(problem)
    if impossible_optimum(with_optimum(problem, optimum - away)):
        assert greedy_profit(problem) > optimum - away
    if impossible_optimum(with_optimum(problem, optimum + away)):
        assert profit_bound(problem) < optimum + away
    assert impossible_optimum(with_optimum(problem, profit_bound(problem) + 1.0))
    assert "no integer" in impossible_optimum(with_optimum(problem, optimum + 0.5))


@settings(deadline=None)
@given(problem=st.one_of(knapsacks(), knapsacks(integral=False)), known=st.booleans())
def test_round_trips_by_name(tmp_path_factory, problem, known):
    folder = tmp_path_factory.mktemp("knapsacks")
    problem = with_optimum(problem, best(problem) or None) if known else problem
    assert read(write_sac94(problem, folder / "a"), "sac94").digest == problem.digest
    assert read(write_knapsack(problem, folder / "a"), "mdkp-single").digest == problem.digest
    pair = write_several_knapsacks([problem, problem], folder / "a")
    assert read(pair, "mdkp-multi", 2).digest == problem.digest
    assert read(write_several_knapsacks(problem, folder / "a"), "mdkp-multi").digest == problem.digest


@settings(deadline=None)
@given(problem=knapsacks())
def test_the_layout_told_by_content_is_never_the_wrong_one(tmp_path_factory, problem):
    problem = with_optimum(problem, best(problem) or None)
    for write in (write_knapsack, write_sac94):
        path = write(problem, tmp_path_factory.mktemp("knapsacks") / "a")
        assert refusal_of(path) or read(path).digest == problem.digest


@pytest.mark.parametrize("seed", range(5))
def test_drawn_instances_are_told_apart(tmp_path, seed):
    problem = MultidimensionalKnapsack.random(8, 3, seed=seed)
    problem = with_optimum(problem, best(problem))
    for write in (write_knapsack, write_sac94):
        assert read(write(problem, tmp_path / "a")).digest == problem.digest


@pytest.mark.parametrize("layout", ["\n", " ", "\r\n", " \t"])
def test_the_layout_of_sac94_carries_no_meaning(file, layout):
    problem = read(file(SAC94.replace("\n", layout)))
    assert problem.profits.tolist() == [5, 4, 3]
    assert problem.weights.tolist() == [[2, 3, 1], [4, 1, 2]]
    assert problem.capacities.tolist() == [5, 6]
    assert problem.reference == 9
    assert best(problem) == 9


def test_the_other_layout_is_named_where_it_alone_fits(file):
    path = file(SAC94)
    with pytest.raises(ProblemError, match=r"case.txt is doubtful.*--problem sac94 reads it"):
        read(path, "mdkp")
    with pytest.raises(ProblemError, match=r"case.txt is doubtful.*--problem sac94 reads it"):
        MultidimensionalKnapsack.read(path)
    other = write_knapsack(read(path), path)
    with pytest.raises(ProblemError, match=r"case.txt is doubtful.*--problem mdkp-single reads it"):
        read(other, "sac94")


def test_a_named_layout_stands_where_both_fit(file):
    path = file("1 1 1 1 1 1")
    with pytest.raises(ProblemError, match=r"not certain; expected named, one of mdkp, sac94 \(--problem"):
        read(path)
    assert read(path, "mdkp").reference == 1
    assert read(path, "sac94").reference == 1
    contradictory = file("1 1 9 1 1 1")  # as OR-Library 9 of a profit of 1, as SAC-94 1 of a profit of 9
    with pytest.raises(ProblemError, match="not certain"):
        read(contradictory)
    assert read(contradictory, "mdkp").reference == 9
    assert read(contradictory, "sac94").profits.tolist() == [9]


def test_one_problem_or_several_is_told_by_the_optima_or_not_at_all(file):
    path = file(ONE_OR_SEVERAL.format(second=1))
    for kind in ("mdkp", None):
        with pytest.raises(ProblemError, match="mdkp-single.*mdkp-multi.*--problem names it"):
            read(path, kind)
    assert read(path, "mdkp-single").profits.tolist() == [0, 1]
    assert read(path, "mdkp-multi", 1).n == 6
    assert read(path, "mdkp-multi", 2).reference == 1
    several = file(ONE_OR_SEVERAL.format(second=3))  # as one, 1 cannot be the optimum of profits 0 and 3
    assert read(several, index=1).n == 6
    assert read(several, "mdkp", 2).n == 1
    with pytest.raises(ProblemError, match="index is 2; expected 1 … 1"):
        read(several, "mdkp-single", 2)


@pytest.mark.parametrize(
    ("kind", "text", "named"),
    [
        ("sac94", SAC94[:-3], "line 5 is the end of the file; expected the best known profit: it is"),
        ("sac94", SAC94 + "\n1", "line 8 is '1'; expected the end of the file after the best known profit"),
        ("sac94", SAC94.replace("5 6", "5 -6"), "line 3 is '-6'; expected capacity 2, a number ≥ 0"),
        ("sac94", SAC94.replace("4 1 2", "4 1 x"), "line 5 is 'x'; expected weight 3 of capacity 2, a"),
        ("sac94", SAC94.replace("2 3\n", "2.5 3\n", 1), "line 1 is '2.5'; expected the number of capacities"),
        ("sac94", SAC94.replace("2 3\n", "2 0\n", 1), "line 1 is '0'; expected the number of items, an"),
        ("sac94", "1000000000 1000000000 1", "line 1 is the end of the file; expected profit 2"),
        ("mdkp", "1000000000 1000000000 1", "line 1 is the end of the file; expected profit 1"),
        ("mdkp-single", "1000000000 1000000000 0 1", "line 1 is the end of the file; expected profit 2"),
        ("mdkp-multi", "1000000000 1 1 0 5 1 1", "line 1 is the end of the file; expected problem 2"),
        ("mdkp-multi", "2 1 1 0 5 1 1 1 1 0 5 1 1 8", "line 1 is '8'; expected the end of the file after 2"),
        ("mdkp-single", "1 1 0 5 1 1 7", "line 1 is '7'; expected the end of the file after the capacities"),
    ],
)  # fmt: skip
def test_a_bad_file_is_one_sentence_with_its_place(file, kind, text, named):
    with pytest.raises(ProblemError, match=named) as caught:
        read(file(text), kind)
    assert str(caught.value).startswith("case.txt, line")


def test_zero_is_no_optimum_that_could_be_written(tmp_path):
    problem = MultidimensionalKnapsack([1], [[2]], [1], 0)
    for write in (write_knapsack, write_sac94, write_several_knapsacks):
        with pytest.raises(ProblemError, match="reference is 0.*unknown"):
            write(problem, tmp_path / "a")
    with pytest.raises(ProblemError, match="problems is none"):
        write_several_knapsacks([], tmp_path / "a")


def test_numbers_at_the_end_of_the_range_are_only_numbers(file):
    huge = "1e308 " * 2
    problem = read(file(f"2 1 1e308 {huge} {huge} 1e308"), "mdkp-single")
    assert problem.profits.tolist() == [1e308, 1e308]
    assert impossible_optimum(problem) == ""
