"""A worker's gradient: shift rules are exact for their degree, differences are where no rule is known."""

from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from problems.distributed.worker_gradients import gradient_evaluations, gradient_rule, worker_gradient
from problems.minimisation import Landscape, Minimisation, Values


@dataclass(frozen=True, eq=False)
class Waves(Minimisation):
    """Σ over coordinates of a trigonometric polynomial with random coefficients."""

    coefficients: np.ndarray  # [P, R, 2]
    periods: np.ndarray  # [P]
    boxed: bool = False

    @property
    def dimension(self):  # pyright: ignore[reportIncompatibleVariableOverride]
        return len(self.coefficients)

    @property
    def period(self):  # pyright: ignore[reportIncompatibleVariableOverride]
        return self.periods

    @property
    def degree(self):  # pyright: ignore[reportIncompatibleVariableOverride]
        return np.full(self.dimension, self.coefficients.shape[1])

    @property
    def bounds(self):  # pyright: ignore[reportIncompatibleVariableOverride]
        return (np.zeros(self.dimension), np.ones(self.dimension)) if self.boxed else None

    def _angles(self, x):
        orders = np.arange(1, self.coefficients.shape[1] + 1)
        return 2 * np.pi * x[..., None] / self.periods[:, None] * orders, orders

    def exact(self, x):
        angles, _ = self._angles(x)
        cosines, sines = self.coefficients[..., 0], self.coefficients[..., 1]
        return np.sum(cosines * np.cos(angles) + sines * np.sin(angles), axis=(1, 2))

    def evaluate(self, x, seed, gradient=False):
        return Values(self.exact(x))

    def slope(self, x):
        angles, orders = self._angles(x)
        cosines, sines = self.coefficients[..., 0], self.coefficients[..., 1]
        inner = 2 * np.pi * orders / self.periods[:, None]
        return np.sum(inner * (sines * np.cos(angles) - cosines * np.sin(angles)), axis=1)


@given(degree=st.integers(1, 4), dimension=st.integers(1, 3), seed=st.integers(0, 10**6))
def test_shift_rule_is_exact_for_every_degree_and_period(degree, dimension, seed):
    rng = np.random.default_rng(seed)
    waves = Waves(rng.normal(size=(dimension, degree, 2)), rng.uniform(0.5, 9.0, dimension))
    x = rng.normal(size=dimension)
    assert gradient_rule(waves) == "parameter shift"
    assert gradient_evaluations(waves) == 2 * degree * dimension
    assert worker_gradient(waves, x, 0) == pytest.approx(waves.slope(x), abs=1e-9)


@dataclass(frozen=True, eq=False)
class PartlyKnown(Waves):
    """Waves of which the first coordinate has no known degree."""

    @property
    def degree(self):
        return np.array([0, 3, 3])


def test_rules_of_one_worker_may_differ_by_coordinate():
    rng = np.random.default_rng(2)
    waves = PartlyKnown(rng.normal(size=(3, 3, 2)), np.array([2.0, 5.0, 3.0]))
    x = rng.normal(size=3)
    assert gradient_rule(waves) == "central differences"
    assert gradient_evaluations(waves) == 2 + 6 + 6
    found = worker_gradient(waves, x, 0)
    assert found[0] == pytest.approx(waves.slope(x)[0], abs=1e-6)
    assert found[1:] == pytest.approx(waves.slope(x)[1:], abs=1e-10)


def test_differences_stay_within_bounds():
    waves = Waves(np.random.default_rng(1).normal(size=(2, 2, 2)), np.array([3.0, 4.0]), boxed=True)
    x = np.array([0.0, 1.0])
    assert gradient_rule(waves) == "central differences"
    assert gradient_evaluations(waves) == 4
    assert worker_gradient(waves, x, 0) == pytest.approx(waves.slope(x), abs=1e-3)


def test_exact_gradients_are_taken_where_there_are_some():
    valley = Landscape("rosenbrock", 3)
    x = np.array([0.3, -0.2, 0.9])
    assert gradient_rule(valley) == "exact"
    assert gradient_evaluations(valley) == 1
    assert worker_gradient(valley, x, 0) == pytest.approx(valley.evaluate(x[None], 0, True).gradient[0])  # pyright: ignore[reportOptionalSubscript]
