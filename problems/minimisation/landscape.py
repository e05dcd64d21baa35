"""Standard test functions, with noise if wanted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from problems.checking import check_choice, check_integer, check_number
from problems.contract import Array
from problems.minimisation.problem import Minimisation, Values


@dataclass(frozen=True, eq=False)
class Landscape(Minimisation):
    """A standard test function, with Gaussian noise if wanted.

    Attributes:
        function: "sphere" Σx², "rosenbrock" (the curved valley, least at all ones), "rastrigin" (many wells),
            or "cosines" Σ(1 − cos x), periodic like a circuit's energy.
        dimension: P.
        noise: Standard deviation added to every evaluation.
    """

    function: Literal["sphere", "rosenbrock", "rastrigin", "cosines"] = "sphere"
    dimension: int = 4
    noise: float = 0.0
    differentiable = True
    optimum = 0.0

    def __post_init__(self):
        check_choice("function", self.function, ("sphere", "rosenbrock", "rastrigin", "cosines"))
        check_integer("dimension", self.dimension, 2 if self.function == "rosenbrock" else 1)
        check_number("noise", self.noise, 0.0)

    @property
    def reference(self) -> float | None:
        """The known least value."""
        return 0.0

    @property
    def noisy(self) -> bool:
        """Whether noise is added."""
        return self.noise > 0

    @property
    def period(self) -> Array | None:  # pyright: ignore[reportIncompatibleVariableOverride]
        """2π of every coordinate of the cosines."""
        return np.full(self.dimension, 2 * np.pi) if self.function == "cosines" else None

    @property
    def degree(self) -> Array | None:  # pyright: ignore[reportIncompatibleVariableOverride]
        """1 for every coordinate of the cosines."""
        return np.ones(self.dimension, dtype=np.int64) if self.function == "cosines" else None

    @property
    def start(self) -> Array:
        """A point one unit and a bit from the optimum."""
        return (
            np.full(self.dimension, 1.3) if self.function != "rosenbrock" else np.full(self.dimension, -0.7)
        )

    def evaluate(self, x: Array, seed: int, gradient: bool = False) -> Values:
        """Evaluate ``[B, P]``; noise comes from the seed, the gradient from the noiseless function."""
        mean = self.exact(x)
        if not self.noisy:
            return Values(mean, None, self._gradient(x) if gradient else None)
        noise = np.random.default_rng(seed).normal(scale=self.noise, size=mean.shape)
        return Values(mean + noise, np.full_like(mean, self.noise), self._gradient(x) if gradient else None)

    def exact(self, x: Array) -> Array:
        """Return the noiseless values ``[B]``."""
        if self.function == "sphere":
            return np.sum(x**2, axis=1)
        if self.function == "cosines":
            return np.sum(1 - np.cos(x), axis=1)
        if self.function == "rastrigin":
            return np.sum(x**2 + 10 * (1 - np.cos(2 * np.pi * x)), axis=1)
        return np.sum(100 * (x[:, 1:] - x[:, :-1] ** 2) ** 2 + (1 - x[:, :-1]) ** 2, axis=1)

    def _gradient(self, x: Array) -> Array:
        if self.function == "sphere":
            return 2 * x
        if self.function == "cosines":
            return np.sin(x)
        if self.function == "rastrigin":
            return 2 * x + 20 * np.pi * np.sin(2 * np.pi * x)
        gradient = np.zeros_like(x)
        bend = x[:, 1:] - x[:, :-1] ** 2
        gradient[:, :-1] = -400 * x[:, :-1] * bend - 2 * (1 - x[:, :-1])
        gradient[:, 1:] += 200 * bend
        return gradient

    def plot(self, solution: Array, axes: Any = None) -> Any:
        """Draw the coordinates of a point."""
        from problems.report import matplotlib_pyplot

        axes = axes if axes is not None else matplotlib_pyplot("a plot").figure().subplots()
        axes.bar(range(self.dimension), solution)
        axes.set_xlabel("coordinate (index)")
        axes.set_ylabel("value (dimensionless)")
        return axes
