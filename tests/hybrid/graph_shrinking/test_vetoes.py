"""Vetoes against enumeration: no impossible state is missed among pairs, no possible tie refused."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from hybrid.graph_shrinking.propagation import Contradiction, forced
from hybrid.graph_shrinking.state import ShrinkingState, Tie
from hybrid.graph_shrinking.vetoes import GroupRows
from problems.binary import BinaryProgram, IndependentSet, MultidimensionalKnapsack, QuadraticAssignment
from problems.binary.rows import Rows
from tests.hybrid.graph_shrinking.test_spin_graph import every_state


def feasible_states(program):
    bits = every_state(program.n)
    return bits[program.constraints.violations(bits).sum(axis=1) == 0]


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**6))
def test_a_refused_tie_never_has_both_its_states(seed):
    """A tie is refused only if one of the states that it leaves has no feasible completion."""
    program = BinaryProgram.random(n=6, rows=3, seed=seed)
    good, rows = feasible_states(program), GroupRows(program.constraints, 7)
    for a in range(6):
        for b in range(a):
            for sign in (-1, 1):
                if rows.refusal(b, a, sign) is not None:
                    tied = good[(good[:, a] == good[:, b]) if sign > 0 else (good[:, a] != good[:, b])]
                    assert len(np.unique(tied[:, b])) < 2


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**6))
def test_what_is_forced_holds_in_every_feasible_state(seed):
    program = BinaryProgram.random(n=6, rows=4, seed=seed)
    good, settled = feasible_states(program), forced(GroupRows(program.constraints, 7))
    assert not isinstance(settled, Contradiction)
    assert all(np.all(good[:, group] == bit) for group, bit in settled)


def test_two_joined_nodes_are_never_equal_but_may_be_opposite():
    rows = GroupRows(IndependentSet(3, [(0, 1)]).program.constraints, 4)
    assert rows.refusal(0, 1, 1) is not None
    assert rows.refusal(0, 1, -1) is None
    assert rows.refusal(0, 2, 1) is None


def test_a_triple_that_does_not_fit_is_refused_where_its_pairs_fit():
    problem = MultidimensionalKnapsack([1, 1, 1], [[4, 4, 4]], [9])
    rows = GroupRows(problem.program.constraints, 4)
    assert rows.refusal(0, 1, 1) is None
    rows.merge(0, 1, 1)
    assert rows.refusal(0, 2, 1) == "row capacity 1"
    assert rows.refusal(0, 2, -1) is None


def test_likely_refuses_what_takes_most_of_a_capacity():
    rows = GroupRows(MultidimensionalKnapsack([1, 1, 1], [[3, 3, 1]], [9]).program.constraints, 4)
    assert rows.crowds(0, 1, 1, 0.6) == "row capacity 1"
    assert rows.crowds(0, 1, 1, 0.7) is None
    assert rows.crowds(0, 2, 1, 0.6) is None


def test_likely_refuses_what_takes_most_of_what_a_lower_limit_leaves():
    program = BinaryProgram.from_arrays([1, 1, 1], [[3, 3, 1]], [1], [">="])
    rows = GroupRows(program.constraints, 4)  # all but 6 of 7 may go; bits 0 and 1 both at 0 take all of it
    assert rows.crowds(0, 1, 1, 0.9) == "row r0"
    assert rows.crowds(0, 1, 1, 1.0) is None
    assert rows.crowds(0, 2, 1, 0.7) is None


def test_likely_refuses_opposites_that_both_rule_something_out():
    path = GroupRows(IndependentSet(4, [(0, 1), (1, 2), (2, 3)]).program.constraints, 5)
    assert path.corners(1, 2, -1) is not None  # one of the inner two is in, and the other end is out
    assert path.corners(0, 1, -1) is None  # with node 0 in, nobody else has to be out
    assert path.corners(0, 3, 1) is None  # with both out, all others are free
    items = GroupRows(MultidimensionalKnapsack([1] * 3, [[5, 5, 4]], [8]).program.constraints, 4)
    assert items.corners(0, 1, -1) is not None
    assert items.corners(0, 2, -1) is not None
    assert items.corners(0, 1, 1) is None


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**6))
def test_cornered_groups_lose_a_value_in_either_state(seed):
    """Whatever is reported, both states leave some other bit one value among the feasible completions."""
    program = BinaryProgram.random(n=6, rows=3, seed=seed)
    good, rows = feasible_states(program), GroupRows(program.constraints, 7)
    for a in range(6):
        for b in range(a):
            for sign in (-1, 1):
                if rows.corners(b, a, sign) is None:
                    continue
                for state in (0, 1):
                    left = good[(good[:, b] == state) & (good[:, a] == (state if sign > 0 else 1 - state))]
                    others = np.delete(left, [a, b], axis=1)
                    assert np.any(others.min(axis=0, initial=1) == others.max(axis=0, initial=0)) or not len(
                        left
                    )


def test_assignment_fixes_the_rest_of_row_and_column_and_the_last_candidate():
    program = QuadraticAssignment.random(3, seed=1).program
    state = ShrinkingState(program, program.objective)
    state.decide(Tie(9, 0, -1))  # facility 1 at location 1
    fixed = {tie.gone: tie.sign for tie in state.implied}
    assert fixed == {1: 1, 2: 1, 3: 1, 6: 1}
    state.decide(Tie(9, 4, -1))
    assert state.qubits == 0
    column, flip = state.unfolding()
    assert np.all(column == -1)
    assert np.array_equal(flip.reshape(3, 3), np.eye(3))


def test_items_that_fit_beside_all_that_is_left_are_packed_and_those_that_do_not_fit_are_not():
    problem = MultidimensionalKnapsack([5, 4, 3], [[6, 5, 2]], [8])
    state = ShrinkingState(problem.program, problem.program.minimised)
    state.decide(Tie(3, 0, -1))
    _, flip = state.unfolding()
    assert state.qubits == 0
    assert flip.tolist() == [1, 0, 1]


def test_a_free_node_is_chosen_once_its_neighbours_are_gone():
    problem = IndependentSet(4, [(0, 1), (1, 2), (2, 3)])
    state = ShrinkingState(problem.program, problem.program.minimised)
    state.decide(Tie(4, 0, -1))
    _, flip = state.unfolding()
    assert flip[[0, 1]].tolist() == [1, 0]


def test_an_infeasible_program_names_its_empty_row():
    rows = Rows.from_rows(2, [({0: 1.0, 1: 1.0}, ">=", 2.0), ({0: 1.0, 1: 2.0}, "<=", 2.0)], ("all", "few"))
    objective = BinaryProgram.from_arrays([1.0, 1.0]).objective
    found = ShrinkingState(BinaryProgram(objective, rows), objective).follow()
    assert isinstance(found, Contradiction)
    assert "row all" in found.why or "row few" in found.why


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10**6))
def test_group_rows_follow_the_rows_of_the_reduced_program(seed):
    """Least and greatest activities over groups equal those of the rows written over the reduced bits."""
    rng = np.random.default_rng(seed)
    program = BinaryProgram.random(n=7, rows=4, seed=seed)
    state = ShrinkingState(program, program.minimised, propagate=False)
    for _ in range(4):
        a, b = rng.choice(state.graph.nodes(), 2, replace=False)
        state.tie(state.ordered(int(a), int(b), int(rng.choice([-1, 1]))))
    reduced = state.reduced_program()
    kept = [r for r, kind in enumerate(program.constraints.classes) if kind != "packing"]
    low, high = state.rows.spans()
    shift = (program.constraints.right - reduced.constraints.right)[kept]
    assert np.allclose(low, reduced.constraints.ranges[0][kept] + shift)
    assert np.allclose(high, reduced.constraints.ranges[1][kept] + shift)
