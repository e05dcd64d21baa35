"""One layer in closed form against the state, fields and all pairs included."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backends import Expectation, QaoaAnsatz, Statevector
from backends.closed_form import best_angles, expectation, gradient, pair_correlations, single_correlations
from problems.binary import MaxCut, Qubo
from problems.binary.quadratic import QuadraticForm
from problems.binary.qubo import Ising
from problems.errors import ProblemError

N = 10
SPINS = 1.0 - 2.0 * (np.arange(1 << N)[:, None] >> np.arange(N) & 1)
PAIRS = np.array([(u, v) for u in range(N) for v in range(N) if u != v])


@given(seed=st.integers(0, 10**6), beta=st.floats(-3, 3), gamma=st.floats(-2, 2))
def test_correlations_of_all_pairs_are_those_of_the_state(seed, beta, gamma):
    cost = Qubo.random(N, density=0.5, magnitude=4, seed=seed).ising
    weights = np.abs(Statevector().state(QaoaAnsatz(cost, 1), [beta, gamma])) ** 2
    np.testing.assert_allclose(single_correlations(cost, beta, gamma), weights @ SPINS, atol=1e-12)
    pairs = weights @ (SPINS[:, PAIRS[:, 0]] * SPINS[:, PAIRS[:, 1]])
    np.testing.assert_allclose(pair_correlations(cost, beta, gamma, PAIRS), pairs, atol=1e-12)


@given(seed=st.integers(0, 10**6))
def test_values_and_slopes_are_the_simulators(seed):
    cost = Qubo.random(7, seed=seed, magnitude=3).ising
    rows = np.random.default_rng(seed).uniform(-2, 2, (3, 2))
    outcome = Statevector().run(Expectation(QaoaAnsatz(cost, 1), (cost,), rows, gradient=True))
    np.testing.assert_allclose(expectation(cost, *rows.T), outcome.mean[:, 0], atol=1e-10)
    np.testing.assert_allclose(np.stack(gradient(cost, *rows.T), axis=1), outcome.gradient[:, 0], atol=1e-9)


@pytest.mark.parametrize("seed", range(5))
def test_the_best_angles_are_no_worse_than_any_of_a_fine_grid(seed):
    cost = Qubo.random(8, seed=seed, density=0.6, magnitude=3).ising
    beta, gamma = best_angles(cost)
    least = expectation(cost, np.array([beta]), np.array([gamma]))[0]
    grid = np.stack(np.meshgrid(np.linspace(-np.pi / 2, np.pi / 2, 181), np.linspace(0.005, gamma * 1.5, 60)))
    assert least <= expectation(cost, grid[0].ravel(), grid[1].ravel()).min() + 1e-6
    slopes = gradient(cost, np.array([beta]), np.array([gamma]))
    assert abs(slopes[0][0]) < 1e-7 * cost.form.on_bits().spread_on_bits()


def test_a_three_regular_graph_gives_the_known_share():
    cut = MaxCut.regular(3, 500, seed=1)
    cost = cut.reduce((Ising,)).problem
    beta, gamma = best_angles(cost)
    share = -expectation(cost, np.array([beta]), np.array([gamma]))[0] / len(cut.edges)
    assert share == pytest.approx(0.6924, abs=3e-3)  # ½ + 1/(3√3) on trees; a few triangles lower it
    assert beta == pytest.approx(-np.pi / 8, abs=0.02)


def test_bad_input_is_named():
    cost = Qubo.random(4).ising
    with pytest.raises(ProblemError, match=r"pairs\[0\]"):
        pair_correlations(cost, 0.1, 0.1, [[1, 1]])
    with pytest.raises(ProblemError, match="constant"):
        best_angles(Ising(QuadraticForm(np.zeros(3))))
