"""Any minimisation as a composite problem whose model is the identity: no gradient can be spared there."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from problems.contract import Array
from problems.errors import ProblemError
from problems.minimisation.composite import CompositeProblem, check_costs
from problems.minimisation.parameter_shift import shift_gradient, shift_rows
from problems.minimisation.problem import Minimisation


@dataclass(frozen=True, eq=False)
class IdentityComposite(CompositeProblem):
    """Minimise a function of θ whose targets are θ itself: one row, p = P.

    Attributes:
        inner: What is minimised; its gradient is its own, or by parameter shift where it is trigonometric.
        smoothness: L, or None where it is not known.
        target_cost: What a gradient costs, in the unit of ``model_cost``.
        model_cost: What f costs.
    """

    inner: Minimisation
    smoothness: float | None = None
    target_cost: float = 1.0
    model_cost: float = field(default=0.0)
    identity = True
    count = 1

    def __post_init__(self):
        if not isinstance(self.inner, Minimisation):
            raise ProblemError("inner", self.inner, "a Minimisation")
        if self.inner.start is None:
            raise ProblemError("the start of inner", None, "a point")
        if not self.inner.differentiable:
            shift_rows(self.inner, "inner")
        check_costs(self)

    @property
    def dimension(self) -> int:  # pyright: ignore[reportIncompatibleVariableOverride]
        """P."""
        return self.inner.dimension

    @property
    def width(self) -> int:  # pyright: ignore[reportIncompatibleVariableOverride]
        """Targets of the row, p = P."""
        return self.inner.dimension

    @property
    def start(self) -> Array:  # pyright: ignore[reportIncompatibleVariableOverride]
        """The function's own."""
        return np.array(self.inner.start, dtype=float)

    @property
    def noisy(self) -> bool:  # pyright: ignore[reportIncompatibleVariableOverride]
        """As the function is."""
        return self.inner.noisy

    @property
    def reference(self) -> float | None:  # pyright: ignore[reportIncompatibleVariableOverride]
        """The function's own."""
        return self.inner.reference

    def targets(self, theta: Array, rows: Array) -> Array:
        """Return θ ``[1, P]``."""
        return theta[None]

    def pull_back(self, theta: Array, rows: Array, weights: Array) -> Array:
        """Return the weights ``[P]``."""
        return weights[0]

    def target_loss(self, z: Array, rows: Array, seed: int) -> float:
        """Return the function's value."""
        return float(self.inner.evaluate(z, seed).mean[0])

    def target_gradient(self, z: Array, rows: Array, seed: int) -> Array:
        """Return its gradient ``[1, P]``."""
        if self.inner.differentiable:
            gradient = self.inner.evaluate(z, seed, gradient=True).gradient
            assert gradient is not None
            return gradient
        return shift_gradient(self.inner, z[0], seed)[None]

    def exact(self, theta: Array) -> float:
        """Return the noiseless value."""
        return float(self.inner.exact(theta[None])[0])

    def exact_gradient(self, theta: Array) -> Array:
        """Return the noiseless gradient ``[P]``, by parameter shift of noiseless values where noisy."""
        if self.inner.differentiable:
            return self.target_gradient(theta[None], np.arange(1), 0)[0]
        return shift_gradient(self.inner, theta, None)
