"""The builder: what readers collect becomes the simplest problem, or one sentence that names the variable."""

import math

import numpy as np
import pytest

from problems.binary.builder import ProgramBuilder
from problems.binary.integer import IntegerProgram
from problems.binary.program import BinaryProgram
from problems.errors import ProblemError


def test_bits_and_linear_rows_are_a_binary_program():
    builder = ProgramBuilder()
    x, y = builder.variable("x"), builder.variable("y", "integer", 0, 1)
    builder.objective({x: 2.0}, {(x, y): 3.0, (y, y): 1.0}, 5.0, "max")
    builder.row("both", {x: 1.0, y: 1.0}, "<=", 1.0)
    builder.row(None, {x: 1.0}, ">=", 0.0)
    problem = builder.problem(reference=9)
    assert isinstance(problem, BinaryProgram)
    assert problem.constraints.names == ("both", "r1")
    assert problem.reference == 9
    verdict = problem.judge(np.array([1, 1]))
    assert verdict.objective == 11
    assert verdict.violations == {"both": 1.0}


def test_bounds_and_kinds_may_change_until_the_end():
    builder = ProgramBuilder()
    x = builder.variable("x", "continuous", 0.0, math.inf)
    builder.kind(x, "integer")
    builder.bounds(x, high=7.9)
    builder.bounds(x, low=-1.5)
    assert builder.bounds_of(x) == (-1.5, 7.9)
    problem = builder.problem()
    assert isinstance(problem, IntegerProgram)
    assert (problem.low[0], problem.high[0]) == (-1, 7)


def test_quadratic_rows_make_an_integer_program():
    builder = ProgramBuilder()
    x, y = builder.variable("x"), builder.variable("y")
    builder.row("product", {}, "<=", 0.0, {(x, y): 1.0})
    builder.row("product of nothing", {x: 1.0}, "<=", 1.0, {(x, y): 0.0})
    problem = builder.problem()
    assert isinstance(problem, IntegerProgram)
    assert problem.judge(np.array([1, 1])).violations == {"product": 1.0}
    assert problem.linear_rows.names == ("product of nothing",)


def test_a_continuous_variable_fixed_to_an_integer_is_one():
    builder = ProgramBuilder()
    builder.variable("x", "continuous", 3.0, 3.0)
    assert builder.problem().judge(np.array([3])).feasible


def test_default_row_names_step_aside():
    builder = ProgramBuilder()
    x = builder.variable("x")
    builder.row(None, {x: 1.0}, "<=", 1.0)
    builder.row("r0", {x: 1.0}, ">=", 0.0)
    assert builder.problem().constraints.names == ("r0'", "r0")


@pytest.mark.parametrize(
    ("variable", "match"),
    [
        (("continuous", 0.0, 1.0), "file.lp, line 3, variable x is continuous.*discretise"),
        (("integer", 0.0, math.inf), "variable x is an integer in.*bound it"),
        (("integer", 0.2, 0.8), "room for an integer"),
        (("binary", 2.0, 1.0), "room for an integer"),
    ],
)
def test_what_is_no_bounded_integer_is_refused_by_name(variable, match):
    builder = ProgramBuilder()
    kind, low, high = variable
    builder.variable("x", kind, low, high, where="file.lp, line 3")
    with pytest.raises(ProblemError, match=match):
        builder.problem()


def test_names_are_given_once():
    builder = ProgramBuilder()
    builder.variable("x")
    with pytest.raises(ProblemError, match="each name once"):
        builder.variable("x")
