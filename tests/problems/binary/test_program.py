"""Binary programs and their rows."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from problems.binary.program import BinaryProgram
from problems.binary.qubo import Ising, Qubo
from problems.binary.relaxation import linear_bound
from problems.binary.rows import Rows
from problems.errors import Infeasible, ProblemError
from tests.problems.binary.test_quadratic import every_assignment

PROGRAMS = st.builds(
    BinaryProgram.random, n=st.integers(2, 9), rows=st.integers(0, 4), seed=st.integers(0, 10_000)
)


@settings(deadline=None, max_examples=50)
@given(program=PROGRAMS)
def test_judging_is_the_arithmetic_of_the_data(program):
    rows, bits = program.constraints, every_assignment(program.n)
    dense = rows.matrix.toarray() if len(rows) else np.zeros((0, program.n))
    ranks = program.ranks(bits)
    for k in np.linspace(0, len(bits) - 1, 8).astype(int):
        verdict = program.judge(bits[k])
        expected = {}
        for r in range(len(rows)):
            excess = dense[r] @ bits[k] - rows.right[r]
            amount = {"<=": excess, ">=": -excess, "==": abs(excess)}[rows.relation[r]]
            if amount > 0:
                expected[rows.names[r]] = amount
        assert verdict.violations == expected
        assert ranks[k].tolist() == list(verdict.rank(program.sense))


@settings(deadline=None, max_examples=50)
@given(program=PROGRAMS)
def test_the_linear_bound_is_on_the_right_side_of_the_optimum(program):
    ranks = program.ranks(every_assignment(program.n))
    best = ranks[ranks[:, 0] == 0, 1].min()
    assert program.signed(linear_bound(program).value) <= best


def test_prices_of_a_knapsack_are_its_multipliers():
    program = BinaryProgram.from_arrays([6.0, 5.0], [[2.0, 2.0]], [3.0], "<=", sense="max")
    bound = linear_bound(program)
    assert bound.prices == pytest.approx([2.5])  # one more unit holds more of the second item
    assert bound.point == pytest.approx([1.0, 0.5])
    assert bound.value == 8.0  # 8.5, rounded inward


def test_an_empty_relaxation_is_infeasible():
    with pytest.raises(Infeasible):
        linear_bound(BinaryProgram.from_arrays([1.0], [[1.0]], [2.0], ">="))


def test_without_rows_it_is_a_qubo_and_an_ising_model():
    program = BinaryProgram.from_arrays([1.0, -2.0], quadratic=[[0, 3], [0, 0]], sense="max")
    for kind in (Qubo, Ising):
        reduction = program.reduce((kind,))
        assert isinstance(reduction.problem, kind)
        for bits in every_assignment(2):
            other = bits if kind is Qubo else 1 - 2 * bits.astype(int)
            assert reduction.bound(reduction.problem.judge(other).objective) == program.judge(bits).objective
            np.testing.assert_array_equal(reduction.lift(other), bits)
    assert BinaryProgram.random(rows=1).reduce((Qubo, Ising)) is None


@pytest.mark.parametrize(
    ("weights", "relation", "right", "kind"),
    [
        ([1, 1, 0], "<=", 1, "packing"),
        ([1, 1, 1], "==", 1, "one_hot"),
        ([2, 1, 0], "<=", 2, "knapsack"),
        ([1, 1, 1], "<=", 2, "knapsack"),
        ([1, 1, 0], ">=", 1, "general"),
        ([1, -1, 0], "<=", 1, "general"),
        ([2, 1, 0], "==", 1, "general"),
    ],
)
def test_rows_are_classed_by_their_pattern(weights, relation, right, kind):
    assert Rows.from_matrix([weights], [right], relation).classes == (kind,)


def test_entries_of_a_row_that_stand_twice_are_added_and_zeros_dropped():
    rows = Rows(3, [0, 4], [2, 0, 2, 1], [1.0, 5.0, 2.0, 0.0], ("<=",), [4.0])
    index, weight = rows.entries(0)
    assert index.tolist() == [0, 2]
    assert weight.tolist() == [5.0, 3.0]


def test_entries_of_a_row_that_add_to_no_number_are_refused():
    with pytest.raises(ProblemError, match=r"weight\[0\] is inf"):
        Rows(1, [0, 2], [0, 0], [1e308, 1e308], ("<=",), [1.0])


def test_a_row_of_decimals_is_kept_within_rounding():
    program = BinaryProgram.from_arrays(np.zeros(3), [[0.1, 0.2, 0.3]], [0.6], "<=")
    assert program.judge(np.ones(3)).feasible  # 0.1 + 0.2 + 0.3 is a rounding above 0.6
    assert not BinaryProgram.from_arrays(np.zeros(1), [[1.0]], [0.999999], "<=").judge(np.ones(1)).feasible


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        ({"matrix": [[1.0, 2.0]], "right": [1.0, 2.0]}, "shape of right"),
        ({"matrix": [[1.0, 2.0, 3.0]], "right": [1.0]}, "number of variables of rows"),
        ({"matrix": [[1.0, 2.0]], "right": [1.0], "relation": "<"}, r"relation\[0\]"),
        ({"matrix": [[np.inf, 2.0]], "right": [1.0]}, r"matrix\[0, 0\]"),
        ({"sense": "most"}, "sense"),
        ({"names": ("a",)}, "number of names"),
        ({"matrix": [[1.0, 2.0]], "right": [1.0], "row_names": ("a", "b")}, "number of names"),
    ],
)
def test_bad_input_is_named(arguments, named):
    with pytest.raises(ProblemError, match=named):
        BinaryProgram.from_arrays([1.0, 2.0], **arguments)


def test_equal_content_has_one_digest():
    assert BinaryProgram.random(seed=4).digest == BinaryProgram.random(seed=4).digest
    assert BinaryProgram.random(seed=4).digest != BinaryProgram.random(seed=5).digest
