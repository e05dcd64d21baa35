"""Merging is exact: energies of unfolded points equal reduced energies, for every state."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from hybrid.graph_shrinking.signed_union_find import SignedUnionFind
from hybrid.graph_shrinking.spin_graph import SpinGraph
from hybrid.graph_shrinking.state import ShrinkingState
from problems.binary import BinaryProgram, Qubo


def every_state(n):
    return ((np.arange(2**n)[:, None] >> np.arange(n)) & 1).astype(np.uint8)


def merged_at_random(state, merges, rng):
    for _ in range(merges):
        nodes = state.graph.nodes()
        a, b = rng.choice(nodes, 2, replace=False)
        state.tie(state.ordered(int(a), int(b), int(rng.choice([-1, 1]))))


@settings(max_examples=200, deadline=None)
@given(st.integers(2, 10), st.integers(0, 10**6), st.floats(0.0, 1.0))
def test_energies_of_all_unfolded_states_are_the_reduced_ones(n, seed, share):
    rng = np.random.default_rng(seed)
    form = Qubo.from_matrix(rng.normal(size=(n, n)) * 10, offset=1.5).form
    state = ShrinkingState(BinaryProgram(form), form)
    merged_at_random(state, round(share * n), rng)
    column, flip = state.unfolding()
    bits = every_state(state.qubits)
    whole = np.concatenate([bits, np.zeros((len(bits), 1), np.uint8)], axis=1)[:, column] ^ flip
    assert np.abs(form.values(whole) - state.qubo().energies(bits)).max() < 1e-9


def test_integer_energies_stay_exact():
    form = Qubo.random(9, seed=3).form
    state = ShrinkingState(BinaryProgram(form), form)
    merged_at_random(state, 5, np.random.default_rng(1))
    column, flip = state.unfolding()
    bits = every_state(4)
    whole = np.concatenate([bits, np.zeros((16, 1), np.uint8)], axis=1)[:, column] ^ flip
    assert np.array_equal(form.values(whole), state.qubo().energies(bits))


def test_a_biased_variable_is_fixed_to_the_bit_that_it_wants():
    graph = SpinGraph.from_form(Qubo.from_matrix([[-3.0]]).form)  # x = 1 is best, which is spin −1
    graph.merge(1, 0, -1)
    assert graph.constant == -3.0
    graph = SpinGraph.from_form(Qubo.from_matrix([[-3.0]]).form)
    graph.merge(1, 0, 1)
    assert graph.constant == 0.0


@given(st.integers(2, 12), st.integers(0, 10**6))
def test_signs_multiply_along_the_way_to_the_representative(n, seed):
    rng = np.random.default_rng(seed)
    spins, groups = rng.choice([-1, 1], n), SignedUnionFind(n)
    for _ in range(2 * n):
        a, b = (groups.find(int(i))[0] for i in rng.integers(0, n, 2))
        if a != b:
            groups.unite(a, b, int(spins[a] * spins[b]))
    roots, signs = groups.resolved()
    assert np.array_equal(spins, signs * spins[roots])
