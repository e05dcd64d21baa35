import numpy as np
import pytest

from classical.minimisation import Lbfgs
from problems.errors import ProblemError, UnsuitableProblem
from problems.minimisation import Landscape
from tests.classical.minimisation.boxes import Watched


@pytest.mark.parametrize("function", ["sphere", "cosines", "rosenbrock"])
def test_smooth_functions_are_solved_to_the_last_digits(function):
    result = Lbfgs().solve(Landscape(function, dimension=5), progress=False)
    assert result.ended == "converged"
    assert result.objective < 1e-9


def test_without_gradients_a_difference_is_one_population():
    problem = Watched()
    result = Lbfgs().solve(problem, progress=False)
    assert {len(rows) for rows in problem.rows} == {7}  # 2P + 1
    assert result.solution == pytest.approx(np.full(3, 2.0), abs=1e-6)


def test_a_coordinate_without_room_stays_where_it_is():
    problem = Watched(limits=(0.5, 0.5))
    assert np.array_equal(Lbfgs().solve(problem, progress=False).solution, np.full(3, 0.5))


def test_noise_is_refused_in_a_sentence():
    with pytest.raises(UnsuitableProblem, match="noisy"):
        Lbfgs().solve(Landscape(noise=0.1))


def test_a_budget_below_one_gradient_is_refused_in_a_sentence():
    with pytest.raises(UnsuitableProblem, match="7 evaluations"):
        Lbfgs(evaluations=6).solve(Watched())


@pytest.mark.parametrize("fields", [{"evaluations": 0}, {"tolerance": 0.0}])
def test_fields_out_of_range_are_refused(fields):
    with pytest.raises(ProblemError):
        Lbfgs(**fields)
