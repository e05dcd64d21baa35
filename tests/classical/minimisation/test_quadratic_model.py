"""QuadraticModel: quadratics from few values, noise drowned, one population a step."""

import numpy as np
import pytest

from classical.minimisation import Cobyla, NelderMead, QuadraticModel, Spsa
from classical.minimisation.quadratic_model import shell
from problems.errors import ProblemError
from problems.minimisation import Landscape
from tests.classical.minimisation.boxes import Coupled, Watched


def mean_objective(solver, problem, seeds):
    return np.mean([solver.solve(problem, seed=seed, progress=False).objective for seed in range(seeds)])


def test_a_noisy_bowl_is_found_from_a_hundred_values():
    problem = Landscape("sphere", 6, noise=0.3)
    ours = mean_objective(QuadraticModel(evaluations=100), problem, 10)
    for other in (Spsa(evaluations=100), Cobyla(evaluations=100), NelderMead(evaluations=100)):
        assert ours < 0.1 * mean_objective(other, problem, 10)


@pytest.mark.parametrize(("dimension", "evaluations"), [(4, 60), (12, 200)])
def test_noisy_coupled_wells_are_found(dimension, evaluations):
    problem = Coupled(dimension, sigma=0.1)
    ours = mean_objective(QuadraticModel(evaluations=evaluations), problem, 6)
    assert ours < 0.1 * problem.exact(problem.start[None])[0]
    for other in (Spsa(evaluations=evaluations), Cobyla(evaluations=evaluations)):
        assert ours < 0.5 * mean_objective(other, problem, 6)


@pytest.mark.parametrize("function", ["sphere", "cosines"])
def test_exact_wells_are_solved_and_it_stops_by_itself(function):
    result = QuadraticModel(evaluations=600).solve(Landscape(function, 5), progress=False)
    assert result.ended == "converged"
    assert result.objective < 1e-9


def test_the_curved_valley_is_followed():
    problem = Landscape("rosenbrock", 2)
    assert (
        mean_objective(QuadraticModel(evaluations=300), problem, 4)
        < 1e-4 * problem.exact(problem.start[None])[0]
    )


def test_every_step_is_one_population_around_the_model_point():
    problem = Watched(sigma=0.1)
    result = QuadraticModel(evaluations=60, population=6, radius=0.2).solve(problem, progress=False)
    *steps, last = problem.rows
    assert [len(rows) for rows in steps] == [6] * 9  # a tenth is kept
    assert len(last) == 6
    offsets = steps[0][1:] - steps[0][0]
    assert steps[0][0] == pytest.approx(problem.start)
    assert np.linalg.norm(offsets, axis=1) == pytest.approx(np.full(5, 0.2 * np.sqrt(3)))
    assert last[0] == pytest.approx(result.solution)


def test_a_shell_is_orthogonal_frames():
    offsets = shell(np.zeros(4), 0.5, 8, np.random.default_rng(0))
    for frame in (offsets[:4], offsets[4:]):
        assert frame @ frame.T == pytest.approx(np.eye(4))  # 0.5 √4 long each


def test_points_without_a_value_are_left_out():
    problem = Watched(sigma=0.01, hole=True)
    assert QuadraticModel(evaluations=60).solve(problem, progress=False).objective < 0.05


@pytest.mark.parametrize(
    "fields",
    [{"evaluations": 0}, {"radius": 0.0}, {"population": 3}, {"population": 4.5}, {"tolerance": -1.0}],
    ids=str,
)
def test_fields_out_of_range_are_refused(fields):
    with pytest.raises(ProblemError, match=next(iter(fields))):
        QuadraticModel(**fields)
