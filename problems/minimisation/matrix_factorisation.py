"""Matrix factorisation as a composite problem: a two-layer linear network learns an ill-conditioned map."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from problems.checking import check_integer, frozen_array
from problems.contract import Array
from problems.errors import ProblemError
from problems.minimisation.composite import CompositeProblem, check_costs
from problems.minimisation.perceptron import Perceptron
from problems.minimisation.target_losses import losses, slopes

SMALLEST = 1e-10  # scale of the last output


@dataclass(frozen=True, eq=False)
class MatrixFactorisation(CompositeProblem):
    """Half the mean squared error of x ↦ W₂ᵀ W₁ᵀ x; θ is W₁ ``[q, k]`` and W₂ ``[k, p]`` row by row.

    Attributes:
        inputs: ``[n, q]``.
        outputs: ``[n, p]``.
        rank: k, the hidden width.
        initial_seed: Draws ``start``.
        target_cost: What one row's target gradient costs, in the unit of ``model_cost``.
        model_cost: What one row of f costs.
    """

    inputs: Array
    outputs: Array
    rank: int = 4
    initial_seed: int = 0
    target_cost: float = 1.0
    model_cost: float = 0.0
    smoothness = 1.0
    curved = True

    def __post_init__(self):
        object.__setattr__(self, "inputs", frozen_array("inputs", self.inputs, shape=(None, None)))
        outputs = frozen_array("outputs", self.outputs, shape=(len(self.inputs), None))
        object.__setattr__(self, "outputs", outputs)
        if len(self.inputs) == 0:
            raise ProblemError("inputs", "empty", "one row at least")
        check_integer("rank", self.rank, 1)
        check_integer("initial_seed", self.initial_seed, 0)
        check_costs(self)

    @classmethod
    def random(
        cls, rows: int = 1000, inputs: int = 6, outputs: int = 10, rank: int = 4, seed: int = 0
    ) -> MatrixFactorisation:
        """Draw A = diag(1 … 1e-10) U[0, 1] ``[p, q]`` and Gaussian inputs x with outputs A x.

        Args:
            rows: n.
            inputs: q.
            outputs: p; their scales fall evenly from 1 to 1e-10.
            rank: k.
            seed: Of A, the inputs and the initial weights.
        """
        for name, value in (("rows", rows), ("inputs", inputs), ("outputs", outputs)):
            check_integer(name, value, 1)
        rng = np.random.default_rng(seed)
        matrix = np.linspace(1.0, SMALLEST, outputs)[:, None] * rng.random((outputs, inputs))
        x = rng.normal(size=(rows, inputs))
        return cls(x, x @ matrix.T, rank, seed)

    @cached_property
    def network(self) -> Perceptron:
        """The model f."""
        return Perceptron((self.inputs.shape[1], self.rank, self.outputs.shape[1]), "linear", biased=False)

    @property
    def count(self) -> int:  # pyright: ignore[reportIncompatibleVariableOverride]
        """The rows, n."""
        return len(self.inputs)

    @property
    def width(self) -> int:  # pyright: ignore[reportIncompatibleVariableOverride]
        """Targets of a row, p."""
        return self.outputs.shape[1]

    @property
    def dimension(self) -> int:  # pyright: ignore[reportIncompatibleVariableOverride]
        """P = k (q + p)."""
        return self.network.size

    @property
    def start(self) -> Array:  # pyright: ignore[reportIncompatibleVariableOverride]
        """Random weights."""
        return self.network.initial(self.initial_seed)

    @cached_property
    def reference(self) -> float:  # pyright: ignore[reportIncompatibleVariableOverride]
        """The least loss of any map of this rank: the tail of the singular values of the fitted outputs."""
        fitted = self.inputs @ np.linalg.lstsq(self.inputs, self.outputs, rcond=None)[0]
        tail = np.linalg.svd(fitted, compute_uv=False)[self.rank :]
        return 0.5 * (float(np.sum((self.outputs - fitted) ** 2)) + float(np.sum(tail**2))) / self.count

    def targets(self, theta: Array, rows: Array) -> Array:
        """Return the network's outputs ``[b, p]``."""
        return self.network(theta, self.inputs[rows])

    def pull_back(self, theta: Array, rows: Array, weights: Array) -> Array:
        """Return the gradient ``[P]`` of Σ weights · f(θ)."""
        return self.network.pull_back(theta, self.inputs[rows], weights)

    def target_loss(self, z: Array, rows: Array, seed: int) -> float:
        """Return half the mean squared distance."""
        return float(losses("squared", z, self.outputs[rows]).mean())

    def target_gradient(self, z: Array, rows: Array, seed: int) -> Array:
        """Return z less the outputs ``[b, p]``."""
        return slopes("squared", z, self.outputs[rows])

    def target_curvature(self, z: Array, rows: Array) -> Array:
        """Return ones."""
        return np.ones_like(z)

    def plot(self, solution: Array, axes: Any = None) -> Any:
        """Draw the product of the two matrices."""
        from problems.report import matplotlib_pyplot

        axes = axes if axes is not None else matplotlib_pyplot("a plot").figure().subplots()
        axes.imshow(self.network(solution, np.eye(self.inputs.shape[1])).T)
        axes.set_xlabel("input (index)")
        axes.set_ylabel("output (index)")
        return axes
