"""Linear classification as a composite problem: cheap logits, a cross-entropy that is paid for."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from problems.checking import check_integer, check_number, frozen_array
from problems.contract import Array
from problems.errors import MissingExtra, ProblemError
from problems.minimisation.composite import CompositeProblem, check_costs
from problems.minimisation.target_losses import TargetLoss, curvatures, losses, slopes, smoothness_of

NEWTON_STEPS = 100
FLAT = 1e-13  # norm of the gradient at which Newton's method has arrived
VANISHED = 1e-9  # a loss below it belongs to separable rows, whose infimum is 0


@dataclass(frozen=True, eq=False)
class LogisticComposite(CompositeProblem):
    """The mean logistic or softmax loss of a linear model; θ is Θ ``[d, p]`` row by row.

    Two classes have one target (the logit of class 1, p = 1), more have one each.

    Attributes:
        inputs: X ``[n, d]``.
        labels: ``[n]``, classes 0 … C − 1.
        classes: C.
        held_out: Inputs and labels that training does not see, or None.
        target_cost: What one row's target gradient costs, in the unit of ``model_cost``.
        model_cost: What one row of f costs.
    """

    inputs: Array
    labels: Array
    classes: int = 2
    held_out: tuple[Array, Array] | None = None
    target_cost: float = 1.0
    model_cost: float = field(default=0.0)
    linear = True
    curved = True
    potential = "softmax"

    def __post_init__(self):
        object.__setattr__(self, "inputs", frozen_array("inputs", self.inputs, shape=(None, None)))
        check_integer("classes", self.classes, 2)
        object.__setattr__(self, "labels", self._classes("labels", self.labels, len(self.inputs)))
        if len(self.inputs) == 0:
            raise ProblemError("inputs", "empty", "one row at least")
        if self.held_out is not None:
            rows, labels = self.held_out
            rows = frozen_array("held_out[0]", rows, shape=(None, self.inputs.shape[1]))
            kept = rows, self._classes("held_out[1]", labels, len(rows))
            object.__setattr__(self, "held_out", kept)
        check_costs(self)

    def _classes(self, name: str, labels: Any, count: int) -> Array:
        labels = frozen_array(name, labels, shape=(count,), dtype=np.int64)
        if count and not (labels.min() >= 0 and labels.max() < self.classes):
            raise ProblemError(name, f"{labels.min()} to {labels.max()}", f"classes 0 to {self.classes - 1}")
        return labels

    @classmethod
    def ill_conditioned(
        cls, rows: int = 500, features: int = 20, condition: float = 100.0, seed: int = 0
    ) -> LogisticComposite:
        """Draw X = √n U S Vᵀ with singular values from 1 to 1/condition, labels from a logistic model.

        Args:
            rows: n.
            features: d ≤ n.
            condition: Largest over least singular value of X; they are evenly spaced in their logarithm.
            seed: Of U, V, θ* ~ N(0, I) and the labels.
        """
        check_integer("features", features, 1)
        check_integer("rows", rows, features)
        check_number("condition", condition, 1.0)
        rng = np.random.default_rng(seed)
        left, _ = np.linalg.qr(rng.normal(size=(rows, features)))
        right, _ = np.linalg.qr(rng.normal(size=(features, features)))
        inputs = np.sqrt(rows) * (left * np.logspace(0, -np.log10(condition), features)) @ right.T
        chances = 1 / (1 + np.exp(-inputs @ rng.normal(size=features)))
        return cls(inputs, (rng.random(rows) < chances).astype(np.int64))

    @classmethod
    def breast_cancer(cls, test_share: float = 0.2, seed: int = 0) -> LogisticComposite:
        """Return the Wisconsin diagnosis task: 569 rows, 30 standardised features and a constant.

        Raises:
            MissingExtra: If scikit-learn, which has the data, is not installed.
        """
        try:
            from sklearn.datasets import load_breast_cancer
        except ImportError:
            raise MissingExtra("LogisticComposite.breast_cancer", "learning") from None
        inputs, labels = load_breast_cancer(return_X_y=True)
        return cls(**_split(np.asarray(inputs), np.asarray(labels), test_share, seed, standardise=True))

    @classmethod
    def digits(cls, test_share: float = 0.2, seed: int = 0) -> LogisticComposite:
        """Return softmax regression on 1797 handwritten 8x8 digits scaled to [0, 1], with a constant.

        Raises:
            MissingExtra: If scikit-learn, which has the images, is not installed.
        """
        try:
            from sklearn.datasets import load_digits
        except ImportError:
            raise MissingExtra("LogisticComposite.digits", "learning") from None
        inputs, labels = load_digits(return_X_y=True)
        parts = _split(np.asarray(inputs) / 16, np.asarray(labels), test_share, seed, standardise=False)
        return cls(**parts, classes=10)

    @property
    def kind(self) -> TargetLoss:
        """Which loss it is."""
        return "logistic" if self.classes == 2 else "softmax"

    @property
    def count(self) -> int:  # pyright: ignore[reportIncompatibleVariableOverride]
        """The rows, n."""
        return len(self.inputs)

    @property
    def width(self) -> int:  # pyright: ignore[reportIncompatibleVariableOverride]
        """Targets of a row: one for two classes, else one for each."""
        return 1 if self.classes == 2 else self.classes

    @property
    def dimension(self) -> int:  # pyright: ignore[reportIncompatibleVariableOverride]
        """P = d p."""
        return self.inputs.shape[1] * self.width

    @property
    def start(self) -> Array:  # pyright: ignore[reportIncompatibleVariableOverride]
        """Zeros."""
        return np.zeros(self.dimension)

    @property
    def smoothness(self) -> float:  # pyright: ignore[reportIncompatibleVariableOverride]
        """L: 1/4 for two classes, 1 for more."""
        return smoothness_of(self.kind, self.width)

    @cached_property
    def reference(self) -> float | None:  # pyright: ignore[reportIncompatibleVariableOverride]
        """The infimum, by Newton's method; None for more than two classes."""
        if self.classes > 2:
            return None
        theta = newton(self)
        value = self.exact(theta)
        if value < VANISHED:
            return 0.0
        return value if np.linalg.norm(self.exact_gradient(theta)) < 1e3 * FLAT else None

    def targets(self, theta: Array, rows: Array) -> Array:
        """Return the logits ``[b, p]``."""
        return self.design(rows) @ theta.reshape(-1, self.width)

    def pull_back(self, theta: Array, rows: Array, weights: Array) -> Array:
        """Return Xᵀ weights, row by row ``[P]``."""
        return (self.design(rows).T @ weights).ravel()

    def design(self, rows: Array) -> Array:
        """Return the inputs of these rows ``[b, d]``."""
        return self.inputs if len(rows) == self.count else self.inputs[rows]

    def target_loss(self, z: Array, rows: Array, seed: int) -> float:
        """Return the mean cross-entropy."""
        return float(losses(self.kind, z, self._labels(rows)).mean())

    def target_gradient(self, z: Array, rows: Array, seed: int) -> Array:
        """Return the chances less the truth ``[b, p]``."""
        return slopes(self.kind, z, self._labels(rows))

    def target_curvature(self, z: Array, rows: Array) -> Array:
        """Return p (1 − p) ``[b, p]``."""
        return curvatures(self.kind, z)

    def _labels(self, rows: Array) -> Array:
        return self.labels if len(rows) == self.count else self.labels[rows]

    def metrics(self, theta: Array) -> dict[str, float | Array]:
        """Return the share of held-out rows that are classified rightly."""
        if self.held_out is None or len(self.held_out[0]) == 0:
            return {}
        logits = self.held_out[0] @ theta.reshape(-1, self.width)
        guesses = logits[:, 0] > 0 if self.width == 1 else logits.argmax(axis=1)
        return {"accuracy": float(np.mean(guesses == self.held_out[1]))}

    def plot(self, solution: Array, axes: Any = None) -> Any:
        """Draw the weights."""
        from problems.report import matplotlib_pyplot

        axes = axes if axes is not None else matplotlib_pyplot("a plot").figure().subplots()
        axes.bar(range(self.dimension), solution)
        axes.set_xlabel("weight (index)")
        axes.set_ylabel("value (dimensionless)")
        return axes


def newton(problem: LogisticComposite) -> Array:
    """Return the minimiser ``[d]`` of a logistic loss by Newton's method with halved steps."""
    theta, value = problem.start, problem.exact(problem.start)
    for _ in range(NEWTON_STEPS):
        slope = problem.exact_gradient(theta)
        if np.linalg.norm(slope) < FLAT:
            break
        logits = problem.inputs @ theta
        weights = curvatures("logistic", logits[:, None])
        hessian = problem.inputs.T @ (weights * problem.inputs) / problem.count
        direction = np.linalg.lstsq(hessian, slope, rcond=None)[0]
        length = 1.0
        while length > 1e-6 and not problem.exact(theta - length * direction) <= value:
            length /= 2
        theta = theta - length * direction
        value = problem.exact(theta)
    return theta


def _split(inputs: Array, labels: Array, test_share: float, seed: int, standardise: bool) -> dict[str, Any]:
    """Shuffle, hold rows out, scale by the training rows alone, and append a constant."""
    check_number("test_share", test_share, 0.0, 0.9)
    order = np.random.default_rng(seed).permutation(len(inputs))
    inputs, labels = inputs[order], labels[order].astype(np.int64)
    count = len(inputs) - round(test_share * len(inputs))
    if standardise:
        inputs = (inputs - inputs[:count].mean(axis=0)) / inputs[:count].std(axis=0)
    inputs = np.hstack([inputs, np.ones((len(inputs), 1))])
    held_out = (inputs[count:], labels[count:]) if count < len(inputs) else None
    return {"inputs": inputs[:count], "labels": labels[:count], "held_out": held_out}
