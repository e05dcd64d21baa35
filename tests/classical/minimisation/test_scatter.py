"""Where particles begin."""

import numpy as np
import pytest

from classical.minimisation.consensus_based import ConsensusBasedOptimization
from classical.minimisation.scatter import Scatter
from problems.errors import ProblemError
from tests.classical.minimisation.boxes import Watched


def first(scatter, **fields):
    problem = Watched(**fields)
    ConsensusBasedOptimization(10_001, 2000, 1, start=scatter).solve(problem, progress=False)
    return problem.rows[0]


def test_the_normal_law_is_about_the_problems_start():
    points = first(Scatter(width=0.3))
    # a mean of 2000 draws errs by 0.3/√2000 = 0.0067, a standard deviation by 0.0047; five of them
    assert points.mean(axis=0) == pytest.approx(np.full(3, 0.9), abs=0.034)
    assert points.std(axis=0) == pytest.approx(np.full(3, 0.3), abs=0.024)


def test_the_uniform_law_fills_its_cube_and_no_more():
    points = first(Scatter("uniform", 2.0, (1.0, -1.0, 0.0)))
    assert np.abs(points - [1.0, -1.0, 0.0]).max() <= 2.0
    # the largest of 2000 uniform draws misses the edge by 4/2000 on average, by ten times that with e^-10
    assert np.ptp(points, axis=0).min() > 4.0 - 2 * 0.02


def test_the_box_law_fills_the_bounds_and_others_are_moved_onto_them():
    box = first(Scatter("box"), limits=(0.5, 1.5))
    assert box.min() >= 0.5
    assert box.max() <= 1.5
    assert np.ptp(box) > 0.98
    clipped = first(Scatter(width=3.0), limits=(0.5, 1.5))
    assert set(np.unique(clipped)) >= {0.5, 1.5}
    assert clipped.min() == 0.5


def test_no_width_is_the_centre_itself():
    assert np.array_equal(first(Scatter(width=0.0, centre=0.25)), np.full((2000, 3), 0.25))


def test_one_seed_is_one_scatter_without_a_start_too():
    assert np.array_equal(first(Scatter(), begins=False), first(Scatter(), begins=False))


@pytest.mark.parametrize("fields", [{"law": "cauchy"}, {"width": -1.0}, {"centre": (0.0, np.nan)}])
def test_laws_out_of_range_are_refused(fields):
    with pytest.raises(ProblemError):
        Scatter(**fields)
