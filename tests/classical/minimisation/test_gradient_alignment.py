"""The reading of hops as gradient steps: exact where the trajectory is one, refused where unresolved."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from classical.minimisation.consensus_based import ConsensusBasedOptimization
from classical.minimisation.consensus_hopping import ConsensusHopping
from classical.minimisation.gradient_alignment import gradient_alignment, gradients_along, trajectory_of
from classical.minimisation.scatter import Scatter
from problems.errors import ProblemError
from problems.minimisation import Landscape


@settings(deadline=None, max_examples=30)
@given(st.floats(1e-4, 0.1), st.integers(0, 2**31))
def test_gradient_descent_has_cosine_one_and_its_own_rate(rate, seed):
    problem, points = Landscape("cosines", 3), [np.random.default_rng(seed).uniform(0.3, 1.5, 3)]
    for _ in range(8):
        points.append(points[-1] - rate * gradients_along(problem, points[-1][None])[0])
    trajectory = np.array(points)
    seen = gradient_alignment(trajectory, gradients_along(problem, trajectory[:-1]), alpha=1.0, width=0.1)
    assert seen.cosine == pytest.approx(np.ones(8), abs=1e-9)
    assert seen.rate == pytest.approx(np.full(8, rate), rel=1e-7)
    assert seen.fitted_rate() == pytest.approx(rate, rel=1e-7)


def test_z_is_alpha_times_width_times_the_slope():
    seen = gradient_alignment(np.zeros((2, 2)), np.array([[3.0, 4.0]]), alpha=2.0, width=0.1)
    assert seen.z == pytest.approx([1.0])
    assert np.isnan(seen.cosine[0])  # a step of no length has no direction
    assert seen.fitted_rate() == 0.0


def test_a_rate_is_not_fitted_where_samples_cannot_resolve_it():
    trajectory, gradients = np.array([[1.0, 0.0], [0.9, 0.0]]), np.array([[3.0, 0.0]])
    assert gradient_alignment(trajectory, gradients, 2.0, 0.3).fitted_rate() == pytest.approx(0.1 / 3)
    steep = gradient_alignment(trajectory, gradients, 2.0, 0.4)
    with pytest.raises(ProblemError, match="z"):
        steep.fitted_rate()


def test_a_hop_beyond_the_resolution_falls_short_of_its_rate():
    # a hop moves by about s √(2 ln N) = 3.9 s at most (N = 2000), and z = 10 asks for 10 s
    problem, width = Landscape("sphere", 2), 0.01
    alpha = float(10 / (width * np.linalg.norm(2 * problem.start)))
    solver = ConsensusHopping(2001, 2000, 1, width, alpha=alpha, start=Scatter(width=0.0))
    hop = problem.start - solver.solve(problem, progress=False).solution
    assert 2 * width < np.linalg.norm(hop) < 4.5 * width


def test_trajectories_are_read_from_histories_without_the_last_row():
    problem = Landscape("sphere", 2)
    result = ConsensusHopping(evaluations=500, particles=20, steps=7).solve(problem, progress=False)
    trajectory = trajectory_of(result.history)
    assert trajectory.shape == (7, 2)
    assert trajectory[-1] == pytest.approx(result.solution)


def test_points_too_long_for_the_history_are_missed_in_a_sentence():
    problem = Landscape("sphere", 65)
    result = ConsensusBasedOptimization(evaluations=100, particles=10, steps=3).solve(problem, progress=False)
    with pytest.raises(ProblemError, match="64 coordinates"):
        trajectory_of(result.history)


@pytest.mark.parametrize(
    "change",
    [
        {"trajectory": np.zeros((1, 2))},
        {"gradients": np.ones((3, 2))},
        {"gradients": np.zeros((1, 2))},
        {"alpha": 0.0},
        {"width": -1.0},
    ],
)
def test_bad_input_is_refused(change):
    fields = {"trajectory": np.zeros((2, 2)), "gradients": np.ones((1, 2)), "alpha": 1.0, "width": 1.0}
    with pytest.raises(ProblemError):
        gradient_alignment(**(fields | change))


def test_noisy_problems_have_no_gradients_to_compare_with():
    with pytest.raises(ProblemError, match="exact problem"):
        gradients_along(Landscape("sphere", 2, noise=0.1), np.zeros((1, 2)))
