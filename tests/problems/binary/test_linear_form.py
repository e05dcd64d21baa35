"""The linear form has the program's feasible points and values, and no more rows than the signs ask for."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from problems.binary.linear_form import linear_form
from problems.binary.program import BinaryProgram

PROGRAMS = st.builds(
    BinaryProgram.random,
    n=st.integers(1, 7),
    rows=st.integers(0, 4),
    density=st.sampled_from([0.3, 1.0]),
    seed=st.integers(0, 10_000),
)


@settings(deadline=None, max_examples=50)
@given(program=PROGRAMS)
def test_products_of_bits_satisfy_the_form_at_the_objectives_value(program):
    form, objective = linear_form(program), program.minimised
    bits = ((np.arange(2**program.n)[:, None] >> np.arange(program.n)) & 1).astype(np.uint8)
    points = np.hstack([bits, bits[:, objective.first] * bits[:, objective.second]]).astype(float)
    activity = points @ form.matrix.T
    m = len(program.constraints)
    np.testing.assert_array_equal(points @ form.cost + form.offset, objective.values(bits))
    assert np.all((activity[:, m:] >= form.lower[m:]) & (activity[:, m:] <= form.upper[m:]))
    kept = np.all((activity >= form.lower) & (activity <= form.upper), axis=1)
    np.testing.assert_array_equal(kept, program.ranks(bits)[:, 0] == 0)


@settings(deadline=None, max_examples=15)
@given(program=PROGRAMS, pattern=st.integers(0, 127))
def test_with_bits_fixed_the_best_columns_are_their_products(program, pattern):
    form, objective = linear_form(program), program.minimised
    bits = ((pattern >> np.arange(program.n)) & 1).astype(float)
    fixed = np.concatenate(
        [np.stack([bits, bits], axis=1), np.tile([0.0, 1.0], (objective.num_couplings, 1))]
    )
    rows = slice(len(program.constraints), None)
    matrix = form.matrix[rows]
    solved = linprog(
        form.cost,
        A_ub=matrix if matrix.shape[0] else None,
        b_ub=form.upper[rows] if matrix.shape[0] else None,
        bounds=fixed,
    )
    assert solved.status == 0
    np.testing.assert_allclose(solved.fun + form.offset, objective.values(bits), rtol=0, atol=1e-7)


def test_a_product_that_pays_takes_two_rows_and_one_that_costs_takes_one():
    program = BinaryProgram.from_arrays(
        [0, 0, 0], [[1, 1, 1]], [2], ">=", quadratic=[[0, -1, 2], [0, 0, 0], [0, 0, 0]]
    )
    form = linear_form(program)
    assert form.n == 3
    np.testing.assert_array_equal(
        form.matrix.toarray(),
        [[1, 1, 1, 0, 0], [-1, 0, 0, 1, 0], [0, -1, 0, 1, 0], [1, 0, 1, 0, -1]],
    )
    np.testing.assert_array_equal(form.lower, [2, -np.inf, -np.inf, -np.inf])
    np.testing.assert_array_equal(form.upper, [np.inf, 0, 0, 1])


def test_maximising_turns_the_sign_before_the_rows_are_chosen():
    quadratic = [[0, 1], [0, 0]]
    paying = linear_form(BinaryProgram.from_arrays([0, 0], quadratic=quadratic, sense="max"))
    costing = linear_form(BinaryProgram.from_arrays([0, 0], quadratic=quadratic, sense="min"))
    assert (len(paying.upper), len(costing.upper)) == (2, 1)
    assert (paying.cost[2], costing.cost[2]) == (-1, 1)
