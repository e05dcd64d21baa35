"""What is read from CVXPY expressions equals CVXPY's own values: every atom, and random trees of them."""

import cvxpy as cp
import numpy as np
import pytest
import scipy.sparse as sp
from hypothesis import given, settings
from hypothesis import strategies as st

from problems.bridges import from_cvxpy
from problems.errors import ProblemError

pytestmark = pytest.mark.filterwarnings("ignore:Reading from a sparse CVXPY expression:RuntimeWarning")
SEEDS = st.integers(0, 10_000)
FORM = np.array([[2, -3, 1], [-3, 0, 4], [1, 4, -5]])  # indefinite
PLAIN = {
    "reshape in C order": lambda v: cp.reshape(v["X"], (3, 2), order="C"),
    "reshape in F order": lambda v: cp.reshape(v["X"], (3, 2), order="F"),
    "vec in both orders": lambda v: cp.vec(v["X"], order="C") - 2 * cp.vec(v["X"], order="F"),
    "transposed product": lambda v: v["X"].T @ np.array([[1, 2], [3, 4]]),
    "sparse product": lambda v: sp.csr_array(np.array([[0, 2], [3, 0], [0, 0]])) @ v["X"],
    "kron": lambda v: cp.kron(np.array([[1, 2]]), v["Z"]) + cp.kron(v["Y"][:2], np.array([[3, -1]])),
    "diagonals": lambda v: cp.diag(v["x"], k=1)[:3, 1:] + cp.diag(cp.diag(v["Z"]).T @ np.ones((2, 3))),
    "hstack in three dimensions": lambda v: cp.hstack([v["T"], 2 * v["T"][:, ::-1]]),
    "stack": lambda v: cp.stack([v["X"], v["Y"].T], axis=1),
    "concatenate": lambda v: cp.concatenate([v["X"], v["Y"].T], axis=1),
    "bmat": lambda v: cp.bmat([[v["Z"], v["D"]], [v["X"][:, :2], np.eye(2)]]),
    "cumsum": lambda v: cp.cumsum(v["X"], axis=1) + cp.cumsum(v["S"], axis=0),
    "convolve": lambda v: cp.convolve(np.array([1, -2, 3]), v["x"]),
    "masked": lambda v: v["X"][np.array([[True, False, True], [False, True, True]])],
    "fancy index": lambda v: v["X"][[1, 0, 1], [2, 2, 0]],
    "trace": lambda v: cp.trace(v["Z"] @ np.array([[1, 2], [3, 4]])),
    "partial trace": lambda v: cp.partial_trace(cp.kron(np.eye(2), v["Z"]), (2, 2), axis=0),
    "partial transpose": lambda v: cp.partial_transpose(
        cp.kron(np.ones((2, 2)), v["X"][:, :2]), (2, 2), axis=1
    ),
    "permuted axes": lambda v: cp.permute_dims(v["T"], (2, 0, 1)) - cp.permute_dims(v["T"], (2, 1, 0)),
    "broadcast": lambda v: v["T"] + v["X"] + v["b"],
    "division": lambda v: (v["X"] - 4) / np.array([[1, 2, 4]]) + v["b"] / 2,
    "real parts": lambda v: cp.real(v["X"]) + cp.conj(v["S"]) + cp.imag(v["S"]),
    "wrapped": lambda v: cp.symmetric_wrap(v["Z"]) + cp.psd_wrap(v["D"]),
    "mean": lambda v: 8 * cp.mean(v["X"][:, :2]) + cp.diff(v["Y"], axis=0),
    "einsum": lambda v: cp.einsum("ij,kj->ik", v["X"], np.arange(6).reshape(2, 3)),
    "power 1 and 0": lambda v: cp.power(v["y"], 1) + cp.power(v["y"], 0),
    "not": lambda v: ~v["X"],
}
BENT = {
    "product of two variables": lambda v: v["a"] * v["b"],
    "elementwise": lambda v: cp.multiply(v["X"], v["S"] - 1),
    "matrix product": lambda v: v["Y"] @ v["X"],
    "batched product": lambda v: v["T"] @ v["Y"],
    "batched vector": lambda v: v["T"] @ v["x"] + v["y"] @ v["T"][:, :, :2],
    "inner product": lambda v: v["x"] @ v["S"][0] + v["x"].T @ v["x"],
    "outer product": lambda v: cp.outer(v["x"], v["y"]),
    "quadratic form": lambda v: cp.quad_form(v["x"] - v["S"][1], FORM),
    "sparse quadratic form": lambda v: cp.quad_form(v["x"] - v["S"][1], sp.csc_array(FORM)),
    "asymmetric form": lambda v: v["x"] @ (np.triu(FORM) @ v["S"][0]),
    "squares": lambda v: v["Y"] ** 2 - cp.square(v["X"].T),
    "sum of squares": lambda v: 3 - cp.sum_squares(v["X"] - v["Y"].T),
    "over a constant": lambda v: cp.quad_over_lin(v["Y"], 2) + cp.quad_over_lin(v["Z"], 4),
    "sums of squares by axis": lambda v: cp.quad_over_lin(v["T"], 1, axis=(0, 2)),
    "square of a modulus": lambda v: cp.square(cp.abs(v["Y"] - 1)),
    "difference of convex": lambda v: cp.sum_squares(v["Y"]) - 2 * cp.sum_squares(v["x"] - v["b"]),
    "trace of a product": lambda v: cp.trace(v["X"] @ v["Y"]),
    "einsum of two": lambda v: cp.einsum("i,ij,j->", v["y"], np.array([[1, 2, 3], [4, 5, 6]]), v["x"]),
    "products moved about": lambda v: cp.hstack([v["Y"] @ v["X"], cp.diag(v["x"] * v["b"])]).T,
    "logic": lambda v: (v["X"] & ~v["X"]) + 2 * (v["X"] | v["a"]) - (v["X"] ^ v["a"]),
}


def leaves():
    """Return fresh variables of each shape and kind: bits, integers, symmetric, diagonal and sparse ones."""
    sparse = cp.Variable((2, 3), name="S", integer=True, bounds=[-2, 2], sparsity=[[0, 1, 1], [2, 0, 2]])
    return [
        cp.Variable(name="a", boolean=True),
        cp.Variable(name="b", integer=True, bounds=[-3, 4]),
        cp.Variable(3, name="x", boolean=True),
        cp.Variable(2, name="y", integer=True, bounds=[np.array([-1, 0]), 3]),
        cp.Variable((2, 3), name="X", boolean=True),
        cp.Variable((3, 2), name="Y", integer=True, bounds=[-2, 2]),
        cp.Variable((2, 2), name="Z", integer=True, bounds=[-2, 3], symmetric=True),
        cp.Variable((2, 2), name="D", integer=True, bounds=[-2, 3], diag=True),
        sparse,
        cp.Variable((2, 2, 3), name="T", boolean=True),
    ]


def at_a_point(rng, variables):
    """Give variables random values within their bounds."""
    for variable in variables:
        low, high = variable.get_bounds()
        value = rng.integers(low.astype(int), high.astype(int) + 1).astype(float)
        if variable.attributes["symmetric"]:
            value = np.tril(value) + np.tril(value, -1).T
        if variable.attributes["diag"]:
            value = np.diag(np.diag(value))
        variable.save_value(value)


def draw(rng, problem, count):
    """Return random values ``[count, n]`` within the bounds of a program."""
    if hasattr(problem, "low"):
        return rng.integers(problem.low, problem.high + 1, (count, problem.n))
    return rng.integers(0, 2, (count, problem.n))


def residuals(constraint):
    """Return by how much each element of a constraint is broken, by CVXPY's own values."""
    amount = np.atleast_1d(constraint.expr.value)
    return np.abs(amount) if isinstance(constraint, cp.constraints.Equality) else np.maximum(amount, 0)


def check_identity(objective, constraints, rng, points=4):
    """Compare a model with CVXPY: objective and rows element by element, bounds by feasibility."""
    model = from_cvxpy(cp.Problem(cp.Maximize(objective), constraints))
    for solution in draw(rng, model.problem, points):
        assert model.assign(solution) == np.asarray(objective.value).item()
        broken = model.problem.judge(solution).violations
        feasible = True
        for k, constraint in enumerate(constraints):
            for spot, amount in np.ndenumerate(residuals(constraint)):
                name = f"c{k}[{', '.join(map(str, spot))}]" if constraint.shape else f"c{k}"
                feasible &= amount == 0
                if name in rows_of(model.problem):
                    assert broken.get(name, 0.0) == amount
        assert feasible == (not broken)


def rows_of(problem):
    if hasattr(problem, "linear_rows"):
        return {*problem.linear_rows.names, *(row.name for row in problem.quadratic_rows)}
    return set(problem.constraints.names)


def constant(rng, shape):
    return rng.integers(-4, 5, shape)


def grown(rng, expression):
    """Return an affine expression made of another by one random atom."""
    e, shape = expression, expression.shape
    choices = [
        lambda: e + constant(rng, shape),
        lambda: constant(rng, ()) - e,
        lambda: cp.multiply(constant(rng, shape), e),
        lambda: int(rng.integers(-3, 4)) * e,
        lambda: cp.reshape(e, (e.size,), order=str(rng.choice(["C", "F"]))),
        lambda: cp.vec(e, order=str(rng.choice(["C", "F"]))),
        lambda: cp.sum(e),
    ]
    if e.ndim >= 1:
        axis = int(rng.integers(e.ndim))
        choices += [
            lambda: e[..., ::-1],
            lambda: e[int(rng.integers(shape[0]))],
            lambda: cp.sum(e, axis=axis, keepdims=bool(rng.integers(2))),
            lambda: cp.cumsum(e, axis=axis),
            lambda: cp.hstack([e, constant(rng, shape)]),
            lambda: cp.vstack([e, 2 * e]),
            lambda: e @ constant(rng, (shape[-1], 2)),
        ]
    if e.ndim == 2:
        choices += [
            lambda: e.T,
            lambda: constant(rng, (3, shape[0])) @ e,
            lambda: sp.csr_array(constant(rng, (3, shape[0]))) @ e,
            lambda: e[rng.random(shape) < 0.6],
            lambda: e[list(rng.integers(0, shape[0], 3))],
            lambda: cp.kron(constant(rng, (2, 1)), e),
            lambda: cp.kron(e, constant(rng, (1, 2))),
            lambda: cp.reshape(e, shape[::-1], order=str(rng.choice(["C", "F"]))),
            lambda: cp.broadcast_to(e, (2, *shape)),
            lambda: cp.trace(e @ constant(rng, shape[::-1])),
        ]
    if e.ndim == 1:
        choices += [
            lambda: cp.diag(e),
            lambda: cp.outer(e, constant(rng, 2)),
            lambda: cp.diff(e) if e.size > 1 else e,
        ]
    if e.ndim == 3:
        choices += [lambda: cp.permute_dims(e, tuple(int(a) for a in rng.permutation(3)))]
    grown = choices[rng.integers(len(choices))]()
    return grown if 0 < grown.size <= 40 else e


def affine(rng, variables, depth):
    expression = variables[rng.integers(len(variables))]
    for _ in range(depth):
        expression = grown(rng, expression)
    return expression


def quadratic(rng, variables):
    """Return a random expression with products or squares."""
    one, two = affine(rng, variables, rng.integers(4)), affine(rng, variables, rng.integers(4))
    vector = cp.vec(one, order="F")
    form = constant(rng, (one.size, one.size))
    choices = [
        lambda: cp.square(one),
        lambda: one**2 - cp.sum_squares(two),
        lambda: cp.sum_squares(one) * int(rng.integers(-3, 4)),
        lambda: cp.quad_form(vector, form + form.T),
        lambda: vector @ (form @ vector),
        lambda: cp.multiply(one, constant(rng, one.shape) - one),
        lambda: cp.sum(one) * two,
        lambda: 4 * cp.quad_over_lin(one, 4),
        lambda: cp.outer(vector, cp.vec(two, order="C")[:2]),
        lambda: cp.multiply(cp.reshape(vector, (one.size, 1), order="F"), cp.vec(two, order="C")),
    ]
    if one.ndim == 2:
        choices += [
            lambda: one.T @ one,
            lambda: cp.quad_over_lin(one, 1, axis=int(rng.integers(2)), keepdims=bool(rng.integers(2))),
            lambda: cp.broadcast_to(one, (2, *one.shape)) @ one.T,
            lambda: one[0] @ one.T,
        ]
    if one.ndim == 3:
        choices += [lambda: one @ cp.permute_dims(one, (0, 2, 1)), lambda: one @ one[0, 0]]
    return choices[rng.integers(len(choices))]()


@settings(deadline=None, max_examples=60)
@given(seed=SEEDS)
def test_random_expressions_have_cvxpys_values(seed):
    rng = np.random.default_rng(seed)
    variables = leaves()
    at_a_point(rng, variables)
    objective = cp.sum(quadratic(rng, variables)) - cp.sum(affine(rng, variables, 3)) + 7
    curved, straight, level = quadratic(rng, variables), affine(rng, variables, 3), affine(rng, variables, 2)
    constraints = [curved <= curved.value + 5, straight >= straight.value - 1, level == level.value]
    check_identity(objective, constraints, rng)


@pytest.mark.parametrize("name", [*PLAIN, *BENT])
def test_atoms_have_cvxpys_values(name):
    rng = np.random.default_rng(5)
    atom = PLAIN[name] if name in PLAIN else BENT[name]
    variables = leaves()
    expression = atom({variable.name(): variable for variable in variables})
    at_a_point(rng, variables)
    weighted = cp.sum(cp.multiply(constant(rng, expression.shape), expression))
    check_identity(weighted, [expression <= expression.value, expression == expression.value], rng, 8)


def test_upper_triangles_are_read_row_by_row():
    x = cp.Variable((3, 3), boolean=True)
    model = from_cvxpy(cp.Problem(cp.Maximize(np.array([[1, 10, 100]]) @ cp.upper_tri(x))))
    bits = np.random.default_rng(0).integers(0, 2, (20, 9))
    assert np.array_equal(model.problem.objective.values(bits), bits[:, [1, 2, 5]] @ [1, 10, 100])


def test_fractions_are_near_cvxpys_values():
    rng = np.random.default_rng(1)
    x = cp.Variable((3, 2), integer=True, bounds=[-5, 5])
    root = rng.normal(size=(3, 3)) + 4 * np.eye(3)
    middle = cp.Parameter((3, 3), PSD=True, value=root @ root.T)
    terms = [
        cp.matrix_frac(x, middle), cp.norm(x, "fro") ** 2, cp.var(x), cp.quad_over_lin(x, 3),
        cp.sum(cp.norm(x, 2, axis=0) ** 2), cp.sum(x / 3) * cp.sum(rng.normal(size=(3, 2)) @ x[:2]),
    ]  # fmt: skip
    for term in terms:
        model = from_cvxpy(cp.Problem(cp.Minimize(term)))
        for solution in draw(rng, model.problem, 5):
            assert model.assign(solution) == pytest.approx(term.value, rel=1e-12, abs=1e-9)


@pytest.mark.parametrize(
    ("atom", "words"),
    [
        (lambda x: cp.sum(cp.abs(x)), ["abs", "t >= -x"]),
        (lambda x: cp.norm1(x), ["norm1"]),
        (lambda x: cp.max(x), ["max"]),
        (lambda x: cp.norm(x), ["Pnorm", "cp.sum_squares"]),
        (lambda x: cp.log(x[0]), ["log", "boolean"]),
        (lambda x: cp.sum(x**3), ["exponent of 0, 1 or 2"]),
        (lambda x: cp.prod(x), ["Prod"]),
        (lambda x: x[0] * x[1] * x[2], ["degree of at most 2"]),
        (lambda x: cp.sum_squares(x) ** 2, ["degree of at most 2"]),
        (lambda x: x[0] / x[1], ["DivExpression", "constant divisor"]),
        (lambda x: cp.sum(x / np.array([1, 0, 2])), ["other than 0"]),
        (lambda x: cp.quad_over_lin(x, x[0]), ["constant positive denominator"]),
        (lambda x: cp.quad_over_lin(x, -1), ["constant positive denominator"]),
        (lambda x: cp.matrix_frac(x, cp.Parameter((3, 3), value=np.zeros((3, 3)))), ["invertible"]),
        (lambda x: cp.real(1j * x[0]), ["finite real numbers"]),
        (lambda x: cp.sum(x) * cp.Parameter(name="price"), ["parameter price", "parameter.value"]),
    ],
)
def test_what_is_no_quadratic_polynomial_is_refused_by_name(atom, words):
    x = cp.Variable(3, name="x", integer=True, bounds=[0, 3])
    with pytest.raises(ProblemError) as error:
        from_cvxpy(cp.Problem(cp.Minimize(atom(x))))
    assert all(word in str(error.value) for word in words)


def test_logic_over_what_is_partly_boolean_is_refused():
    x = cp.Variable(2, name="x", boolean=[[0]], bounds=[0, 5])
    with pytest.raises(ProblemError, match="x is not boolean in all its elements"):
        from_cvxpy(cp.Problem(cp.Minimize(cp.sum(cp.logic.Not(x)))))


def test_parameters_count_with_the_values_they_have():
    x = cp.Variable(2, boolean=True)
    price = cp.Parameter(2, value=[1, 2])
    problem = cp.Problem(
        cp.Maximize(price @ x + cp.quad_form(x, cp.Parameter((2, 2), PSD=True, value=np.eye(2))))
    )
    assert from_cvxpy(problem).assign([1, 1]) == 5.0
    price.value = [10, 20]
    assert from_cvxpy(problem).assign([1, 1]) == 32.0


def test_rounding_leaves_no_products_behind():
    x = cp.Variable(4, boolean=True)
    matrix = np.random.default_rng(0).normal(size=(4, 4))
    form = cp.quad_form(x, matrix + matrix.T)
    model = from_cvxpy(
        cp.Problem(cp.Minimize(0.1 * form + 0.2 * form - 0.3 * form + x[0]), [form <= form + x[1]])
    )
    assert model.problem.objective.num_couplings == 0
    assert model.problem.constraints.names == ()
