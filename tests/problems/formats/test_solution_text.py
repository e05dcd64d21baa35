"""Solution files of other solvers, each in its own layout."""

import highspy
import pytest

from problems.errors import ProblemError
from problems.formats.solution_text import values_by_name

NAMES = ("x", "y[1,2]", "z")
PLAIN = "# Objective value = 5\nx 1\ny[1,2] 0.9999999\nz 0\n"
SCIP = """solution status: optimal solution found
objective value:                                    5
x                                                   1 \t(obj:3)
y[1,2]                                              1 \t(obj:2)
"""
CBC = """Optimal - objective value 5.00000000
      0 x                      1                       3
      1 y[1,2]                 1                       2
"""


@pytest.mark.parametrize("text", [PLAIN, SCIP, CBC], ids=["plain", "SCIP", "CBC"])
def test_each_layout_says_the_same(text):
    values = values_by_name(text, "a.sol", NAMES)
    assert values is not None
    assert {name: value for name, value in values.items() if value} == {"x": 1, "y[1,2]": 1}


@pytest.mark.parametrize("style", [0, 1])
def test_what_highs_writes_is_read(tmp_path, style):
    model, solution = tmp_path / "a.lp", tmp_path / "a.sol"
    model.write_text(
        "max\n obj: 3 x + 2 y - z\nst\n c: x + y + z <= 2\n c2: x - y >= 0\nbinary\n x y z\nend\n"
    )
    solver = highspy.Highs()
    solver.silent()
    solver.readModel(str(model))
    solver.run()
    solver.writeSolution(str(solution), style)
    assert values_by_name(solution.read_text(), "a.sol", ("x", "y", "z")) == {"x": 1, "y": 1, "z": 0}


@pytest.mark.parametrize("text", ["x z", "0 1 1", "101", "1 2\n3 4", "", "unknown 3", "x 1 2 3"])
def test_what_is_no_solution_file_is_left_to_others(text):
    assert values_by_name(text, "a.sol", NAMES) is None


@pytest.mark.parametrize(
    ("text", "match"),
    [("x 0.5\n", "a.sol, line 1.*integer"), ("z 1\nx 1\nx 0\n", "a.sol, line 3.*once")],
)
def test_what_a_solver_should_not_write_is_named(text, match):
    with pytest.raises(ProblemError, match=match):
        values_by_name(text, "a.sol", NAMES)


def test_names_that_are_numbers_are_labels():
    assert values_by_name("0 1\n", "a.sol", ("0", "1")) is None
