"""MPS files: both layouts, the rules of ranges and bounds, products, and what is refused by line."""

import numpy as np
import pytest

from problems.binary.builder import ProgramBuilder
from problems.binary.integer import IntegerProgram
from problems.binary.program import BinaryProgram
from problems.binary.qubo import Qubo
from problems.errors import ProblemError
from problems.formats.mps import read_mps, write_mps

INTEGERS = "    M1  'MARKER'  'INTORG'\n"
ROWS = "NAME\nROWS\n N  obj\n L  r\n"
PLAIN = f"{ROWS}COLUMNS\n{INTEGERS}    x  obj  1  r  1\n    y  r  2\n"
FIXED = """NAME          TWO WORDS
ROWS
 N  THE COST
 L  ROW 1
 G  ROW 2
COLUMNS
    M1        'MARKER'                 'INTORG'
    ITEM 1    THE COST            1.   ROW 1              2.5
    ITEM 1    ROW 2              -1.
    ITEM 2    THE COST           -2.   ROW 1              1.0
    M2        'MARKER'                 'INTEND'
RHS
    THE RHS   ROW 1               3.   ROW 2             -1.0
BOUNDS
 UP THE BND   ITEM 2              1.
ENDATA
"""


@pytest.fixture
def read(tmp_path):
    def reader(text: str):
        path = tmp_path / "case.mps"
        path.write_text(text, encoding="utf-8")
        return read_mps(path)

    return reader


def sides_of(problem) -> list[tuple]:
    """Return (name, relation, right) of the linear rows."""
    rows = problem.constraints if isinstance(problem, BinaryProgram) else problem.linear_rows
    return list(zip(rows.names, rows.relation, rows.right.tolist(), strict=True))


def test_names_with_blanks_are_read_by_columns(read):
    problem = read(FIXED)
    assert problem.names == ("ITEM 1", "ITEM 2")
    assert problem.objective.linear.tolist() == [1, -2]
    assert sides_of(problem) == [("ROW 1", "<=", 3), ("ROW 2", ">=", -1)]
    assert problem.constraints.matrix.toarray().tolist() == [[2.5, 1], [-1, 0]]


def test_both_layouts_say_the_same(read):
    free = FIXED
    for name in ("TWO WORDS", "THE COST", "ROW 1", "ROW 2", "ITEM 1", "ITEM 2", "THE RHS", "THE BND"):
        free = free.replace(name, name.replace(" ", ""))
    squeezed = "\n".join(" " * line.startswith(" ") + " ".join(line.split()) for line in free.split("\n"))
    problems = [read(free), read(squeezed), read(squeezed.replace(" THERHS ", " ").replace(" THEBND ", " "))]
    for problem in problems:
        assert problem.names == ("ITEM1", "ITEM2")
        assert sides_of(problem) == [("ROW1", "<=", 3), ("ROW2", ">=", -1)]
        assert problem.objective.linear.tolist() == [1, -2]


@pytest.mark.parametrize(
    ("kind", "right", "width", "sides"),
    [
        ("L", 4, 3, (1, 4)),
        ("L", 4, -3, (1, 4)),
        ("G", 4, 3, (4, 7)),
        ("G", -4, -3, (-4, -1)),
        ("E", 4, 3, (4, 7)),
        ("E", 4, -3, (1, 4)),
        ("E", None, -3, (-3, 0)),
        ("L", 4, 0, (4, 4)),
    ],
)
def test_ranges(read, kind, right, width, sides):
    rhs = "" if right is None else f"    RHS  r  {right}\n"
    text = PLAIN.replace(" L  r", f" {kind}  r") + f"RHS\n{rhs}RANGES\n    R  r  {width}\nENDATA\n"
    assert sides_of(read(text)) == [("r (lower)", ">=", sides[0]), ("r (upper)", "<=", sides[1])]


def test_an_equality_of_no_width_stays_one(read):
    text = PLAIN.replace(" L  r", " E  r") + "RHS\n    r  4\nRANGES\n    r  0\nENDATA\n"
    assert sides_of(read(text)) == [("r", "==", 4)]


@pytest.mark.parametrize(
    ("cards", "bounds"),
    [
        ("", (0, 1)),
        (" UP B x 3", (0, 3)),
        (" UP x 3", (0, 3)),
        (" UP B x 0", (0, 0)),
        (" LO B x -3\n UP B x -1", (-3, -1)),
        (" UP B x -1\n LO B x -3", (-3, -1)),
        (" LO B x 0\n UP B x 5", (0, 5)),
        (" FX B x -2", (-2, -2)),
        (" MI B x\n UP B x 3\n LO B x 1", (1, 3)),
        (" FR x 0\n LI x -4\n UI x 2", (-4, 2)),
        (" PL B x\n UI B x 2.5", (0, 2)),
        (" UP B x 9\n BV B x 1", (0, 1)),
        (" BV B x\n UP B x 4", (0, 4)),
        (" up B x Infinity\n UP B x +3e0", (0, 3)),
    ],
)
@pytest.mark.parametrize("y", ["BV B y", "UI B y 1"])
def test_bounds(read, cards, bounds, y):
    text = PLAIN.replace("    y  r", "    M2  'MARKER'  'INTEND'\n    y  r")
    if " x " in cards and " B " not in cards:
        y = y.replace(" B ", " ")
    problem = read(f"{text}RHS\nBOUNDS\n{cards}\n {y}\nENDATA\n")
    low, high = ([0, 0], [1, 1])
    if isinstance(problem, IntegerProgram):
        low, high = problem.low.tolist(), problem.high.tolist()
    assert (low[0], high[0]) == bounds
    assert (low[1], high[1]) == (0, 1)


@pytest.mark.parametrize(
    "head", ["OBJSENSE\n    MAX", "OBJSENSE MAX", "OBJSENSE\nMAXIMIZE", "objsense\n  maximum"]
)
def test_the_sense_and_the_constant(read, head):
    text = PLAIN.replace("ROWS\n N  obj\n", f"{head}\nROWS\n N  obj\n N  other\n", 1)
    problem = read(
        text + "    y  other  7\nRHS\n    RHS  obj  -2.5  r  -1\nENDATA\n".replace("    y  other  7\n", "")
    )
    assert (problem.sense, problem.objective.offset) == ("max", 2.5)
    assert sides_of(problem) == [("r", "<=", -1)]


def test_the_first_free_row_is_the_objective_unless_another_is_named(read):
    text = PLAIN.replace(" N  obj\n", " N  first\n N  obj\n").replace("x  obj  1", "x  obj  1  first  5")
    text = text.replace("r  1\n", "\n    x  r  1\n")
    assert read(text + "ENDATA\n").objective.linear.tolist() == [5, 0]
    assert read("OBJNAME\n  obj\n" + text + "ENDATA\n").objective.linear.tolist() == [1, 0]


@pytest.mark.parametrize(
    ("section", "cards"),
    [
        ("QUADOBJ", ["x x 4", "x y 3", "y y -2"]),
        ("QUADOBJ", ["y y -2", "y x 3", "x x 4"]),
        ("QSECTION obj", ["x x 4", "y x 3", "y y -2"]),
        ("QSECTION", ["x x 4", "y x 3", "y y -2"]),
        ("QMATRIX", ["x x 4", "x y 3", "y x 3", "y y -2"]),
    ],
)
def test_quadratic_objectives_are_halved(read, section, cards):
    text = PLAIN + "BOUNDS\n UP B x 3\n" + section + "\n" + "".join(f"    {card}\n" for card in cards)
    body = read(text + "ENDATA\n").objective
    found = dict(zip(zip(body.first, body.second, strict=True), body.coefficient, strict=True))
    assert found == {(0, 0): 2, (0, 1): 3, (1, 1): -1}


@pytest.mark.parametrize(
    ("section", "cards", "products"),
    [
        ("QCMATRIX r", ["x x 4", "x y 3", "y x 3"], {(0, 0): 4, (0, 1): 6}),
        ("QSECTION r", ["x x 4", "x y 3"], {(0, 0): 2, (0, 1): 3}),
    ],
)
def test_quadratic_rows(read, section, cards, products):
    text = PLAIN + "RHS\n    RHS  r  5\n" + section + "\n" + "".join(f"    {card}\n" for card in cards)
    (row,) = read(text + "ENDATA\n").quadratic_rows
    body = row.polynomial
    assert dict(zip(zip(body.first, body.second, strict=True), body.coefficient, strict=True)) == products
    assert (row.name, row.relation, row.right, body.linear.tolist()) == ("r", "<=", 5, [1, 2])


def test_lazy_constraints_and_user_cuts_are_rows(read):
    text = (
        PLAIN.replace("COLUMNS", "LAZYCONS\n G  lazy\nUSERCUTS\n E  cut\nCOLUMNS")
        + "    y  lazy  1  cut  3\n"
    )
    assert sides_of(read(text + "ENDATA\n")) == [("r", "<=", 0), ("lazy", ">=", 0), ("cut", "==", 0)]


REFUSED = [
    ("", "", "ENDATA"),
    (f"{PLAIN}RHS\n", 9, "cut short"),
    (f"{PLAIN}ENDATA\n more\n", 10, "nothing behind ENDATA"),
    (" x  y  1\n", 1, "a section"),
    ("NAME\nROWS\n L  r\nENDATA\n", "", "type N"),
    ("NAME\nROWS\n X  r\n", 3, "N, L, G or E"),
    ("NAME\nROWS\n N  obj  1\n", 3, "N, L, G or E"),
    ("NAME\nROWS\n N  obj\n L  r\n G  r\n", 5, "each row once"),
    (f"{ROWS}COLUMNS\n    x  obj\n", 6, "coefficient"),
    (f"{ROWS}COLUMNS\n    x  s  1\n", 6, "not s"),
    (f"{ROWS}COLUMNS\n    x  r  one\n", 6, "finite"),
    (f"{ROWS}COLUMNS\n    x  r  1e999\n", 6, "finite"),
    (f"{ROWS}COLUMNS\n    x  r  1  r  2\n", 6, "once"),
    (f"{ROWS}COLUMNS\n    x  r  1\n    y  r  1\n    x  obj  1\n", 8, "one after the other"),
    (f"{ROWS}COLUMNS\n    M  'MARKER'  'SOSORG'\n", 6, "INTORG"),
    (f"{PLAIN}RHS\n    RHS  s  1\n", 10, "not s"),
    (f"{PLAIN}RHS\n    RHS  r  1\n    RHS  r  2\n", 11, "once"),
    (f"{PLAIN}RHS\n    RHS  r  1\n    RHS2  obj  2\n", 11, "one vector"),
    (f"{PLAIN}RHS\n    RHS\n", 10, "the vector's name"),
    (f"{PLAIN}RANGES\n    R  obj  1\n", 10, "range"),
    (f"{PLAIN}RANGES\n    R  r  1\n    R  r  1\n", 11, "once"),
    (f"{PLAIN}BOUNDS\n SC B x 3\n", 10, "semi-continuous"),
    (f"{PLAIN}BOUNDS\n XX B x 3\n", 10, "of type"),
    (f"{PLAIN}BOUNDS\n UP B z 3\n", 10, "a column of the file"),
    (f"{PLAIN}BOUNDS\n UP B x\n", 10, "a column of the file"),
    (f"{PLAIN}BOUNDS\n FR B z\n", 10, "a column of the file"),
    (f"{PLAIN}BOUNDS\n UP B x two\n", 10, "finite"),
    (f"{PLAIN}BOUNDS\n UP B x 2\n UP C x 3\n", 11, "one vector"),
    (f"{PLAIN}BOUNDS\n LO B x inf\n", 10, "lower bound"),
    (f"{PLAIN}BOUNDS\n UP B x -inf\n", 10, "upper bound"),
    (f"{PLAIN}BOUNDS\n UP B x -3\nENDATA\n", 7, "finite bounds"),
    (f"{PLAIN}BOUNDS\n LO B x 0\n UP B x -3\nENDATA\n", 7, "room for an integer"),
    (f"{PLAIN}BOUNDS\n MI B y\nENDATA\n", 8, "finite bounds"),
    (f"{ROWS}COLUMNS\n    x  r  1\nENDATA\n", 6, "discretise"),
    (f"{PLAIN}QUADOBJ\n    x  y  1\n    y  x  1\n", 11, "QMATRIX"),
    (f"{PLAIN}QMATRIX\n    x  y  1\nENDATA\n", 10, "both halves"),
    (f"{PLAIN}QMATRIX\n    x  y  1\n    y  x  2\nENDATA\n", 10, "both halves"),
    (f"{PLAIN}QCMATRIX  r\n    x  z  1\n", 10, "not z"),
    (f"{PLAIN}QCMATRIX  r\n    x  1\n", 10, "two columns"),
    (f"{PLAIN}QCMATRIX\n    x  x  1\n", 9, "the name of one"),
    (f"{PLAIN}SOS\n S1 SOS s1\n", 9, "SOS is not supported"),
    (f"{PLAIN}INDICATORS\n IF r x 1\n", 9, "INDICATORS"),
    (f"{PLAIN}GENCONS\n MAX g\n", 9, "GENCONS"),
    ("NAME\nOBJSENSE\n    UPWARDS\n", 3, "MIN or MAX"),
    (f"{ROWS}OBJNAME\n  obj\n", 6, "before ROWS"),
    (f'* variable x is "a"\n* variable y is "a"\n{PLAIN}ENDATA\n', 10, "each name once"),
]


@pytest.mark.parametrize(("text", "line", "match"), REFUSED)
def test_what_is_wrong_is_named_by_line(read, text, line, match):
    with pytest.raises(ProblemError) as caught:
        read(text)
    assert str(caught.value).startswith(f"case.mps, line {line}" if line else "case.mps")
    assert match in f"{caught.value.expected} {caught.value.remedy}"


def test_a_fixed_file_is_judged_by_its_columns(read):
    with pytest.raises(ProblemError, match=r"case\.mps, line 9 .*not ROW 3"):
        read(FIXED.replace("ITEM 1    ROW 2 ", "ITEM 1    ROW 3 "))


def test_the_fixed_layout_holds_short_numbers_alone(tmp_path):
    problem = Qubo.from_matrix(np.diag([1 / 3]), names=["a long name"])
    with pytest.raises(ProblemError, match="at most 12 characters.*fixed=False"):
        write_mps(problem, tmp_path / "case.mps", fixed=True)
    assert read_mps(write_mps(problem, tmp_path / "case.mps")).objective.linear.tolist() == [1 / 3]


@pytest.mark.parametrize(("value", "match"), [(1e308, "8.9e307"), (5e-324, "exact half")])
def test_coefficients_that_halving_or_doubling_would_change_are_refused(tmp_path, value, match):
    builder = ProgramBuilder()
    for name in ("x", "y"):
        builder.variable(name, "integer", 0, 2)
    product = {(0, 0): value} if value > 1 else {(0, 1): value}
    if value > 1:
        builder.objective({}, product)
    else:
        builder.row("r", {}, "<=", 1.0, product)
    with pytest.raises(ProblemError, match=match):
        write_mps(builder.problem(), tmp_path / "case.mps")
