"""A binary program as a linear one: each product of two bits becomes a column of its own.

Reference: Fortet, Revue française de recherche opérationnelle 4 (1960). The sign of a product's coefficient
decides which of its inequalities can ever bind, so only those are written.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.sparse import coo_array, csr_array

from problems.binary.program import BinaryProgram
from problems.binary.quadratic import QuadraticForm
from problems.binary.rows import Rows
from problems.checking import read_only

Array = np.ndarray


@dataclass(frozen=True, eq=False)
class LinearForm:
    """Minimise ``cost @ z + offset`` under ``lower <= matrix @ z <= upper`` and ``0 <= z <= 1``.

    Where the first n columns are bits, the others equal their products at the optimum without being declared
    integer.

    Attributes:
        cost: ``[N]``, for the minimised objective.
        offset: The constant of the minimised objective.
        matrix: ``[M, N]``; the program's own rows come first, in their order.
        lower: ``[M]``, −∞ where there is none.
        upper: ``[M]``, +∞ where there is none.
        n: Number of bits.
    """

    cost: Array
    offset: float
    matrix: csr_array
    lower: Array
    upper: Array
    n: int


def linear_form(program: BinaryProgram) -> LinearForm:
    """Linearise the products of a program; one column and one or two rows per product.

    A product y of x_u and x_v that pays (minimised coefficient < 0) is held down by y <= x_u and y <= x_v;
    one that costs is held up by y >= x_u + x_v − 1, and by its bound y >= 0.
    """
    form = program.minimised
    m, size = len(program.constraints), program.n + form.num_couplings
    own_lower, own_upper = _row_bounds(program.constraints)
    row, column, value, upper = _product_rows(form)
    entries = program.constraints.matrix.tocoo()
    matrix = coo_array(
        (
            np.concatenate([entries.data, value]),
            (np.concatenate([entries.coords[0], row + m]), np.concatenate([entries.coords[1], column])),
        ),
        shape=(m + len(upper), size),
    ).tocsr()
    return LinearForm(
        cost=read_only(np.concatenate([form.linear, form.coupling])),
        offset=form.offset,
        matrix=matrix,
        lower=read_only(np.concatenate([own_lower, np.full(len(upper), -np.inf)])),
        upper=read_only(np.concatenate([own_upper, upper])),
        n=program.n,
    )


def _row_bounds(rows: Rows) -> tuple[Array, Array]:
    at_most = ~rows.is_equality & ~rows.is_at_least
    return np.where(at_most, -np.inf, rows.right), np.where(rows.is_at_least, np.inf, rows.right)


def _product_rows(form: QuadraticForm) -> tuple[Array, Array, Array, Array]:
    """Return (row, column, value) of the entries and the upper bounds ``[R]`` of the products' rows."""
    product = form.n + np.arange(form.num_couplings)
    pays = form.coupling < 0
    held = product[pays]  # y − x_u <= 0 and y − x_v <= 0
    ends = np.concatenate([form.first[pays], form.second[pays]])
    held_row = np.arange(2 * len(held))
    costs = product[~pays]  # x_u + x_v − y <= 1
    cost_row = 2 * len(held) + np.arange(len(costs))
    row = np.concatenate([held_row, held_row, cost_row, cost_row, cost_row])
    column = np.concatenate([held, held, ends, form.first[~pays], form.second[~pays], costs])
    signs = np.array([1.0, -1.0, 1.0, 1.0, -1.0])
    value = np.repeat(signs, [2 * len(held)] * 2 + [len(costs)] * 3)
    return row, column, value, np.concatenate([np.zeros(2 * len(held)), np.ones(len(costs))])
