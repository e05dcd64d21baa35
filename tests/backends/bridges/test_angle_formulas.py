"""Expressions of Qiskit read as functions, against Qiskit's own values and finite differences."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from qiskit.circuit import Parameter, ParameterVector

from backends.bridges.angle_formulas import AngleFormulas
from problems import ProblemError

A, B, C = (Parameter(name) for name in ("a", "b", "c"))
EXPRESSIONS = {
    "number": 0.25, "parameter": A, "affine": 2 * A - B / 3 + 1, "product": A * B, "square": (A - 2 * C) ** 2,
    "functions": A.sin() * B.exp() - C.cos() / 2, "quotient": 1 / (2 + A * B), "power": A**B,
    "nested": ((A + B).tan() - B.log()).arctan(), "arcs": (A / 9).arcsin() + (B / 9).arccos(),
    "negated": -((A + B) ** 2), "absolute": abs(A * C), "cancelled": (A - B) - (A - 3),
}  # fmt: skip


@settings(deadline=None, max_examples=20)
@given(row=st.lists(st.floats(0.1, 3.0), min_size=3, max_size=3))
def test_values_are_those_of_qiskit(row):
    formulas = AngleFormulas.of(list(EXPRESSIONS.values()), (A, B, C))
    values = dict(zip((A, B, C), row, strict=True))
    for found, expression in zip(formulas.values(np.array([row]))[0], EXPRESSIONS.values(), strict=True):
        if not isinstance(expression, float):
            used = {parameter: values[parameter] for parameter in expression.parameters}
            expression = float(expression.bind(used)) if used else float(expression)
        assert found == pytest.approx(expression, rel=1e-12, abs=1e-12)


@pytest.mark.parametrize("name", EXPRESSIONS)
def test_slopes_are_those_of_finite_differences(name):
    formulas = AngleFormulas.of([EXPRESSIONS[name]], (A, B, C))
    row = np.array([0.7, 1.3, 0.4])
    slopes = formulas.pull_back(row, np.ones((1, 1)))[0]
    for k, step in enumerate(1e-6 * np.eye(3)):
        high, low = formulas.values(np.array([row + step, row - step]))[:, 0]
        assert slopes[k] == pytest.approx((high - low) / 2e-6, abs=1e-7)


def test_rows_are_evaluated_at_once_and_traced_alike():
    formulas = AngleFormulas.of(list(EXPRESSIONS.values()), (A, B, C))
    rows = np.random.default_rng(0).uniform(0.2, 2, (4, 3))
    together = formulas.values(rows)
    functions = {name: getattr(np, name, None) for name in ("sin", "cos", "tan", "exp", "log", "abs")}
    functions |= {"asin": np.arcsin, "acos": np.arccos, "atan": np.arctan}
    for row, expected in zip(rows, together, strict=True):
        np.testing.assert_allclose(formulas.values(row[None])[0], expected, rtol=1e-13)
        np.testing.assert_allclose(formulas.traced(row.tolist(), functions), expected, rtol=1e-13)


def test_columns_follow_the_order_that_is_given():
    vector = ParameterVector("v", 12)
    formulas = AngleFormulas.of([2 * vector[10], vector[2] + vector[11]], tuple(vector))
    row = np.arange(12.0)
    np.testing.assert_array_equal(formulas.values(row[None])[0], [20.0, 13.0])
    np.testing.assert_array_equal(formulas.pull_back(row, np.eye(2)).nonzero()[1], [10, 2, 11])


def test_an_expression_without_a_derivative_is_named():
    formulas = AngleFormulas.of([A, A.sign() * B], (A, B))
    assert "sign(p0)" in str(formulas.without_slope)
    assert formulas.values(np.array([[-2.0, 3.0]]))[0].tolist() == [-2.0, -3.0]
    assert AngleFormulas.of([A * B], (A, B)).without_slope is None


def test_a_complex_expression_is_refused():
    with pytest.raises(ProblemError, match="an angle"):
        AngleFormulas.of([A * (1 + 2j) * B], (A, B))
