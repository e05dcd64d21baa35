"""Light cones against the whole state, where the whole state still fits."""

import networkx as nx
import numpy as np
import pytest

from backends import Expectation, LightCone, QaoaAnsatz, Sampling, Statevector, XYMixer
from problems.binary import MaxCut, Qubo
from problems.binary.quadratic import QuadraticForm
from problems.binary.qubo import Ising
from problems.errors import BackendError
from problems.ground_state import PauliSum

ROWS = np.array([[-0.5, -0.3, 0.4, 0.7], [0.2, -1.1, 1.3, -0.6]])


def sparse_cost(n: int, seed: int) -> Ising:
    """A sparse graph with fields on half of its spins and weights of three sizes."""
    rng, graph = np.random.default_rng(seed), nx.gnm_random_graph(n, n, seed=seed)
    first, second = np.array(sorted(graph.edges)).T
    linear = rng.choice([0.0, 0.4, -1.1], n)
    return Ising(QuadraticForm(linear, first, second, rng.choice([0.5, -0.8, 1.3], len(first)), 2.5))


@pytest.mark.parametrize("layers", [1, 2])
@pytest.mark.parametrize("seed", range(3))
def test_values_and_gradients_are_those_of_the_whole_state(layers, seed):
    cost = sparse_cost(12, seed)
    ansatz, rows = QaoaAnsatz(cost, layers), ROWS[:, [0, 2]] if layers == 1 else ROWS
    other = sparse_cost(12, seed + 7)
    work = Expectation(ansatz, (cost, other), rows, gradient=True)
    ours, theirs = LightCone().submit(work).result(), Statevector().run(work)
    np.testing.assert_allclose(ours.mean, theirs.mean, atol=1e-10)
    np.testing.assert_allclose(ours.gradient, theirs.gradient, atol=1e-9)


def test_one_layer_of_the_own_cost_is_the_closed_form():
    cost = Qubo.random(11, seed=3).ising  # dense: its neighbourhoods are the whole
    work = Expectation(QaoaAnsatz(cost, 1), (cost,), ROWS[:, [0, 2]] * [1, 0.01], gradient=True)
    ours, theirs = LightCone().run(work), Statevector().run(work)
    np.testing.assert_allclose(ours.mean, theirs.mean, rtol=1e-10)
    np.testing.assert_allclose(ours.gradient, theirs.gradient, rtol=1e-8, atol=1e-6)


def test_a_regular_graph_has_few_kinds_of_cones_and_its_trees_give_the_known_share():
    n = 100
    graph = nx.random_regular_graph(3, n, seed=5)
    cost = MaxCut.from_networkx(graph).reduce((Ising,)).problem
    ansatz = QaoaAnsatz(cost, 2)
    cones = LightCone()._cones(ansatz, (cost,))
    assert len(cones) < 15
    tree = next(cone for cone in cones if cone.width == 14)
    angles = np.array([[-0.5549, -0.2924, 0.4878, 0.8978]])
    mean = Statevector().run(Expectation(QaoaAnsatz(tree.cost, 2), (tree.term,), angles)).mean[0, 0]
    assert (1 - mean) / 2 == pytest.approx(0.7559, abs=5e-5)


@pytest.mark.parametrize(
    ("work", "message"),
    [
        (lambda a: Sampling(a, ROWS), "matrix_product_state"),
        (lambda a: Expectation(a, (a.cost,), ROWS, share=0.5), "share"),
        (lambda a: Expectation(a, (PauliSum(4, ("XIII",), np.ones(1)),), ROWS), r"observables\[0\]"),
        (lambda a: Expectation(QaoaAnsatz(a.cost, 2, XYMixer(((0, 1),))), (a.cost,), ROWS), "X mixer"),
    ],
)
def test_what_it_cannot_take_is_refused_in_a_sentence(work, message):
    with pytest.raises(BackendError, match=message):
        LightCone().submit(work(QaoaAnsatz(Ising.random(4), 2)))


def test_a_neighbourhood_that_is_too_wide_is_refused_with_its_width():
    cost = Ising.random(36)
    with pytest.raises(BackendError, match=r"widest neighbourhood has 36 spins: .*bytes"):
        LightCone().submit(Expectation(QaoaAnsatz(cost, 2), (cost,), ROWS))
