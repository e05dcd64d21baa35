"""Standard test functions, with noise if wanted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, get_args

import numpy as np

from problems.checking import check_choice, check_integer, check_number, frozen_array
from problems.contract import Array
from problems.errors import ProblemError
from problems.minimisation.canyon import canyon_gradients, canyon_values
from problems.minimisation.problem import Minimisation, Values

Function = Literal["sphere", "rosenbrock", "rastrigin", "cosines", "ackley", "canyon"]


@dataclass(frozen=True, eq=False)
class Landscape(Minimisation):
    """A standard test function whose least value is 0, with Gaussian noise if wanted.

    Attributes:
        function: "sphere" Σx², "rosenbrock" (the curved valley, least at all ones), "rastrigin" (many wells
            in a bowl), "cosines" Σ(1 − cos x), periodic like a circuit's energy, "ackley" (many wells in a
            funnel), or "canyon" (of the plane: a curved valley with a barrier, see ``canyon.py``).
        dimension: P; 2 for the canyon.
        noise: Standard deviation added to every evaluation.
        shift: ``[P]``: the whole function is moved by it; None for no move.
        amplitude: Of rastrigin's wells.
        roughness: Depth c of the canyon's wells: 1.1625 is full of them, 0.25 nearly smooth.
    """

    function: Function = "sphere"
    dimension: int = 4
    noise: float = 0.0
    shift: Array | None = None
    amplitude: float = 10.0
    roughness: float = 1.1625
    differentiable = True
    optimum = 0.0

    def __post_init__(self):
        check_choice("function", self.function, get_args(Function))
        check_integer("dimension", self.dimension, 2 if self.function == "rosenbrock" else 1)
        if self.function == "canyon" and self.dimension != 2:
            raise ProblemError("dimension", self.dimension, "2: the canyon lies in the plane")
        for name in ("noise", "amplitude", "roughness"):
            check_number(name, getattr(self, name), 0.0)
        if self.shift is not None:
            object.__setattr__(self, "shift", frozen_array("shift", self.shift, shape=(self.dimension,)))

    @classmethod
    def shifted(
        cls, function: Function, dimension: int, seed: int = 0, reach: float = 1.0, **fields: Any
    ) -> Landscape:
        """Return a function moved by a draw from the cube [−reach, reach]^P.

        Args:
            function: Its name.
            dimension: P.
            seed: Of the draw.
            reach: Half the side of the cube.
            fields: Further fields.
        """
        check_number("reach", reach, 0.0)
        check_integer("dimension", dimension, 1)
        shift = np.random.default_rng(seed).uniform(-reach, reach, dimension)
        return cls(function, dimension, shift=shift, **fields)

    @property
    def reference(self) -> float | None:
        """The known least value."""
        return 0.0

    @property
    def minimiser(self) -> Array:
        """Where the least value is ``[P]``."""
        return self._moved(np.full(self.dimension, 1.0 if self.function == "rosenbrock" else 0.0))

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
        """A point one unit and a bit from the optimum; (8, 8), behind the barrier, in the canyon."""
        away = {"rosenbrock": -0.7, "canyon": 8.0}.get(self.function, 1.3)
        return self._moved(np.full(self.dimension, away))

    def evaluate(self, x: Array, seed: int, gradient: bool = False) -> Values:
        """Evaluate ``[B, P]``; noise comes from the seed, the gradient from the noiseless function."""
        mean = self.exact(x)
        slopes = self._gradient(self._centred(x)) if gradient else None
        if not self.noisy:
            return Values(mean, None, slopes)
        noise = np.random.default_rng(seed).normal(scale=self.noise, size=mean.shape)
        return Values(mean + noise, np.full_like(mean, self.noise), slopes)

    def exact(self, x: Array) -> Array:
        """Return the noiseless values ``[B]``."""
        x = self._centred(x)
        if self.function == "sphere":
            return np.sum(x**2, axis=1)
        if self.function == "cosines":
            return np.sum(1 - np.cos(x), axis=1)
        if self.function == "rastrigin":
            return np.sum(x**2 + self.amplitude * (1 - np.cos(2 * np.pi * x)), axis=1)
        if self.function == "ackley":
            funnel = -20 * np.expm1(-0.2 * np.sqrt(np.mean(x**2, axis=1)))
            return funnel - np.e * np.expm1(np.mean(np.cos(2 * np.pi * x), axis=1) - 1)
        if self.function == "canyon":
            return canyon_values(x, self.roughness)
        return np.sum(100 * (x[:, 1:] - x[:, :-1] ** 2) ** 2 + (1 - x[:, :-1]) ** 2, axis=1)

    def _gradient(self, x: Array) -> Array:
        if self.function == "sphere":
            return 2 * x
        if self.function == "cosines":
            return np.sin(x)
        if self.function == "rastrigin":
            return 2 * x + 2 * np.pi * self.amplitude * np.sin(2 * np.pi * x)
        if self.function == "ackley":
            return _ackley_gradient(x)
        if self.function == "canyon":
            return canyon_gradients(x, self.roughness)
        gradient = np.zeros_like(x)
        bend = x[:, 1:] - x[:, :-1] ** 2
        gradient[:, :-1] = -400 * x[:, :-1] * bend - 2 * (1 - x[:, :-1])
        gradient[:, 1:] += 200 * bend
        return gradient

    def _centred(self, x: Array) -> Array:
        return x if self.shift is None else x - self.shift

    def _moved(self, x: Array) -> Array:
        return x if self.shift is None else x + self.shift

    def plot(self, solution: Array, axes: Any = None) -> Any:
        """Draw the coordinates of a point."""
        from problems.report import matplotlib_pyplot

        axes = axes if axes is not None else matplotlib_pyplot("a plot").figure().subplots()
        axes.bar(range(self.dimension), solution)
        axes.set_xlabel("coordinate (index)")
        axes.set_ylabel("value (dimensionless)")
        return axes


def _ackley_gradient(x: Array) -> Array:
    """The slopes ``[B, P]``; 0 at the tip, where there are none."""
    radius = np.sqrt(np.mean(x**2, axis=1, keepdims=True))
    outward = np.divide(x, radius, out=np.zeros_like(x), where=radius > 0)
    waves = np.exp(np.mean(np.cos(2 * np.pi * x), axis=1, keepdims=True))
    return (4 * np.exp(-0.2 * radius) * outward + 2 * np.pi * waves * np.sin(2 * np.pi * x)) / x.shape[1]
