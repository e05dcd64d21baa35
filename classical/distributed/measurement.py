"""What a worker measures at a step: slopes along its own random directions, and how it writes them down."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from problems.contract import Array
from problems.distributed.codecs import encode
from problems.distributed.perturbations import batch_seed
from problems.distributed.replica import Replica
from problems.distributed.worker_gradients import Deferred
from problems.minimisation import Minimisation


@dataclass(frozen=True)
class Report:
    """What a step brought: the bytes of all senders, in order, and two figures for the observer's eyes.

    Attributes:
        payload: The messages by worker id and sample.
        losses: Mean loss that each sender saw, by worker id.
        missing: Estimates without a value, as a loss was not finite; their code is zero.
    """

    payload: bytes
    losses: tuple[float, ...]
    missing: int


def begin_measurement(
    function: Minimisation, replica: Replica, worker: int, epsilon: float
) -> Callable[[], Report]:
    """Begin to measure (L(θ + εz) − L(θ − εz)) / 2ε along the worker's directions; the call of what is
    returned waits for it, so that the devices of a fleet work at once.

    All points of a step are one population: the mirrored ones share their mini-batch, without which their
    difference would mean nothing. They are copies; adding and taking away in place would drift.
    """
    rules, step = replica.protocol, replica.step
    samples = range(rules.samples)
    moves = epsilon * np.stack([replica.perturbations.direction(step, worker, s) for s in samples])
    points = rules.clipped(np.concatenate([replica.parameters + moves, replica.parameters - moves]))
    seed = batch_seed(rules.seed, step, worker)
    if isinstance(function, Deferred):
        waiting = function.begin(points, seed)
        return lambda: _report(np.asarray(waiting().mean, dtype=float), replica, worker, epsilon)
    losses = np.asarray(function.evaluate(points, seed).mean, dtype=float)
    return lambda: _report(losses, replica, worker, epsilon)


def measure(function: Minimisation, replica: Replica, worker: int, epsilon: float) -> Report:
    """Measure and wait; see ``begin_measurement``."""
    return begin_measurement(function, replica, worker, epsilon)()


def gathered(reports: list[Report]) -> Report:
    """Put the reports of all senders together, in order."""
    losses = tuple(loss for report in reports for loss in report.losses)
    missing = sum(report.missing for report in reports)
    return Report(b"".join(report.payload for report in reports), losses, missing)


def _report(losses: Array, replica: Replica, worker: int, epsilon: float) -> Report:
    """Losses ``[2 s]``, those at θ + εz first."""
    rules = replica.protocol
    with np.errstate(invalid="ignore", over="ignore"):
        slopes = (losses[: rules.samples] - losses[rules.samples :]) / (2 * epsilon)
    draws = None
    if rules.codec == "log8s":
        keys = [(replica.step, worker, sample) for sample in range(rules.samples)]
        draws = np.array([replica.perturbations.rounding(*key) for key in keys])
    payload = encode(rules.codec, slopes, replica.gain, draws)
    missing = int(np.sum(~np.isfinite(slopes)))
    seen = losses[np.isfinite(losses)]
    return Report(payload.tobytes(), (float(seen.mean()) if len(seen) else float("nan"),), missing)
