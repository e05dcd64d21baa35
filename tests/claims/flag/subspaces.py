"""One aggregation at a known noise: what small subspaces gain, and lose to a minority that agrees."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from classical.distributed.flag_aggregator import FlagAggregator, PublishedFlagAggregator, default_size
from classical.distributed.means import NormalisedMean
from classical.distributed.medians import CoordinateMedian, GeometricMedian
from classical.distributed.subspace_sweep import SubspaceSweep, sweep_subspaces
from problems.distributed.aggregation import AggregationProblem
from problems.distributed.attacks import Attack, CoherentDirection, GaussianNoise, Reversal
from tests.claims.table import Row

SIZES = (1, 2, 3, 5, 8, 12, 15)
RIVALS = (NormalisedMean(), CoordinateMedian(), GeometricMedian())


def rows(quick: bool) -> Iterator[Row]:
    """All rows."""
    loud, faint = sweep(2.0, 5, Reversal()), sweep(0.3, 5, Reversal())
    mean = loud.rivals["NormalisedMean"].mean()
    yield Row(
        "signal to noise 2, 5 of 15 reversed: m = 1 reaches >= 0.98, >= normalised mean + 0.04",
        "0.992 against 0.932",
        f"normalised mean {mean:.3f}",
        f"{loud.mean(1):.3f}",
        bool(loud.mean(1) >= 0.98 and loud.mean(1) >= mean + 0.04),
    )
    best, median = max(faint.mean(1), faint.mean(2)), faint.rivals["CoordinateMedian"].mean()
    yield Row(
        "signal to noise 0.3: m = 1 or 2 beats the coordinate median by >= 0.25",
        "0.758 / 0.678 against 0.305",
        f"coordinate median {median:.3f}",
        f"m = 1: {faint.mean(1):.3f}, m = 2: {faint.mean(2):.3f}",
        bool(best >= median + 0.25),
    )
    yield from sweep_rows()
    yield published(20)


def sweep_rows() -> Iterator[Row]:
    """The sweep over m against attackers of three kinds."""
    found = sweep(2.0, 5, GaussianNoise())
    wide, mean = found.mean(default_size(15)), float(found.rivals["NormalisedMean"].mean())
    claim = "5 of 15 independent, signal to noise 2: the default m = 8 is no better than the normalised mean"
    yield Row(claim, "equal within 0.01", others(found), curve(found), abs(wide - mean) <= 0.01)
    found = sweep(0.7, 6, CoherentDirection())
    mean = float(found.rivals["NormalisedMean"].mean())
    claim = "6 of 15 coherent, signal to noise 0.7: m = 1 FAILS, below half of the normalised mean"
    yield Row(claim, "0.0 against 0.62", others(found), curve(found), found.mean(1) < 0.5 * mean)
    found = sweep(0.7, 5, Reversal())
    claim = "5 of 15 reversed, signal to noise 0.7: the sweep over m"
    reason = "for information: reversed gradients lie on the honest line, which helps small subspaces"
    yield Row(claim, "", others(found), curve(found), None, reason)


def curve(found: SubspaceSweep) -> str:
    """The mean cosine at some dimensions."""
    return ", ".join(f"m={m}: {found.mean(m):.2f}" for m in SIZES)


def others(found: SubspaceSweep) -> str:
    """The other rules' mean cosines."""
    return ", ".join(f"{name} {cosines.mean():.2f}" for name, cosines in found.rivals.items())


def published(seeds: int) -> Row:
    """The published formula against ours at m = 1."""
    problems = [AggregationProblem.random(15, 1000, 2.0, 5, Reversal(), seed=k) for k in range(seeds)]
    theirs, ours = (
        float(np.mean([p.judge(rule(p.gradients)[0]).objective for p in problems]))
        for rule in (PublishedFlagAggregator(1), FlagAggregator(1))
    )
    claim = "m = 1: five steps of reweighting are no worse than the published one from a random subspace"
    return Row(claim, "", f"published formula {theirs:.4f}", f"{ours:.4f}", ours >= theirs - 1e-3)


def sweep(ratio: float, faulty: int, attack: Attack, seeds: int = 20) -> SubspaceSweep:
    """Some dimensions on 20 problems of 15 workers and 1000 parameters."""
    problems = [AggregationProblem.random(15, 1000, ratio, faulty, attack, seed=k) for k in range(seeds)]
    return sweep_subspaces(problems, SIZES, RIVALS)
