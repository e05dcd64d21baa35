"""Adam: with gradients, with differences, with noise."""

import numpy as np
import pytest

from classical.minimisation import Adam
from problems.errors import ProblemError, UnsuitableProblem
from problems.minimisation import Landscape


@pytest.mark.parametrize("function", ["sphere", "cosines"])
def test_smooth_wells_are_reached_by_gradients(function):
    result = Adam(evaluations=400, rate=0.05).solve(Landscape(function, 5), progress=False)
    assert result.objective < 1e-6
    assert result.resources["evaluations"] <= 400


def test_the_curved_valley_is_followed():
    problem = Landscape("rosenbrock", 3)
    begun = problem.exact(problem.start[None])[0]
    result = Adam(evaluations=2000, rate=0.05).solve(problem, progress=False)
    assert result.objective < 1e-2 * begun


def test_the_first_step_is_the_rate_in_every_coordinate():
    problem = Landscape("sphere", 4)
    result = Adam(evaluations=2, rate=0.3).solve(problem, progress=False)
    np.testing.assert_allclose(result.solution, problem.start - 0.3, atol=1e-6)


def test_noise_is_averaged_out():
    falls = []
    for seed in range(6):
        problem = Landscape("sphere", 4, noise=0.1)
        result = Adam(evaluations=400, rate=0.1, decay=0.05).solve(problem, seed=seed, progress=False)
        falls.append(result.objective / problem.exact(problem.start[None])[0])
    assert np.mean(falls) < 0.05


def test_bad_settings_are_named_and_small_budgets_refused():
    for fields in ({"rate": 0.0}, {"first": 1.0}, {"evaluations": 0}, {"decay": -1.0}):
        with pytest.raises(ProblemError, match=next(iter(fields))):
            Adam(**fields)

    class Rough(Landscape):
        differentiable = False

    with pytest.raises(UnsuitableProblem, match="one gradient takes 9"):
        Adam(evaluations=5).solve(Rough("sphere", 4))
    with pytest.raises(UnsuitableProblem, match="one gradient takes 44"):  # a tenth measures the answer
        Adam(evaluations=43).solve(Rough("sphere", 20, noise=0.1))
