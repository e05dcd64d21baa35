"""Programs as CVXPY problems: products linearised for its mixed-integer solvers, or as they stand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, get_args

import numpy as np
from scipy.sparse import csr_array, eye_array, vstack

from problems.binary.integer import IntegerProgram
from problems.binary.linear_form import linear_form
from problems.binary.polynomial import QuadraticPolynomial
from problems.binary.program import BinaryProgram
from problems.binary.qubo import Qubo
from problems.binary.rows import Rows
from problems.checking import check_choice
from problems.contract import Array, Reduction
from problems.errors import ProblemError

if TYPE_CHECKING:
    import cvxpy

Form = Literal["linear", "quadratic"]
STRIP = 512  # unit vectors lifted at a time


def to_cvxpy(
    problem: BinaryProgram | IntegerProgram | Qubo, form: Form = "linear"
) -> tuple[cvxpy.Problem, dict[str, cvxpy.Expression]]:
    """Write a program as a CVXPY problem; returns it with the expression of each variable by name.

    All variables stand in one CVXPY vector ``x``; each row is a constraint labelled with its name. After
    ``cvxpy_problem.solve(solver=cvxpy.HIGHS)`` the values are ``{name: e.value for name, e in ...}``.

    Args:
        problem: What to write.
        form: "linear" gives every product of two bits a continuous variable in [0, 1] and the inequalities
            that hold it to the product at the optimum, so that every mixed-integer solver takes it; integers
            in products become sums of bits first. "quadratic" leaves products as quadratic forms, which are
            rarely DCP and solved by few.

    Raises:
        ProblemError: If it is another kind of problem.
    """
    check_choice("form", form, get_args(Form))
    if isinstance(problem, Qubo):
        problem = BinaryProgram(problem.form, names=problem.names)
    if not isinstance(problem, BinaryProgram | IntegerProgram):
        remedy = "a graph problem's is problem.program, an Ising model's problem.qubo"
        expected = "a BinaryProgram, IntegerProgram or Qubo"
        raise ProblemError("problem", type(problem).__name__, expected, remedy)
    if form == "quadratic" or not _has_products(problem):
        return _as_it_stands(problem if isinstance(problem, IntegerProgram) else _over_integers(problem))
    if isinstance(problem, BinaryProgram):
        return _linearised(problem, problem.names, eye_array(problem.n, format="csr"), np.zeros(problem.n))
    over_bits = problem.binary
    assert isinstance(over_bits.problem, BinaryProgram)
    table, constant = _affine_lift(over_bits, over_bits.problem.n)
    return _linearised(over_bits.problem, problem.names, table, constant)


def _has_products(problem: BinaryProgram | IntegerProgram) -> bool:
    if isinstance(problem, BinaryProgram):
        return problem.objective.num_couplings > 0
    return problem.objective.num_products > 0 or len(problem.quadratic_rows) > 0


def _over_integers(program: BinaryProgram) -> IntegerProgram:
    form, n = program.objective, program.n
    polynomial = QuadraticPolynomial(form.linear, form.first, form.second, form.coupling, form.offset)
    return IntegerProgram(
        polynomial,
        np.zeros(n),
        np.ones(n),
        rows=program.constraints,
        names=program.names,
        sense=program.sense,
    )


def _as_it_stands(program: IntegerProgram) -> tuple[cvxpy.Problem, dict[str, cvxpy.Expression]]:
    import cvxpy

    spin = program.is_spin
    if np.all((program.low == 0) & (program.high == 1)):
        values: Any = cvxpy.Variable(program.n, name="x", boolean=True)
    else:
        low, high = np.where(spin, 0.0, program.low), np.where(spin, 1.0, program.high)
        values = cvxpy.Variable(program.n, name="x", integer=True, bounds=[low, high])
    if spin.any():  # a spin is 1 − 2x
        values = cvxpy.multiply(np.where(spin, -2.0, 1.0), values) + spin.astype(float)
    rows = _row_constraints(program.linear_rows, values)
    for row in program.quadratic_rows:
        rows.append(_related(_quadratic(row.polynomial, values), row.relation, row.right, row.name))
    objective = _quadratic(program.objective, values)
    return _stated(program.sense, objective, rows), {name: values[k] for k, name in enumerate(program.names)}


def _linearised(
    program: BinaryProgram, names: tuple[str, ...], table: Any, constant: Array
) -> tuple[cvxpy.Problem, dict[str, cvxpy.Expression]]:
    """Write a program over bits with products; what is named are ``table @ bits + constant``."""
    import cvxpy

    form, m = program.objective, len(program.constraints)
    bits = cvxpy.Variable(program.n, name="x", boolean=True)
    rows, objective = _row_constraints(program.constraints, bits), form.linear @ bits + form.offset
    if form.num_couplings:
        products = cvxpy.Variable(form.num_couplings, name="products", bounds=[0.0, 1.0])
        held = linear_form(program)
        rows.append(
            (held.matrix[m:] @ cvxpy.hstack([bits, products]) <= held.upper[m:]).set_label("products")
        )
        objective = objective + form.coupling @ products
    values = table @ bits + constant
    return _stated(program.sense, objective, rows), {name: values[k] for k, name in enumerate(names)}


def _stated(sense: str, objective: Any, rows: list[Any]) -> cvxpy.Problem:
    import cvxpy

    return cvxpy.Problem(cvxpy.Minimize(objective) if sense == "min" else cvxpy.Maximize(objective), rows)


def _quadratic(polynomial: QuadraticPolynomial, values: Any) -> Any:
    import cvxpy

    expression = polynomial.linear @ values + polynomial.offset
    if polynomial.num_products:
        upper = polynomial.matrix
        expression = expression + cvxpy.quad_form(values, (upper + upper.T) / 2)
    return expression


def _row_constraints(rows: Rows, values: Any) -> list[Any]:
    """Return a labelled constraint for each row."""
    import cvxpy

    sides = zip(rows.relation, rows.right.tolist(), rows.names, strict=True)
    return [_related(cvxpy.sum(rows.matrix[[r]] @ values), *side) for r, side in enumerate(sides)]


def _related(expression: Any, relation: str, right: float, name: str) -> Any:
    if relation == "==":
        return (expression == right).set_label(name)
    return (expression <= right if relation == "<=" else expression >= right).set_label(name)


def _affine_lift(reduction: Reduction[Any], n: int) -> tuple[Any, Array]:
    """Return ``table`` ``[N, n]`` and ``constant`` ``[N]`` of a lift that is affine in the bits."""
    constant = np.asarray(reduction.lift(np.zeros((1, n), np.uint8)))[0]
    parts = []
    for start in range(0, n, STRIP):
        units = (np.arange(start, min(n, start + STRIP))[:, None] == np.arange(n)).astype(np.uint8)
        parts.append(csr_array(reduction.lift(units) - constant))
    return vstack(parts, format="csr").T.tocsr().astype(float), constant.astype(float)
