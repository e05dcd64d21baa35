"""The whole of presolve against exhaustion: what it keeps, what it says, and how it composes."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from classical.binary.exhaustive import Exhaustive
from problems import Infeasible, ProblemError
from problems.binary.independent_set import IndependentSet
from problems.binary.knapsack import MultidimensionalKnapsack
from problems.binary.presolve import (
    ALL_STEPS,
    SET_PRESERVING,
    BoundPropagation,
    DualFixing,
    Removed,
    presolve,
)
from problems.binary.program import BinaryProgram
from tests.claims.table import INSTANCES
from tests.problems.binary.presolve.shapes import (
    FRACTIONAL_PROGRAMS,
    INTEGER_PROGRAMS,
    all_bits,
    feasible_bits,
    kept,
    optimum,
    values,
)

SUBSETS = st.lists(st.sampled_from(ALL_STEPS), min_size=1, max_size=4, unique=True)


def check(program, steps, tolerance=0.0):
    """Presolve against exhaustion; returns what it made, None for a program that has no feasible bits."""
    least = optimum(program)
    try:
        presolved = presolve(program, steps)
    except Infeasible:
        assert least is None
        return None
    smaller, lift = presolved.program, presolved.reduction.lift
    there = optimum(smaller)
    assert (there is None) == (least is None)
    assert least is None or there == pytest.approx(least, rel=0, abs=tolerance)
    bits = all_bits(smaller.n)
    lifted = lift(bits)
    np.testing.assert_array_equal(kept(program, lifted), kept(smaller, bits))
    np.testing.assert_allclose(values(program, lifted), values(smaller, bits), rtol=0, atol=tolerance)
    np.testing.assert_array_equal(lift(bits.reshape(2, -1, smaller.n)) if smaller.n else lifted[None],
                                  lifted.reshape(2 if smaller.n else 1, -1, program.n))  # fmt: skip
    return presolved


@settings(deadline=None, max_examples=150)
@given(program=INTEGER_PROGRAMS)
def test_the_optimum_comes_back_through_the_lift(program):
    check(program, ALL_STEPS)


@settings(deadline=None, max_examples=60)
@given(program=FRACTIONAL_PROGRAMS)
def test_so_does_that_of_fractions(program):
    check(program, ALL_STEPS, 1e-12)


@settings(deadline=None, max_examples=80)
@given(program=INTEGER_PROGRAMS, steps=SUBSETS)
def test_steps_can_be_chosen_and_ordered_at_will(program, steps):
    presolved = check(program, tuple(steps))
    if presolved is not None:
        assert [name for name, _ in presolved.report.steps] == [type(step).__name__ for step in steps]


@settings(deadline=None, max_examples=60)
@given(program=INTEGER_PROGRAMS)
def test_a_second_presolve_finds_nothing(program):
    try:
        presolved = presolve(program)
    except Infeasible:
        return
    again = presolve(presolved.program)
    assert again.report.total == Removed()
    assert again.report.rounds == 1
    assert again.program.digest == presolved.program.digest


@settings(deadline=None, max_examples=60)
@given(program=INTEGER_PROGRAMS)
def test_steps_that_keep_the_set_keep_it_together(program):
    try:
        presolved = presolve(program, SET_PRESERVING)
    except Infeasible:
        assert len(feasible_bits(program)) == 0
        return
    lifted = presolved.reduction.lift(feasible_bits(presolved.program))
    assert {tuple(x) for x in lifted.tolist()} == {tuple(x) for x in feasible_bits(program).tolist()}


@settings(deadline=None, max_examples=60)
@given(program=INTEGER_PROGRAMS)
def test_names_stay_in_order_and_the_report_adds_up(program):
    try:
        presolved = presolve(program)
    except Infeasible:
        return
    smaller, report = presolved.program, presolved.report
    assert [name for name in program.names if name in set(smaller.names)] == list(smaller.names)
    assert set(smaller.constraints.names) <= set(program.constraints.names)
    assert smaller.sense == program.sense
    assert report.before.variables - report.after.variables == report.total.fixed
    assert report.before.rows - report.after.rows == report.total.rows + report.total.merged
    assert (report.after.variables, report.after.rows) == (smaller.n, len(smaller.constraints))
    assert presolved.reduction.bound(12.0) == 12.0


@settings(deadline=None, max_examples=30)
@given(seed=st.integers(0, 10_000))
def test_exhaustive_search_agrees_through_the_reduction(seed):
    program = BinaryProgram.random(10, 4, 0.5, seed)
    presolved = presolve(program)
    if presolved.program.n == 0:
        solution = np.zeros(0, dtype=np.uint8)
    else:
        solution = Exhaustive().solve(presolved.program, progress=False).solution
    judged = program.judge(presolved.reduction.lift(solution))
    assert judged.feasible
    assert judged.objective == Exhaustive().solve(program, progress=False).objective


def test_the_report_is_a_table():
    program = BinaryProgram.from_arrays([5, 4, 3], [[9, 2, 3]], [6], sense="max")
    presolved = presolve(program, (BoundPropagation(), DualFixing()))
    lines = str(presolved).splitlines()
    assert lines[0].split("  ")[0] == "step"
    assert [line.split() for line in lines[1:4]] == [
        ["BoundPropagation", "1", "1", "0", "0"],
        ["DualFixing", "2", "0", "0", "0"],
        ["all", "3", "1", "0", "0"],
    ]
    assert lines[4] == "variables × rows: 3 × 1 → 0 × 0 in 2 rounds"


def test_one_round_is_one_round():
    program = BinaryProgram.random(12, 4, seed=2)
    assert presolve(program, rounds=1).report.rounds == 1
    assert presolve(program, rounds=1).program.n >= presolve(program).program.n


def test_bounds_of_fractions_move_outward():
    program = BinaryProgram.from_arrays([0.1, -0.2], sense="max", offset=0.7)
    presolved = presolve(program, (DualFixing(),))
    assert presolved.program.objective.offset == pytest.approx(0.8)
    assert 0.8 < presolved.reduction.bound(0.8) < 0.8 + 1e-14


def test_a_program_without_variables_is_left_as_it_is():
    empty = presolve(BinaryProgram.random(12, 4, seed=1)).program
    assert empty.n == 0
    assert presolve(empty).report.total == Removed()


def test_a_program_without_feasible_bits_is_refused_by_the_name_of_a_row():
    program = BinaryProgram.from_arrays(
        [1, 1, 1], [[1, 1, 1], [1, 1, 0]], [3, 1], [">=", "<="], row_names=("all", "few")
    )
    with pytest.raises(Infeasible, match="the program has no feasible solution: .*row few"):
        presolve(program)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((MultidimensionalKnapsack.random(4, 1),), "program is .*expected a BinaryProgram"),
        ((BinaryProgram.random(3, 1), (BoundPropagation,)), r"steps\[0\] is .*expected a step"),
        ((BinaryProgram.random(3, 1), (BoundPropagation(), "dual")), r"steps\[1\] is dual; expected a step"),
        ((BinaryProgram.random(3, 1), ALL_STEPS, 0), "rounds is 0"),
    ],
)
def test_bad_arguments_are_refused(arguments, words):
    with pytest.raises(ProblemError, match=words):
        presolve(*arguments)


@pytest.mark.parametrize(
    ("name", "variables", "rows"), [("1tc.64.txt", 0, 0), ("1et.64.txt", 54, 50), ("1tc.32.txt", 0, 0)]
)
def test_single_deletion_graphs_shrink(name, variables, rows):
    path = INSTANCES / "mis" / name
    if not path.exists():
        pytest.skip(f"{name} is not at hand")
    smaller = presolve(IndependentSet.read(path).program).program
    assert smaller.n <= variables
    assert len(smaller.constraints) <= rows
    if variables == 0:
        assert smaller.objective.offset == {"1tc.64.txt": 20, "1tc.32.txt": 12}[name]


def test_prices_settle_most_of_a_knapsack_of_weingartner():
    path = INSTANCES / "mdkp" / "weing1.dat"
    if not path.exists():
        pytest.skip("weing1.dat is not at hand")
    problem = MultidimensionalKnapsack.read(path)
    presolved = presolve(problem.program)
    assert presolved.program.n <= 10
    assert Exhaustive().solve(presolved.program, progress=False).objective == problem.reference == 141278


def test_presolve_stops_when_time_is_over():
    program = IndependentSet.random(12, 0.3, seed=1).program
    assert presolve(program).program.n < program.n
    assert presolve(program, out_of_time=lambda: True).program.digest == program.digest
