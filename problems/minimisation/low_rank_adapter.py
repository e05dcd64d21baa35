"""Fine-tuning by low-rank adapters: a trained network whose layers may change by matrices of low rank alone.

Reference: Hu et al., "LoRA: low-rank adaptation of large language models", arXiv 2106.09685.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from problems.checking import check_integer, frozen_array
from problems.contract import Array, Evaluation
from problems.minimisation.network_loss import NetworkLoss
from problems.minimisation.problem import Minimisation, Values


@dataclass(frozen=True, eq=False)
class LowRankAdapter(Minimisation):
    """The loss of a network with weights W + A B in each layer, as a function of all A and B; biases stay.

    x holds A ``[a, r]`` and B ``[r, b]`` of the first layer, then of the next, with r no more than a or b.

    Attributes:
        loss: The network and its data.
        weights: ``[P]``, the trained weights in the order of ``loss``.
        rank: Of the change of a layer, at most.
        initial_seed: Draws A ~ N(0, 1/a) at the start; B is zero there, so that nothing changes yet.
    """

    loss: NetworkLoss
    weights: Array
    rank: int = 4
    initial_seed: int = 0
    differentiable = True

    def __post_init__(self):
        weights = frozen_array("weights", self.weights, shape=(self.loss.dimension,))
        object.__setattr__(self, "weights", weights)
        check_integer("rank", self.rank, 1)
        check_integer("initial_seed", self.initial_seed, 0)

    @cached_property
    def layer_ranks(self) -> tuple[int, ...]:
        """The rank of each layer's change."""
        return tuple(min(self.rank, a, b) for a, b in self.loss.shapes)

    @property
    def dimension(self) -> int:  # pyright: ignore[reportIncompatibleVariableOverride]
        """P: the numbers of all A and B."""
        return sum((a + b) * r for (a, b), r in zip(self.loss.shapes, self.layer_ranks, strict=True))

    @property
    def noisy(self) -> bool:  # pyright: ignore[reportIncompatibleVariableOverride]
        """Whether an evaluation sees a mini-batch alone."""
        return self.loss.noisy

    @cached_property
    def start(self) -> Array:  # pyright: ignore[reportIncompatibleVariableOverride]
        """Random A, zero B."""
        rng = np.random.default_rng(self.initial_seed)
        parts = []
        for (a, b), r in zip(self.loss.shapes, self.layer_ranks, strict=True):
            parts += [rng.normal(size=a * r) / np.sqrt(a), np.zeros(r * b)]
        return np.concatenate(parts)

    def factors(self, x: Array) -> list[tuple[Array, Array]]:
        """Return A ``[..., a, r]`` and B ``[..., r, b]`` of each layer at points ``[..., P]``."""
        x, found, at = np.asarray(x), [], 0
        for (a, b), r in zip(self.loss.shapes, self.layer_ranks, strict=True):
            first = x[..., at : at + a * r].reshape(*x.shape[:-1], a, r)
            second = x[..., at + a * r : at + (a + b) * r].reshape(*x.shape[:-1], r, b)
            found.append((first, second))
            at += (a + b) * r
        return found

    def adapted(self, x: Array) -> Array:
        """Return the network's weights and biases at points ``[..., P]``, in the order of ``loss``."""
        x = np.asarray(x)
        full = np.broadcast_to(self.weights, (*x.shape[:-1], len(self.weights))).copy()
        at = 0
        for (a, b), (first, second) in zip(self.loss.shapes, self.factors(x), strict=True):
            full[..., at : at + a * b] += np.matmul(first, second).reshape(*x.shape[:-1], a * b)
            at += (a + 1) * b
        return full

    def evaluate(self, x: Array, seed: int, gradient: bool = False) -> Values:
        """Evaluate ``[B, P]`` on one mini-batch."""
        values = self.loss.evaluate(self.adapted(x), seed, gradient)
        return values if values.gradient is None else replace(values, gradient=self._back(x, values.gradient))

    def _back(self, x: Array, full: Array) -> Array:
        """Carry gradients ``[B, weights]`` to the factors by the product rule."""
        parts, at = [], 0
        for (a, b), (first, second) in zip(self.loss.shapes, self.factors(x), strict=True):
            slope = full[:, at : at + a * b].reshape(len(full), a, b)
            parts += [np.matmul(slope, second.swapaxes(1, 2)), np.matmul(first.swapaxes(1, 2), slope)]
            at += (a + 1) * b
        return np.concatenate([part.reshape(len(full), -1) for part in parts], axis=1)

    def exact(self, x: Array) -> Array:
        """Return the losses ``[B]`` over all rows."""
        return self.loss.exact(self.adapted(x))

    def accuracy(self, x: Array) -> float:
        """Return the share of held-out rows that the adapted network classifies rightly."""
        return self.loss.accuracy(self.adapted(x))

    def judge(self, solution: Array) -> Evaluation:
        """Score adapters by the loss on all rows, with the held-out accuracy beside it."""
        verdict = super().judge(solution)
        return replace(verdict, metrics={"accuracy": self.accuracy(np.asarray(solution, dtype=float))})
