"""Whole CVXPY models: optima, variables of every kind, constraints as rows and bounds, and the way back."""

import itertools
import warnings

import cvxpy as cp
import numpy as np
import pytest

from classical.binary import Exhaustive, MixedInteger
from problems.binary.integer import IntegerProgram
from problems.binary.program import BinaryProgram
from problems.bridges import from_cvxpy
from problems.errors import ProblemError


def highs(problem):
    """Return the optimum that CVXPY finds by HiGHS."""
    return problem.solve(solver=cp.HIGHS)


def knapsack():
    values, weights = np.array([60, 100, 120, 30, 80]), np.array([10, 20, 30, 5, 17])
    take = cp.Variable(5, boolean=True, name="take")
    return cp.Problem(cp.Maximize(values @ take), [weights @ take <= 50])


def assignment():
    cost = np.random.default_rng(3).integers(1, 30, (4, 4))
    x = cp.Variable((4, 4), boolean=True, name="x")
    rows = [cp.sum(x, axis=0) == 1, cp.sum(x, axis=1) == np.ones(4), cp.trace(x) <= 1]
    return cp.Problem(cp.Minimize(cp.sum(cp.multiply(cost, x)) + 100), rows)


def set_cover():
    member = np.random.default_rng(1).random((12, 9)) < 0.3
    member[:, 0] |= ~member.any(axis=1)
    price = np.array([7, 2, 3, 4, 2, 5, 3, 4, 1])
    open_ = cp.Variable(9, boolean=True, name="open")
    return cp.Problem(cp.Minimize(price @ open_), [member.astype(int) @ open_ >= 1])


@pytest.mark.parametrize("make", [knapsack, assignment, set_cover])
def test_linear_models_have_the_optimum_of_highs(make):
    problem = make()
    model = from_cvxpy(problem)
    assert isinstance(model.problem, BinaryProgram)
    result = MixedInteger().solve(model.problem)
    value = model.assign(result)
    assert value == problem.objective.value == result.evaluation.objective
    assert all(np.max(constraint.violation()) == 0 for constraint in problem.constraints)
    assert value == pytest.approx(highs(problem))
    assert model.problem.judge(model.solution()).objective == pytest.approx(value)


def test_a_portfolio_of_lots_has_the_optimum_of_exhaustion():
    rng = np.random.default_rng(7)
    factors = rng.integers(-3, 4, (4, 3))
    risk, gain = factors @ factors.T + np.eye(4), rng.integers(1, 9, 4)
    lots = cp.Variable(4, integer=True, name="lots")
    held = cp.Variable(4, boolean=True, name="held")
    problem = cp.Problem(
        cp.Maximize(gain @ lots - 0.25 * cp.quad_form(lots, risk)),
        [lots >= 0, lots <= 3 * held, lots <= 3, cp.sum(held) <= 2, cp.sum(lots) >= 2],
    )
    model = from_cvxpy(problem)
    value = model.assign(MixedInteger().solve(model.problem))
    chosen = [np.array(point) for point in itertools.product(range(4), repeat=4)]
    allowed = [point for point in chosen if (point > 0).sum() <= 2 <= point.sum()]
    assert value == max(gain @ point - 0.25 * point @ risk @ point for point in allowed)
    assert value == problem.objective.value
    assert all(np.max(constraint.violation()) == 0 for constraint in problem.constraints)


def test_maxcut_needs_no_convexity():
    weights = np.triu(np.random.default_rng(0).integers(-4, 9, (10, 10)), 1)
    weights = weights + weights.T
    x = cp.Variable(10, boolean=True, name="side")
    objective = cp.sum(cp.multiply(weights, cp.outer(x, 1 - x)))
    problem = cp.Problem(cp.Maximize(objective), [x[0] == 0])
    assert not problem.is_dcp()
    model = from_cvxpy(problem)
    value = model.assign(Exhaustive().solve(model.problem))
    points = np.array(list(itertools.product([0, 1], repeat=9)))
    points = np.hstack([np.zeros((512, 1), int), points])
    assert value == problem.objective.value == np.einsum("ki,ij,kj->k", points, weights, 1 - points).max()


def test_names_say_which_element():
    x = cp.Variable((2, 2), boolean=True, name="x")
    y = cp.Variable(name="y", integer=True, bounds=[0, 9])
    rows = [cp.sum(x, axis=0) <= 1, (x[0] + y <= 4).set_label("room"), x[0, 0] + y == 2, x.T + y >= 0]
    problem = from_cvxpy(cp.Problem(cp.Minimize(cp.sum(x) + y), rows)).problem
    assert problem.names == ("x[0, 0]", "x[0, 1]", "x[1, 0]", "x[1, 1]", "y")
    labels = ("c0[0]", "c0[1]", "room[0]", "room[1]", "c2", "c3[0, 0]", "c3[1, 0]", "c3[0, 1]", "c3[1, 1]")
    assert problem.linear_rows.names == labels
    assert problem.decode([0, 1, 0, 0, 5])["y"] == 5


def test_default_row_names_step_aside_for_labels():
    x = cp.Variable(2, boolean=True, name="x")
    rows = [cp.sum(x) <= 1, (x[0] >= x[1]).set_label("c0")]
    assert from_cvxpy(cp.Problem(cp.Minimize(0), rows)).problem.constraints.names == ("c0'", "c0")


def test_single_variable_constraints_become_bounds_of_integers():
    y = cp.Variable(6, name="y", integer=True)
    z = cp.Variable(name="z", integer=True, nonneg=True)
    rows = [
        y >= -3, 2 * y[:2] <= 7, 0.1 * y[2] <= 0.3, -y[3] >= np.array(-4), y[4] == 2, 5 - y[5] >= 0,
        z**2 + y[0] <= 50, cp.NonNeg(6 - z), cp.Zero(cp.sum(y) - 7),
    ]  # fmt: skip
    problem = from_cvxpy(cp.Problem(cp.Maximize(cp.sum(y)), rows)).problem
    assert isinstance(problem, IntegerProgram)
    assert problem.low.tolist() == [-3, -3, -3, -3, 2, -3, 0]
    assert problem.high.tolist() == [3, 3, 3, 4, 2, 5, 6]
    assert problem.linear_rows.names == ("c8",)
    assert [row.name for row in problem.quadratic_rows] == ["c6"]


def test_bits_keep_their_rows_but_for_those_that_always_hold():
    x = cp.Variable(3, boolean=True, name="x")
    rows = [x >= 0, x <= 1, x[0] <= 0.5, x[1] == 1, cp.square(x) <= 1, 0 * x[0] <= 3, cp.Constant(1) <= 2]
    problem = from_cvxpy(cp.Problem(cp.Minimize(cp.sum(x)), rows)).problem
    assert isinstance(problem, BinaryProgram)
    assert problem.constraints.names == ("c2", "c3")


def test_squares_of_bits_leave_rows_linear():
    x = cp.Variable(3, boolean=True, name="x")
    problem = from_cvxpy(cp.Problem(cp.Minimize(cp.sum(x)), [cp.sum_squares(x) >= 2])).problem
    assert isinstance(problem, BinaryProgram)
    assert problem.constraints.relation == (">=",)
    assert problem.constraints.matrix.toarray().tolist() == [[1.0, 1.0, 1.0]]


def test_a_constraint_that_never_holds_stays():
    x = cp.Variable(2, boolean=True, name="x")
    problem = from_cvxpy(cp.Problem(cp.Minimize(cp.sum(x)), [x - x >= 1])).problem
    assert problem.judge([0, 0]).violations == {"c0[0]": 1.0, "c0[1]": 1.0}


def test_variables_of_every_kind():
    low = np.array([[0, 1], [2, 3]])
    symmetric = cp.Variable((2, 2), name="s", integer=True, symmetric=True, bounds=[-1, 4])
    diagonal = cp.Variable((2, 2), name="d", integer=True, diag=True, bounds=[0, 3])
    sparse = cp.Variable((2, 2), name="p", integer=True, sparsity=[[0, 1], [1, 1]], bounds=[0, 3])
    bounded = cp.Variable((2, 2), name="m", integer=True, bounds=[low, cp.Parameter(value=5)])
    mixed = cp.Variable((2, 2), name="b", boolean=[[0, 1], [1, 0]], integer=[[0, 1], [0, 1]], bounds=[-1, 2])
    down = cp.Variable(name="n", integer=True, nonpos=True, bounds=[-6, 6])
    total = sum(cp.sum(v) for v in (symmetric, diagonal, sparse, bounded, mixed, down))
    model = from_cvxpy(cp.Problem(cp.Maximize(total)))
    problem = model.problem
    boxes = {
        name: (low, high) for name, low, high in zip(problem.names, problem.low, problem.high, strict=True)
    }
    assert boxes == {
        "s[0, 0]": (-1, 4), "s[0, 1]": (-1, 4), "s[1, 1]": (-1, 4),
        "d[0, 0]": (0, 3), "d[1, 1]": (0, 3), "p[0, 1]": (0, 3), "p[1, 1]": (0, 3),
        "m[0, 0]": (0, 5), "m[0, 1]": (1, 5), "m[1, 0]": (2, 5), "m[1, 1]": (3, 5),
        "b[0, 0]": (-1, 2), "b[0, 1]": (0, 1), "b[1, 0]": (0, 1), "b[1, 1]": (-1, 2), "n": (-6, 0),
    }  # fmt: skip
    solution = problem.encode({"s[0, 1]": 4, "d[1, 1]": 2, "p[0, 1]": 3, "m[1, 0]": 5, "b[0, 1]": 1, "n": -6})
    model.assign(solution)
    assert symmetric.value.tolist() == [[0, 4], [4, 0]]
    assert diagonal.value.tolist() == [[0, 0], [0, 2]]
    assert sparse.value_sparse.toarray().tolist() == [[0, 3], [0, 0]]
    assert bounded.value.tolist() == [[0, 1], [5, 3]]
    assert mixed.value.tolist() == [[0, 1], [0, 0]]
    assert down.value.shape == ()
    assert down.value == -6
    assert np.array_equal(model.solution(), solution)


def test_reading_gives_no_variable_a_value():
    x = cp.Variable(3, boolean=True, name="x")
    from_cvxpy(cp.Problem(cp.Minimize(cp.sum(cp.cumsum(x)) + x[0] * x[1])))
    assert x.value is None


def test_a_wrong_solution_changes_nothing():
    x = cp.Variable(3, boolean=True, name="x")
    model = from_cvxpy(cp.Problem(cp.Maximize(cp.sum(x)), [cp.sum(x) <= 1]))
    model.assign([0, 1, 0])
    for wrong in ([0, 1], [0, 2, 0]):
        with pytest.raises(ProblemError):
            model.assign(wrong)
    assert x.value.tolist() == [0, 1, 0]


def test_values_that_are_no_solution_are_refused():
    x = cp.Variable(2, boolean=True, name="x")
    model = from_cvxpy(cp.Problem(cp.Maximize(cp.sum(x))))
    with pytest.raises(ProblemError, match="the value of x is None"):
        model.solution()
    x.save_value(np.array([0.9999999, 0.5]))
    with pytest.raises(ProblemError, match="expected integers"):
        model.solution()
    x.save_value(np.array([0.9999999, 1e-7]))
    assert model.solution().tolist() == [1, 0]


def test_a_fixed_continuous_variable_is_a_number():
    x, t = cp.Variable(2, boolean=True, name="x"), cp.Variable(name="t")
    model = from_cvxpy(cp.Problem(cp.Maximize(t * cp.sum(x)), [t == 3]))
    assert model.assign(model.problem.encode({"x[0]": 1, "x[1]": 1})) == 6.0
    assert t.value == 3


def minimise(objective, *rows):
    return cp.Problem(cp.Minimize(objective), list(rows))


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda x: minimise(x @ x, cp.Variable(name="t") >= x[0]), ["t is continuous"]),
        (lambda x: minimise(cp.Variable(name="t", integer=True)), ["t", "finite bounds"]),
        (lambda x: minimise(cp.sum(x), cp.SOC(x[0], x)), ["constraint c0", "SOC"]),
        (lambda x: minimise(0, x >= 0, cp.diag(x) >> 0), ["constraint c1", "PSD"]),
        (lambda x: minimise(0, cp.ExpCone(x, x, x)), ["constraint c0", "ExpCone"]),
        (lambda x: minimise(0, cp.FiniteSet(x, [0, 1])), ["constraint c0", "FiniteSet"]),
        (lambda x: minimise(x[0] + cp.Variable(3, name="x")[0]), ["x[0]", "each name once"]),
        (lambda x: minimise(cp.trace(cp.Variable((2, 2), PSD=True))), ["PSD", "attribute"]),
        (lambda x: minimise(cp.real(cp.Variable(name="c", complex=True))), ["variable c", "complex"]),
        (lambda x: minimise(cp.sum(cp.Variable(2, boolean=[(0,), (1,)], name="w"))), ["variable w", "axes"]),
        (lambda x: minimise(cp.sum(x), x <= np.inf), ["finite real numbers"]),
        (lambda x: minimise(cp.Variable(integer=True, bounds=[0, cp.Parameter(name="p")])), ["parameter p"]),
        (lambda x: x, ["cvxpy.Problem"]),
    ],
)
def test_what_cannot_be_taken_is_refused_by_name(make, words):
    with pytest.raises(ProblemError) as error:
        from_cvxpy(make(cp.Variable(3, name="x", boolean=True)))
    assert all(word in str(error.value) for word in words)


def test_nonpositive_constraints_of_old_models():
    x = cp.Variable(3, boolean=True, name="x")
    with warnings.catch_warnings(action="ignore"):
        old = cp.NonPos(cp.sum(x) - 2)
    assert from_cvxpy(cp.Problem(cp.Maximize(cp.sum(x)), [old])).problem.judge([1, 1, 1]).violations == {
        "c0": 1.0
    }
