"""A problem that begins elsewhere is the same problem."""

import numpy as np
import pytest

from classical.minimisation import Lbfgs
from classical.minimisation.from_point import FromPoint
from problems.conformance import check_problem
from problems.errors import ProblemError
from problems.minimisation import Landscape
from tests.classical.minimisation.boxes import Watched


@pytest.mark.parametrize("noise", [0.0, 0.1])
def test_only_the_start_differs(noise):
    problem = Landscape("cosines", 3, noise=noise)
    moved = FromPoint(problem, np.full(3, -0.4))
    points = np.random.default_rng(0).normal(size=(4, 3))
    assert np.array_equal(moved.evaluate(points, 3).mean, problem.evaluate(points, 3).mean)
    assert np.array_equal(moved.exact(points), problem.exact(points))
    assert moved.judge(points[0]).objective == problem.judge(points[0]).objective
    assert moved.noisy == problem.noisy
    assert moved.differentiable
    assert moved.period is not None
    assert moved.start == pytest.approx([-0.4] * 3)
    check_problem(moved, points[0])


def test_bounds_go_with_it():
    moved = FromPoint(Watched(limits=(0.0, 1.5)), np.full(3, 0.2))
    result = Lbfgs().solve(moved, progress=False)
    assert result.solution == pytest.approx(np.full(3, 1.5))
    assert not moved.judge(np.full(3, 2.0)).feasible


def test_a_start_of_another_length_is_refused():
    with pytest.raises(ProblemError, match="start"):
        FromPoint(Landscape("sphere", 3), np.zeros(2))
