import numpy as np
import pytest

from classical.minimisation import Spsa
from problems.errors import ProblemError
from problems.minimisation import Landscape
from tests.classical.minimisation.boxes import Watched


@pytest.mark.parametrize("function", ["sphere", "cosines"])
def test_smooth_bowls_are_solved(function):
    result = Spsa(evaluations=600).solve(Landscape(function), progress=False)
    assert result.objective < 0.01


def test_the_noisy_sphere_is_solved_below_its_noise():
    # The start is worth 6.76 and one evaluation has a standard deviation of 0.2. From a slope whose noise is
    # 0.2/(√2 c) = 1.4 per coordinate, with last gain near 0.02, each coordinate keeps a variance of about
    # gain · 1.4² / 4 = 0.01, in all 0.04; 0.15 leaves room for all the seeds.
    worth = [
        Spsa(evaluations=1000).solve(Landscape(noise=0.2), seed=k, progress=False).objective for k in range(5)
    ]
    assert max(worth) < 0.15


def test_every_step_is_one_population_of_two_mirrored_points():
    problem = Watched()
    Spsa(evaluations=100, perturbation=0.2).solve(problem, progress=False)
    pairs = [rows for rows in problem.rows if len(rows) == 2]
    assert len(pairs) == 44  # 100 less the start, the average and five pairs that set the gains
    centre = pairs[0].mean(axis=0)
    assert centre == pytest.approx(problem.start)
    assert np.abs(pairs[0] - centre) == pytest.approx(np.full((2, 3), 0.2))


def test_the_pairs_that_set_the_gains_are_one_population():
    problem = Watched(sigma=0.1)
    Spsa(evaluations=100, perturbation=0.2).solve(problem, progress=False)
    offsets = problem.rows[0] - problem.start
    assert offsets.shape == (10, 3)
    assert offsets[:5] == pytest.approx(-offsets[5:])
    assert np.abs(offsets) == pytest.approx(np.full((10, 3), 0.2))
    assert max(map(len, problem.rows[1:-1])) == 2


def test_the_first_step_is_as_long_as_calibrated():
    problem = Watched(target=4000.0, dimension=1)  # so far that the slope is all but constant
    Spsa(evaluations=200, first_step=0.25).solve(problem, progress=False)
    centres = np.array([rows.mean() for rows in problem.rows])
    moved = np.flatnonzero(np.abs(centres - 0.9) > 1e-9)[0]
    assert centres[moved] - 0.9 == pytest.approx(0.25, rel=1e-3)


@pytest.mark.parametrize(
    "fields",
    [
        {"evaluations": 1},
        {"first_step": 0.0},
        {"perturbation": 0.0},
        {"alpha": 1.5},
        {"gamma": -0.1},
        {"stability": 2.0},
    ],
)
def test_fields_out_of_range_are_refused(fields):
    with pytest.raises(ProblemError):
        Spsa(**fields)
