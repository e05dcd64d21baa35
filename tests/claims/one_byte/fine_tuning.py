"""Fine-tuning without gradients: a network trained on upright digits learns to read turned ones."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache

import numpy as np

from classical.distributed.one_byte import OneByteSpsa
from classical.minimisation.adam import Adam
from problems.contract import Array, Evaluation
from problems.distributed.decentralised import DecentralisedTraining
from problems.distributed.fleet import Fleet
from problems.minimisation import Minimisation, NetworkLoss, Values
from problems.minimisation.low_rank_adapter import LowRankAdapter
from tests.claims.one_byte.instances import ANY, TOO_SHORT
from tests.claims.table import Row

CLASSES, WORKERS, RANK = 8, 8, 4
RATES = {"all parameters": 0.02, "adapters of rank 4": 0.02}


@dataclass(frozen=True, eq=False)
class Continued(Minimisation):
    """A network's training that goes on from given weights.

    Attributes:
        loss: The network and its data.
        start: ``[P]``.
    """

    loss: NetworkLoss
    start: Array  # pyright: ignore[reportIncompatibleVariableOverride]
    noisy = True

    @property
    def dimension(self) -> int:  # pyright: ignore[reportIncompatibleVariableOverride]
        """P."""
        return self.loss.dimension

    def evaluate(self, x: Array, seed: int, gradient: bool = False) -> Values:
        """Evaluate ``[B, P]`` on one mini-batch."""
        return self.loss.evaluate(x, seed, gradient)

    def exact(self, x: Array) -> Array:
        """Return the losses ``[B]`` over all rows."""
        return self.loss.exact(x)

    def judge(self, solution: Array) -> Evaluation:
        """Judge as the network's loss does."""
        return self.loss.judge(solution)


def rows(quick: bool) -> Iterator[Row]:
    """All rows."""
    steps = 15 if quick else 600
    upright, turned = tasks()
    weights = pretrained(upright, 60 if quick else 300)
    before, knew = turned.accuracy(weights), upright.accuracy(weights)
    forms = {"all parameters": 0, f"adapters of rank {RANK}": RANK}
    for name, rank in forms.items():
        whole = tuned(turned, weights, rank)
        workers = tuple(tuned(shard, weights, rank) for shard in turned.shards(WORKERS))
        method = OneByteSpsa(ANY, steps, RATES[name], epsilon=1e-3)
        training = DecentralisedTraining(Fleet(workers, judged=whole))
        result = method.solve(training, seed=1, progress=False)
        after = float(result.evaluation.metrics["accuracy"])
        ratio = float(result.evaluation.metrics["float32_gradients_over_bytes_sent"])
        claim = (
            f"digits 0-7 turned by 30 degrees, {name} ({whole.dimension}), {steps} steps: better than untuned"
        )
        ours = f"{after:.3f}; {ratio:.0f}x fewer bytes than float32 gradients"
        theirs = f"untuned {before:.3f} (upright {knew:.3f})"
        holds = None if quick else after > before and result.feasible
        yield Row(claim, "fine-tuning works", theirs, ours, holds, TOO_SHORT if quick else "")


@cache
def tasks() -> tuple[NetworkLoss, NetworkLoss]:
    """Digits 0 to 7 upright, and the same images turned."""
    digits = NetworkLoss.digits((32,))
    assert digits.held_out is not None
    parts = []
    for angle in (0.0, 30.0):
        kept = [
            (turned(images[labels < CLASSES], angle), labels[labels < CLASSES])
            for images, labels in ((digits.inputs, digits.labels), digits.held_out)
        ]
        parts.append(replace(digits, inputs=kept[0][0], labels=kept[0][1], classes=CLASSES, held_out=kept[1]))
    return parts[0], parts[1]


def turned(images: Array, degrees: float) -> Array:
    """Images ``[N, 64]`` turned about their middle, grey levels interpolated."""
    from scipy.ndimage import rotate

    if not degrees:
        return images
    square = images.reshape(-1, 8, 8)
    return np.clip(rotate(square, degrees, axes=(1, 2), reshape=False, order=1), 0, 1).reshape(
        len(images), 64
    )


@cache
def pretrained(upright: NetworkLoss, steps: int) -> Array:
    """Weights trained on the upright digits by backpropagation."""
    return Adam(evaluations=steps).solve(upright, seed=0, progress=False).solution


def tuned(loss: NetworkLoss, weights: Array, rank: int) -> Minimisation:
    """All weights from where they are, or adapters beside them."""
    return LowRankAdapter(loss, weights, rank) if rank else Continued(loss, weights)
