"""Each step against exhaustion: what it keeps, that it stops, and that it finds what it is for."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from problems import Infeasible, ProblemError
from problems.binary.linear_form import linear_form
from problems.binary.presolve import (
    BoundPropagation,
    CliqueMerging,
    CoefficientTightening,
    Dominance,
    DualFixing,
    IntegerScaling,
    ParallelRows,
    ReducedCostFixing,
    RoofDualFixing,
)
from problems.binary.presolve.reduced_cost_fixing import priced_out
from problems.binary.program import BinaryProgram
from tests.problems.binary.presolve.shapes import (
    FRACTIONAL_PROGRAMS,
    INTEGER_PROGRAMS,
    all_bits,
    feasible_bits,
    kept,
    optimum,
    values,
)

STEPS = (
    BoundPropagation(), CliqueMerging(), CoefficientTightening(), Dominance(), DualFixing(),
    IntegerScaling(), ParallelRows(), ReducedCostFixing(), RoofDualFixing(),
)  # fmt: skip
SET_PRESERVING = (
    BoundPropagation(),
    CliqueMerging(),
    CoefficientTightening(),
    IntegerScaling(),
    ParallelRows(),
)
by_name = {"ids": lambda step: type(step).__name__}


def as_set(bits):
    return {tuple(x) for x in bits.tolist()}


def apply(step, program):
    """The outcome, None where nothing changes, or "infeasible"."""
    try:
        return step.apply(program)
    except Infeasible:
        return "infeasible"


def check_optimum(program, outcome, tolerance=0.0):
    """The optimum is kept, and feasible bits of the smaller program lift to feasible bits of equal value."""
    if outcome == "infeasible":
        assert optimum(program) is None
        return
    smaller = outcome.program
    least, there = optimum(program), optimum(smaller)
    if least is None:
        assert there is None
    else:
        assert there == pytest.approx(least, rel=0, abs=tolerance)
    bits = all_bits(smaller.n)
    lifted = outcome.reduction.lift(bits)
    assert lifted.dtype == np.uint8
    assert lifted.shape == (len(bits), program.n)
    np.testing.assert_array_equal(kept(program, lifted), kept(smaller, bits))
    np.testing.assert_allclose(values(program, lifted), values(smaller, bits), rtol=0, atol=tolerance)


@pytest.mark.parametrize("step", STEPS, **by_name)
@settings(deadline=None, max_examples=60)
@given(program=INTEGER_PROGRAMS)
def test_the_optimum_and_the_meaning_of_bits_are_kept(step, program):
    outcome = apply(step, program)
    if outcome is not None:
        check_optimum(program, outcome)


@pytest.mark.parametrize("step", STEPS, **by_name)
@settings(deadline=None, max_examples=40)
@given(program=FRACTIONAL_PROGRAMS)
def test_fractions_that_meet_a_right_side_up_to_rounding_lose_no_optimum(step, program):
    outcome = apply(step, program)
    if outcome is not None:
        check_optimum(program, outcome, 1e-12)


@pytest.mark.parametrize("step", SET_PRESERVING, **by_name)
@settings(deadline=None, max_examples=80)
@given(program=st.one_of(INTEGER_PROGRAMS, FRACTIONAL_PROGRAMS))
def test_the_feasible_set_is_kept_bit_by_bit(step, program):
    outcome = apply(step, program)
    if outcome == "infeasible":
        assert len(feasible_bits(program)) == 0
    elif outcome is not None:
        lifted = outcome.reduction.lift(feasible_bits(outcome.program))
        assert as_set(lifted) == as_set(feasible_bits(program))


@pytest.mark.parametrize("step", [DualFixing(), ReducedCostFixing()], **by_name)
@settings(deadline=None, max_examples=40)
@given(program=INTEGER_PROGRAMS)
def test_reduced_costs_keep_every_optimum_and_dual_fixing_one(step, program):
    outcome = apply(step, program)
    if outcome is None:
        return
    bits = feasible_bits(program)
    found = values(program, bits)
    optima = as_set(bits[found == found.min(initial=np.inf)])
    lifted = as_set(outcome.reduction.lift(feasible_bits(outcome.program)))
    assert optima <= lifted if isinstance(step, ReducedCostFixing) else bool(optima & lifted) == bool(optima)


@pytest.mark.parametrize("step", STEPS, **by_name)
@settings(deadline=None, max_examples=40)
@given(program=INTEGER_PROGRAMS)
def test_going_on_comes_to_an_end(step, program):
    for _ in range(program.n + 2):
        outcome = apply(step, program)
        if outcome is None or outcome == "infeasible":
            return
        program = outcome.program
    raise AssertionError("the step still finds something")


def settled(step, program):
    """``{name: value}`` of the variables that a step fixes."""
    outcome = step.apply(program)
    smaller = outcome.program
    whole = outcome.reduction.lift(np.zeros(smaller.n, dtype=np.uint8))
    return {
        name: int(bit) for name, bit in zip(program.names, whole, strict=True) if name not in smaller.names
    }


def test_an_item_heavier_than_the_capacity_is_left_out():
    program = BinaryProgram.from_arrays([5, 4, 3], [[9, 2, 3]], [6], sense="max", names=("a", "b", "c"))
    assert settled(BoundPropagation(), program) == {"a": 0}


def test_fixings_are_followed_from_row_to_row():
    chain = np.eye(5) - np.eye(5, k=-1)  # x_0 >= 1, then x_k >= x_{k−1}
    program = BinaryProgram.from_arrays(np.ones(5), chain, [1, 0, 0, 0, 0], ">=")
    outcome = BoundPropagation().apply(program)
    assert (outcome.removed.fixed, outcome.removed.rows, outcome.program.n) == (5, 5, 0)
    np.testing.assert_array_equal(outcome.reduction.lift(np.zeros((2, 0), np.uint8)), np.ones((2, 5)))


@pytest.mark.parametrize(
    ("step", "matrix", "right", "relation", "words"),
    [
        (BoundPropagation(), [[1, 1], [1, 1]], [2, 1], [">=", "<="], "row second .* 2 and must be <= 1"),
        (
            BoundPropagation(),
            [[1, -1], [2, 3]],
            [1, 6],
            ["<=", ">="],
            "row second .* 0 to 5 and must be >= 6",
        ),
        (CoefficientTightening(), [[1, 1], [4, 6]], [2, 5], ["<=", "=="], "row second sums to 5"),
        (IntegerScaling(), [[1, 1], [1, 2]], [2, 1.5], ["<=", "=="], "no bits bring row second to 1.5"),
        (ParallelRows(), [[1, 2], [-2, -4]], [1, -4], ["<=", "<="], "rows first and second are parallel"),
    ],
)
def test_rows_that_no_bits_keep_are_named(step, matrix, right, relation, words):
    program = BinaryProgram.from_arrays([1, 1], matrix, right, relation, row_names=("first", "second"))
    with pytest.raises(Infeasible, match=words):
        step.apply(program)


def test_a_comparison_within_the_tolerance_fixes_nothing():
    program = BinaryProgram.from_arrays([-1, -1], [[0.1, 0.2]], [0.2 - 1e-12])
    assert BoundPropagation().apply(program) is None
    assert settled(BoundPropagation(), BinaryProgram.from_arrays([-1, -1], [[0.1, 0.2]], [0.2 - 1e-6]))


def test_what_costs_and_no_row_asks_for_is_left_out():
    program = BinaryProgram.from_arrays([1, -1, 2], [[1, 1, -1], [1, -1, -1]], [1, 1], names=("a", "b", "c"))
    assert settled(DualFixing(), program) == {"a": 0}
    program = BinaryProgram.from_arrays([1, 3], [[1, 1]], [1], quadratic=[[0, -2], [0, 0]])
    assert settled(DualFixing(), program) == {"x1": 0}


def test_of_two_items_that_exclude_each_other_the_worse_is_left_out():
    program = BinaryProgram.from_arrays([5, 4, 6], [[4, 4, 3]], [6], sense="max", names=("a", "b", "c"))
    assert settled(Dominance(), program) == {"b": 0, "a": 0}
    program = BinaryProgram.from_arrays([5, 5], [[4, 4]], [7], sense="max", names=("a", "b"))
    assert settled(Dominance(), program) == {"b": 0}


def test_a_set_inside_a_cheaper_one_is_not_needed():
    program = BinaryProgram.from_arrays(
        [2, 3, 1], [[1, 1, 0], [1, 1, 1], [1, 0, 1]], [1, 1, 1], ">=", names=("a", "b", "c")
    )
    assert settled(Dominance(), program) == {"b": 0, "a": 1}


def test_what_must_be_there_comes_with_the_best():
    program = BinaryProgram.from_arrays([1, 2, 3], [[1, 1, 1]], [2], ">=", names=("a", "b", "c"))
    assert settled(Dominance(), program) == {"a": 1, "b": 1, "c": 0}


def test_items_with_other_couplings_are_not_compared():
    linear, matrix = [5, 4, -1], [[4, 4, 0]]
    apart = [[0, 0, 1], [0, 0, 2], [0, 0, 0]]
    alike = [[0, 0, 2], [0, 0, 2], [0, 0, 0]]
    assert (
        Dominance().apply(BinaryProgram.from_arrays(linear, matrix, [6], quadratic=apart, sense="max"))
        is None
    )
    program = BinaryProgram.from_arrays(linear, matrix, [6], quadratic=alike, sense="max")
    assert settled(Dominance(), program) == {"x1": 0}


def test_rows_longer_than_the_limit_are_not_compared():
    program = BinaryProgram.from_arrays([5, 4, 6], [[4, 4, 3]], [6], sense="max")
    assert Dominance(longest=2).apply(program) is None


def test_prices_settle_the_clear_cases_of_a_knapsack():
    rng = np.random.default_rng(5)
    weights = rng.integers(10, 60, 40)
    program = BinaryProgram.from_arrays(rng.integers(10, 60, 40), weights[None], [800], sense="max")
    outcome = ReducedCostFixing().apply(program)
    assert outcome.removed.fixed >= 20
    assert ReducedCostFixing(largest=39).apply(program) is None


@settings(deadline=None, max_examples=150)
@given(
    program=st.one_of(INTEGER_PROGRAMS, FRACTIONAL_PROGRAMS),
    seed=st.integers(0, 1000),
    scale=st.sampled_from([0.1, 1.0, 10.0]),
)
def test_whatever_the_multipliers_no_optimum_is_priced_out(program, seed, scale):
    bits = feasible_bits(program)
    if len(bits) == 0:
        return
    found, form = values(program, bits), linear_form(program)
    multipliers = scale * np.random.default_rng(seed).normal(size=len(form.lower))
    settled_values = priced_out(program, form, multipliers, float(found.min()))
    fixed = settled_values >= 0
    assert np.all(bits[found <= found.min()][:, fixed] == settled_values[fixed])


def test_bits_that_need_the_tolerance_are_not_priced_out():
    """The judge takes all three items, within 1e-9 of the heavy one; by the prices the right side ends it."""
    weights = np.array([31415.9265358, 1e-5, 1.2e-5])
    program = BinaryProgram.from_arrays([-1000, -1, -10], [weights], [weights[0] + 0.6e-5])
    assert optimum(program) == -1011
    np.testing.assert_array_equal(
        priced_out(program, linear_form(program), np.array([-2e5]), -1011), [-1] * 3
    )
    settled_values = priced_out(program, linear_form(program), np.array([-2e5]), -1030)
    np.testing.assert_array_equal(settled_values, [0, -1, -1])


def test_decimals_become_integers_and_right_sides_what_they_reach():
    program = BinaryProgram.from_arrays(
        np.ones(3), [[0.1, 0.2, 0.3], [3, 5, 0], [1.25, -0.5, 0], [0.1, 0.7, 0]], [0.45, 7.5, 0.6, 0.8],
        ["<=", "<=", ">=", "=="],
    )  # fmt: skip
    rows = IntegerScaling().apply(program).program.constraints
    np.testing.assert_array_equal(rows.matrix.toarray(), [[1, 2, 3], [3, 5, 0], [125, -50, 0], [1, 7, 0]])
    np.testing.assert_array_equal(rows.right, [4, 7, 60, 8])
    assert IntegerScaling(decimals=1).apply(program).program.constraints.weight[5] == 1.25


def test_numbers_that_are_no_decimals_stay():
    program = BinaryProgram.from_arrays(np.ones(2), [[np.pi, 1.0]], [3.5])
    assert IntegerScaling().apply(program) is None


@pytest.mark.parametrize(
    ("given_row", "smaller"),
    [
        (([4, 6, 2], "<=", 9), ([2, 2, 1], "<=", 3)),  # divided by 2: 2x + 3y + z <= 4, with δ = 2
        (([5, 6, 0], "<=", 7), ([1, 1, 0], "<=", 1)),
        (([5, 6, 0], ">=", 3), ([1, 1, 0], ">=", 1)),
        (([-3, 9, 6], "<=", 7), ([-1, 3, 2], "<=", 2)),
        (([9, 9, 9], "<=", 20), ([1, 1, 1], "<=", 2)),
        (([6, 4, 2], "==", 8), ([3, 2, 1], "==", 4)),
    ],
)
def test_rows_take_a_smaller_form(given_row, smaller):
    weights, relation, right = given_row
    program = BinaryProgram.from_arrays(np.ones(3), [weights], [right], relation)
    rows = CoefficientTightening().apply(program).program.constraints
    assert as_set(feasible_bits(BinaryProgram(program.objective, rows))) == as_set(feasible_bits(program))
    np.testing.assert_array_equal(rows.matrix.toarray()[0], smaller[0])
    assert (rows.relation[0], rows.right[0]) == smaller[1:]


def test_subset_sums_beyond_the_limit_are_not_enumerated():
    program = BinaryProgram.from_arrays(np.ones(3), [[500, 700, 701]], [1199])
    assert CoefficientTightening().apply(program).program.constraints.right[0] == 701
    assert CoefficientTightening(largest=1198).apply(program) is None


def test_edges_merge_into_a_clique_that_a_knapsack_completes():
    edges = [[1, 1, 0, 0], [0, 1, 1, 0], [1, 0, 1, 0]]
    program = BinaryProgram.from_arrays(-np.ones(4), [*edges, [5, 5, 5, 6]], [1, 1, 1, 10], "<=")
    outcome = CliqueMerging().apply(program)
    rows = outcome.program.constraints
    np.testing.assert_array_equal(rows.matrix.toarray(), [[1, 1, 1, 1], [5, 5, 5, 6]])
    assert rows.names == ("r0", "r3")
    assert (outcome.removed.merged, outcome.removed.coefficients) == (2, 2)


def test_a_packing_row_inside_a_one_hot_row_goes():
    program = BinaryProgram.from_arrays(np.ones(3), [[1, 1, 1], [1, 1, 0]], [1, 1], ["==", "<="])
    assert CliqueMerging().apply(program).program.constraints.names == ("r0",)


def test_of_parallel_rows_the_tightest_is_kept_and_two_sides_join():
    program = BinaryProgram.from_arrays(
        np.ones(2), [[1, 2], [2, 4], [-1, -2], [3, 6]], [2, 3, -1, 9], "<=", row_names=("a", "b", "c", "d")
    )
    assert ParallelRows().apply(program).program.constraints.names == ("b", "c")
    program = BinaryProgram.from_arrays(np.ones(2), [[1, 2], [-2, -4]], [2, -4], "<=")
    rows = ParallelRows().apply(program).program.constraints
    assert (rows.names, rows.relation, rows.right[0]) == (("r0",), ("==",), 2)


def test_roof_duality_is_for_programs_without_rows():
    assert RoofDualFixing().apply(BinaryProgram.from_arrays([1, -1], [[1, 1]], [1])) is None
    program = BinaryProgram.from_arrays([-1, 2], quadratic=[[0, -3], [0, 0]])
    assert settled(RoofDualFixing(), program) == {"x0": 1, "x1": 1}


@pytest.mark.parametrize(
    ("build", "words"),
    [
        (lambda: Dominance(longest=1), "longest is 1"),
        (lambda: IntegerScaling(decimals=16), "decimals is 16"),
        (lambda: ReducedCostFixing(largest=0), "largest is 0"),
        (lambda: CoefficientTightening(largest=-1), "largest is -1"),
    ],
)
def test_limits_out_of_range_are_refused(build, words):
    with pytest.raises(ProblemError, match=words):
        build()
