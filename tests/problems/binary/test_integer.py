"""Integer programs over bits: every code writes exactly the range, objective and rows survive, both ways."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from classical.binary.exhaustive import Exhaustive
from problems.binary.integer import IntegerProgram, QuadraticRow
from problems.binary.integer_codes import BinaryCode, DomainWallCode, OneHotCode, UnaryCode
from problems.binary.integer_to_bits import bits_of_values
from problems.binary.polynomial import QuadraticPolynomial
from problems.binary.program import BinaryProgram
from problems.binary.qubo import Qubo
from problems.errors import ProblemError
from tests.problems.binary.enumeration import all_bits

CODES = (BinaryCode(), UnaryCode(), OneHotCode(), DomainWallCode())


def _box(program):
    ranges = [
        [-1, 1] if spin else range(low, high + 1)
        for low, high, spin in zip(program.low, program.high, program.is_spin, strict=True)
    ]
    return np.stack(np.meshgrid(*ranges, indexing="ij"), axis=-1).reshape(-1, program.n)


@pytest.mark.parametrize("code", CODES, ids=lambda code: type(code).__name__)
@pytest.mark.parametrize("span", [0, 1, 2, 3, 6, 7, 8])
def test_valid_bits_of_a_code_are_exactly_its_range(code, span):
    weights = code.weights(span)
    bits = all_bits(len(weights))
    kept = np.ones(len(bits), dtype=bool)
    for terms, relation, right in code.rows(span):
        activity = sum(weight * bits[:, place] for place, weight in terms)
        kept &= activity == right if relation == "==" else activity <= right
    assert set((bits[kept] @ weights).tolist()) == set(range(span + 1))
    for value in range(span + 1):
        assert code.bits(value, span) @ weights == value
        assert any(np.array_equal(code.bits(value, span), row) for row in bits[kept])


@pytest.mark.parametrize("code", CODES, ids=lambda code: type(code).__name__)
@given(seed=st.integers(0, 300))
def test_feasible_bits_are_exactly_the_feasible_values(code, seed):
    program = IntegerProgram.random(3, 2, seed)
    program = replace(program, codes=(code,) * 3)
    reduction = program.binary
    if reduction.problem.n > 13:
        return
    bits = all_bits(reduction.problem.n)
    ranks = reduction.problem.ranks(bits)
    values = reduction.lift(bits[ranks[:, 0] == 0])
    np.testing.assert_allclose(program.ranks(values), ranks[ranks[:, 0] == 0], atol=1e-9)
    box = _box(program)
    feasible = box[program.ranks(box)[:, 0] == 0]
    assert set(map(tuple, feasible.tolist())) == set(map(tuple, values.tolist()))
    for value in feasible:
        written = bits_of_values(program, value)
        np.testing.assert_array_equal(reduction.lift(written), value)
        assert reduction.problem.judge(written).feasible


@given(seed=st.integers(0, 300))
def test_the_optimum_over_bits_is_the_optimum(seed):
    program = IntegerProgram.random(3, 2, seed)
    box = _box(program)
    ranks = program.ranks(box)
    best = ranks[ranks[:, 0] == 0, 1].min()
    if program.binary.problem.n <= 13:
        result = Exhaustive().solve(program, progress=False)
        assert result.feasible
        assert (result.objective if program.sense == "min" else -result.objective) == best


def test_judge_names_rows_bounds_and_amounts():
    product = QuadraticRow(
        QuadraticPolynomial(np.zeros(2), np.array([0]), np.array([1]), np.array([2.0])), "<=", 3.0, "product"
    )
    program = IntegerProgram(
        QuadraticPolynomial(np.ones(2)), np.array([0, -1]), np.array([4, 1]), np.array([False, True]),
        quadratic_rows=(product,), names=("y", "s"),
    )  # fmt: skip
    assert program.judge(np.array([4, 1])).violations == {"product": 5.0}
    assert program.judge(np.array([6, -1])).violations == {"bounds of y": 2.0}
    assert program.judge(np.array([0, 0])).violations == {"bounds of s": 1.0}
    assert program.decode(program.encode({"y": 3})) == {"y": 3, "s": 1}


def test_without_rows_it_reduces_to_a_qubo():
    square = QuadraticPolynomial(np.array([-3.0]), np.array([0]), np.array([0]), np.array([1.0]))
    program = IntegerProgram(square, np.array([-2]), np.array([4]))
    reduction = program.reduce((Qubo,))
    assert isinstance(reduction.problem, Qubo)
    energies = reduction.problem.energies(all_bits(reduction.problem.n))
    assert energies.min() == -2.0


def test_all_bits_and_linear_rows_are_a_binary_program():
    program = IntegerProgram(
        QuadraticPolynomial(np.ones(2), np.array([0]), np.array([0]), np.array([2.0])),
        np.zeros(2),
        np.ones(2),
    )
    simple = program.simplest()
    assert isinstance(simple, BinaryProgram)
    assert simple.judge(np.array([1, 1])).objective == program.judge(np.array([1, 1])).objective == 4


@pytest.mark.parametrize(
    ("changes", "match"),
    [
        ({"low": np.array([3, 0])}, "bounds of x0"),
        ({"high": np.array([2**60, 1])}, "bounds of x0"),
        ({"spin": np.array([True, False])}, "spin"),
        ({"codes": (BinaryCode(),)}, "codes"),
        ({"low": np.array([0.5, 0])}, "low"),
        ({"names": ("a", "a")}, "names"),
    ],
)
def test_bad_fields_are_named(changes, match):
    fields = {"low": np.array([0, 0]), "high": np.array([2, 1])} | changes
    with pytest.raises(ProblemError, match=match):
        IntegerProgram(QuadraticPolynomial(np.ones(2)), **fields)


@pytest.mark.parametrize("values", [[0], [0.5, 0], [[0, 0]], ["a", "b"]])
def test_bad_solutions_are_refused(values):
    program = IntegerProgram(QuadraticPolynomial(np.ones(2)), np.array([0, 0]), np.array([2, 1]))
    with pytest.raises(ProblemError):
        program.judge(np.array(values))


def test_a_code_with_a_bit_per_value_refuses_wide_ranges():
    with pytest.raises(ProblemError, match="BinaryCode"):
        OneHotCode().weights(10**9)
    assert len(BinaryCode().weights(10**9)) == 30
