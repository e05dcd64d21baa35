"""Sources of correlations against exact references."""

import networkx
import numpy as np
import pytest

from backends import QaoaAnsatz, Statevector
from backends.closed_form import best_angles
from hybrid.graph_shrinking.correlations import (
    CutCorrelation,
    LiftedCorrelation,
    RandomCorrelation,
    SampledCorrelation,
    SemidefiniteCorrelation,
    SingleLayerCorrelation,
    ThermalCorrelation,
)
from hybrid.graph_shrinking.correlations.lifted_cone import lifted_point
from hybrid.graph_shrinking.correlations.linear import cut_relaxation
from hybrid.graph_shrinking.correlations.sampled import sample_correlations
from hybrid.graph_shrinking.shrinking import Alone
from hybrid.graph_shrinking.state import ShrinkingState
from hybrid.qaoa import Qaoa
from problems.binary import BinaryProgram, IndependentSet, MaxCut, QuadraticAssignment, Qubo
from problems.binary.bounds import theta_number
from tests.hybrid.graph_shrinking.test_spin_graph import every_state


def state_of(problem):
    program = BinaryProgram(problem.form) if isinstance(problem, Qubo) else problem.program
    return ShrinkingState(program, program.minimised)


def correlations(source, problem, seed=0):
    return source.correlations(state_of(problem), Alone(seed)).matrix


def test_semidefinite_value_is_that_of_a_conic_solver():
    cvxpy = pytest.importorskip("cvxpy")
    for seed in range(5):
        matrix = state_of(Qubo.random(8, seed=seed)).graph.couplings()
        gram = cvxpy.Variable((9, 9), PSD=True)
        oracle = cvxpy.Problem(cvxpy.Minimize(cvxpy.trace(matrix @ gram) / 2), [cvxpy.diag(gram) == 1])
        oracle.solve(solver="CLARABEL")
        vectors = SemidefiniteCorrelation().vectors(matrix, Alone(seed))
        value = np.sum(matrix * (vectors @ vectors.T)) / 2
        assert value == pytest.approx(oracle.value, rel=1e-4)


def test_single_layer_is_the_state_after_one_layer():
    problem = Qubo.random(8, density=0.6, seed=4)
    beta, gamma = best_angles(problem.ising)
    ansatz = QaoaAnsatz(problem.ising, layers=1)
    weights = Statevector().probabilities(ansatz, np.array([beta, gamma]), every_state(8))
    exact = sample_correlations(every_state(8), weights)
    found = correlations(SingleLayerCorrelation(pairs="all"), problem)
    assert np.abs(found - exact).max() < 1e-10
    coupled = correlations(SingleLayerCorrelation(), problem)
    assert np.all((coupled == found) | (coupled == 0))


def test_thermal_means_are_those_of_the_boltzmann_distribution():
    problem = Qubo.random(5, seed=2)
    graph = state_of(problem).graph.couplings()
    source = ThermalCorrelation(temperature=1.0, walkers=400, sweeps=200)
    unit = np.sqrt((graph**2).sum(axis=1).mean())
    energies = problem.energies(every_state(5))
    weights = np.exp(-(energies - energies.min()) / unit)
    exact = sample_correlations(every_state(5), weights)
    found = correlations(source, problem)
    assert (
        np.abs(found - exact).max() < 0.05
    )  # five standard errors of 400 independent walkers, mixed over 100 sweeps


def test_cut_relaxation_is_exact_on_planar_graphs():
    rng = np.random.default_rng(5)
    grid = networkx.convert_node_labels_to_integers(networkx.grid_2d_graph(4, 4))
    edges = list(grid.edges)
    problem = MaxCut(16, edges, rng.normal(size=len(edges)).round(3))
    graph = state_of(problem).graph.couplings()[:-1, :-1]
    first, second = np.nonzero(np.triu(graph, 1))
    y = cut_relaxation(graph, first, second, 100)
    best = problem.program.objective.values(every_state(16)).max()
    pairs = np.sort(problem.edges, axis=1)
    weight = {tuple(pair): w for pair, w in zip(pairs.tolist(), problem.weights, strict=True)}
    value = sum(weight[(int(a), int(b))] * v for a, b, v in zip(first, second, y, strict=True))
    assert value == pytest.approx(best, abs=1e-6)


def test_cut_correlations_of_an_odd_ring_respect_its_cycle_inequality():
    ring = MaxCut(5, [(k, (k + 1) % 5) for k in range(5)])
    found = correlations(CutCorrelation(), ring)
    around = [found[k, (k + 1) % 5] for k in range(5)]
    assert sum(around) == pytest.approx(-3.0, abs=1e-6)  # at most four of five edges are cut


def test_lifted_value_is_at_most_theta_and_at_least_the_optimum():
    for seed in range(3):
        problem = IndependentSet.random(12, 0.4, seed=seed)
        value = -lifted_point(problem.program, 1e-6, 5000).value
        good = every_state(12)
        good = good[problem.program.constraints.violations(good).sum(axis=1) == 0]
        assert good.sum(axis=1).max() - 1e-3 <= value <= theta_number(12, problem.edges).value + 1e-3


def test_lifted_point_keeps_the_rows_of_an_assignment():
    problem = QuadraticAssignment.random(4, seed=2)
    point = lifted_point(problem.program, 1e-6, 5000)
    rows = problem.program.constraints.matrix.toarray()
    assert np.abs(rows @ point.mean - 1).max() < 1e-3
    assert np.abs(rows @ point.second - point.mean).max() < 1e-3
    orders = every_state(16)
    orders = orders[problem.program.constraints.violations(orders).sum(axis=1) == 0]
    assert point.value <= problem.program.objective.values(orders).min() * (1 + 1e-4)


def test_lifted_correlations_of_one_feasible_point_are_its_own():
    problem = IndependentSet(3, [(0, 1), (1, 2)], weights=[2.0, 1.0, 2.0])
    found = correlations(LiftedCorrelation(accuracy=1e-6, iterations=5000), problem)
    spins = np.array([-1, 1, -1, 1])
    assert np.abs(found - (np.outer(spins, spins) - np.eye(4))).max() < 5e-3


def test_sampled_correlations_are_within_shot_noise_of_the_closed_form():
    problem = Qubo.random(6, seed=1)
    beta, gamma = best_angles(problem.ising)
    sampler = Qaoa(layers=1, start=(beta, gamma), optimizer=None, shots=4000)
    exact = correlations(SingleLayerCorrelation(pairs="all"), problem)
    found = correlations(SampledCorrelation(sampler), problem)
    assert np.abs(found - exact).max() < 5 / np.sqrt(4000)


@pytest.mark.parametrize(
    "source",
    [
        SemidefiniteCorrelation(),
        SingleLayerCorrelation(),
        ThermalCorrelation(),
        RandomCorrelation(),
        CutCorrelation(),
    ],
    ids=lambda source: type(source).__name__,
)
def test_matrices_are_symmetric_bounded_and_seeded(source):
    problem = Qubo.random(9, density=0.5, seed=6)
    found = correlations(source, problem, seed=3)
    assert np.array_equal(found, found.T)
    assert np.abs(found).max() <= 1
    assert not np.diag(found).any()
    assert np.array_equal(found, correlations(source, problem, seed=3))


def test_too_wide_for_a_simulator_names_the_closed_form():
    why = SampledCorrelation(Qaoa(layers=2)).unsuitable(state_of(Qubo.random(60, density=0.1, seed=1)))
    assert why is not None
    assert "SingleLayerCorrelation" in why
