"""Programs written as CVXPY problems have the same values, the same optimum by its solvers, and come back."""

import cvxpy as cp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from classical.binary import Exhaustive, MixedInteger
from problems.binary.independent_set import IndependentSet
from problems.binary.integer import IntegerProgram
from problems.binary.polynomial import QuadraticPolynomial
from problems.binary.program import BinaryProgram
from problems.binary.qubo import Ising, Qubo
from problems.bridges import from_cvxpy, to_cvxpy
from problems.errors import Infeasible, ProblemError

SEEDS = st.integers(0, 10_000)
FEW = settings(deadline=None, max_examples=12)


def optimum(problem):
    """Return the optimum by exhaustion or branch and bound, None if there is no solution."""
    solver = Exhaustive() if isinstance(problem, BinaryProgram | Qubo) else MixedInteger()
    try:
        return solver.solve(problem).evaluation.objective
    except Infeasible:
        return None


def values(problem, by_name):
    """Return the values that CVXPY's solver found, as a solution of the program."""
    return problem.encode({name: round(float(expression.value)) for name, expression in by_name.items()})


def check_solved(problem):
    written, by_name = to_cvxpy(problem)
    assert tuple(by_name) == problem.names
    written.solve(solver=cp.HIGHS)
    best = optimum(problem)
    if best is None:
        assert written.status == "infeasible"
        return
    assert written.value == pytest.approx(best)
    judged = problem.judge(values(problem, by_name))
    assert judged.objective == best
    assert judged.feasible


@FEW
@given(seed=SEEDS)
def test_highs_finds_the_optimum_of_programs(seed):
    check_solved(BinaryProgram.random(8, rows=3, seed=seed))


@FEW
@given(seed=SEEDS)
def test_highs_finds_the_optimum_of_qubos(seed):
    check_solved(Qubo.random(8, density=0.5, seed=seed))


@settings(deadline=None, max_examples=6)
@given(seed=SEEDS)
def test_highs_finds_the_optimum_of_integer_programs(seed):
    check_solved(IntegerProgram.random(3, rows=2, seed=seed))


def test_integers_without_products_stay_integers():
    program = IntegerProgram(
        QuadraticPolynomial(np.array([3, -2, 5]), offset=4.0), [-3, 2, -1], [7, 9, 1], [False, False, True],
        sense="max", names=("a", "b", "s"),
    )  # fmt: skip
    written, by_name = to_cvxpy(program)
    assert [variable.size for variable in written.variables()] == [3]
    written.solve(solver=cp.HIGHS)
    assert {name: float(e.value) for name, e in by_name.items()} == {"a": 7.0, "b": 2.0, "s": 1.0}
    assert written.value == 3 * 7 - 2 * 2 + 5 + 4


@pytest.mark.parametrize("make", [BinaryProgram.random, IntegerProgram.random])
@FEW
@given(seed=SEEDS)
def test_quadratic_form_has_the_same_values_and_comes_back(make, seed):
    problem = make(6, 3, seed=seed)
    written, by_name = to_cvxpy(problem, form="quadratic")
    model = from_cvxpy(written)
    assert type(model.problem) is type(problem)
    assert model.problem.sense == problem.sense
    rng = np.random.default_rng(seed)
    for _ in range(5):
        if isinstance(model.problem, IntegerProgram):
            point = rng.integers(model.problem.low, model.problem.high + 1)
        else:
            point = rng.integers(0, 2, 6)
        value = model.assign(point)
        back = values(problem, by_name)
        judged = problem.judge(back)
        assert value == written.objective.value == judged.objective
        assert model.problem.judge(point).violations == judged.violations


def test_rows_keep_their_names():
    program = BinaryProgram.from_arrays(
        [1, 2], [[1, 1], [1, -1]], [1, 0], [">=", "=="], row_names=["at", "same"]
    )
    written, _ = to_cvxpy(program)
    assert [constraint.label for constraint in written.constraints] == ["at", "same"]


def test_a_program_without_rows_or_products_is_written():
    written, by_name = to_cvxpy(Qubo.from_matrix(np.diag([1.0, -2.0]), offset=0.5))
    written.solve(solver=cp.HIGHS)
    assert written.value == -1.5
    assert [float(e.value) for e in by_name.values()] == [0.0, 1.0]


@pytest.mark.parametrize(
    ("problem", "form", "words"),
    [
        (Ising.random(3), "linear", ["Ising", "problem.qubo"]),
        (IndependentSet.random(5), "linear", ["IndependentSet", "problem.program"]),
        (Qubo.random(3), "cubic", ["cubic", "'linear', 'quadratic'"]),
    ],
)
def test_other_problems_and_forms_are_refused(problem, form, words):
    with pytest.raises(ProblemError) as error:
        to_cvxpy(problem, form)
    assert all(word in str(error.value) for word in words)
