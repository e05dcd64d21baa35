"""The infinite tree: known shares, neighbourhoods that are trees, and the stored angles."""

import networkx as nx
import numpy as np
import pytest

from backends import Expectation, QaoaAnsatz, Statevector
from hybrid.qaoa import Qaoa
from hybrid.qaoa_angles import fixed_angles, optimise_on_tree, tree_share
from hybrid.qaoa_angles.fixed_angles import FixedAngles, stored
from hybrid.qaoa_angles.growth import interpolate
from hybrid.qaoa_angles.transfer import natural_gamma, rescaled
from problems.binary import MaxCut, Qubo
from problems.binary.qubo import Ising
from problems.errors import ProblemError, UnsuitableProblem

PUBLISHED = (0.6925, 0.7559, 0.7924, 0.8169, 0.8364, 0.8499, 0.8598, 0.8674, 0.8735, 0.8785, 0.8828)


def share_of_the_root(degree: int, layers: int, angles) -> float:
    """The share of the middle edge of a finite tree that is deep enough."""
    graph = nx.Graph([(0, 1)])
    ring, following = [0, 1], 2
    for _ in range(layers):
        fresh = []
        for u in ring:
            for _ in range(degree - 1):
                graph.add_edge(u, following)
                fresh.append(following)
                following += 1
        ring = fresh
    cost = MaxCut.from_networkx(graph).reduce((Ising,)).problem
    n = cost.n
    form = cost.form
    pair = [k for k in range(form.num_couplings) if (form.first[k], form.second[k]) == (0, 1)]
    assert pair
    weights = np.abs(Statevector().state(QaoaAnsatz(cost, layers), angles)) ** 2
    index = np.arange(1 << n)
    return float(weights[(index ^ (index >> 1)) & 1 == 1].sum())


@pytest.mark.parametrize(("degree", "layers"), [(3, 1), (4, 1), (2, 2), (3, 2), (2, 4)])
def test_the_recursion_is_the_edge_of_a_finite_tree(degree, layers):
    angles = np.random.default_rng(layers).uniform(-1, 1, 2 * layers)
    assert tree_share(degree, angles) == pytest.approx(share_of_the_root(degree, layers, angles), abs=1e-12)


@pytest.mark.parametrize("degree", [2, 3, 5, 10])
def test_one_layer_is_the_known_formula(degree):
    best = optimise_on_tree(degree, 1)
    known = 0.5 + 0.5 / np.sqrt(degree) * (1 - 1 / degree) ** ((degree - 1) / 2)
    assert tree_share(degree, best) == pytest.approx(known, abs=1e-9)


@pytest.mark.parametrize("layers", [1, 2, 3, 4])
def test_a_ring_gives_its_known_share(layers):
    share = tree_share(2, optimise_on_tree(2, layers))
    assert share == pytest.approx((2 * layers + 1) / (2 * layers + 2), abs=1e-6)


def test_stored_angles_are_found_again_and_reach_the_published_shares():
    for layers in (1, 2, 3):
        again = optimise_on_tree(3, layers)
        np.testing.assert_allclose(np.concatenate(fixed_angles(3, layers)), again, atol=2e-3)
    for layers in range(1, 8):
        assert tree_share(3, np.concatenate(fixed_angles(3, layers))) >= PUBLISHED[layers - 1] - 1e-4


@pytest.mark.parametrize("degree", sorted(stored()))
def test_deeper_is_better_for_every_degree(degree):
    shares = [
        tree_share(degree, np.array(angles)) for p, angles in sorted(stored()[degree].items()) if p <= 6
    ]
    assert np.all(np.diff(shares) > 0.005)
    slopes = []
    angles = np.array(stored()[degree][3])
    for k in range(6):
        step = np.zeros(6)
        step[k] = 1e-4
        slopes.append((tree_share(degree, angles + step) - tree_share(degree, angles - step)) / 2e-4)
    np.testing.assert_allclose(slopes, 0, atol=1e-4)


@pytest.mark.parametrize("weight", [1.0, 7.0])
def test_a_start_from_fixed_angles_follows_the_weight(weight):
    graph = nx.random_regular_graph(3, 10, seed=1)
    nx.set_edge_attributes(graph, weight, "weight")
    qubo = MaxCut.from_networkx(graph).reduce((Qubo,)).problem
    solver = Qaoa(layers=3, optimizer=None, start=FixedAngles())
    result = solver.solve(qubo, progress=False)
    angles = np.array([result.history[-1]["parameters"]])
    mean = Statevector().run(Expectation(solver.ansatz(qubo), (qubo.ising,), angles)).mean[0, 0]
    assert -mean / weight / 15 > 0.72  # of the edges
    with pytest.raises(UnsuitableProblem, match="fields"):
        solver.solve(Qubo.random(6))


def test_what_is_not_stored_is_named():
    with pytest.raises(ProblemError, match="degree"):
        fixed_angles(50, 1)
    with pytest.raises(ProblemError, match="optimise_on_tree"):
        fixed_angles(3, 40)


def test_stretched_angles_keep_ends_and_lines():
    line = np.array([-0.5, -0.3, -0.1, 0.2, 0.4, 0.6])
    stretched = interpolate(line)
    assert len(stretched) == 8
    np.testing.assert_allclose(stretched[[0, 3, 4, 7]], [-0.5, -0.1, 0.2, 0.6])
    np.testing.assert_allclose(interpolate([0.3, 0.7]), [0.3, 0.3, 0.7, 0.7])


@pytest.mark.parametrize("factor", [0.1, 4.0])
def test_rescaling_undoes_a_change_of_unit(factor):
    source = MaxCut.regular(3, 8, seed=1).reduce((Ising,)).problem
    target = Ising(source.form.scaled(factor))
    angles = np.array([-0.4, -0.2, 0.5, 0.9])
    np.testing.assert_allclose(rescaled(angles, source, target), angles * [1, 1, 1 / factor, 1 / factor])
    other = MaxCut.regular(5, 8, seed=1).reduce((Ising,)).problem
    there_and_back = rescaled(rescaled(angles, source, other), other, source)
    np.testing.assert_allclose(there_and_back, angles)


@pytest.mark.parametrize("degree", [3, 5])
def test_the_natural_gamma_is_the_best_of_one_layer_on_a_tree(degree):
    cost = MaxCut.regular(degree, 12, seed=1).reduce((Ising,)).problem
    assert natural_gamma("cost", cost) == pytest.approx(optimise_on_tree(degree, 1)[1], abs=1e-4)
