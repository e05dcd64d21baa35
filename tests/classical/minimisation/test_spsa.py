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


def test_each_step_is_one_population_of_two_mirrored_points():
    problem = Watched()
    Spsa(evaluations=100, calibration=5, c=0.2).solve(problem, progress=False)
    assert [len(rows) for rows in problem.rows] == [10, *[2] * 44, 1]
    centre = problem.rows[1].mean(axis=0)
    assert centre == pytest.approx(problem.start)
    assert np.abs(problem.rows[1] - centre) == pytest.approx(np.full((2, 3), 0.2))


def test_the_first_step_is_as_long_as_calibrated_and_no_step_is_longer():
    problem = Watched(target=0.9, dimension=1)
    Spsa(evaluations=200, a=1e6, first_step=0.25).solve(problem, progress=False)
    centres = np.array([rows.mean(axis=0) for rows in problem.rows])
    assert np.abs(np.diff(centres, axis=0)).max() <= 0.25 + 1e-12
    slope = Watched(target=40.0, dimension=1)  # so steep and far that the slope is all but constant
    Spsa(evaluations=200, first_step=0.25).solve(slope, progress=False)
    assert slope.rows[2].mean() - slope.rows[1].mean() == pytest.approx(0.25)


@pytest.mark.parametrize(
    "fields",
    [
        {"evaluations": 0},
        {"a": 0.0},
        {"A": -1.0},
        {"c": 0.0},
        {"alpha": 1.5},
        {"gamma": -0.1},
        {"calibration": 0},
    ],
)
def test_fields_out_of_range_are_refused(fields):
    with pytest.raises(ProblemError):
        Spsa(**fields)
