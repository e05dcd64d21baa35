"""Shrinking beside other parts: the Lagrangian surrogate, any solver, any backend."""

import numpy as np
import pytest

from backends import Aer, Statevector
from classical.binary import Exhaustive, SimulatedAnnealing
from hybrid.graph_shrinking import Shrinking, shrink
from hybrid.graph_shrinking.correlations import SemidefiniteCorrelation, SingleLayerCorrelation
from hybrid.lagrangian import SlackFree
from hybrid.qaoa import Qaoa
from problems.binary import IndependentSet, MultidimensionalKnapsack, Qubo, SlackFreeEncoding
from tests.hybrid.graph_shrinking.test_spin_graph import every_state

PROBLEM = MultidimensionalKnapsack.random(14, 3, seed=3)
SOURCES = [SemidefiniteCorrelation(), SingleLayerCorrelation()]


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: type(source).__name__)
def test_the_surrogate_of_learnt_prices_shrinks_with_exact_energies(source):
    surrogate = SlackFree(iterations=1).qubo(PROBLEM)
    shrunk = shrink(surrogate, Shrinking(6, source))
    bits = every_state(shrunk.qubits)
    assert shrunk.qubits <= 6
    assert np.abs(surrogate.energies(shrunk.unfold(bits)) - shrunk.qubo.energies(bits)).max() < 1e-9


def test_a_shrunk_surrogate_is_a_problem_for_any_solver_and_its_samples_are_the_programs():
    """The unfolded bits are those of the knapsack itself: it judges and repairs them."""
    shrunk = shrink(SlackFree().qubo(PROBLEM), Shrinking(8, SemidefiniteCorrelation()))
    best = PROBLEM.judge(Exhaustive().solve(PROBLEM.program, progress=False).solution).objective
    for sampler in (
        Exhaustive(),
        SimulatedAnnealing(4, 50),
        Qaoa(layers=3, optimizer=None, backend=Statevector()),
    ):
        result = sampler.solve(shrunk.qubo, seed=1, progress=False)
        bits = result.solution[None] if result.candidates is None else result.candidates
        repaired = PROBLEM.repair(shrunk.unfold(bits))
        found = max(PROBLEM.judge(point).objective for point in repaired if PROBLEM.judge(point).feasible)
        assert 0.98 * best <= found <= best


def test_backends_agree_on_what_is_left():
    pytest.importorskip("qiskit_aer")
    shrunk = shrink(SlackFree().qubo(PROBLEM), Shrinking(6, SemidefiniteCorrelation()))
    means = []
    for backend in (Statevector(), Aer()):
        result = Qaoa(layers=2, optimizer=None, shots=4096, backend=backend).solve(
            shrunk.qubo, seed=2, progress=False
        )
        energies = shrunk.qubo.energies(result.candidates)
        mean = float(energies @ result.counts / result.counts.sum())
        spread = float(np.sqrt((energies - mean) ** 2 @ result.counts / result.counts.sum()))
        means.append((mean, spread / 64.0))
    (first, error), (second, other) = means
    assert abs(first - second) < 5 * np.hypot(error, other)


@pytest.mark.parametrize("seed", range(4))
def test_conflicts_cost_the_same_in_both_slack_free_encodings(seed):
    """The first surrogate of the Lagrangian method is the encoding of shrinking, but for its scale."""
    problem = IndependentSet.random(10, 0.3, seed=seed)
    surrogate = SlackFree().qubo(problem)
    encoded = SlackFreeEncoding().encode(problem.program).problem
    assert isinstance(encoded, Qubo)
    scaled = encoded.form.scaled(1.0 / encoded.form.spread_on_bits())
    bits = every_state(10)
    assert np.allclose(surrogate.energies(bits), scaled.values(bits), atol=1e-12)
