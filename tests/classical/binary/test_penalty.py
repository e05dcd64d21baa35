"""The penalty solver on problems with words of their own: the domain judges, the domain repairs."""

from itertools import permutations

import numpy as np
import pytest

from classical.binary.annealing import SimulatedAnnealing
from classical.binary.penalty import Penalty
from classical.binary.uniform import Uniform
from problems.binary.assignment import QuadraticAssignment
from problems.binary.encodings import SlackEncoding
from problems.binary.model import Model
from problems.binary.tour import TravellingSalesman


@pytest.mark.parametrize("encoding", [SlackEncoding(), None], ids=["slack", "slack-free"])
def test_samples_become_permutations(encoding):
    problem = QuadraticAssignment.random(4, seed=3)
    best = min(problem.cost(order) for order in permutations(range(4)))
    solver = Penalty(SimulatedAnnealing(restarts=32, sweeps=200))
    solver = solver if encoding is None else Penalty(solver.inner, encoding)
    result = solver.solve(problem, seed=1, progress=False)
    assert result.objective == best
    assert sorted(problem.decode(result.solution)) == [1, 2, 3, 4]


def test_the_null_is_repaired_the_same_way():
    problem = TravellingSalesman.random(5, seed=3)
    result = Uniform(samples=64).solve(problem, seed=1, progress=False)
    assert result.feasible
    assert result.objective == problem.length(problem.tour(result.solution))


def test_an_integer_program_is_solved_over_its_bits():
    model = Model()
    y = model.integer("y", -3, 4, 2)
    model.minimise(((y - np.array([2, -1])) ** 2).sum())
    model.add(y.sum() <= 0, "sum")
    problem = model.problem()
    result = Penalty(SimulatedAnnealing(restarts=32, sweeps=200)).solve(problem, seed=1, progress=False)
    best = min((a - 2) ** 2 + (b + 1) ** 2 for a in range(-3, 5) for b in range(-3, 5) if a + b <= 0)
    assert result.objective == best
    assert problem.judge(result.solution).feasible
