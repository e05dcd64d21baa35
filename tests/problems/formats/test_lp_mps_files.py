"""LP and MPS files: what is written is read, under any names."""

import time

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from problems.binary.builder import ProgramBuilder
from problems.binary.integer import IntegerProgram
from problems.binary.maxcut import MaxCut
from problems.binary.polynomial import QuadraticPolynomial
from problems.binary.program import BinaryProgram
from problems.binary.quadratic import QuadraticForm
from problems.binary.qubo import Qubo
from problems.binary.rows import Rows
from problems.errors import ProblemError
from problems.formats.lp import read_lp, write_lp
from problems.formats.mps import read_mps, write_mps
from problems.storage import digest

FORMATS = {"lp": (write_lp, read_lp), "mps": (write_mps, read_mps)}
WAYS = st.sampled_from(sorted(FORMATS))
OFTEN = settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
BRIEF = settings(OFTEN, max_examples=20)
TRICKY = [
    "x", "x1", "variable_1", "variable_1_", "row_0", "obj", "item 1", "e", "E1", "e9cats", "free", "inf",
    "End", "st", "bin", "bounds", "x[1,2]", "x(1)", "a:b", "2x", "3", ".5", "-x", "x*y", "x\\y", "x\ny",
    '"x"', "'MARKER'", "RHS", "$x", "*x", "ü", " x", "x ", "c (lower)", "c (upper)", "c", "\x00", "\u2028",
    "x" * 300,
]  # fmt: skip
NAMES = st.one_of(st.sampled_from(TRICKY), st.text(min_size=1, max_size=6))
LARGE_AND_SMALL = st.sampled_from([1e-300, -1e300, 0.1, 1 / 3, 1e22])
NUMBERS = st.one_of(st.integers(-9, 9), st.floats(-1e9, 1e9), LARGE_AND_SMALL).map(
    lambda number: number + 0.0
)


@st.composite
def programs(draw) -> BinaryProgram | IntegerProgram:
    """Draw bits and integers, ranges and products, under names that formats have no way to write."""
    builder = ProgramBuilder()
    names = draw(st.lists(NAMES, min_size=1, max_size=5, unique=True))
    wide = draw(st.booleans())
    for name in names:
        low = draw(st.integers(-4, 4)) if wide else 0
        builder.variable(name, "integer", low, low + draw(st.integers(0, 5)) if wide else 1)
    place = st.integers(0, len(names) - 1)
    pairs = st.tuples(place, place).map(lambda pair: (min(pair), max(pair)))
    linear = st.dictionaries(place, NUMBERS, max_size=4)
    products = st.dictionaries(pairs, NUMBERS, max_size=4)
    sense = draw(st.sampled_from(["min", "max"]))
    builder.objective(draw(linear), draw(products), draw(NUMBERS), sense)
    for name in draw(st.lists(NAMES, max_size=4, unique=True)):
        terms, curved = draw(linear), draw(products) if wide else {}
        sides = sorted((draw(NUMBERS), draw(NUMBERS)))
        kind = draw(st.sampled_from(["<=", ">=", "==", "range"]))
        if kind != "range":
            builder.row(f"{name}!", terms, kind, sides[0], curved)
        else:
            builder.row(f"{name} (lower)", terms, ">=", sides[0], curved)
            builder.row(f"{name} (upper)", terms, "<=", sides[1], curved)
    return builder.problem(draw(st.none() | NUMBERS))


@OFTEN
@given(problem=programs(), way=WAYS)
def test_what_is_written_is_read(tmp_path, problem, way):
    write, read = FORMATS[way]
    assert digest(read(write(problem, tmp_path / f"case.{way}"))) == digest(problem)


@BRIEF
@given(seed=st.integers(0, 10_000), way=WAYS)
def test_a_problem_read_from_one_format_is_the_same_in_the_other(tmp_path, seed, way):
    problem = BinaryProgram.random(6, rows=5, seed=seed)
    for other in (way, "mps", "lp", way):
        write, read = FORMATS[other]
        problem = read(write(problem, tmp_path / f"case.{other}"))
    assert digest(problem) == digest(BinaryProgram.random(6, rows=5, seed=seed))


@BRIEF
@given(seed=st.integers(0, 10_000))
def test_the_fixed_layout_keeps_integers(tmp_path, seed):
    problem = BinaryProgram.random(6, rows=5, seed=seed)
    names = tuple(f"item number {k}" for k in range(6))
    named = BinaryProgram(problem.objective, problem.constraints, names, problem.sense)
    path = write_mps(named, tmp_path / "case.mps", fixed=True)
    assert digest(read_mps(path)) == digest(named)
    assert max(map(len, path.read_text().splitlines())) <= 61


@pytest.mark.parametrize("way", FORMATS)
def test_a_qubo_is_read_back_as_the_program_without_rows(tmp_path, way):
    qubo = Qubo.from_matrix(np.triu(np.arange(1.0, 26.0).reshape(5, 5) - 7), offset=0.5)
    write, read = FORMATS[way]
    problem = read(write(qubo, tmp_path / f"case.{way}"))
    reduction = problem.reduce((Qubo,))
    assert reduction is not None
    assert digest(reduction.problem) == digest(qubo)


@pytest.mark.parametrize("way", FORMATS)
def test_a_program_of_nothing(tmp_path, way):
    write, read = FORMATS[way]
    empty = BinaryProgram.from_arrays(np.zeros(0), offset=2.0)
    assert digest(read(write(empty, tmp_path / f"case.{way}"))) == digest(empty)


@pytest.mark.parametrize("way", FORMATS)
def test_spins_and_strangers_are_refused(tmp_path, way):
    builder = ProgramBuilder()
    builder.variable("s", "spin")
    with pytest.raises(ProblemError, match=r"variable s is a spin.*problem\.binary\.problem"):
        FORMATS[way][0](builder.problem(), tmp_path / "case")
    with pytest.raises(ProblemError, match="a MaxCut; expected a BinaryProgram"):
        FORMATS[way][0](MaxCut.random(4), tmp_path / "case")


@pytest.mark.parametrize("way", FORMATS)
def test_a_coefficient_beyond_the_format_is_refused(tmp_path, way):
    square = QuadraticPolynomial(np.zeros(1), np.array([0]), np.array([0]), np.array([1.5e308]))
    with pytest.raises(ProblemError, match=r"8\.9e307"):
        FORMATS[way][0](IntegerProgram(square, np.array([0]), np.array([2])), tmp_path / "case")


@pytest.mark.parametrize("way", FORMATS)
def test_a_name_with_its_own_range_is_not_merged(tmp_path, way):
    write, read = FORMATS[way]
    terms = ({0: 1.0}, {0: 1.0}, {0: 1.0})
    rows = list(zip(terms, (">=", "<=", "<="), (0.0, 1.0, 3.0), strict=True))
    rows = Rows.from_rows(2, rows, ["c (lower)", "c (upper)", "c"])
    problem = BinaryProgram(QuadraticForm(np.array([1.0, 2.0])), rows)
    path = write(problem, tmp_path / f"case.{way}")
    assert digest(read(path)) == digest(problem)


@pytest.mark.parametrize("way", FORMATS)
def test_names_that_others_have_are_not_taken(tmp_path, way):
    names = ("variable_1", "a b", "variable_1_")
    rows = Rows.from_rows(3, [({k: 1.0}, "<=", 1.0) for k in range(3)], ["row_1", " ", "obj"])
    problem = BinaryProgram(QuadraticForm(np.arange(3.0)), rows, names)
    path = FORMATS[way][0](problem, tmp_path / f"case.{way}")
    assert digest(FORMATS[way][1](path)) == digest(problem)
    text = path.read_text()
    for comment in ('variable variable_1__ is "a b"', 'row row_1_ is " "'):
        assert comment in text


def test_a_range_that_its_width_would_move_is_written_as_two_rows(tmp_path):
    sides = [
        ({0: 1.0}, ">=", -1 / 3),
        ({0: 1.0}, "<=", 1e-17),
        ({0: 1.0}, ">=", -0.5),
        ({0: 1.0}, "<=", 0.25),
    ]
    rows = Rows.from_rows(1, sides, ["a (lower)", "a (upper)", "b (lower)", "b (upper)"])
    problem = BinaryProgram(QuadraticForm(np.ones(1)), rows)
    path = write_mps(problem, tmp_path / "case.mps")
    assert digest(read_mps(path)) == digest(problem)
    ranges = path.read_text().partition("RANGES\n")[2].partition("BOUNDS\n")[0]
    assert ranges.split() == ["RANGES", "b", "0.75"]


@pytest.mark.parametrize("way", FORMATS)
def test_twenty_thousand_terms_are_read_at_once(tmp_path, way):
    rng = np.random.default_rng(0)
    matrix = rng.normal(size=(100, 300)) * (rng.random((100, 300)) < 0.65)
    problem = BinaryProgram.from_arrays(rng.normal(size=300), matrix, rng.normal(size=100))
    path = FORMATS[way][0](problem, tmp_path / f"case.{way}")
    begin = time.process_time()
    read = FORMATS[way][1](path)
    assert time.process_time() - begin < 1.0
    assert digest(read) == digest(problem)
