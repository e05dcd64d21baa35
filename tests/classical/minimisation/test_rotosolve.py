"""Rotosolve: exact along every coordinate, whatever the degree, and by few evaluations."""

from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backends import Statevector
from classical.minimisation import Lbfgs, Rotosolve, Spsa
from classical.minimisation.rotosolve import lowest
from hybrid import HardwareEfficient, Vqe
from problems.errors import ProblemError, UnsuitableProblem
from problems.ground_state import GroundState
from problems.minimisation import Landscape, Minimisation, Values


@dataclass(frozen=True, eq=False)
class Harmonics(Minimisation):
    """Random trigonometric polynomials of degree 3 in two coupled coordinates of period 1."""

    seed: int = 0
    dimension = 2
    period = np.ones(2)
    degree = np.full(2, 3)
    start = np.zeros(2)

    def exact(self, x):
        rng = np.random.default_rng(self.seed)
        weights, phases = rng.normal(size=(4, 4)), rng.uniform(0, 6, (4, 4))
        return sum(
            weights[a, b] * np.cos(2 * np.pi * (a * x[:, 0] + b * x[:, 1]) + phases[a, b])
            for a in range(4) for b in range(4)
        )  # fmt: skip

    def evaluate(self, x, seed, gradient=False):
        return Values(self.exact(x))


@given(degree=st.integers(1, 5), seed=st.integers(0, 10**6))
def test_the_least_point_of_a_line_is_below_a_fine_grid(degree, seed):
    rng = np.random.default_rng(seed)
    cosines, sines = rng.normal(size=(2, degree + 1))

    def line(angle):
        orders = np.arange(degree + 1)
        angle = np.asarray(angle)[..., None]
        return (cosines * np.cos(orders * angle) + sines * np.sin(orders * angle)).sum(axis=-1)

    angle, value = lowest(line(2 * np.pi * np.arange(2 * degree + 1) / (2 * degree + 1)))
    assert -np.pi <= angle <= np.pi
    assert value == pytest.approx(line(angle), abs=1e-9)
    assert value <= line(np.linspace(-np.pi, np.pi, 2001)).min() + 1e-9


def test_separate_cosines_are_solved_in_one_sweep():
    result = Rotosolve(evaluations=14).solve(Landscape("cosines", 6), progress=False)  # 3 + 5 · 2 + 1
    assert result.objective == pytest.approx(0.0, abs=1e-12)
    assert result.resources["evaluations"] <= 14


@pytest.mark.parametrize("seed", range(5))
def test_higher_degrees_end_where_no_coordinate_can_fall(seed):
    problem = Harmonics(seed)
    result = Rotosolve(evaluations=400).solve(problem, progress=False)
    grid = np.linspace(0, 1, 2001)
    for k in range(2):
        line = np.repeat(result.solution[None], len(grid), axis=0)
        line[:, k] = grid
        assert result.objective <= problem.exact(line).min() + 1e-6


def test_circuits_say_their_degrees():
    problem = GroundState.transverse_field_ising(3)
    roto = Vqe(HardwareEfficient(2, ("ry",)), optimizer=Rotosolve(evaluations=600), backend=Statevector())
    gradient = Vqe(HardwareEfficient(2, ("ry",)), optimizer=Lbfgs(evaluations=200))
    best = min(gradient.solve(problem, seed=s, progress=False).objective for s in range(3))
    ours = min(roto.solve(problem, seed=s, progress=False).objective for s in range(3))
    assert ours <= best + 1e-3


def test_noise_is_borne_and_beats_small_steps():
    problem = Landscape("cosines", 6, noise=0.05)
    mine = [Rotosolve(evaluations=60).solve(problem, seed=s, progress=False).objective for s in range(8)]
    theirs = [Spsa(evaluations=60).solve(problem, seed=s, progress=False).objective for s in range(8)]
    assert np.mean(mine) < 0.5 * np.mean(theirs)


def test_what_is_not_trigonometric_is_refused():
    with pytest.raises(UnsuitableProblem, match="trigonometric"):
        Rotosolve().solve(Landscape("sphere", 3))
    with pytest.raises(ProblemError, match="evaluations"):
        Rotosolve(evaluations=0)
