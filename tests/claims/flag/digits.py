"""A network of 64-64-10 on digits, fifteen workers: accuracy under attack, for every rule."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import cache

import numpy as np

from classical.distributed.aggregator import Aggregator
from classical.distributed.flag_aggregator import FlagAggregator
from classical.distributed.krum import Bulyan, Krum
from classical.distributed.means import Mean, NormalisedMean
from classical.distributed.medians import CoordinateMedian, TrimmedMean
from classical.distributed.robust_training import RobustTraining
from classical.distributed.step_rules import MomentumStep
from problems.contract import Array
from problems.distributed.attacks import Attack, GaussianNoise, LittleIsEnough, Reversal, UniformNoise
from problems.distributed.augmentation import GaussianPixels, PredatorPreyPixels, augmented
from problems.distributed.fleet import Fleet
from problems.minimisation import NetworkLoss
from tests.claims.table import Row

WORKERS = 15
PAPER = "CIFAR-10: above all rules"


def rows(quick: bool) -> Iterator[Row]:
    """All rows; the quick form trains once, under one attack."""
    if quick:
        mean, flag = (accuracy(rule, 3, UniformNoise(), 0, 80) for rule in (Mean(), FlagAggregator()))
        claim = "digits, 3 of 15 random, 80 steps, 1 seed: mean <= 0.3, flag >= 0.9"
        yield Row(claim, PAPER, f"mean {mean:.3f}", f"{flag:.3f}", mean <= 0.3 and flag >= 0.9)
        return
    yield from three_faulty(3)
    yield from a_little(5)
    yield from five_faulty(3)
    yield from health(3)
    yield from on_bad_links(3)
    yield from augmented_losses(3)


def three_faulty(seeds: int) -> Iterator[Row]:
    """Three of fifteen: the mean is lost, the flag is not."""
    clean = np.median([accuracy(FlagAggregator(), 0, None, seed) for seed in range(seeds)])
    for name, attack in {"random": UniformNoise(), "reverse": Reversal()}.items():
        mean, flag = (
            float(np.median([accuracy(rule, 3, attack, seed) for seed in range(seeds)]))
            for rule in (Mean(), FlagAggregator())
        )
        holds = mean <= 0.3 and flag >= 0.96 and flag >= clean - 0.01
        reason = "" if holds else f"median of {seeds} seeds; 450 test images resolve steps of 0.002"
        yield Row(
            f"digits, 3 of 15 {name}, 200 steps: mean <= 0.3, flag >= 0.96 and within 0.01 of none faulty",
            PAPER,
            f"mean {mean:.3f}",
            f"{flag:.3f}; none faulty {clean:.3f}",
            bool(holds),
            reason,
        )


def five_faulty(seeds: int) -> Iterator[Row]:
    """Five of fifteen, where Bulyan cannot be used."""
    refusal = Bulyan().unsuitable(WORKERS, 5)
    for name, attack in {"random": UniformNoise(), "reverse": Reversal(), "gauss": GaussianNoise()}.items():
        flag, plain = (
            float(np.median([accuracy(rule, 5, attack, seed) for seed in range(seeds)]))
            for rule in (FlagAggregator(), NormalisedMean())
        )
        claim = f"digits, 5 of 15 {name}, 200 steps, not told: flag >= 0.95"
        yield Row(claim, "", f"normalised mean {plain:.3f}; {refusal}", f"{flag:.3f}", flag >= 0.95)


def a_little(seeds: int) -> Iterator[Row]:
    """The honest mean less one standard deviation: mean accuracy of the last hundred steps."""
    rules: dict[str, Aggregator] = {
        "flag": FlagAggregator(), "median": CoordinateMedian(), "trimmed mean": TrimmedMean(),
        "Bulyan": Bulyan(), "Krum": Krum(), "normalised mean": NormalisedMean(),
    }  # fmt: skip
    early, late = {}, {}
    for name, rule in rules.items():
        curves = np.array([curve(rule, LittleIsEnough(1.0), seed) for seed in range(seeds)])
        steps = np.arange(0, 300, 10)
        early[name] = float(curves[:, (steps >= 100) & (steps < 200)].mean())
        late[name] = float(curves[:, steps >= 200].mean())
    published = {"median": "0.960 against 0.863", "trimmed mean": "against 0.837", "Bulyan": "against 0.820"}
    for name, paper in published.items():
        ahead = late["flag"] >= late[name] + 0.05
        reason = "" if ahead else "on these splits and starts the gap is smaller than where it was measured"
        claim = f"little, z = 1, 3 of 15, steps 200-300, {seeds} seeds: flag >= {name} + 0.05"
        yield Row(claim, paper, f"{late[name]:.3f}", f"{late['flag']:.3f}", ahead, reason)
    same = all(abs(late[name] - late["flag"]) <= 0.02 for name in ("Krum", "normalised mean"))
    rivals = f"Krum {late['Krum']:.3f}, normalised mean {late['normalised mean']:.3f}"
    claim = "little: Krum and the normalised mean do as well as the flag (0.02)"
    yield Row(claim, "0.966 and 0.967", rivals, f"{late['flag']:.3f}", same, "" if same else "they differ")
    shown = ", ".join(f"{name} {value:.3f}" for name, value in early.items())
    yield Row("little, steps 100-200: the order is not yet there", "", shown, f"{early['flag']:.3f}", None,
              "for information")  # fmt: skip


def health(faulty: int) -> Iterator[Row]:
    """How well mean scores tell the faulty workers, at a small and at the default dimension."""
    for name, attack in {"random": UniformNoise(), "gauss": GaussianNoise(), "reverse": Reversal()}.items():
        problem, shown = fleet(faulty, attack, 0), {}
        for size in (1, 2, None):
            solver = RobustTraining(FlagAggregator(size), MomentumStep(0.1, 0.9), evaluations=WORKERS * 100)
            result = solver.solve(problem, seed=0, progress=False)
            scores = np.mean([row["scores"] for row in result.history], axis=0)
            shown[size] = problem.detection(scores)
        figures = ", ".join(f"m = {size or 'default'}: {value:.2f}" for size, value in shown.items())
        claim = (
            f"digits, 3 of 15 {name}: AUC of mean scores v_i >= 0.95 at m = 1; larger m may host attackers"
        )
        holds = None if name == "reverse" else shown[1] >= 0.95
        reason = "for information: a reversed gradient lies on the honest line" if holds is None else ""
        yield Row(claim, "", "chance 0.5", figures, holds, reason)


def on_bad_links(seeds: int) -> Iterator[Row]:
    """A tenth of all coordinates lost on top of three reversed workers."""
    rules = {"mean": Mean(), "flag": FlagAggregator()}
    reached = {
        name: float(np.median([accuracy(rule, 3, Reversal(), s, drop_rate=0.1) for s in range(seeds)]))
        for name, rule in rules.items()
    }
    claim = "digits, 3 of 15 reversed and 10% of all coordinates lost: flag >= 0.95"
    yield Row(claim, "", f"mean {reached['mean']:.3f}", f"{reached['flag']:.3f}", reached["flag"] >= 0.95)


def augmented_losses(seeds: int) -> Iterator[Row]:
    """A third of the workers train on distorted images, three others are reversed."""
    for kind in (PredatorPreyPixels(), GaussianPixels()):
        reached = {}
        for name, rule in {"normalised mean": NormalisedMean(), "flag": FlagAggregator()}.items():
            ends = []
            for seed in range(seeds):
                problem = augmented(fleet(3, Reversal(), seed), kind, share=1 / 3, seed=seed)
                solver = RobustTraining(rule, MomentumStep(0.1, 0.9), evaluations=WORKERS * 200)
                result = solver.solve(problem, seed=seed, progress=False)
                ends.append(float(result.evaluation.metrics["accuracy"]))
            reached[name] = float(np.median(ends))
        claim = f"digits, {type(kind).__name__} on a third, 3 of 15 reversed: flag >= 0.95"
        rival = f"normalised mean {reached['normalised mean']:.3f}"
        yield Row(claim, "", rival, f"{reached['flag']:.3f}", reached["flag"] >= 0.95)


def accuracy(
    rule: Aggregator, faulty: int, attack: Attack | None, seed: int, steps: int = 200, drop_rate: float = 0.0
) -> float:
    """The held-out accuracy at the end."""
    solver = RobustTraining(rule, MomentumStep(0.1, 0.9), evaluations=WORKERS * steps, faulty=faulty)
    problem = replace(fleet(faulty, attack, seed), drop_rate=drop_rate)
    result = solver.solve(problem, seed=seed, progress=False)
    return float(result.evaluation.metrics["accuracy"])


def curve(rule: Aggregator, attack: Attack, seed: int) -> Array:
    """The held-out accuracy after every tenth of 300 steps, three workers faulty."""
    solver = RobustTraining(
        rule, MomentumStep(0.1, 0.9), evaluations=WORKERS * 300, faulty=3, judged_every=10
    )  # rules that need no number ignore it
    result = solver.solve(fleet(3, attack, seed), seed=seed, progress=False)
    return np.array([row["accuracy"] for row in result.history if "accuracy" in row])


@cache
def network(seed: int) -> NetworkLoss:
    """The task, with its split and start."""
    return NetworkLoss.digits((64,), batch=32, seed=seed, activation="relu")


def fleet(faulty: int, attack: Attack | None, seed: int) -> Fleet:
    """Fifteen workers, each with batches of its own from the same images."""
    task = network(seed)
    return Fleet((task,) * WORKERS, task, tuple(range(faulty)), attack)
