"""Components: parts that add up to the program, and nothing that joins them."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from problems import Infeasible
from problems.binary.presolve import assemble, components
from problems.binary.program import BinaryProgram
from problems.binary.quadratic import QuadraticForm
from problems.binary.rows import Rows
from tests.problems.binary.presolve.shapes import INTEGER_PROGRAMS, all_bits, kept, optimum, values


def side_by_side(first, second, alone, order):
    """Two programs and some variables without rows as one program, its variables shuffled."""
    n = first.n + second.n + alone
    forms = [program.minimised for program in (first, second)]
    form = QuadraticForm(
        np.concatenate([forms[0].linear, forms[1].linear, np.arange(alone) - 1.0]),
        np.concatenate([forms[0].first, forms[1].first + first.n]),
        np.concatenate([forms[0].second, forms[1].second + first.n]),
        np.concatenate([forms[0].coupling, forms[1].coupling]),
        forms[0].offset + 3,
    )
    rows = [program.constraints for program in (first, second)]
    matrix = np.zeros((len(rows[0]) + len(rows[1]), n))
    matrix[: len(rows[0]), : first.n] = rows[0].matrix.toarray()
    matrix[len(rows[0]) :, first.n : first.n + second.n] = rows[1].matrix.toarray()
    relation = rows[0].relation + rows[1].relation
    right = np.concatenate([rows[0].right, rows[1].right])
    dense = np.zeros((n, n))
    dense[form.first, form.second] = form.coupling
    dense = dense + dense.T
    return BinaryProgram.from_arrays(
        form.linear[order], matrix[:, order], right, relation, np.triu(dense[np.ix_(order, order)]),
        offset=form.offset,
    )  # fmt: skip


@settings(deadline=None, max_examples=60)
@given(
    pair=st.lists(st.builds(BinaryProgram.random, n=st.integers(1, 4), rows=st.integers(1, 2),
                            density=st.just(0.7), seed=st.integers(0, 999)), min_size=2, max_size=2),
    alone=st.integers(0, 2),
    seed=st.integers(0, 99),
)  # fmt: skip
def test_parts_are_separate_and_add_up(pair, alone, seed):
    n = sum(program.n for program in pair) + alone
    program = side_by_side(*pair, alone, np.random.default_rng(seed).permutation(n))
    parts = components(program)
    place = np.concatenate([part.variables for part in parts])
    np.testing.assert_array_equal(np.sort(place), np.arange(n))
    bits = all_bits(n)
    total = sum(values(part.program, bits[:, part.variables]) for part in parts)
    np.testing.assert_array_equal(total, values(program, bits))
    every = np.all([kept(part.program, bits[:, part.variables]) for part in parts], axis=0)
    nonempty = np.diff(program.constraints.indptr) > 0
    if nonempty.all():
        np.testing.assert_array_equal(every, kept(program, bits))
    assert sum(len(part.program.constraints) for part in parts) == nonempty.sum()
    owner = np.empty(n, dtype=int)
    for k, part in enumerate(parts):
        owner[part.variables] = k
        assert part.program.names == tuple(program.names[j] for j in part.variables)
    form = program.objective
    np.testing.assert_array_equal(owner[form.first], owner[form.second])


@settings(deadline=None, max_examples=60)
@given(program=INTEGER_PROGRAMS)
def test_optima_of_the_parts_make_an_optimum(program):
    try:
        parts = components(program)
    except Infeasible:
        assert optimum(program) is None
        return
    best = [optimum(part.program) for part in parts]
    assert optimum(program) == (None if None in best else sum(best))
    assert all(
        (part.solution is None) == bool(len(part.program.constraints) or part.program.objective.num_couplings)
        for part in parts
    )


def test_a_chain_of_products_is_one_component_and_a_gap_makes_two():
    chain = np.diag(np.ones(5), 1)
    assert [
        len(part.variables) for part in components(BinaryProgram.from_arrays(np.ones(6), quadratic=chain))
    ] == [6]
    chain[2, 3] = 0
    parts = components(BinaryProgram.from_arrays(np.ones(6), quadratic=chain, offset=2.0))
    assert [part.variables.tolist() for part in parts] == [[0, 1, 2], [3, 4, 5]]
    assert [part.program.objective.offset for part in parts] == [2.0, 0.0]


def test_variables_without_rows_are_solved_by_their_sign():
    program = BinaryProgram.from_arrays([3, -1, 0, 2], [[0, 1, 0, 0]], [1], sense="max", offset=1)
    first, second = components(program)
    np.testing.assert_array_equal(first.variables, [0, 2, 3])
    np.testing.assert_array_equal(first.solution, [1, 0, 1])
    assert (first.program.objective.offset, second.program.objective.offset) == (1, 0)
    np.testing.assert_array_equal(assemble((first, second), ([1, 0, 1], [0])), [1, 0, 0, 1])


def test_many_rows_between_two_variables_still_join_them():
    program = BinaryProgram.from_arrays(np.ones(2), np.ones((512, 2)), np.arange(512.0))
    assert len(components(program)) == 1


def test_rows_without_variables_are_judged():
    kept_row = BinaryProgram(
        QuadraticForm(np.zeros(1)), Rows.from_rows(1, [({}, "<=", 0.0), ({}, ">=", -1.0)])
    )
    assert len(components(kept_row)[0].program.constraints) == 0
    broken = BinaryProgram(QuadraticForm(np.zeros(1)), Rows.from_rows(1, [({}, "==", 1.0)], ("never",)))
    with pytest.raises(Infeasible, match="row never has no variables and asks for 0 == 1"):
        components(broken)


def test_a_program_without_variables_is_one_solved_part():
    (part,) = components(BinaryProgram(QuadraticForm(np.zeros(0), offset=7.0)))
    assert part.program.objective.offset == 7
    assert assemble((part,), (part.solution,)).shape == (0,)
