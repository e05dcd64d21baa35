"""The digits on eight workers, and how a training is shown."""

from __future__ import annotations

from functools import cache

from classical.distributed.one_byte import OneByteSpsa
from problems.contract import Result
from problems.distributed.decentralised import DecentralisedTraining, WorkerSchedule
from problems.distributed.fleet import Fleet
from problems.minimisation import NetworkLoss

ANY = 10**9
TOO_SHORT = "a few steps are too few to judge"
SEED = 1
RATES = {1: 0.005, 8: 0.02, 32: 0.05}  # of learning, by the number of workers


@cache
def task(hidden: tuple[int, ...] = ()) -> NetworkLoss:
    """The digits, all rows, mini-batches of 128."""
    return NetworkLoss.digits(hidden)


def digits(
    workers: int, schedules: tuple[WorkerSchedule, ...] = (), hidden: tuple[int, ...] = ()
) -> DecentralisedTraining:
    """Disjoint shards of the digits, judged by the loss on all training rows."""
    return DecentralisedTraining(Fleet(task(hidden).shards(workers), judged=task(hidden)), schedules)


def solver(workers: int, steps: int, **fields) -> OneByteSpsa:
    """The training of the digits with so many workers."""
    rate = fields.pop("learning_rate", RATES[workers])
    return OneByteSpsa(ANY, steps, rate, epsilon=1e-3, **fields)


@cache
def trained(workers: int, steps: int, codec: str = "log8", seed: int = SEED) -> Result:
    """A training of the digits; rows share it."""
    return solver(workers, steps, codec=codec).solve(digits(workers), seed=seed, progress=False)


def accuracy(result: Result) -> float:
    """The share of held-out images that are read rightly."""
    return float(result.evaluation.metrics["accuracy"])


def shown(result: Result) -> str:
    """Accuracy and loss."""
    return f"{accuracy(result):.4f}, {result.objective:.4f}"
