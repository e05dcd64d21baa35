"""Training a network as a minimisation: the loss of a classifier as a function of all its weights."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Literal

import numpy as np

from problems.checking import check_choice, check_integer, check_number, frozen_array
from problems.contract import Array, Evaluation
from problems.errors import MissingExtra, ProblemError
from problems.minimisation.problem import Minimisation, Values

CHUNK = 2**22  # numbers of the widest layer that are held at once


@dataclass(frozen=True, eq=False)
class NetworkLoss(Minimisation):
    """The mean cross-entropy of a fully connected classifier; x holds its weights and biases, layer by layer.

    One evaluation is one mini-batch, drawn from the seed and shared by the whole population. The judge scores
    all rows, and the share of held-out rows that are classified rightly stands beside it.

    Attributes:
        inputs: ``[N, F]``.
        labels: ``[N]``, classes 0 … C−1.
        hidden: Widths of the hidden layers; none is softmax regression.
        classes: C.
        activation: Of the hidden layers.
        batch: Rows of an evaluation; None takes all of them and is exact.
        decay: λ of a term λ/2 Σx².
        held_out: Inputs and labels that training does not see, or None.
        initial_seed: Draws ``start``: weights N(0, 1/fan-in), biases 0.
    """

    inputs: Array
    labels: Array
    hidden: tuple[int, ...] = ()
    classes: int = 10
    activation: Literal["tanh", "relu"] = "tanh"
    batch: int | None = None
    decay: float = 0.0
    held_out: tuple[Array, Array] | None = None
    initial_seed: int = 0
    differentiable = True

    def __post_init__(self):
        object.__setattr__(self, "inputs", frozen_array("inputs", self.inputs, shape=(None, None)))
        check_integer("classes", self.classes, 2)
        object.__setattr__(self, "labels", self._classes("labels", self.labels, len(self.inputs)))
        for k, width in enumerate(self.hidden):
            check_integer(f"hidden[{k}]", width, 1)
        check_choice("activation", self.activation, ("tanh", "relu"))
        check_number("decay", self.decay, 0.0)
        check_integer("initial_seed", self.initial_seed, 0)
        if self.batch is not None:
            check_integer("batch", self.batch, 1, len(self.inputs))
        if self.held_out is not None:
            rows, labels = self.held_out
            rows = frozen_array("held_out[0]", rows, shape=(None, self.inputs.shape[1]))
            kept = rows, self._classes("held_out[1]", labels, len(rows))
            object.__setattr__(self, "held_out", kept)

    def _classes(self, name: str, labels: Any, count: int) -> Array:
        labels = np.asarray(labels)
        if labels.shape != (count,) or not np.issubdtype(labels.dtype, np.integer):
            shown = f"{labels.dtype} of shape {labels.shape}"
            raise ProblemError(name, shown, f"{count} integers, one for each row of inputs")
        if count and not (labels.min() >= 0 and labels.max() < self.classes):
            raise ProblemError(name, f"{labels.min()} to {labels.max()}", f"classes 0 to {self.classes - 1}")
        labels = np.array(labels, dtype=np.int64)
        labels.setflags(write=False)
        return labels

    @classmethod
    def digits(
        cls, hidden: tuple[int, ...] = (), batch: int | None = 128, test_share: float = 0.25, seed: int = 0,
        **fields: Any,
    ) -> NetworkLoss:  # fmt: skip
        """Return the task of reading 8x8 handwritten digits, 64 grey levels scaled to [0, 1].

        Args:
            hidden: Widths of the hidden layers.
            batch: Rows of an evaluation.
            test_share: Share of the 1797 images that is held out.
            seed: Of the split, and of the initial weights.
            fields: Further fields.

        Raises:
            MissingExtra: If scikit-learn, which has the images, is not installed.
        """
        try:
            from sklearn.datasets import load_digits
        except ImportError:
            raise MissingExtra("NetworkLoss.digits", "learning") from None
        inputs, labels = load_digits(return_X_y=True)
        order = np.random.default_rng(seed).permutation(len(inputs))
        inputs, labels = np.asarray(inputs)[order] / 16, np.asarray(labels)[order].astype(np.int64)
        count = len(inputs) - round(test_share * len(inputs))
        held_out = (inputs[count:], labels[count:]) if count < len(inputs) else None
        fields = {"hidden": hidden, "batch": batch, "held_out": held_out, "initial_seed": seed} | fields
        return cls(inputs[:count], labels[:count], **fields)

    def shards(self, count: int) -> tuple[NetworkLoss, ...]:
        """Return the same task on so many disjoint parts of the rows, whose sizes differ by one at most."""
        check_integer("count", count, 1, len(self.inputs))
        parts = []
        for rows in np.array_split(np.arange(len(self.inputs)), count):
            batch = None if self.batch is None else min(self.batch, len(rows))
            parts.append(replace(self, inputs=self.inputs[rows], labels=self.labels[rows], batch=batch))
        return tuple(parts)

    @cached_property
    def shapes(self) -> tuple[tuple[int, int], ...]:
        """(inputs, outputs) of each layer."""
        widths = (self.inputs.shape[1], *self.hidden, self.classes)
        return tuple(zip(widths[:-1], widths[1:], strict=True))

    @property
    def dimension(self) -> int:  # pyright: ignore[reportIncompatibleVariableOverride]
        """P: all weights and biases."""
        return sum((a + 1) * b for a, b in self.shapes)

    @property
    def noisy(self) -> bool:  # pyright: ignore[reportIncompatibleVariableOverride]
        """Whether an evaluation sees a mini-batch alone."""
        return self.batch is not None and self.batch < len(self.inputs)

    @cached_property
    def start(self) -> Array:  # pyright: ignore[reportIncompatibleVariableOverride]
        """Random weights, zero biases."""
        rng = np.random.default_rng(self.initial_seed)
        parts = [np.vstack([rng.normal(size=(a, b)) / np.sqrt(a), np.zeros((1, b))]) for a, b in self.shapes]
        return np.concatenate([part.ravel() for part in parts])

    def rows(self, seed: int) -> Array:
        """Return the rows that an evaluation with this seed sees."""
        if not self.noisy:
            return np.arange(len(self.inputs))
        return np.random.default_rng(seed).choice(len(self.inputs), size=self.batch, replace=False)

    def evaluate(self, x: Array, seed: int, gradient: bool = False) -> Values:
        """Evaluate ``[B, P]`` on one mini-batch; the errors are those of its mean over the rows."""
        rows = self.rows(seed)
        inputs, labels = self.inputs[rows], self.labels[rows]
        mean, error = np.empty(len(x)), np.empty(len(x))
        slopes = np.empty(np.shape(x)) if gradient else None
        step = max(1, CHUNK // (len(rows) * max(b for _, b in self.shapes)))
        for first in range(0, len(x), step):
            part = slice(first, first + step)
            losses, back = self._losses(x[part], inputs, labels, gradient)
            mean[part] = losses.mean(axis=1) + 0.5 * self.decay * np.sum(x[part] ** 2, axis=1)
            error[part] = losses.std(axis=1) / np.sqrt(len(rows))
            if slopes is not None and back is not None:
                slopes[part] = back + self.decay * x[part]
        return Values(mean, error if self.noisy else None, slopes)

    def exact(self, x: Array) -> Array:
        """Return the losses ``[B]`` over all rows."""
        return np.array(
            [self._losses(row[None], self.inputs, self.labels, False)[0].mean() for row in np.asarray(x)]
        ) + 0.5 * self.decay * np.sum(np.square(x), axis=1)

    def outputs(self, x: Array, inputs: Array) -> Array:
        """Return the logits ``[B, N, C]`` of populations ``[B, P]`` on inputs ``[N, F]``."""
        return self._forward(np.atleast_2d(x), inputs)[-1]

    def accuracy(self, x: Array) -> float:
        """Return the share of held-out rows that weights ``[P]`` classify rightly; NaN without such rows."""
        if self.held_out is None or len(self.held_out[0]) == 0:
            return float("nan")
        inputs, labels = self.held_out
        return float(np.mean(self.outputs(x, inputs)[0].argmax(axis=1) == labels))

    def judge(self, solution: Array) -> Evaluation:
        """Score weights by the loss on all rows, with the held-out accuracy beside it."""
        verdict = super().judge(solution)
        return replace(verdict, metrics={"accuracy": self.accuracy(np.asarray(solution, dtype=float))})

    def _layers(self, x: Array) -> list[tuple[Array, Array]]:
        layers, at = [], 0
        for a, b in self.shapes:
            block = x[:, at : at + (a + 1) * b].reshape(len(x), a + 1, b)
            layers.append((block[:, :a], block[:, a:]))
            at += (a + 1) * b
        return layers

    def _forward(self, x: Array, inputs: Array) -> list[Array]:
        """The inputs of every layer, and the logits."""
        values: list[Array] = [np.broadcast_to(inputs, (1, *inputs.shape))]
        layers = self._layers(x)
        for k, (weights, bias) in enumerate(layers):
            z = np.matmul(values[-1], weights) + bias
            if k < len(layers) - 1:
                z = np.tanh(z) if self.activation == "tanh" else np.maximum(z, 0.0)
            values.append(z)
        return values

    def _losses(self, x: Array, inputs: Array, labels: Array, gradient: bool) -> tuple[Array, Array | None]:
        """Cross-entropies ``[B, N]`` and, if wanted, the gradient ``[B, P]`` of their mean."""
        values = self._forward(x, inputs)
        shifted = values[-1] - values[-1].max(axis=2, keepdims=True)
        total = np.log(np.exp(shifted).sum(axis=2))
        losses = total - shifted[:, np.arange(len(labels)), labels]
        if not gradient:
            return losses, None
        back = np.exp(shifted - total[:, :, None])
        back[:, np.arange(len(labels)), labels] -= 1
        back /= len(labels)
        parts: list[Array] = []
        for k in range(len(self.shapes) - 1, -1, -1):
            weights, _ = self._layers(x)[k]
            slope = np.matmul(np.swapaxes(values[k], 1, 2), back)
            both = np.concatenate([slope, back.sum(axis=1, keepdims=True)], axis=1)
            parts.append(both.reshape(len(x), -1))
            if k > 0:
                back = np.matmul(back, np.swapaxes(weights, 1, 2))
                back *= 1 - values[k] ** 2 if self.activation == "tanh" else values[k] > 0
        return losses, np.concatenate(parts[::-1], axis=1)

    def plot(self, solution: Array, axes: Any = None) -> Any:
        """Draw how held-out rows (all rows, where there are none) of each class are classified."""
        from problems.report import matplotlib_pyplot

        axes = axes if axes is not None else matplotlib_pyplot("a plot").figure().subplots()
        inputs, labels = self.held_out if self.held_out is not None else (self.inputs, self.labels)
        table = np.zeros((self.classes, self.classes))
        np.add.at(table, (labels, self.outputs(solution, inputs)[0].argmax(axis=1)), 1)
        axes.imshow(table, cmap="Blues")
        axes.set_xlabel("predicted class (index)")
        axes.set_ylabel("true class (index)")
        return axes
