"""Models: whatever is written in numpy's operators means what numpy computes."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import csr_array

from problems.binary.integer import IntegerProgram
from problems.binary.integer_codes import OneHotCode
from problems.binary.model import Model
from problems.binary.program import BinaryProgram
from problems.errors import ProblemError

SEEDS = st.integers(0, 10_000)


def _value(expression, point):
    """Evaluate all elements at values of all variables, straight from the terms."""
    terms = expression.terms()
    total = terms.constant.copy()
    np.add.at(total, terms.owner, terms.weight * point[terms.variable])
    np.add.at(total, terms.pair_owner, terms.pair_weight * point[terms.first] * point[terms.second])
    return total.reshape(expression.shape)


@given(seed=SEEDS)
def test_expressions_compute_what_numpy_computes(seed):
    rng = np.random.default_rng(seed)
    model = Model()
    x, y, z = model.binary("x", (3, 4)), model.integer("y", -3, 9, 4), model.spin("z")
    point = rng.integers(-3, 10, 17).astype(float)
    a, b, c = point[:12].reshape(3, 4), point[12:16], point[16]
    left, right = rng.integers(-5, 6, (2, 3)).astype(float), rng.integers(-5, 6, (4, 4)).astype(float)
    cases = [
        (left @ x, left @ a),
        (x @ right, a @ right),
        (x @ y, a @ b),
        (y @ right @ y, b @ right @ b),
        (csr_array(left) @ x, left @ a),
        (x @ csr_array(right), a @ right),
        (x @ right @ x.T, a @ right @ a.T),
        (x * y + z * 2 - 3, a * b + c * 2 - 3),
        ((x - y) ** 2 / 4, (a - b) ** 2 / 4),
        (x.sum(axis=0) * y, a.sum(axis=0) * b),
        (x.sum(axis=1), a.sum(axis=1)),
        (x.T[1:, ::-1].sum(), a.T[1:, ::-1].sum()),
        (x.reshape(2, 6)[:, [0, 5]] - 1, a.reshape(2, 6)[:, [0, 5]] - 1),
        (5 - x.ravel(), 5 - a.ravel()),
        (sum(x[i, j] * y[j] for i in range(3) for j in range(4)), (a * b).sum()),
        (sum(2.5 * y[k] * y[k] - y[k] for k in range(4)) + 1, (2.5 * b * b - b).sum() + 1),
        (np.float64(3) * z + np.ones(4), 3 * c + np.ones(4)),
        (np.ones((3, 4)) - x, np.ones((3, 4)) - a),
        ((y + z).sum() * z, (b + c).sum() * c),
        (y @ np.array([1.0, 2.0, 3.0, 4.0]), b @ np.array([1.0, 2.0, 3.0, 4.0])),
    ]
    for expression, expected in cases:
        assert expression.shape == np.shape(expected)
        np.testing.assert_allclose(_value(expression, point), expected)


@given(seed=SEEDS)
def test_a_problem_judges_as_its_formulas(seed):
    rng = np.random.default_rng(seed)
    matrix, right, table = rng.integers(-4, 5, (2, 5)), rng.integers(-2, 5, 2), rng.integers(-4, 5, (5, 5))
    model = Model()
    x = model.binary("x", 5)
    model.maximise(x @ table @ x - 2 * x.sum() + 7)
    model.add(matrix @ x <= right, "row")
    model.add(x[0] + x[1] >= 1)
    problem = model.problem()
    assert isinstance(problem, BinaryProgram)
    assert problem.constraints.names == ("row[0]", "row[1]", "r0")
    bits = rng.integers(0, 2, 5)
    verdict = problem.judge(bits)
    assert verdict.objective == bits @ table @ bits - 2 * bits.sum() + 7
    broken = np.maximum(matrix @ bits - right, 0).sum() + max(0, 1 - bits[0] - bits[1])
    assert verdict.violation == broken


def test_arrays_and_single_terms_build_the_same_problem():
    table = np.arange(9.0).reshape(3, 3)
    whole, single = Model(), Model()
    x, y = whole.binary("x", 3), single.binary("x", 3)
    whole.minimise(x @ table @ x)
    single.minimise(sum(table[i, j] * y[i] * y[j] for i in range(3) for j in range(3)))
    whole.add(np.ones(3) @ x == 2, "two")
    single.add(sum(y[i] for i in range(3)) == 2, "two")
    assert whole.problem().digest == single.problem().digest


def test_labels_name_the_variables():
    model = Model()
    x = model.binary("ship", [("Bonn", "Köln"), ("Mo", "Di", "Mi")])
    model.add(x.sum(axis=1) <= 1, "once")
    problem = model.problem()
    assert problem.names[1] == "ship[Bonn, Di]"
    assert problem.constraints.names == ("once[0]", "once[1]")


def test_integers_spins_and_products_in_rows_make_an_integer_program():
    model = Model()
    y, s = model.integer("y", 0, 3, code=OneHotCode()), model.spin("s")
    model.minimise((y - 2) ** 2)
    model.add(y * s <= 1, "product")
    problem = model.problem()
    assert isinstance(problem, IntegerProgram)
    assert problem.judge(np.array([3, 1])).violations == {"product": 2.0}
    assert problem.judge(np.array([2, -1])).objective == 0


def test_a_row_that_loses_its_products_is_linear():
    model = Model()
    x = model.binary("x", 2)
    model.add(x[0] * x[1] - x[1] * x[0] + x[0] <= 0, "row")
    assert isinstance(model.problem(), BinaryProgram | IntegerProgram)
    assert model.problem().judge(np.array([1, 0])).violations == {"row": 1.0}


@pytest.mark.parametrize(
    ("build", "match"),
    [
        (lambda m, x: m.add(True), "the constraint"),
        (lambda m, x: m.add(x.sum()), "the constraint"),
        (lambda m, x: m.minimise(x), "the objective"),
        (lambda m, x: m.minimise(Model().binary("y")), "another model"),
        (lambda m, x: x + Model().binary("y", 3), "another model"),
        (lambda m, x: x[0] * x[1] * x[2], "degree 3"),
        (lambda m, x: x**3, "exponent"),
        (lambda m, x: x / 0, "divisor"),
        (lambda m, x: 1 / x[0] if False else x / x, "divisor"),
        (lambda m, x: x + np.ones(4), "broadcast"),
        (lambda m, x: np.ones((2, 4)) @ x, "matrix product"),
        (lambda m, x: float("nan") * x[0], "coefficient"),
        (lambda m, x: 0 <= x[0] <= 1, "truth value"),  # noqa: SIM300
        (lambda m, x: m.binary("x", 3), "each name once"),
        (lambda m, x: m.integer("y", 3, 1), "high"),
        (lambda m, x: m.integer("y", 0, float("inf")), "high"),
        (lambda m, x: m.integer("y", 0, 3, code="unary"), "code"),
        (lambda m, x: m.binary("y", (2, -1)), "axis"),
        (lambda m, x: m.binary("y", 2.5), "shape"),
    ],
)
def test_what_makes_no_sense_is_refused_in_words(build, match):
    model = Model()
    x = model.binary("x", 3)
    with pytest.raises(ProblemError, match=match):
        build(model, x)


def test_an_empty_model_is_a_problem_without_variables():
    assert Model().problem().judge(np.zeros(0, np.uint8)).objective == 0
