import numpy as np
import pytest

from classical.minimisation import NelderMead
from problems.errors import ProblemError
from problems.minimisation import Landscape
from tests.classical.minimisation.boxes import Watched


@pytest.mark.parametrize("function", ["sphere", "cosines"])
def test_smooth_bowls_are_solved_to_the_tolerance(function):
    result = NelderMead(evaluations=600).solve(Landscape(function), progress=False)
    assert result.ended == "converged"
    assert result.solution == pytest.approx(np.zeros(4), abs=1e-5)


def test_the_curved_valley_is_followed_to_its_end():
    result = NelderMead(evaluations=1500).solve(Landscape("rosenbrock", dimension=2), progress=False)
    assert result.solution == pytest.approx(np.ones(2), abs=1e-4)


def test_a_start_on_a_bound_does_not_flatten_the_simplex():
    problem = Watched(target=0.0, limits=(-1.0, 0.9))  # it starts at 0.9
    assert NelderMead(evaluations=400).solve(problem, progress=False).solution == pytest.approx(
        np.zeros(3), abs=1e-4
    )


@pytest.mark.parametrize("fields", [{"evaluations": 0}, {"initial_step": -1.0}, {"tolerance": 0.0}])
def test_fields_out_of_range_are_refused(fields):
    with pytest.raises(ProblemError):
        NelderMead(**fields)
