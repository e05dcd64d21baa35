"""A fully connected network with its own pull-back: nothing to compile, whatever the number of rows."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np

from problems.checking import check_choice, check_integer
from problems.contract import Array
from problems.errors import ProblemError

Activation = Literal["tanh", "relu", "linear"]
ACTIVATIONS = ("tanh", "relu", "linear")


@dataclass(frozen=True)
class Perceptron:
    """A network from inputs ``[b, widths[0]]`` to outputs ``[b, widths[-1]]``; the last layer is linear.

    Parameters ``[P]`` hold, layer by layer, the weights ``[in, out]`` row by row and then the biases.

    Attributes:
        widths: Of inputs, hidden layers and outputs.
        activation: Of the hidden layers.
        biased: Whether layers have biases.
    """

    widths: tuple[int, ...]
    activation: Activation = "tanh"
    biased: bool = True

    def __post_init__(self):
        object.__setattr__(self, "widths", tuple(self.widths))
        if len(self.widths) < 2:
            raise ProblemError("widths", self.widths, "those of inputs and outputs at least")
        for k, width in enumerate(self.widths):
            check_integer(f"widths[{k}]", width, 1)
        check_choice("activation", self.activation, ACTIVATIONS)

    @cached_property
    def size(self) -> int:
        """P."""
        extra = 1 if self.biased else 0
        return sum((a + extra) * b for a, b in zip(self.widths[:-1], self.widths[1:], strict=True))

    def initial(self, seed: int) -> Array:
        """Draw weights from N(0, 1/fan-in); biases are 0."""
        rng = np.random.default_rng(seed)
        parts = []
        for a, b in zip(self.widths[:-1], self.widths[1:], strict=True):
            parts.append(rng.normal(size=a * b) / np.sqrt(a))
            if self.biased:
                parts.append(np.zeros(b))
        return np.concatenate(parts)

    def __call__(self, theta: Array, inputs: Array) -> Array:
        """Return the outputs ``[b, p]``."""
        return self._forward(self._layers(theta), inputs)[-1]

    def pull_back(self, theta: Array, inputs: Array, weights: Array) -> Array:
        """Return the gradient ``[P]`` of Σ weights · outputs, for weights ``[b, p]``."""
        layers = self._layers(theta)
        values = self._forward(layers, inputs)
        back, parts = weights, []
        for k in range(len(layers) - 1, -1, -1):
            if self.biased:
                parts.append(back.sum(axis=0))
            parts.append((values[k].T @ back).ravel())
            if k:
                back = self._through(back @ layers[k][0].T, values[k])
        return np.concatenate(parts[::-1])

    def _layers(self, theta: Array) -> list[tuple[Array, Array | None]]:
        layers, at = [], 0
        for a, b in zip(self.widths[:-1], self.widths[1:], strict=True):
            weights = theta[at : at + a * b].reshape(a, b)
            at += a * b
            bias = None
            if self.biased:
                bias = theta[at : at + b]
                at += b
            layers.append((weights, bias))
        return layers

    def _forward(self, layers: list[tuple[Array, Array | None]], inputs: Array) -> list[Array]:
        values = [inputs]
        for k, (weights, bias) in enumerate(layers):
            z = values[-1] @ weights
            if bias is not None:
                z = z + bias
            if k < len(layers) - 1 and self.activation != "linear":
                z = np.tanh(z) if self.activation == "tanh" else np.maximum(z, 0.0)
            values.append(z)
        return values

    def _through(self, back: Array, value: Array) -> Array:
        """Multiply by the slope of the activation, told from its value."""
        if self.activation == "tanh":
            return back * (1 - value**2)
        return back * (value > 0) if self.activation == "relu" else back
