"""AdamSpsa: the published recursion, its populations, and what its two answers cost."""

import numpy as np
import pytest

from classical.minimisation import AdamSpsa
from problems.errors import ProblemError
from problems.minimisation import Landscape
from tests.classical.minimisation.boxes import Watched


def published(problem, populations, solver):
    """Repeat the recursion from the populations that were evaluated; returns the iterates."""
    theta, mean, square, trail = problem.start, 0.0, 0.0, []
    for k, rows in enumerate(populations):
        width = solver.perturbation / (k + 1) ** solver.gamma
        signs = np.sign(rows[0] - rows[1])
        assert rows[:2] == pytest.approx(np.stack([theta + width * signs, theta - width * signs]))
        high, low = problem.exact(rows[:2])
        slope = (high - low) / (2 * width) / signs
        first = solver.first / (k + 1) ** solver.fading
        mean = first * mean + (1 - first) * slope
        square = solver.second * square + (1 - solver.second) * slope**2
        corrected = mean / (1 - first ** (k + 1)), square / (1 - solver.second ** (k + 1))
        step = slope if k < solver.plain_steps else corrected[0] / (np.sqrt(corrected[1]) + 1e-8)
        theta = theta - solver.rate / (k + 1) ** solver.alpha * step
        trail.append(theta)
    return trail


@pytest.mark.parametrize("plain", [0, 1])
@pytest.mark.parametrize("answer", ["lowest", "average"])
def test_the_steps_are_the_published_ones(plain, answer):
    problem, solver = Watched(), AdamSpsa(evaluations=61, plain_steps=plain, answer=answer)
    solver.solve(problem, progress=False)
    rows = 3 if answer == "lowest" else 2
    *steps, last = problem.rows
    assert [len(population) for population in steps] == [rows] * (60 // rows)
    trail = published(problem, steps, solver)
    answer_row = trail[-1] if answer == "lowest" else np.mean(trail[-3:], axis=0)
    assert last[0] == pytest.approx(answer_row)


def test_the_lowest_iterate_is_confirmed_on_noisy_problems():
    problem = Watched(sigma=0.5)
    result = AdamSpsa(evaluations=60).solve(problem, progress=False)
    iterates = np.array([rows[2] for rows in problem.rows[:-1]])
    assert np.any(np.all(iterates == result.solution, axis=1))
    assert len(problem.rows[-1]) == 6  # a tenth


def test_the_rate_bounds_every_averaged_first_step():
    problem = Watched(target=4000.0)
    AdamSpsa(evaluations=4, plain_steps=0, rate=0.3).solve(problem, progress=False)
    np.testing.assert_allclose(np.abs(problem.rows[1][0] - problem.start), 0.3, rtol=1e-6)


@pytest.mark.parametrize("answer", ["lowest", "average"])
def test_noisy_cosines_are_brought_down(answer):
    problem = Landscape("cosines", 6, noise=0.05)
    begun = problem.exact(problem.start[None])[0]
    solver = AdamSpsa(evaluations=300, answer=answer)
    ends = [solver.solve(problem, seed=seed, progress=False).objective for seed in range(10)]
    assert np.mean(ends) < 0.3 * begun


@pytest.mark.parametrize(
    "fields",
    [
        {"evaluations": 3},
        {"rate": 0.0},
        {"perturbation": -1.0},
        {"alpha": -0.1},
        {"first": 1.0},
        {"second": 1.0},
        {"plain_steps": -1},
        {"answer": "best"},
    ],
    ids=str,
)
def test_fields_out_of_range_are_refused(fields):
    with pytest.raises(ProblemError, match=next(iter(fields))):
        AdamSpsa(**fields)
