"""BayesianOptimization: the improvement it expects, batches, boxes, and few evaluations well spent."""

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.stats import norm

from classical.minimisation import BayesianOptimization, Cobyla, Spsa
from classical.minimisation.bayesian import log_improvement, most_improving, spread
from classical.minimisation.gaussian_process import GaussianProcess
from problems.errors import ProblemError
from problems.minimisation import Landscape
from tests.classical.minimisation.boxes import Coupled, Watched


def mean_objective(solver, problem, seeds):
    return np.mean([solver.solve(problem, seed=seed, progress=False).objective for seed in range(seeds)])


def random_search(problem, evaluations, seeds):
    """The mean over seeds of the lowest value among uniform draws in one period around the start."""
    draws = [np.random.default_rng(seed).uniform(-np.pi, np.pi, (evaluations, problem.dimension))
             for seed in range(seeds)]  # fmt: skip
    return np.mean([problem.exact(problem.start + rows).min() for rows in draws])


@pytest.mark.parametrize("z", [-3.0, -1.5, -1.0, -0.999, 0.0, 2.0, 8.0])
def test_the_expected_improvement_is_its_integral(z):
    integral = quad(lambda t: max(z + t, 0.0) * norm.pdf(t), -z, 40)[0]
    assert np.exp(log_improvement(np.array(z))) == pytest.approx(integral, rel=1e-7)


def test_the_expected_improvement_is_known_far_out():
    for z in (-50.0, -1e3, -9.9e3, -1e5):
        series = norm.logpdf(z) - 2 * np.log(-z) + np.log1p(-3 / z**2)
        assert float(log_improvement(np.array(z))) == pytest.approx(series, rel=1e-6)


def test_the_next_point_improves_most_of_a_fine_grid():
    points = np.array([[0.1], [0.35], [0.6], [0.95]])
    model = GaussianProcess(points, np.array([0.2, -0.5, 0.3, -0.3]), np.array([0.2]), 1e-6, np.zeros(1))
    box, best = (np.zeros(1), np.ones(1)), points[1]
    found, hope = most_improving(model, box, best, -0.5, np.random.default_rng(0))
    mean, deviation = model.predict(np.linspace(0, 1, 5001)[:, None])
    grid = log_improvement((-0.5 - mean) / deviation) + np.log(deviation)
    assert hope >= grid.max() - 1e-6
    assert found == pytest.approx([np.linspace(0, 1, 5001)[np.argmax(grid)]], abs=1e-3)


def test_a_latin_hypercube_fills_every_row_once():
    rows = spread((np.array([-1.0, 0.0]), np.array([1.0, 10.0])), 20, np.random.default_rng(0))
    cells = np.floor((rows - [-1.0, 0.0]) / [2.0, 10.0] * 20)
    assert np.array_equal(np.sort(cells, axis=0), np.repeat(np.arange(20.0)[:, None], 2, axis=1))


def test_populations_are_the_design_and_then_batches():
    problem = Watched(limits=(-1.0, 3.0), sigma=0.1)
    BayesianOptimization(evaluations=25, initial=6, batch=5).solve(problem, progress=False)
    assert [len(rows) for rows in problem.rows] == [6, 5, 5, 5, 2, 2]  # two measure the answer
    assert problem.rows[0][0] == pytest.approx(problem.start)
    batch = problem.rows[1]  # believing keeps it apart
    distances = np.linalg.norm(batch[:, None] - batch[None], axis=2)[np.triu_indices(5, 1)]
    assert distances.min() > 0.05


@pytest.mark.slow
@pytest.mark.parametrize("sigma", [0.0, 0.1])
def test_few_values_of_coupled_wells_are_well_spent(sigma):
    problem, seeds = Coupled(2, sigma=sigma), 3
    ours = mean_objective(BayesianOptimization(evaluations=26), problem, seeds)
    assert ours < 0.2 * random_search(problem, 26, 50)
    assert ours < 0.5 * mean_objective(Spsa(evaluations=26), problem, seeds)


@pytest.mark.slow
def test_many_wells_do_not_trap_it():
    problem = Landscape("rastrigin", 2)  # the start is in a well worth 2 and more
    ours = mean_objective(BayesianOptimization(evaluations=50, reach=1.5, batch=6), problem, 3)
    assert ours < 0.6 * mean_objective(Cobyla(evaluations=50), problem, 3)


def test_the_box_follows_the_best_point():
    problem = Watched(target=8.0, dimension=2)  # it starts at 0.9 and looks no further than 2 at once
    result = BayesianOptimization(evaluations=36).solve(problem, progress=False)
    assert np.abs(problem.rows[0] - problem.start).max() <= 2.0
    assert result.objective < 0.05


def test_it_stops_where_nothing_is_hoped_for():
    result = BayesianOptimization(evaluations=80, tolerance=1e-4).solve(Coupled(1), progress=False)
    assert result.ended == "converged"
    assert result.resources["evaluations"] < 80
    assert result.objective < 1e-3


def test_points_without_a_value_are_left_out():
    problem = Watched(sigma=0.01, hole=True)
    assert BayesianOptimization(evaluations=36).solve(problem, progress=False).objective < 0.3


@pytest.mark.parametrize(
    "fields",
    [
        {"evaluations": 0},
        {"evaluations": 1001},
        {"initial": 1},
        {"batch": 0},
        {"reach": 0.0},
        {"tolerance": 0.0},
    ],
    ids=str,
)
def test_fields_out_of_range_are_refused(fields):
    with pytest.raises(ProblemError, match=next(iter(fields))):
        BayesianOptimization(**fields)
