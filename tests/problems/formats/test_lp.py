"""LP files: every way to write the same thing, names that look like keywords, and what is refused by line."""

import numpy as np
import pytest

from problems.binary.integer import IntegerProgram
from problems.binary.program import BinaryProgram
from problems.errors import ProblemError
from problems.formats.lp import read_lp

BITS = "\nBinary\n x y z\nEnd\n"
HEAD = "Minimize\n obj: x + y + z\n"


@pytest.fixture
def read(tmp_path):
    def reader(text: str):
        path = tmp_path / "case.lp"
        path.write_text(text, encoding="utf-8")
        return read_lp(path)

    return reader


def rows_of(problem) -> list[tuple]:
    """Return (name, {variable: coefficient}, relation, right) of the linear rows."""
    rows = problem.constraints if isinstance(problem, BinaryProgram) else problem.linear_rows
    found = []
    for r, name in enumerate(rows.names):
        index, weight = rows.entries(r)
        terms = {problem.names[k]: a for k, a in zip(index, weight, strict=True)}
        found.append((name, terms, rows.relation[r], rows.right[r]))
    return found


def objective_of(problem) -> dict:
    """Return the coefficients of the objective by name, () for the constant."""
    body = problem.objective
    values = body.coupling if isinstance(problem, BinaryProgram) else body.coefficient
    names = problem.names
    terms = {(names[k],): body.linear[k] for k in np.flatnonzero(body.linear)}
    terms |= {(names[i], names[j]): v for i, j, v in zip(body.first, body.second, values, strict=True)}
    return terms | ({(): body.offset} if body.offset else {})


@pytest.mark.parametrize(
    ("head", "sense"),
    [(word, "min") for word in ("Minimize", "MIN", "minimise", "minimum")]
    + [(word, "max") for word in ("Maximize", "Max", "MAXIMISE", "maximum")],
)
def test_every_spelling_of_the_sense(read, head, sense):
    assert read(f"{head}\n x + y + z{BITS}").sense == sense


@pytest.mark.parametrize(
    "head",
    ["Subject To", "subject to:", "SUCH THAT", "st", "s.t.", "ST.", "st:", "Lazy Constraints", "User Cuts"],
)
def test_every_head_of_rows(read, head):
    problem = read(f"max\n obj: x + y\n{head}\n c1: x + y <= 1\nbin\n x y\n")
    assert rows_of(problem) == [("c1", {"x": 1, "y": 1}, "<=", 1)]


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("2 x - 3.5e2 y + z", {("x",): 2, ("y",): -350, ("z",): 1}),
        ("2x+3.y-.5z", {("x",): 2, ("y",): 3, ("z",): -0.5}),
        ("2e1x + 3 * y", {("x",): 20, ("y",): 3}),
        ("+ - 2 x - - y", {("x",): -2, ("y",): 1}),
        ("x + 2 x\n  - y\n  - 5 x + 3 - 7", {("x",): -2, ("y",): -1, (): -4}),
        ("3\n x + 4", {("x",): 3, (): 4}),
        ("[ 2 x^2 + 4 x*y - z ^ 2 ] / 2", {("x",): 1, ("x", "y"): 2, ("z",): -0.5}),
        ("x - [\n y * x\n + 3 x*y ]/2 + 1", {("x",): 1, ("x", "y"): -2, (): 1}),
        ("[ 2 x * y ] / 2 + [ 2 y * x ] / 2", {("x", "y"): 2}),
        ("[ ] / 2 + 0 x", {}),
        ("", {}),
    ],
)
@pytest.mark.parametrize("label", ["", "obj: ", "\n  cost:\n "])
def test_objectives(read, text, terms, label):
    assert objective_of(read(f"Minimize\n {label}{text}\nSubject To\n{BITS}")) == terms


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("c: x + y <= 1", [("c", {"x": 1, "y": 1}, "<=", 1)]),
        ("x + y < 1\n x + z =< 2\n y > 0\n y => 0\n z == 1", [
            ("r0", {"x": 1, "y": 1}, "<=", 1), ("r1", {"x": 1, "z": 1}, "<=", 2), ("r2", {"y": 1}, ">=", 0),
            ("r3", {"y": 1}, ">=", 0), ("r4", {"z": 1}, "==", 1),
        ]),
        ("c: 3 x + 2 <= y + 4 x - 5 + z", [("c", {"x": -1, "y": -1, "z": -1}, "<=", -7)]),
        ("c: 2 >= x + y", [("c", {"x": -1, "y": -1}, ">=", -2)]),
        ("c: x\n + y\n <=\n 1", [("c", {"x": 1, "y": 1}, "<=", 1)]),
        ("x >= 3\n y <= 2 z", [("r0", {"x": 1}, ">=", 3), ("r1", {"y": 1, "z": -2}, "<=", 0)]),
        ("x + y <= 3\n- x + z <= 2", [("r0", {"x": 1, "y": 1}, "<=", 3), ("r1", {"x": -1, "z": 1}, "<=", 2)]),
        ("x >= 3\n - y\n c: z >= 0", [("r0", {"x": 1, "y": 1}, ">=", 3), ("c", {"z": 1}, ">=", 0)]),
        ("x >= y\n + z >= 0", [("r0", {"x": 1, "y": -1}, ">=", 0), ("r1", {"z": 1}, ">=", 0)]),
        ("1 <= x + y <= 3", [("r0", {"x": 1, "y": 1}, ">=", 1), ("r1", {"x": 1, "y": 1}, "<=", 3)]),
        ("R1: 3 >= x + 1 + y >= 1", [
            ("R1 (lower)", {"x": 1, "y": 1}, ">=", 0), ("R1 (upper)", {"x": 1, "y": 1}, "<=", 2),
        ]),
        ("R1: 1 <= x\n + y <= 3", [
            ("R1 (lower)", {"x": 1, "y": 1}, ">=", 1), ("R1 (upper)", {"x": 1, "y": 1}, "<=", 3),
        ]),
        ("R1: -inf <= x + y <= 3", [("R1", {"x": 1, "y": 1}, "<=", 3)]),
        ("R1: 1 <= x + y <= +Infinity", [("R1", {"x": 1, "y": 1}, ">=", 1)]),
        ("a: x <= 1 b: y <= 3 c: z >= 0", [
            ("a", {"x": 1}, "<=", 1), ("b", {"y": 1}, "<=", 3), ("c", {"z": 1}, ">=", 0),
        ]),
        ("e: 0 x + y - y >= 0", [("e", {}, ">=", 0)]),
        ("1: x >= -1e-3 \\ a comment <= 3\n\\ c: y >= 0", [("1", {"x": 1}, ">=", -1e-3)]),
    ],
)  # fmt: skip
def test_rows(read, text, rows):
    assert rows_of(read(f"{HEAD}Subject To\n {text}{BITS}")) == rows


def test_quadratic_rows_are_not_halved_and_may_have_two_sides(read):
    problem = read(f"{HEAD}st\n q: 1 <= z + [ 2 x * y - z^2 ] <= 3\n -3 x >= [ y * x ]{BITS}")
    assert isinstance(problem, IntegerProgram)
    found = [
        (
            row.name,
            row.polynomial.linear.tolist(),
            row.polynomial.coefficient.tolist(),
            row.relation,
            row.right,
        )
        for row in problem.quadratic_rows
    ]
    assert found == [
        ("q (lower)", [0, 0, 1], [2, -1], ">=", 1),
        ("q (upper)", [0, 0, 1], [2, -1], "<=", 3),
        ("r2", [-3, 0, 0], [-1], ">=", 0),
    ]


@pytest.mark.parametrize(
    ("text", "bounds"),
    [
        ("n <= 4", (0, 4)),
        ("-5 <= n <= 3", (-5, 3)),
        ("3 >= n >= -5", (-5, 3)),
        ("- 5 <= n\n n < + 3", (-5, 3)),
        ("n >= -5 n <= 3", (-5, 3)),
        ("n free -2 <= n n <= 2", (-2, 2)),
        ("-infinity <= n <= +inf\n n >= -1 n <= 1", (-1, 1)),
        ("n >= -INF\n n = 7", (7, 7)),
        ("n = -0", (0, 0)),
        ("n <= 1e3 n <= 2", (0, 2)),
        ("2 <= n <= 5 3 <= n", (3, 5)),
        ("n <= 2.5\n n >= 0.5", (1, 2)),
        ("n >= -7\n n <= -3", (-7, -3)),
    ],
)
@pytest.mark.parametrize("head", ["Generals", "general", "GEN", "Integers", "integer", "int"])
def test_bounds_of_integers(read, text, bounds, head):
    problem = read(f"max\n n\nst\nBounds\n {text}\n{head}\n n\n")
    if isinstance(problem, BinaryProgram):
        assert bounds == (0, 1)
    else:
        assert (problem.low.item(), problem.high.item()) == bounds


def test_a_bit_keeps_its_bounds_when_they_are_tighter_or_it_is_listed_twice(read):
    problem = read("max\n x + y + z\nst\nbound\n x = 1\n -3 <= y <= 9\nbinaries\n x y z\ngenerals\n z\nend")
    assert (problem.low.tolist(), problem.high.tolist()) == ([1, 0, 0], [1, 1, 1])


def test_variables_are_numbered_as_they_appear(read):
    problem = read("max\n b\nst\n c: a >= 0\nbounds\n d <= 1\ngen\n d\nbin\n c b a\nend\n")
    assert problem.names == ("b", "a", "d", "c")
    assert isinstance(problem, BinaryProgram)


@pytest.mark.parametrize(
    "name",
    ["e1", "E", "e", "free", "inf", "inf1", "Infinity", "bin", "end", "st", "gen", "bounds", "max", "binary",
     "x[1,2]", "x(1)", "x_1.5", "y/2", "sos1", "subject", "to", "é", "x#1", "'q'"],
)  # fmt: skip
def test_no_name_is_reserved(read, name):
    text = (
        f"max\n obj: 2 {name} + [ {name} * y ] / 2 + 3 y + {name}\nst\n c1: {name} + y >= -1\n"
        f"c2: 2 {name} - y\n <= 3 {name}\n {name} <= 5\n {name} - y <= 7\n {name} +\n y >= 0\n"
        f"bounds\n {name} free\n {name} <= 1 {name} >= 0\n"
        f"binaries\n y {name}\nend\n"
    )
    problem = read(text)
    assert problem.names == (name, "y")
    assert objective_of(problem) == {(name,): 3, ("y",): 3, (name, "y"): 0.5}
    assert rows_of(problem) == [
        ("c1", {name: 1, "y": 1}, ">=", -1), ("c2", {name: -1, "y": -1}, "<=", 0), ("r2", {name: 1}, "<=", 5),
        ("r3", {name: 1, "y": -1}, "<=", 7), ("r4", {name: 1, "y": 1}, ">=", 0),
    ]  # fmt: skip


def test_a_whole_file_on_one_line(read):
    problem = read("max x + 2y st x <= 4y - z c: z + 3y <= 2 bounds x <= 1 bin x y z end")
    assert objective_of(problem) == {("x",): 1, ("y",): 2}
    assert rows_of(problem) == [
        ("r0", {"x": 1, "y": -4, "z": 1}, "<=", 0), ("c", {"z": 1, "y": 3}, "<=", 2)
    ]  # fmt: skip


REFUSED = [
    ("", 1, "Minimize or Maximize"),
    ("x + y >= 1\n", 1, "Minimize or Maximize"),
    ("max: 3x + 2y;\n", 1, "lp_solve"),
    ("Minimize multi-objectives\n o1: Priority=1\n x\n", 1, "multi"),
    ("max\n x y\n", 2, "a sign with a term"),
    ("max\n 2 3\n", 2, "a sign"),
    ("max\n x +\n", 2, "a term"),
    ("max\n 1e999 x\n", 2, "finite"),
    ("max\n 2 * 3\n", 2, "a variable"),
    ("max\n [ x^2 ]\nst\n", 3, "/ 2"),
    ("max\n [ x^2 ] / 3\nst\n", 2, "/ 2"),
    ("max\n [ x^3 ] / 2\n", 2, "exponent 2"),
    ("max\n [ x ] / 2\n", 2, "a variable"),
    ("max\n [ x^2 y^2 ] / 2\n", 2, "a sign or the end of the bracket"),
    ("max\n [ x^2 + \n\n", 2, "a square or a product"),
    ("max\n 2 [ x^2 ] / 2\n", 2, "a sign"),
    ("max\n x\nst\n c: x + y\nbin\n x y\n", 5, "relation"),
    ("max\n x\nst\n c: <= 3\n", 4, "a term"),
    ("max\n x\nst\n c: x <= 1 <= 2\n", 4, "two sides"),
    ("max\n x\nst\n c: 1 <= x >= 2\n", 4, "two sides"),
    ("max\n x\nst\n c: 1 = x = 2\n", 4, "two sides"),
    ("max\n x\nst\n c: 1 <= x <= 2 <= 3\n", 4, "a term"),
    ("max\n x\nst\n c: x <= inf\n", 4, "finite"),
    ("max\n x\nst\n c: inf <= x <= inf\n", 4, "at least one"),
    ("max\n x\nst\n c: [ x^2 ] / 2 <= 3\n", 4, "no division"),
    ("max\n x\nst\n c: x <= 1\n d: x >= 0\n c: x >= 0\n", 6, "line 4"),
    ("max\n x\nst\n c: x = 1 -> y + z <= 2\n", 4, "no indicator"),
    ("max\n x\nst\n c: x <-> y\n", 4, "no indicator"),
    ("max\n x\nst\nbounds\n 2 x <= 3\n", 5, "a relation"),
    ("max\n x\nst\nbounds\n 1 <= 2 x\n", 5, "no factors"),
    ("max\n x\nst\nbounds\n x\n", 5, "a relation"),
    ("max\n x\nst\nbounds\n x <= y\n", 5, "a number"),
    ("max\n x\nst\nbounds\n 1 <= x >= 3\n", 5, "same sign"),
    ("max\n x\nst\nbounds\n x >= inf\n", 5, "lower bound"),
    ("max\n x\nst\nbounds\n x <= -1e30\n", 5, "upper bound"),
    ("max\n x\nst\nbin\n x 3\n", 5, "the name of a variable"),
    ("max\n x\nst\nSOS\n s1: S1:: x:1\n", 4, "SOS is not supported"),
    ("max\n x\nst\nbin\n x\nsos2\n s1: x:1\n", 6, "sos2"),
    ("max\n x\nst\nSemi-Continuous\n x\n", 4, "Semi - Continuous"),
    ("max\n x\nst\nsemis\n x\n", 4, "semis"),
    ("max\n x\nst\nGeneral Constraints\n g: x = MAX ( y , z )\n", 4, "General Constraints"),
    ("max\n x\nst\nPWLObj\n x: ( 1, 2 )\n", 4, "PWLObj"),
    ("max\n x\nst\nbin\n x\nend\n y\n", 7, "nothing behind End"),
    ("max\n x\nst\n c: x \x01 y <= 1\n", 4, "relation"),
    ("max\n x ≤ 3\nst\n", 2, "a sign"),
    ("max\n x\nst\ngen\n x\n", 2, "finite bounds"),
    ("max\n x\nst\nbounds\n y <= 3\nbin\n x\n", 5, "discretise"),
    ("max\n x\nst\nbounds\n x <= -3\ngen\n x\n", 2, "room for an integer"),
    ('\\ variable a is "b"\n\\ variable a is "c"\nmax\n a\n', 2, "once"),
    ('\\ variable a is "b"\nmax\n a + b\n', 3, "each name once"),
]


@pytest.mark.parametrize(("text", "line", "match"), REFUSED)
def test_what_is_wrong_is_named_by_line(read, text, line, match):
    with pytest.raises(ProblemError) as caught:
        read(text)
    assert f"case.lp, line {line}" in str(caught.value)
    assert match in f"{caught.value.expected} {caught.value.remedy}"


def test_comments_that_only_look_like_translations_are_comments(read):
    text = '\\ variable x is "\\q"\n\\ variable x is big\n\\ variable z is "w"\n\\ reference none\n'
    problem = read(f'{text}max\n x + y \\ row c is "d"\nst\n c: x >= 0\nbin\n x y\n')
    assert (problem.names, problem.reference) == (("x", "y"), None)
    assert rows_of(problem) == [("d", {"x": 1}, ">=", 0)]


def test_a_file_holds_one_problem(tmp_path):
    path = tmp_path / "case.lp"
    path.write_text("max\n x\nst\nbin\n x\nend\n")
    assert read_lp(path, 1).n == 1
    with pytest.raises(ProblemError, match=r"index is 2"):
        read_lp(path, 2)
