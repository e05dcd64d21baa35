"""Any JAX model as a composite problem: its pull-back by automatic differentiation, in double precision."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

import numpy as np

from problems.checking import check_choice, frozen_array
from problems.contract import Array
from problems.errors import MissingExtra, ProblemError
from problems.minimisation.composite import CompositeProblem, check_costs
from problems.minimisation.target_losses import LOSSES, TargetLoss, curvatures, losses, slopes, smoothness_of


@dataclass(frozen=True, eq=False)
class JaxComposite(CompositeProblem):
    """A loss of the outputs of a function that JAX can differentiate.

    The function is compiled once for each problem and number of rows; no step of an optimizer compiles.

    Attributes:
        model: A named function of θ ``[P]`` and inputs ``[b, …]`` that returns targets ``[b, p]``.
        inputs: ``[n, …]``.
        labels: Classes ``[n]``, or values ``[n, p]`` for "squared".
        start: Where to begin ``[P]``.
        loss: "logistic" (p = 1), "softmax" or "squared".
        target_cost: What one row's target gradient costs, in the unit of ``model_cost``.
        model_cost: What one row of f costs.
    """

    model: Callable[[Any, Any], Any]
    inputs: Array
    labels: Array
    start: Array
    loss: TargetLoss = "squared"
    target_cost: float = 1.0
    model_cost: float = 0.0
    curved = True

    def __post_init__(self):
        check_choice("loss", self.loss, LOSSES)
        if not callable(self.model):
            raise ProblemError("model", self.model, "a function of parameters and inputs")
        object.__setattr__(self, "inputs", frozen_array("inputs", self.inputs))
        if self.inputs.ndim == 0 or len(self.inputs) == 0:
            raise ProblemError("inputs", "empty", "one row at least")
        object.__setattr__(self, "start", frozen_array("start", self.start, shape=(None,)))
        shape = (self.count, None) if self.loss == "squared" else (self.count,)
        object.__setattr__(self, "labels", frozen_array("labels", self.labels, shape=shape))
        self._check_targets()
        check_costs(self)

    def _check_targets(self) -> None:
        shape = self.targets(self.start, np.arange(1)).shape
        columns = {"squared": self.labels.shape[-1], "logistic": 1}.get(self.loss)
        if len(shape) != 2 or shape[0] != 1 or (columns is not None and shape[1] != columns):
            expected = f"(1, {'any' if columns is None else columns})"
            raise ProblemError("the shape of the model's targets for one row", shape, expected)
        if self.loss == "squared":
            return
        classes = max(2, shape[1])
        if np.any(self.labels != np.round(self.labels)) or not (
            self.labels.min() >= 0 and self.labels.max() < classes
        ):
            raise ProblemError("labels", "of other values", f"classes 0 to {classes - 1}")

    @property
    def potential(self) -> str:  # pyright: ignore[reportIncompatibleVariableOverride]
        """The name of the divergence, or none where the loss is squared."""
        return "" if self.loss == "squared" else "softmax"

    @property
    def count(self) -> int:  # pyright: ignore[reportIncompatibleVariableOverride]
        """The rows, n."""
        return len(self.inputs)

    @cached_property
    def width(self) -> int:  # pyright: ignore[reportIncompatibleVariableOverride]
        """Targets of a row, p."""
        return self.targets(self.start, np.arange(1)).shape[1]

    @property
    def dimension(self) -> int:  # pyright: ignore[reportIncompatibleVariableOverride]
        """The parameters, P."""
        return len(self.start)

    @property
    def smoothness(self) -> float:  # pyright: ignore[reportIncompatibleVariableOverride]
        """The loss's own."""
        return smoothness_of(self.loss, self.width)

    def targets(self, theta: Array, rows: Array) -> Array:
        """Return the model's outputs ``[b, p]``."""
        return _double(compiled(self.model)[0], theta, self.inputs[rows])

    def pull_back(self, theta: Array, rows: Array, weights: Array) -> Array:
        """Return the gradient ``[P]`` of Σ weights · f(θ)."""
        return _double(compiled(self.model)[1], theta, self.inputs[rows], weights)

    def target_loss(self, z: Array, rows: Array, seed: int) -> float:
        """Return the mean loss."""
        return float(losses(self.loss, z, self.labels[rows]).mean())

    def target_gradient(self, z: Array, rows: Array, seed: int) -> Array:
        """Return each row's gradient ``[b, p]``."""
        return slopes(self.loss, z, self.labels[rows])

    def target_curvature(self, z: Array, rows: Array) -> Array:
        """Return the diagonal second derivatives ``[b, p]``."""
        return curvatures(self.loss, z)

    def plot(self, solution: Array, axes: Any = None) -> Any:
        """Draw the parameters."""
        from problems.report import matplotlib_pyplot

        axes = axes if axes is not None else matplotlib_pyplot("a plot").figure().subplots()
        axes.bar(range(self.dimension), solution)
        axes.set_xlabel("parameter (index)")
        axes.set_ylabel("value (dimensionless)")
        return axes


@lru_cache(maxsize=32)
def compiled(model: Callable[[Any, Any], Any]) -> tuple[Callable[..., Any], Callable[..., Any]]:
    """Return a model and its pull-back (θ, inputs, weights ↦ ``[P]``), each compiled once for every shape.

    Raises:
        MissingExtra: If JAX is not installed.
    """
    try:
        import jax
    except ImportError:
        raise MissingExtra("JaxComposite", "learning") from None

    def pulled(theta: Any, inputs: Any, weights: Any) -> Any:
        return jax.vjp(lambda moved: model(moved, inputs), theta)[1](weights)[0]

    return jax.jit(model), jax.jit(pulled)


def _double(function: Callable[..., Any], *arguments: Array) -> Array:
    """Call in double precision, whatever the process has chosen for itself."""
    import jax

    try:
        from jax import enable_x64
    except ImportError:  # older releases
        from jax.experimental import enable_x64  # pyright: ignore[reportAttributeAccessIssue]
    with enable_x64(True):
        return np.asarray(function(*(jax.numpy.asarray(part) for part in arguments)))
