"""Warm starts: the solutions of their relaxations, kept off the ends."""

import cvxpy as cp
import numpy as np
import pytest

from hybrid.relaxation_start import WarmStart
from problems.binary import MaxCut, Qubo
from problems.errors import ProblemError


@pytest.mark.parametrize("seed", range(5))
def test_the_continuous_start_is_the_convex_relaxations(seed):
    qubo = Qubo.random(8, seed=seed)
    matrix = 2 * qubo.matrix()
    linear = np.diag(matrix) / 2
    bends = matrix - np.diag(np.diag(matrix))
    shift = -np.linalg.eigvalsh(bends)[0]
    x = cp.Variable(8)
    convex = cp.psd_wrap(bends + shift * np.eye(8))
    objective = (linear - shift / 2) @ x + cp.quad_form(x, convex) / 2
    cp.Problem(cp.Minimize(objective), [x >= 0, x <= 1]).solve(solver=cp.CLARABEL)
    ours = WarmStart(margin=1e-9).probabilities(qubo)

    def value(point):
        return (linear - shift / 2) @ point + point @ (bends + shift * np.eye(8)) @ point / 2

    assert value(ours) <= value(x.value) + 1e-5 * abs(value(x.value))


@pytest.mark.parametrize("relaxation", ["continuous", "semidefinite"])
def test_a_separable_form_is_solved_outright(relaxation):
    qubo = Qubo.from_matrix(np.diag([-3.0, 2.0, -1.0, 5.0]))
    found = WarmStart(relaxation, margin=0.1).probabilities(qubo)
    np.testing.assert_allclose(found, [0.9, 0.1, 0.9, 0.1], atol=1e-6)


def test_a_cut_is_rounded_since_no_spin_is_told_from_its_opposite():
    cut = MaxCut.regular(3, 12, seed=2)
    qubo = cut.reduce((Qubo,)).problem
    found = WarmStart("semidefinite", margin=0.25).probabilities(qubo, seed=1)
    assert set(found.tolist()) == {0.25, 0.75}
    value = -qubo.energies((found > 0.5).astype(np.uint8))
    assert value >= 0.878 * 16  # at least 16 of 18 edges can be cut
    np.testing.assert_array_equal(found, WarmStart("semidefinite", margin=0.25).probabilities(qubo, seed=1))


@pytest.mark.parametrize(
    ("fields", "name"),
    [({"relaxation": "lp"}, "relaxation"), ({"margin": 0.5}, "margin"), ({"planes": 0}, "planes")],
)
def test_bad_settings_are_named(fields, name):
    with pytest.raises(ProblemError, match=name):
        WarmStart(**fields)
