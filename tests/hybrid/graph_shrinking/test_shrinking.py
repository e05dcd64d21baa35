"""Shrinking as a whole: exact energies, recursion, undoing, stops, slack, other labels."""

from dataclasses import dataclass, replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hybrid.graph_shrinking import Recalculation, Shrinking, SpectralStop, Trace, shrink
from hybrid.graph_shrinking.correlations import (
    Correlations,
    CorrelationSource,
    CutCorrelation,
    LiftedCorrelation,
    RandomCorrelation,
    SampledCorrelation,
    SemidefiniteCorrelation,
    SingleLayerCorrelation,
)
from hybrid.graph_shrinking.picking import chosen_pairs, ranked
from hybrid.graph_shrinking.schedule import averaged
from hybrid.graph_shrinking.stopping import laplacian_spectrum, spectral_distance
from hybrid.qaoa import Qaoa
from problems.binary import (
    BinaryProgram,
    IndependentSet,
    MaxCut,
    MultidimensionalKnapsack,
    QuadraticAssignment,
    Qubo,
    SlackEncoding,
    SlackFreeEncoding,
)
from problems.errors import Infeasible, ProblemError
from tests.hybrid.graph_shrinking.test_spin_graph import every_state

RECURSIVE = Shrinking(
    1, SingleLayerCorrelation(), recalculation=Recalculation(every=1), ties_per_step=1, propagate=False
)


def ring(n):
    return MaxCut(n, [(k, (k + 1) % n) for k in range(n)])


def best_of(shrunk):
    bits = every_state(shrunk.qubits)
    return shrunk.unfold(bits[np.argmin(shrunk.qubo.energies(bits))])


@settings(max_examples=25, deadline=None)
@given(
    st.integers(0, 10**6), st.sampled_from([SemidefiniteCorrelation(), RandomCorrelation(), CutCorrelation()])
)
def test_reduced_energies_are_those_of_unfolded_bits(seed, source):
    problem = Qubo.random(10, density=0.6, seed=seed)
    shrunk = shrink(problem, Shrinking(4, source), seed=seed)
    bits = every_state(shrunk.qubits)
    assert shrunk.qubits <= 4
    assert np.array_equal(problem.energies(shrunk.unfold(bits)), shrunk.qubo.energies(bits))
    spins = 1 - 2 * bits.astype(int)
    assert np.allclose(shrunk.to_ising().energies(spins), shrunk.qubo.energies(bits))


@pytest.mark.parametrize("n", [6, 14, 30])
def test_recursion_cuts_every_edge_of_an_even_ring(n):
    problem = ring(n)
    assert problem.judge(best_of(shrink(problem, RECURSIVE))).objective == n


def test_cut_shrinking_is_optimal_on_a_tree():
    rng = np.random.default_rng(3)
    edges = [(k, int(rng.integers(k))) for k in range(1, 25)]
    problem = MaxCut(25, edges, rng.normal(size=24))
    shrunk = shrink(problem, Shrinking(2, CutCorrelation(), recalculation=Recalculation.once()))
    assert problem.judge(best_of(shrunk)).objective == pytest.approx(sum(w for w in problem.weights if w > 0))


def test_shrinking_a_program_keeps_energies_of_its_surrogate():
    problem = MultidimensionalKnapsack.random(12, 3, seed=2)
    shrunk = shrink(problem, Shrinking(5, SemidefiniteCorrelation()))
    whole = SlackFreeEncoding().encode(problem.program).problem
    bits = every_state(shrunk.qubits)
    assert (
        np.abs(whole.energies(shrunk.unfold(bits)) - shrunk.qubo.energies(bits)).max()
        < 1e-9 * problem.profits.sum()
    )


def test_slack_bits_are_never_tied():
    problem = MultidimensionalKnapsack([4, 3, 2], [[3, 2, 2]], [5])
    shrunk = shrink(problem, Shrinking(1, SemidefiniteCorrelation(), least=0.0), encoding=SlackEncoding())
    slack = shrunk.column[3:]
    assert np.all(slack >= 0)
    assert len(set(slack.tolist())) == len(slack)
    assert not set(slack.tolist()) & set(shrunk.column[:3].tolist())


def test_veto_leaves_fewer_broken_rows_than_none():
    broken = dict.fromkeys(("hard", "off"), 0)
    for seed in range(6):
        problem = QuadraticAssignment.random(5, seed=seed)
        for veto in broken:
            shrunk = shrink(problem, Shrinking(8, RandomCorrelation(), veto, propagate=False), seed=seed)
            rows = problem.program.constraints.violations(shrunk.unfold(every_state(shrunk.qubits)))
            broken[veto] += int(np.count_nonzero(rows, axis=1).min())
    assert broken["hard"] < 0.8 * broken["off"]


@dataclass(frozen=True)
class Liar(CorrelationSource):
    """Says that items 0 and 1 are equal and that both others are packed, which cannot all be."""

    def correlations(self, state, helper):
        size = state.qubits + 1
        nodes = state.graph.nodes().tolist()
        matrix = np.zeros((size, size))
        for (a, b), value in {(0, 1): 1.0, (2, 5): -0.9, (3, 5): -0.8, (4, 5): 0.7}.items():
            if a in nodes and b in nodes:
                i, j = nodes.index(a), nodes.index(b)
                matrix[i, j] = matrix[j, i] = value
        return Correlations(matrix)


def liar_program():
    """Equal first bits agree with no row alone; once bit 2 is 1, they have to differ."""
    rows = [[1, 1, 1, 0, 0], [1, 1, -1, 0, 0]]
    return BinaryProgram.from_arrays([1, 1, -1, 1, 1], rows, [2, 0], ["<=", ">="])


def test_a_wrong_merge_is_undone_and_forbidden():
    program = liar_program()
    shrunk = shrink(program, Shrinking(1, Liar(), ties_per_step=1))
    undone = [step for step in shrunk.trace.steps if step.kind == "undone"]
    assert [(step.first, step.second, step.sign) for step in undone] == [(0, 1, 1)]
    assert undone[0].why
    bits = shrunk.unfold(every_state(shrunk.qubits))
    assert np.all(bits[:, 2] == 1)
    assert np.any(program.constraints.violations(bits).sum(axis=1) == 0)


def test_without_propagation_the_lie_stays():
    shrunk = shrink(liar_program(), Shrinking(1, Liar(), ties_per_step=1, veto="off", propagate=False))
    bits = shrunk.unfold(every_state(shrunk.qubits))
    assert np.all(liar_program().constraints.violations(bits).sum(axis=1) > 0)


def test_an_infeasible_program_is_told_with_its_row():
    program = BinaryProgram.from_arrays(
        [1.0, 1.0], [[1, 1], [1, -1]], [2, 1], ["==", ">="], row_names=["both", "apart"]
    )
    with pytest.raises(Infeasible, match=r"row (both|apart)"):
        shrink(program, Shrinking(1, RandomCorrelation()))


def test_other_labels_change_nothing_but_ties():
    rng = np.random.default_rng(8)
    matrix = rng.normal(size=(9, 9))
    order, how = rng.permutation(9), replace(RECURSIVE, target_qubits=3)
    first = shrink(Qubo.from_matrix(matrix), how)
    second = shrink(Qubo.from_matrix(matrix[np.ix_(order, order)]), how)
    bits = every_state(3)
    assert np.allclose(np.sort(first.qubo.energies(bits)), np.sort(second.qubo.energies(bits)))
    one = {tuple(row) for row in first.unfold(bits)[:, order].tolist()}
    assert one == {tuple(row) for row in second.unfold(bits).tolist()}


def other_labels(problem, order):
    """Return the problem in which variable k is variable order[k] of the given one."""
    place = np.argsort(order)
    if isinstance(problem, IndependentSet):
        return IndependentSet(problem.n, place[problem.edges], problem.weights[order])
    return MultidimensionalKnapsack(problem.profits[order], problem.weights[:, order], problem.capacities)


@settings(max_examples=5, deadline=None)
@given(st.integers(0, 10**6))
def test_other_labels_change_nothing_about_problems_with_rows_but_ties(seed):
    """Knapsacks and weighted sets without equal correlations: the same points are left, in other order."""
    rng = np.random.default_rng(seed)
    weights = rng.uniform(1.0, 2.0, 11)
    how = replace(RECURSIVE, target_qubits=5, propagate=True)
    edges = IndependentSet.random(11, 0.4, seed=seed).edges
    for problem in (
        IndependentSet(11, edges, weights),
        MultidimensionalKnapsack(rng.uniform(5, 9, 11), rng.uniform(1, 9, (2, 11)), [20.0, 22.0]),
    ):
        order = rng.permutation(problem.n)
        first, second = shrink(problem, how), shrink(other_labels(problem, order), how)
        assert first.qubits == second.qubits
        one = {tuple(row) for row in first.unfold(every_state(first.qubits))[:, order].tolist()}
        assert one == {tuple(row) for row in second.unfold(every_state(second.qubits)).tolist()}
        kinds = [[s.kind for s in shrunk.trace.steps if s.kind != "vetoed"] for shrunk in (first, second)]
        assert sorted(kinds[0]) == sorted(kinds[1])


def test_the_likely_veto_is_asked_and_named_in_the_trace():
    problem = MultidimensionalKnapsack.random(14, 3, seed=1)
    counts = {}
    for veto in ("hard", "likely"):
        how = Shrinking(5, RandomCorrelation(), veto, propagate=False)
        trace = shrink(problem, how, seed=1).trace
        counts[veto] = trace.count("vetoed")
        assert all(step.why for step in trace.steps if step.kind == "vetoed")
    assert counts["likely"] > counts["hard"]


def test_a_graph_without_couplings_is_set_free():
    shrunk = shrink(Qubo.from_matrix(np.zeros((6, 6))), Shrinking(2, SemidefiniteCorrelation()))
    assert shrunk.qubits == 2
    assert shrunk.trace.count("free") == 4


def test_symmetric_instances_without_fields_do_not_stop_the_run():
    assert shrink(ring(8), Shrinking(3, SemidefiniteCorrelation())).qubits <= 3
    assert shrink(ring(8), replace(RECURSIVE, target_qubits=3)).qubits == 3


def test_weak_correlations_stop_with_the_rule_named():
    shrunk = shrink(Qubo.random(8, seed=1), Shrinking(2, RandomCorrelation(), least=1.0))
    assert shrunk.qubits == 8
    assert "correlates" in shrunk.trace.stopped


def test_spectral_rule_stops_a_graph_that_collapses():
    problem = MaxCut.regular(3, 40, seed=1)
    free = shrink(problem, Shrinking(4, SemidefiniteCorrelation()))
    watched = shrink(
        problem, Shrinking(4, SemidefiniteCorrelation(), spectral=SpectralStop(tolerance=0.05, jump=100))
    )
    assert free.qubits <= 4 < watched.qubits
    assert "spectrum" in watched.trace.stopped


def test_normalised_spectrum_of_a_complete_graph():
    spectrum = laplacian_spectrum(np.ones((5, 5)) - np.eye(5))
    assert np.allclose(spectrum, [0, 1.25, 1.25, 1.25, 1.25])
    assert spectral_distance(spectrum[:3], spectrum) == 0


def test_recalculation_once_and_every_step():
    problem = Qubo.random(12, seed=3)
    once = shrink(problem, Shrinking(4, SemidefiniteCorrelation(), recalculation=Recalculation.once()))
    every = shrink(problem, replace(RECURSIVE, target_qubits=4, source=SemidefiniteCorrelation()))
    assert once.trace.calculations == 1
    assert every.trace.calculations == 8


def test_averaged_correlations_carry_the_sign():
    matrix = np.array([[0, 0.8, 0.2], [0.8, 0, -0.6], [0.2, -0.6, 0.0]])
    averaged(matrix, 0, 1, -1)
    assert matrix[0, 2] == pytest.approx(0.4)
    assert not matrix[1].any()


def test_pairs_are_ranked_with_ties_by_index_and_kept_apart():
    scores = np.zeros((4, 4))
    for a, b in ((0, 1), (0, 2), (2, 3)):
        scores[a, b] = scores[b, a] = 0.9
    assert [pair[:2] for pair in ranked(scores)][:3] == [(0, 1), (0, 2), (2, 3)]
    assert [pair[:2] for pair in chosen_pairs(scores, 2, lambda a, b: True)] == [(0, 1)]
    assert [pair[:2] for pair in chosen_pairs(scores, 3, lambda a, b: True)] == [(0, 1), (2, 3)]
    assert [pair[:2] for pair in chosen_pairs(scores, 1, lambda a, b: a != 0)] == [(2, 3)]


def test_a_trace_is_written_and_read_back():
    trace = shrink(IndependentSet.random(14, 0.3, seed=2), Shrinking(5, LiftedCorrelation())).trace
    again = Trace.from_rows([{"step": 0}, *trace.rows()], trace.width, trace.stopped)
    assert again.rows() == trace.rows()
    assert again.calculations == trace.calculations
    assert trace.steps[-1].qubits <= 5


def test_settings_out_of_range_are_refused():
    with pytest.raises(ProblemError, match="target_qubits"):
        Shrinking(0)
    with pytest.raises(ProblemError, match="veto"):
        Shrinking(veto="soft")
    with pytest.raises(ProblemError, match="SingleLayerCorrelation"):
        shrink(Qubo.random(40, seed=1), Shrinking(4, SampledCorrelation(Qaoa(layers=2))))
    with pytest.raises(ProblemError, match="slack"):
        shrink(
            MultidimensionalKnapsack.random(6, 2), Shrinking(2, LiftedCorrelation()), encoding=SlackEncoding()
        )
